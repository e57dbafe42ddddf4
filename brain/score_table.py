"""Every score as one table: each method against its baseline, on public data and on this utility's last 30 days."""

from datetime import UTC, datetime
from typing import Any

import polars as pl

from brain.public_scores import public_scores
from brain.question import Question
from brain.questions import QUESTIONS
from brain.status import read_status
from brain.track_record import method_is_shown, newest_scores
from metrics.engine import Engine


def score_facts(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of table score as `brain score --json` gives them."""
    return [
        {
            **{name: row[name] for name in ("question", "model", "baseline", "metric", "value", "baseline_value", "n")},
            "window": f"{row['window_start'].astimezone(UTC):%Y-%m-%d}/{row['window_end'].astimezone(UTC):%Y-%m-%d}",
        }
        for row in rows.to_dicts()
    ]


def all_scores(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Columns of `score_facts` and `is_public`, in the order of questions; a question's own rows newest window only."""
    facts = [fact | {"is_public": True} for fact in public_scores()]
    facts += [fact | {"is_public": False} for fact in score_facts(newest_scores(engine.lake, as_of))]
    schema = {
        "question": pl.String(), "model": pl.String(), "baseline": pl.String(), "metric": pl.String(),
        "value": pl.Float64(), "baseline_value": pl.Float64(), "window": pl.String(), "n": pl.Int64(),
        "is_public": pl.Boolean(),
    }  # fmt: skip
    order = {one.id: place for place, one in enumerate(QUESTIONS)}
    place = pl.col("question").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    return pl.DataFrame(facts, schema=schema).sort(place, maintain_order=True)


def verdicts(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """One row a question, in their order: question, model, baseline, shown (which of them), decides (the metric), and
    that metric's value, baseline_value, n and window; null where it was never scored.
    """
    scores = newest_scores(engine.lake, as_of)
    rows = [_verdict(engine, one, scores, as_of) for one in QUESTIONS]
    return pl.DataFrame(rows, infer_schema_length=None)


def outcomes(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """What became of each question when it was last asked, up to `as_of`: question, at, outcome, reason, seconds."""
    schema = {
        "question": pl.String(), "at": pl.Datetime("us", "UTC"), "outcome": pl.String(), "reason": pl.String(),
        "seconds": pl.Float64(),
    }  # fmt: skip
    asked = [one for one in read_status(engine.lake).values() if one.at <= as_of]
    rows = [(one.question, one.at, one.state, one.reason, one.seconds) for one in asked]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _verdict(engine: Engine, question: Question, scores: pl.DataFrame, as_of: datetime) -> dict[str, Any]:
    of_it = scores.filter(
        (pl.col("question") == question.id)
        & (pl.col("model") == question.model)
        & (pl.col("metric") == question.decides)
    )
    fact = score_facts(of_it)[0] if of_it.height else {}
    is_method = method_is_shown(engine.lake, question, as_of)
    return {
        "question": question.id,
        "model": question.model,
        "baseline": question.baseline_model,
        "shown": question.model if is_method else question.baseline_model,
        "is_method": is_method,
        "decides": question.decides,
        "value": fact.get("value"),
        "baseline_value": fact.get("baseline_value"),
        "n": fact.get("n"),
        "window": fact.get("window"),
    }
