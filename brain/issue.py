"""From a question's two answers to rows of the lake: each under its model's name, and what is shown."""

from datetime import datetime

import polars as pl

from brain.question import Answer, Question
from data_sources.contracts import PARTITIONED, TABLES
from data_sources.lake import Lake

SHOWN = "shown"
BOTH = ("forecast", "plan")
"""Tables that keep method and baseline side by side; of every other only the rows of the one shown are written, the
other's where the one shown has no such table."""
_ISSUED = ("forecast", "risk", "plan")


def rows_of(
    question: Question,
    method: Answer | None,
    baseline: Answer | None,
    *,
    shows_method: bool,
    at: datetime,
    age_s: float,
) -> Answer:
    """Table → the rows to be written of these answers (None: it could not answer), with model, issue and age.

    What is shown is the method's answer or the baseline's; of a series that it leaves out, the other's.
    """
    answers = {question.model: method or {}, question.baseline_model: baseline or {}}
    first = question.model if shows_method else question.baseline_model
    shown, other = (answers[first] or {}), next(answer for model, answer in answers.items() if model != first)
    shown, other = (shown, other) if shown else (other, {})
    parts: dict[str, list[pl.DataFrame]] = {}
    for model, answer in answers.items():
        for table, rows in answer.items():
            if table == "forecast":
                parts.setdefault(table, []).append(rows.with_columns(model=pl.lit(model)))
            elif table in BOTH or answer is shown or table not in shown:
                parts.setdefault(table, []).append(rows)
    if "forecast" in shown:
        parts["forecast"] += [
            rows.with_columns(model=pl.lit(SHOWN)) for rows in (shown["forecast"], _beyond(shown, other))
        ]
    return {table: _complete(table, pl.concat(frames, how="diagonal"), at, age_s) for table, frames in parts.items()}


def write(lake: Lake, rows: Answer, at: datetime, source: str) -> int:
    """Write them, but for what was issued at that moment already; returns how many rows are new."""
    return sum(
        lake.write(table, new, source=source).rows_written
        for table, frame in rows.items()
        if (new := _not_issued(lake, table, frame, at)).height
    )


def _beyond(shown: Answer, other: Answer) -> pl.DataFrame:
    """The other's forecasts of series that the one shown says nothing of: a silent meter's, for one."""
    rows = other.get("forecast", shown["forecast"].clear())
    return rows.join(shown["forecast"].select("series").unique(), on="series", how="anti")


def _complete(table: str, rows: pl.DataFrame, at: datetime, age_s: float) -> pl.DataFrame:
    columns = TABLES[table].columns
    if "issued_at" in columns:
        rows = rows.with_columns(issued_at=pl.lit(at, pl.Datetime("us", "UTC")))
    if "inputs_age_s" in columns and "inputs_age_s" not in rows.columns:
        rows = rows.with_columns(inputs_age_s=pl.lit(age_s))
    # where both say something of one key (the rule installed, in table plan), the method's counts: it knew the inflow
    rows = rows.unique(TABLES[table].key, keep="first", maintain_order=True)
    return rows.select([name for name in columns if name in rows.columns])


def _not_issued(lake: Lake, table: str, rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    if table not in _ISSUED or not lake.exists(table):
        return rows
    days = [lake.utility.day_of(at)] if table in PARTITIONED else None
    there = lake.scan(table, days).filter(pl.col("issued_at") == at).select(TABLES[table].key).collect()
    return rows.join(there, on=TABLES[table].key, how="anti")
