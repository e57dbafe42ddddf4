"""Moments as the utility's clock shows them: hour of the day, weekday, season, holiday, day of the cycle of events."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache

import numpy as np

from data_sources.utility import Utility
from sample_data.noise import Floats, Ints

DAY_S, HOUR_S = 86_400, 3_600
SPRING_FESTIVAL = {
    2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26),
    2029: (2, 13), 2030: (2, 3),
}  # fmt: skip
"""New Year's Day of the lunar calendar: month and day."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Moments:
    """UTC seconds since 1970, ascending, and where the utility's clock stands at each of them.

    `offset_s` is local less UTC time, the same for all moments: the demonstration utility knows no summer time.
    """

    seconds: Ints
    offset_s: int

    def shifted(self, seconds: float) -> "Moments":
        """The same moments so much later (earlier where negative)."""
        return Moments(self.seconds + int(seconds), self.offset_s)

    @cached_property
    def local(self) -> Ints:
        """Local seconds since 1970."""
        return self.seconds + self.offset_s

    @cached_property
    def day(self) -> Ints:
        """Local days since 1970."""
        return self.local // DAY_S

    @cached_property
    def hour(self) -> Floats:
        """Hour of the local day, with its fraction."""
        return (self.local % DAY_S) / HOUR_S

    @cached_property
    def weekday(self) -> Ints:
        """0 on Mondays."""
        return (self.day + 3) % 7

    @cached_property
    def season(self) -> Floats:
        """Cosine of the year: 1 at the end of July, −1 half a year later."""
        return np.cos(2 * np.pi * (self.day - 208.0) / 365.2425)

    @cached_property
    def is_holiday(self) -> Floats:
        """1 on public holidays, else 0."""
        days, place = np.unique(self.day, return_inverse=True)
        flags = np.array([is_public_holiday(day_of(int(day))) for day in days], dtype=np.float64)
        return flags[place]


def day_of(number: int) -> date:
    """The date so many days after 1970-01-01."""
    return _EPOCH + timedelta(days=number)


@lru_cache(maxsize=8192)
def is_public_holiday(day: date) -> bool:
    """New Year, Spring Festival (eight days), Labour Day (five), National Day (seven)."""
    if day.year in SPRING_FESTIVAL:
        first = date(day.year, *SPRING_FESTIVAL[day.year]) - timedelta(days=1)
        if timedelta() <= day - first < timedelta(days=8):
            return True
    return (day.month, day.day) == (1, 1) or (day.month == 5 and day.day <= 5) or (day.month == 10 and day.day <= 7)


def moments(utility: Utility, start: datetime, end: datetime, step_s: int) -> Moments:
    """All multiples of `step_s` in [start, end)."""
    first = -(-int(start.timestamp()) // step_s) * step_s
    last = -(-int(end.timestamp()) // step_s) * step_s
    offset = start.astimezone(utility.zone).utcoffset() or timedelta()
    return Moments(np.arange(first, last, step_s, dtype=np.int64), int(offset.total_seconds()))


def utc(seconds: int) -> datetime:
    """The moment so many seconds after 1970."""
    return datetime.fromtimestamp(int(seconds), UTC)
