"""Readings of every point: a pure function of absolute time, so that any window comes out the same twice."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from data_sources.utility import Utility
from data_sources.vocabulary import TOTALISERS
from sample_data.events import GAP_SOURCE, events
from sample_data.noise import Floats
from sample_data.sensors import read_by_sensors
from sample_data.signals import signals
from sample_data.times import HOUR_S, Moments, moments
from sample_data.totals import counted
from sample_data.world import World

_COUNTERS = {
    "source": "E.energy",
    "works": "E.energy",
    "wwtp": "E.energy",
    "booster": "E.energy",
    "large_user": "M.volume",
}
"""Kind of site → its totaliser."""
_WORLDS: dict[Path, World] = {}


def world_of(utility: Utility) -> World:
    """The arrays of a utility, made once."""
    if utility.folder not in _WORLDS or _WORLDS[utility.folder].utility is not utility:
        _WORLDS[utility.folder] = World(utility)
    return _WORLDS[utility.folder]


def readings(
    utility: Utility, start: datetime, end: datetime, step_s: int, points: Collection[str] | None = None
) -> pl.DataFrame:
    """Rows of table reading with `source`, for whole steps in [start, end): instants (span 0) every `step_s`.

    With a step of an hour they are hourly means (span 3600; of rainfall the sum). Totalisers are read at whole hours,
    whatever the step. `points` limits what comes out. What a silent source would have sent is missing.
    """
    world = world_of(utility)
    hourly = step_s >= HOUR_S
    at = moments(utility, start, end, step_s)
    if not len(at.seconds):
        return pl.DataFrame(schema=_schema())
    meant = at.shifted(HOUR_S // 2) if hourly else at
    frames = [_frame(world, signals(world, meant, step_s), at, step_s if hourly else 0, points)]
    on_the_hour = moments(utility, start, end, HOUR_S)
    if len(on_the_hour.seconds):
        frames.append(_frame(world, _totals(world, on_the_hour), on_the_hour, 0, points))
    return _without_gaps(pl.concat(frames), at.offset_s)


def _schema() -> dict[str, pl.DataType]:
    return {
        "point_id": pl.String(), "ts": pl.Datetime("us", "UTC"), "span_s": pl.Int64(), "value": pl.Float64(),
        "quality": pl.String(), "source": pl.String(),
    }  # fmt: skip


@lru_cache(maxsize=8)
def _sources(utility_points: int, world: World) -> dict[str, tuple[str, str]]:
    rows = world.utility.points.select("point_id", "quantity", "source").rows()
    return {point: (quantity, source) for point, quantity, source in rows[:utility_points]}


def _totals(world: World, at: Moments) -> dict[str, Floats]:
    values: dict[str, Floats] = {}
    for kind, suffix in _COUNTERS.items():
        rows = counted(world, kind, at)
        values |= {f"{site}.{suffix}": rows[place] for place, site in enumerate(world.ids(kind))}
    return values


def _frame(
    world: World, values: dict[str, Floats], at: Moments, span_s: int, points: Collection[str] | None
) -> pl.DataFrame:
    """Rows of some points, by point and time, as their sensors show them."""
    known = _sources(world.utility.points.height, world)
    wanted = sorted(name for name in values if points is None or name in points)
    wanted = [name for name in wanted if name in known]
    quantities = [known[name][0] for name in wanted]
    true = np.stack([values[name] for name in wanted]) if wanted else np.zeros((0, len(at.seconds)))
    shown = true if all(q in TOTALISERS for q in quantities) else read_by_sensors(wanted, quantities, true, at)
    count = len(at.seconds)
    names = (
        pl.Series("point_id", wanted, pl.String)
        .to_frame()
        .with_columns(source=pl.Series([known[n][1] for n in wanted], dtype=pl.String))
    )
    ids = names.select(pl.all().repeat_by(count)).explode(["point_id", "source"]) if wanted else names
    return ids.with_columns(
        pl.Series("ts", np.tile(at.seconds * 1_000_000, len(wanted))).cast(pl.Datetime("us", "UTC")),
        pl.lit(span_s, pl.Int64).alias("span_s"),
        pl.Series("value", np.round(shown, 4).ravel()),
        pl.lit("good").alias("quality"),
    ).select(list(_schema()))


def _without_gaps(rows: pl.DataFrame, offset_s: int) -> pl.DataFrame:
    """Without what a source could not send while its line was down."""
    for gap in events("communication_gap"):
        seconds = rows["ts"].unique().sort()
        at = Moments((seconds.dt.timestamp("us") // 1_000_000).to_numpy(), offset_s)
        silent = seconds.filter(pl.Series(gap.active(at) > 0))
        if len(silent):
            rows = rows.filter(~(pl.col("ts").is_in(silent.implode()) & (pl.col("source") == GAP_SOURCE)))
    return rows


def whole_days(utility: Utility, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The business days that touch [start, end), as (start, end) in UTC, cut to it."""
    day, found = utility.day_of(start), []
    while (begins := utility.day_start(day)) < end:
        found.append((max(start, begins), min(end, utility.day_start(day + timedelta(days=1)))))
        day += timedelta(days=1)
    return found
