"""What the page of the customer centre asks of work orders: done in time by kind, open and overdue now."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one, days_back, days_before

DUE_DAYS = 30


def by_kind(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Orders by kind, those with overdue ones first.

    Columns kind, due, in_time and in_time_share (%) of the 30 days before `as_of`, previous and last_year (that share
    of the 30 days before those, and of 52 weeks earlier; null where none was due), hours_taken (median of those closed
    in them), satisfaction (their mean, 1–5), open and overdue (at `as_of`).
    """
    kinds = ask_one(engine, as_of, "orders_by_kind", days_back(engine, as_of, DUE_DAYS))
    for name, span in days_before(engine, as_of, DUE_DAYS).items():
        past = ask_one(engine, as_of, "orders_by_kind", span).select("kind", pl.col("in_time_share").alias(name))
        kinds = kinds.join(past, on="kind", how="left", maintain_order="left")
    return kinds


def now(engine: Engine, as_of: datetime) -> dict[str, int | None]:
    """All orders at `as_of`: open, overdue (of these); both None where there is no order of any time."""
    kinds = by_kind(engine, as_of)
    if kinds.is_empty():
        return {"open": None, "overdue": None}
    return {name: sum(kinds[name].to_list()) for name in ("open", "overdue")}


def open_or_late(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Open orders, overdue ones first, and those of the 30 days before that were closed too late.

    `step` is overdue, opened, dispatched, on_site or closed_late; hours_late is negative while there is time left.
    """
    return ask_one(engine, as_of, "orders_open", days_back(engine, as_of, DUE_DAYS))
