"""A value beside others of its kind: the period before, a year before, the last thirty, and what is usual."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from metrics.catalogue import Indicator
from metrics.spans import period_of

TREND_PERIODS = 30
BAND_WEEKS = 8
BAND_LEAST = 4
"""Fewer known values make no band."""
BAND_QUANTILES = (0.1, 0.9)


@dataclass(frozen=True)
class Past:
    """The headline's closed values and states of one indicator, by period."""

    indicator: Indicator
    values: Mapping[date, float | None]
    states: Mapping[date, str]


def past_of(indicator: Indicator, history: pl.DataFrame) -> Past:
    """`history` are rows of table indicator; only the headline's of this indicator count."""
    own = history.filter(pl.col("indicator_id") == indicator.id, pl.col("site_id") == "")
    rows = list(own.select("period", "value", "state").rows())
    return Past(indicator, {period: value for period, value, _ in rows}, {period: state for period, _, state in rows})


def previous(past: Past, period: date) -> float | None:
    """The value of the period before (环比); None where unknown."""
    return past.values.get(_before(past.indicator, period))


def year_before(past: Past, period: date) -> float | None:
    """The value of the same period a year before (同比): the date, the week 52 weeks before, the month."""
    if past.indicator.period == "week":
        return past.values.get(period - timedelta(weeks=52))
    return past.values.get(same_day_last_year(period))


def same_day_last_year(day: date) -> date:
    """The same date a year before; of 29 February the 28th."""
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def trend(past: Past, last_closed: date) -> list[tuple[date, float | None, str]]:
    """The last thirty closed periods, oldest first; one that was never computed is unknown."""
    periods, period = [], last_closed
    for _ in range(TREND_PERIODS):
        periods.append(period)
        period = _before(past.indicator, period)
    first = min(past.values, default=last_closed)
    return [
        (period, past.values.get(period), past.states.get(period, "unknown"))
        for period in reversed(periods)
        if period >= first
    ]


def band(past: Past, period: date) -> tuple[float, float] | None:
    """P10 and P90 of the same weekday over eight weeks for days, of the thirty before for weeks and months."""
    if past.indicator.period == "day":
        earlier = [period - timedelta(weeks=back) for back in range(1, BAND_WEEKS + 1)]
    else:
        earlier, one = [], period
        for _ in range(TREND_PERIODS):
            one = _before(past.indicator, one)
            earlier.append(one)
    known = pl.Series([past.values.get(one) for one in earlier], dtype=pl.Float64).drop_nulls()
    if len(known) < BAND_LEAST:
        return None
    low, high = (known.quantile(share, "linear") for share in BAND_QUANTILES)
    return None if low is None or high is None else (low, high)


def _before(indicator: Indicator, period: date) -> date:
    return period_of(indicator.period, period - timedelta(days=1))
