"""What the demand models are told: like days before, how the last days compare with theirs, calendar, weather."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from brain.demand.days import HOLIDAY, likes
from brain.demand.hours import DAY_H, HOUR_S, Floats, Hours, Ints


@dataclass(frozen=True)
class View:
    """What the usual is: the mean of so many like days, one counting half as much as another `half_life` days newer."""

    likes: int
    half_life: float


NEAR, FAR = View(5, math.inf), View(20, 8)
RECENT_H = (3, 6, 24, 72, 168)
"""Stretches before the origin whose mean deviation is told."""
DAYS_BACK = 7
"""Days before the origin whose deviation at the same local hour is told, the newest three one by one."""


@dataclass(frozen=True, eq=False)
class Demand:
    """Series side by side over the same hours, with what is known of calendar and weather.

    `values` (series, hours) in any unit, NaN where missing; `scale` (series,) the size by which each is told to the
    models (`sizes`); `like` the weekday that each hour's day is like; `temperature` (°C) and `rain` (mm) of each hour:
    after an origin, what was forecast then; NaN where unknown. `view` says what is taken as the usual.
    """

    hours: Hours
    values: Floats
    scale: Floats
    like: Ints
    temperature: Floats
    rain: Floats
    view: View = NEAR

    @cached_property
    def like_hours(self) -> Ints:
        """Index of the same local hour on each of the like days before; −1 where none. Shape (likes, hours)."""
        day, first, of_hour = np.unique(self.hours.day, return_index=True, return_inverse=True)
        days = likes(day, self.like[first], self.view.likes)[:, of_hour]
        wall = day[np.maximum(days, 0)] * DAY_H * HOUR_S + self.hours.wall % (DAY_H * HOUR_S)
        shown, place = np.unique(self.hours.wall, return_index=True)
        at = np.maximum(np.searchsorted(shown, wall, side="right") - 1, 0)
        return np.where((days >= 0) & (wall - shown[at] <= HOUR_S), place[at], -1)

    @cached_property
    def before(self) -> Floats:
        """The values of the like hours: shape (likes, series, hours)."""
        return np.stack([_taken(self.values, places) for places in self.like_hours])

    @cached_property
    def usual(self) -> Floats:
        """Weighted mean of the like hours before, those missing left out: shape (series, hours)."""
        return _mean(self.before, 0.5 ** (np.arange(self.view.likes) / self.view.half_life))

    @cached_property
    def off(self) -> Floats:
        """How far each hour lay from the usual, in sizes: shape (series, hours)."""
        return (self.values - self.usual) / self.scale[:, None]

    @cached_property
    def fixed(self) -> Floats:
        """Features that no origin changes: shape (features, series, hours)."""
        shape = self.values.shape
        usual, before = self.usual / self.scale[:, None], self.before / self.scale[:, None]
        spread = np.sqrt(_mean((before - usual) ** 2))
        hourly = [np.broadcast_to(row, shape) for row in (*self._calendar(), *self._weather())]
        return np.stack([usual, spread, *(before[n] - usual for n in range(3)), *hourly])

    def _calendar(self) -> list[Floats]:
        angle = 2 * np.pi * self.hours.day / 365.2425
        is_off = self.like == HOLIDAY
        rows = (self.hours.hour, self.hours.weekday, self.like, np.sin(angle), np.cos(angle))
        shifts = (is_off, np.roll(is_off, DAY_H), np.roll(is_off, -DAY_H))
        return [np.asarray(row, dtype=np.float64) for row in (*rows, *shifts)]

    def _weather(self) -> list[Floats]:
        """Temperature, the day's mean and how far it is from the like days'; the day's rain, likewise."""
        rows = [self.temperature]
        for row in (self.temperature, self.rain):
            of_day = _day_mean(row, self.hours.day)
            rows += [of_day, of_day - _mean(np.stack([_taken(of_day, places) for places in self.like_hours]))]
        return [*rows, np.roll(_day_mean(self.rain, self.hours.day), DAY_H)]

    def at(self, origin: int, leads: Ints) -> Floats:
        """All features of the hours `origin + leads`: shape (features, series, leads). Values from `origin` on are not
        looked at, as long as every lead is below 168.
        """
        target = origin + leads
        known = self.off[:, max(origin - 168, 0) : origin]
        recent = [_mean(known[:, -hours:].T) for hours in RECENT_H]
        back = self._same_hours(origin, leads)
        per_series = np.stack([*recent, known[:, -1]])[:, :, None]
        series = np.arange(len(self.values), dtype=np.float64)[:, None]
        shape = (len(self.values), len(leads))
        told = [np.broadcast_to(row, shape) for row in (series, leads.astype(np.float64), *per_series)]
        return np.concatenate([np.stack([*told, *back[:3], _mean(back)]), self.fixed[:, :, target]])

    def _same_hours(self, origin: int, leads: Ints) -> Floats:
        """How far the hours of the same clock time lay from the usual, newest day first: (DAYS_BACK, series, leads)."""
        newest = origin + leads - DAY_H * (leads // DAY_H + 1)
        places = np.stack([newest - DAY_H * n for n in range(DAYS_BACK)])
        return np.stack([_taken(self.off, place) for place in places])


def sizes(values: Floats) -> Floats:
    """A robust size of each series, never 0: shape (series,)."""
    return np.maximum(np.nanmedian(np.abs(values), axis=1), 1e-9)


def _taken(rows: Floats, places: Ints) -> Floats:
    """Entries at these places along the last axis, NaN where a place is negative."""
    return np.where(places >= 0, rows[..., np.maximum(places, 0)], np.nan)


def _mean(rows: Floats, weights: Floats | None = None) -> Floats:
    """Mean over the first axis of what is there; NaN where nothing is."""
    each = np.ones(len(rows)) if weights is None else weights
    total = np.tensordot(each, np.nan_to_num(rows), axes=1)
    count = np.tensordot(each, (~np.isnan(rows)).astype(np.float64), axes=1)
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)


def _day_mean(row: Floats, day: Ints) -> Floats:
    """The mean of each hour's day, over the hours that are known."""
    _, of_hour = np.unique(day, return_inverse=True)
    known = ~np.isnan(row)
    count = np.bincount(of_hour, known)
    total = np.bincount(of_hour, np.where(known, row, 0))
    return np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)[of_hour]
