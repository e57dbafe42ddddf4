"""What the marts' SQL is told about days and points: hours of each day, when they end, which points are totalisers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import polars as pl

from data_sources.utility import Utility
from data_sources.vocabulary import TOTALISERS

HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOURS = {
    "hour_no": pl.Int64(),
    "hour": pl.Datetime("us", "UTC"),
    "day": pl.Date(),
    "local_hour": pl.Int64(),
}
_DAYS = {"day": pl.Date(), "due_hours": pl.Int64(), "ends_us": pl.Int64()}


def micros(moment: datetime) -> int:
    """Microseconds since 1970, as DuckDB's epoch_us counts them."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds: int | None) -> datetime | None:
    """The moment so many microseconds after 1970."""
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def anchor_us(utility: Utility, day: date) -> int:
    """How far into the UTC hour the utility's hours begin: 0, but 30 min where its clock is half an hour off."""
    return micros(utility.day_start(day)) % micros(_EPOCH + HOUR)


def calendar(utility: Utility, days: Sequence[date], as_of: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The hours of business days (hour_no, hour, day, local_hour), and the days (due_hours, ends_us: not past as_of).

    A day has 24 hours but where the clock changes; the hour an autumn clock repeats is there twice, as two hours.
    """
    anchor = anchor_us(utility, days[0])
    hours, frames = [], []
    for day in days:
        hour, end = utility.day_start(day), utility.day_start(day + timedelta(days=1))
        frames.append((day, (end - hour) // HOUR, micros(min(end, as_of))))
        while hour < end:
            local = hour.astimezone(utility.zone).hour
            hours.append(((micros(hour) - anchor) // micros(_EPOCH + HOUR), hour, day, local))
            hour += HOUR
    return pl.DataFrame(hours, schema=_HOURS, orient="row"), pl.DataFrame(frames, schema=_DAYS, orient="row")


def mart_points(utility: Utility) -> pl.DataFrame:
    """What of a point decides how its readings count: quantity, mode, interval_s, hold_s, is_total, is_special.

    Special ones can't be summed as they are: totalisers (their differences count) and rainfall (a rate is made of it).
    """
    return utility.points.select(
        "point_id",
        "quantity",
        "mode",
        "interval_s",
        "hold_s",
        pl.col("quantity").is_in(TOTALISERS).alias("is_total"),
        pl.col("quantity").is_in([*TOTALISERS, "rainfall"]).alias("is_special"),
    )
