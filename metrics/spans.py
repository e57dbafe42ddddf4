"""Which rows of view `span` an indicator is asked for: closed periods and the running one."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol

import polars as pl

from metrics.catalogue import Indicator

HOUR = timedelta(hours=1)
SPAN_SCHEMA = pl.Schema(
    {
        "period": pl.Date(),
        "first_day": pl.Date(),
        "last_day": pl.Date(),
        "starts_at": pl.Datetime("us", "UTC"),
        "ends_at": pl.Datetime("us", "UTC"),
        "hours": pl.Int64(),
    }
)


class BusinessDays(Protocol):
    """What a Utility knows of days: which one a moment falls on, and when one begins in UTC."""

    def day_of(self, moment: datetime) -> date: ...  # noqa: D102

    def day_start(self, day: date) -> datetime: ...  # noqa: D102


@dataclass(frozen=True)
class Span:
    """One row of view `span`: its period, the days and the half-open moments (UTC) its window covers.

    `hours` are the whole clock hours in it that have ended.
    """

    period: date
    first_day: date
    last_day: date
    starts_at: datetime
    ends_at: datetime
    hours: int


def span_frame(spans: Iterable[Span]) -> pl.DataFrame:
    """The spans as a frame with the columns of view `span`."""
    return _frame_of(tuple(spans))


@lru_cache(maxsize=64)
def _frame_of(spans: tuple[Span, ...]) -> pl.DataFrame:
    """Most indicators of a snapshot ask for the same span."""
    names = list(SPAN_SCHEMA)
    return pl.DataFrame([[getattr(span, name) for name in names] for span in spans], schema=SPAN_SCHEMA, orient="row")


def newest_span(indicator: Indicator, days: BusinessDays, as_of: datetime) -> Span:
    """What the headline shows at `as_of`: the running window of a current indicator, else the last closed period."""
    if indicator.shows == "current":
        return running_span(indicator, days, as_of)
    return closed_span(indicator, days, last_closed(indicator, days, as_of))


def span_at(indicator: Indicator, days: BusinessDays, period: date, as_of: datetime) -> Span | None:
    """A period's span as it was known at `as_of`; None where it has neither closed nor is running."""
    if closes_at(indicator, days, period) <= as_of:
        return closed_span(indicator, days, period)
    running = indicator.shows == "current" and period == days.day_of(as_of)
    return running_span(indicator, days, as_of) if running else None


def closed_span(indicator: Indicator, days: BusinessDays, period: date) -> Span:
    """The whole period; a longer window ends with it. `period` is its first day."""
    last = _last_day(indicator.period, period)
    first = _first_day(indicator.window, period, last)
    starts_at, ends_at = days.day_start(first), days.day_start(last + timedelta(days=1))
    return Span(period, first, last, starts_at, ends_at, (ends_at - starts_at) // HOUR)


def running_span(indicator: Indicator, days: BusinessDays, as_of: datetime) -> Span:
    """Today's window up to `as_of`: clock hours with the running one in part, or so many times 24 hours."""
    whole = as_of.replace(minute=0, second=0, microsecond=0)
    next_hour = whole if whole == as_of else whole + HOUR
    number, unit = _window(indicator.window)
    starts_at = as_of - timedelta(days=number) if unit == "days" else next_hour - number * HOUR
    first_hour = starts_at.replace(minute=0, second=0, microsecond=0)
    first_hour += HOUR if first_hour < starts_at else timedelta()
    today = days.day_of(as_of)
    return Span(today, days.day_of(starts_at), today, starts_at, as_of, (whole - first_hour) // HOUR)


def closes_at(indicator: Indicator, days: BusinessDays, period: date) -> datetime:
    """When a period can be computed: when it has ended, and lag_days later."""
    return days.day_start(_last_day(indicator.period, period) + timedelta(days=1 + indicator.lag_days))


def last_closed(indicator: Indicator, days: BusinessDays, as_of: datetime) -> date:
    """The newest closed period at `as_of`."""
    period = period_of(indicator.period, days.day_of(as_of))
    while closes_at(indicator, days, period) > as_of:
        period = period_of(indicator.period, period - timedelta(days=1))
    return period


def closed_periods(indicator: Indicator, days: BusinessDays, first: date, as_of: datetime) -> list[date]:
    """All closed periods from the one that holds day `first` on, oldest first."""
    periods, period = [], period_of(indicator.period, first)
    while closes_at(indicator, days, period) <= as_of:
        periods.append(period)
        period = _last_day(indicator.period, period) + timedelta(days=1)
    return periods


def period_of(kind: str, day: date) -> date:
    """The first day of the day, week (from Monday) or month that holds `day`."""
    if kind == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if kind == "month" else day


def _last_day(kind: str, period: date) -> date:
    if kind == "week":
        return period + timedelta(days=6)
    return period.replace(day=calendar.monthrange(period.year, period.month)[1]) if kind == "month" else period


def _window(window: str) -> tuple[int, str]:
    """The window's length: (30, "days"), (12, "months"), or clock hours; now and a day look back 24 hours."""
    number, _, unit = window.partition(" ")
    return (int(number), unit) if unit else (24, "h")


def _first_day(window: str, period: date, last: date) -> date:
    number, unit = _window(window)
    if unit == "days":
        return last - timedelta(days=number - 1)
    if unit == "months":
        months = last.year * 12 + last.month - number
        return date(months // 12, months % 12 + 1, 1)
    extra_days = -(-number // 24) - 1
    return period - timedelta(days=extra_days)
