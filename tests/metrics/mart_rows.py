"""Readings written short, and the marts made of them, for the tests of the marts."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import polars as pl

from data_sources.seal import coverage
from metrics.connection import own_connection
from metrics.day_marts import DayMarts, make_day_marts

READING = {
    "point_id": pl.String(),
    "ts": pl.Datetime("us", "UTC"),
    "span_s": pl.Int64(),
    "value": pl.Float64(),
    "quality": pl.String(),
    "received_at": pl.Datetime("us", "UTC"),
    "batch_seq": pl.Int64(),
}
POINTS = {
    "point_id": pl.String(),
    "quantity": pl.String(),
    "mode": pl.String(),
    "interval_s": pl.Int64(),
    "hold_s": pl.Int64(),
}
FOUR_POINTS = [
    ("flow", "flow", "sampled", 900, None),
    ("rain", "rainfall", "sampled", 300, None),
    ("kwh", "energy", "sampled", 900, None),
    ("pump", "running", "on_change", None, 7200),
]
"""A quarter-hourly flow, rain every five minutes, a totaliser every quarter of an hour, a pump that tells changes."""


def with_points(utility, points=FOUR_POINTS, **changes):
    """A utility that has only these points."""
    return replace(utility, points=pl.DataFrame(points, schema=POINTS, orient="row"), **changes)


def reading(point_id, ts, value, *, span_s=0, quality="good", received=0, seq=0):
    """One stored row; `received` counts minutes after the reading."""
    return (point_id, ts, span_s, float(value), quality, ts + timedelta(minutes=received), seq)


def readings(rows):
    return pl.DataFrame(rows, schema=READING, orient="row")


def day_marts(folder, utility, day, rows, as_of=None, *, sealed=False, carried=None, head=None) -> DayMarts:
    """The marts of one day from rows of `reading`; as_of is the day's end where it isn't given."""
    frame = rows if isinstance(rows, pl.DataFrame) else readings(rows)
    path = folder / f"{day}-{'sealed' if sealed else 'rows'}.parquet"
    if sealed:
        newest = frame.sort("received_at", "batch_seq").unique(["point_id", "ts", "span_s"], keep="last")
        frame = coverage(newest, utility.points)
    frame.write_parquet(path)
    with own_connection() as connection:
        return make_day_marts(
            connection,
            utility,
            [day],
            [str(path)],
            as_of or utility.day_start(day + timedelta(days=1)),
            sealed=sealed,
            carried=carried,
            head=head,
        )


def hours_of(made, point_id):
    """Local hour → (mean, covered_s, is_valid) of a point."""
    rows = made.frames["hourly"].filter(pl.col("point_id") == point_id)
    return {hour: rest for hour, *rest in rows.select("local_hour", "mean", "covered_s", "is_valid").rows()}


def local(utility, day: date, clock: str) -> datetime:
    """A time of day at the utility, as an aware moment."""
    return datetime.combine(day, time.fromisoformat(clock), utility.zone)
