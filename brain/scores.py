"""Scores of the last 30 days from the forecasts as they were issued, each method against its baseline: table score."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import structlog

from brain.errors import losses, paired
from brain.inputs import read_inputs
from brain.question import Inputs, Question
from brain.questions import QUESTIONS
from metrics.engine import Engine

log = structlog.get_logger()
WINDOW = timedelta(days=30)
LEADS = {"24h": (timedelta(), timedelta(hours=24)), "7d": (timedelta(hours=24), timedelta(days=8))}
"""Part of a metric's name → the leads it judges, from an issue to the forecast hour's start."""
SCHEMA = {
    "question": pl.String(),
    "model": pl.String(),
    "metric": pl.String(),
    "window_start": pl.Datetime("us", "UTC"),
    "window_end": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
    "baseline": pl.String(),
    "baseline_value": pl.Float64(),
    "n": pl.Int64(),
}


def score(engine: Engine, now: datetime, only: Sequence[str] = ()) -> pl.DataFrame:
    """Score the 30 days before the running business day, of every question or of those named, into table score.

    One whose scoring fails is logged and left out.
    """
    end = engine.utility.day_start(engine.utility.day_of(now))
    frames = [pl.DataFrame(schema=SCHEMA)]
    for question in QUESTIONS:
        if not only or question.id in only:
            try:
                frames.append(_of(engine, question, end))
            except Exception:
                log.exception("scoring failed", question=question.id)
    rows = pl.concat(frames)
    if rows.height:
        engine.lake.write("score", rows, source="brain")
    return rows


def score_once_a_day(engine: Engine, now: datetime) -> None:
    """Score where the running business day's score is not there yet."""
    end = engine.utility.day_start(engine.utility.day_of(now))
    newest = engine.lake.scan("score").select(pl.col("window_end").max()).collect().item()
    if newest is None or newest < end:
        score(engine, now)


def _of(engine: Engine, question: Question, now: datetime) -> pl.DataFrame:
    inputs = read_inputs(engine, question.score_inputs or question.inputs, now)
    facts = _of_forecasts(engine, question, inputs, now) if question.observed else []
    if question.score:
        facts += question.score(inputs, now).to_dicts()
    stamp = {
        "question": question.id,
        "model": question.model,
        "baseline": question.baseline_model,
        "window_start": now - WINDOW,
        "window_end": now,
    }
    return pl.DataFrame([stamp | fact for fact in facts], schema=SCHEMA)


def _of_forecasts(engine: Engine, question: Question, inputs: Inputs, now: datetime) -> list[dict[str, Any]]:
    """Each loss of the method beside the baseline's, over what both forecast for the same hours."""
    assert question.observed is not None
    observed = question.observed(inputs, now).filter(pl.col("valid_at") < now)
    pairs = paired(_issued(engine, question, now, list(observed["series"].unique())), observed)
    lead, key = pl.col("valid_at") - pl.col("issued_at"), ["series", "issued_at", "valid_at", "quantile"]
    facts = []
    for name, (first, last) in LEADS.items():
        within = pairs.filter((lead >= first) & (lead < last))
        ours, other = (within.filter(pl.col("model") == m) for m in (question.model, question.baseline_model))
        ours_losses = losses(ours.join(other, on=key, how="semi"))
        other_losses = losses(other.join(ours, on=key, how="semi"))
        n = ours_losses.pop("n", 0)
        facts += [
            {"metric": f"{metric}_{name}", "value": value, "baseline_value": other_losses.get(metric), "n": n}
            for metric, value in ours_losses.items()
        ]
    return facts


def _issued(engine: Engine, question: Question, now: datetime, series: list[str]) -> pl.DataFrame:
    """The question's forecasts issued in the window, of the series that can be judged."""
    utility, lake = engine.utility, engine.lake
    first, today = utility.day_of(now - WINDOW), utility.day_of(now)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    judged = (
        pl.col("model").is_in([question.model, question.baseline_model])
        & pl.col("issued_at").is_between(now - WINDOW, now)
        & (pl.col("valid_at") < now)
        & pl.col("series").is_in(series)
    )
    rows = lake.scan("forecast", days, judged)
    return rows.select("series", "model", "issued_at", "valid_at", "quantile", "value").collect()
