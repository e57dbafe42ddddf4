"""Consecutive hours and their place in local time: what the clock on the wall and the weekday say."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

HOUR_S, DAY_H = 3600, 24
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hours:
    """`count` hours from `start` (UTC, a whole hour) on, in a time zone. Arrays have one entry an hour."""

    start: datetime
    count: int
    timezone: str

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def seconds(self) -> Ints:
        """Start of each hour, seconds since 1970 UTC."""
        return int(self.start.timestamp()) + HOUR_S * np.arange(self.count, dtype=np.int64)

    @cached_property
    def wall(self) -> Ints:
        """Start of each hour on the local clock, seconds since 1970-01-01T00:00 local."""
        times = pl.from_epoch(pl.Series(self.seconds), time_unit="s").dt.replace_time_zone("UTC")
        local = times.dt.convert_time_zone(self.timezone).dt.replace_time_zone(None)
        return local.dt.epoch("s").to_numpy()

    @property
    def hour(self) -> Ints:
        """Local hour, 0–23."""
        return self.wall // HOUR_S % DAY_H

    @property
    def day(self) -> Ints:
        """Local date, days since 1970-01-01."""
        return self.wall // (DAY_H * HOUR_S)

    @property
    def weekday(self) -> Ints:
        """0 Monday … 6 Sunday."""
        return (self.day + 3) % 7

    def before(self, days: int) -> Ints:
        """Index of the hour that the local clock showed `days` earlier; −1 where that lies before the first.

        A change of clocks is followed: of an hour that came twice the first is taken, of one left out the one before.
        """
        shown, first = np.unique(self.wall, return_index=True)
        place = np.searchsorted(shown, self.wall - days * DAY_H * HOUR_S, side="right") - 1
        return np.where(place < 0, -1, first[np.maximum(place, 0)]).astype(np.int64)

    def index(self, moment: datetime) -> int:
        """How many hours after the first one a moment lies."""
        return int((moment - self.start).total_seconds() // HOUR_S)

    def moments(self, first: int, last: int) -> pl.Series:
        """Starts of the hours `first` to `last` (exclusive) as UTC times."""
        return (
            pl.from_epoch(pl.Series(self.seconds[first:last]), time_unit="s")
            .dt.cast_time_unit("us")
            .dt.replace_time_zone("UTC")
        )


def hours_around(now: datetime, back_h: int, ahead_h: int, timezone: str) -> Hours:
    """The hours from `back_h` before the last whole hour up to `now` to `ahead_h` after it."""
    whole = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start = datetime.fromtimestamp(whole.timestamp() - back_h * HOUR_S, UTC)
    return Hours(start, back_h + ahead_h, timezone)
