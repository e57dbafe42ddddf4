"""From a question's inputs to the series the models work on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from brain.demand.days import holiday_calendar, like_weekdays
from brain.demand.features import Demand, sizes
from brain.demand.hours import DAY_H, HOUR_S, Floats, Hours, Ints, hours_around
from brain.demand.series import demand, matrix
from brain.demand.weather import network_weather, weather_of
from brain.question import Inputs

_HOUR = timedelta(hours=1)


def demand_at_hand(
    inputs: Inputs,
    now: datetime,
    back: timedelta,
    ahead_h: int,
    names: Sequence[str] | None = None,
    scale: Sequence[float] | None = None,
) -> tuple[list[str], Demand, int]:
    """The series' names, their demand over `back` and `ahead_h` hours, and the index of the first hour not yet over.

    With `names` those, in that order and of that `scale`, without data where there is none; else all with data.
    """
    hours = hours_around(now, back // _HOUR, ahead_h, inputs.utility.timezone)
    first = hours.index(now)
    found = matrix(demand(inputs["hourly"], inputs["sites"]), hours)
    chosen = list(found if names is None else names)
    nothing = np.full(hours.count, np.nan)
    values = np.array([found.get(name, nothing) for name in chosen]).reshape(len(chosen), hours.count)
    years = range(hours.start.year, (now + timedelta(hours=ahead_h)).year + 2)
    like = like_weekdays(hours.day, holiday_calendar(inputs.utility.holidays, years))
    temperature, rain = weather_of(network_weather(inputs["weather"], inputs["sites"]), hours, first)
    of_size = sizes(values) if scale is None else np.asarray(scale)
    return chosen, Demand(hours, values, of_size, like, temperature, rain), first


def business_days(inputs: Inputs, hours: Hours) -> Ints:
    """The business day of each hour, days since 1970-01-01."""
    start = inputs.utility.business_day_start
    return (hours.wall - start.hour * HOUR_S - start.minute * 60) // (DAY_H * HOUR_S)


def whole_days(days: Ints, first: int) -> list[int]:
    """The days that lie whole at and after hour `first`."""
    ahead, counts = np.unique(days[first:], return_counts=True)
    return [int(day) for day, count in zip(ahead, counts, strict=True) if count == (days == day).sum() >= DAY_H - 1]


def silent_h(values: Floats) -> int:
    """Hours since the last value of a series; all of them where there is none."""
    known = np.flatnonzero(np.isfinite(values))
    return int(len(values) - 1 - known[-1]) if len(known) else len(values)
