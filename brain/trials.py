"""Runs a question's trial: the days before played again, each way of answering beside the baseline; table score."""

from collections.abc import Callable
from datetime import datetime, timedelta

import polars as pl

from brain.inputs import inputs_of, read_inputs
from brain.question import Inputs, Question
from brain.scores import SCHEMA
from metrics.engine import Engine


def try_out(
    engine: Engine, question: Question, now: datetime, days: int, progress: Callable[[int, int], None]
) -> pl.DataFrame:
    """Play the `days` before the running business day; rows of table score, written there. Raises as the trial does."""
    assert question.trial is not None and question.trial_inputs is not None
    end = engine.utility.day_start(engine.utility.day_of(now))

    def known(moment: datetime) -> Inputs:
        return inputs_of(engine, question, moment)

    whole = read_inputs(engine, question.trial_inputs(days), end)
    found = question.trial(whole, known, end, days, progress)
    stamped = found.with_columns(
        question=pl.lit(question.id),
        baseline=pl.lit(question.baseline_model),
        window_start=pl.lit(end - timedelta(days=days)),
        window_end=pl.lit(end),
    )
    rows = stamped.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    if rows.height:
        engine.lake.write("score", rows, source="brain")
    return rows
