"""From a question's two answers to rows of the lake: each under its model's name, and what is shown."""

from datetime import datetime

import polars as pl

from brain.question import Answer, Question
from data_sources.contracts import PARTITIONED, TABLES
from data_sources.lake import Lake

SHOWN = "shown"
BOTH = ("forecast", "plan")
"""Tables that keep method and baseline side by side; of every other only the rows of the one shown are written."""
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
    """Table → the rows to be written of these answers (None: it could not answer), with model, issue and age."""
    shown = method if shows_method and method is not None else baseline if baseline is not None else method
    parts: dict[str, list[pl.DataFrame]] = {}
    for model, answer in ((question.model, method), (question.baseline_model, baseline)):
        for table, rows in (answer or {}).items():
            if table == "forecast":
                parts.setdefault(table, []).append(rows.with_columns(model=pl.lit(model)))
                if answer is shown:
                    parts[table].append(rows.with_columns(model=pl.lit(SHOWN)))
            elif table in BOTH or answer is shown:
                parts.setdefault(table, []).append(rows)
    return {table: _complete(table, pl.concat(frames, how="diagonal"), at, age_s) for table, frames in parts.items()}


def write(lake: Lake, rows: Answer, at: datetime, source: str) -> int:
    """Write them, but for what was issued at that moment already; returns how many rows are new."""
    return sum(
        lake.write(table, new, source=source).rows_written
        for table, frame in rows.items()
        if (new := _not_issued(lake, table, frame, at)).height
    )


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
