"""What the page of the customer centre asks of the service halls: who waits now, how long people waited, ratings."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one, days_back, days_before
from metrics.spans import Span

WAIT_DAYS = 30
_SUMS = ("tickets", "called", "waited_min", "missed", "rated", "stars")


def now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Each hall that gave out tickets on this business day.

    Columns hall, waiting, longest_wait_min (null where nobody waits), at_window, taken, served.
    """
    return ask_one(engine, as_of, "hall_now")


def waiting(engine: Engine, as_of: datetime) -> dict[str, float | None]:
    """All halls of this business day together: waiting, longest_wait_min; both None where none gave out a ticket."""
    halls = now(engine, as_of)
    if halls.is_empty():
        return {"waiting": None, "longest_wait_min": None}
    longest = halls["longest_wait_min"].to_list()
    return {
        "waiting": sum(halls["waiting"].to_list()),
        "longest_wait_min": max((one for one in longest if one is not None), default=None),
    }


def waits(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Tickets of the 30 days before `as_of` by hall, window and hour of the utility's clock.

    Columns hall, window, local_hour (null: all hours; window null, too: the hall), tickets, wait_min (mean of those
    called), previous and last_year (wait_min of the 30 days before those, and of 52 weeks earlier), longest_min,
    missed, rating (mean, 1–5), rated.
    """
    found = _waits_over(engine, as_of, days_back(engine, as_of, WAIT_DAYS))
    keys = ["hall", "window", "local_hour"]
    for name, span in days_before(engine, as_of, WAIT_DAYS).items():
        past = _waits_over(engine, as_of, span).select(*keys, pl.col("wait_min").alias(name))
        found = found.join(past, on=keys, how="left", nulls_equal=True)
    return found.sort(keys, nulls_last=False)


def _waits_over(engine: Engine, as_of: datetime, span: Span) -> pl.DataFrame:
    """Tickets of a span by hall; by hall and window; by hall, window and hour."""
    rows = ask_one(engine, as_of, "hall_waits", span)
    told = rows.with_columns(
        local_hour=pl.col("hour").dt.convert_time_zone(engine.utility.timezone).dt.hour().cast(pl.Int64)
    )
    # nobody knows the window of a ticket that was not called
    of_windows = told.filter(pl.col("window").is_not_null())
    parts = [_added(of_windows, by) for by in (["hall", "window"], ["hall", "window", "local_hour"])]
    return pl.concat([_added(told, ["hall"]), *parts], how="diagonal").select(
        "hall", "window", "local_hour", "tickets",
        (pl.col("waited_min") / pl.col("called")).fill_nan(None).alias("wait_min"), "longest_min", "missed",
        (pl.col("stars") / pl.col("rated")).fill_nan(None).alias("rating"), "rated",
    )  # fmt: skip


def _added(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return rows.group_by(by).agg(pl.col(_SUMS).sum(), pl.col("longest_min").max())
