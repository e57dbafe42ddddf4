"""What the benchmarks run on: the demonstration utility's points with made-up minutes, written straight into a lake."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.settings import ROOT
from data_sources.utility import Utility

LAST_DAY = date(2026, 9, 14)
AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)


def demonstration() -> Utility:
    """The utility that ships with the product: 385 groups, about 1,500 points."""
    return load_utility(ROOT / "sample_data" / "utility")


def days_before(count: int, last: date = LAST_DAY) -> list[date]:
    """`count` days up to and with `last`, oldest first."""
    return [last - timedelta(days=back) for back in reversed(range(count))]


def minutes_of(utility: Utility, day: date, step_s: int) -> pl.DataFrame:
    """One day of readings of every point, sorted by point and time: what a sealed day holds, values of no meaning."""
    points = utility.points["point_id"].sort()
    steps = 86_400 // step_s
    start = int(utility.day_start(day).timestamp() * 1e6)
    times = start + np.arange(steps, dtype=np.int64) * step_s * 1_000_000
    noise = np.random.default_rng(day.toordinal()).integers(0, 1000, steps * len(points)) / 100
    return pl.DataFrame(
        {
            "point_id": points.repeat_by(steps).explode(),
            "ts": pl.Series(np.tile(times, len(points))).cast(pl.Datetime("us", "UTC")),
            "value": noise,
        }
    ).with_columns(
        span_s=pl.lit(0, pl.Int64),
        quality=pl.lit("good"),
        covered_s=pl.lit(step_s, pl.Int64),
    )


def fill(lake: Lake, days: list[date], step_s: int) -> Iterator[date]:
    """Write the days into the lake as sealed ones, a commit a day; yields each when it is done."""
    for day in days:
        lake.write_sealed(minutes_of(lake.utility, day, step_s), source="bench")
        yield day
