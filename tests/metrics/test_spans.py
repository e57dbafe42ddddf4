"""Which days, moments and hours a period covers: closed and running, in Shanghai, Rome and UTC."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalogue import load_catalogue
from metrics.example_rows import ExampleDays
from metrics.spans import (
    SPAN_SCHEMA,
    closed_periods,
    closed_span,
    closes_at,
    last_closed,
    newest_span,
    period_of,
    running_span,
    span_at,
    span_frame,
)

INDICATORS = load_catalogue().indicators
SHANGHAI = ExampleDays("Asia/Shanghai")
ROME = ExampleDays("Europe/Rome")
AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)  # 16:20 on a Tuesday
DAY = INDICATORS["pressure_compliance"]
CLOSED_DAY = INDICATORS["supply_energy"]
WEEK = INDICATORS["influent_bod"]
YEAR = INDICATORS["leakage_rate"]
SEVEN = INDICATORS["inflow_infiltration"]
THIRTY = INDICATORS["work_order_on_time"]


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_the_running_day_is_24_clock_hours_with_the_running_one_in_part():
    span = running_span(DAY, SHANGHAI, AS_OF)
    # 17:00 yesterday to 16:20: 23 whole hours have ended
    assert (span.starts_at, span.ends_at, span.hours) == (utc(2026, 9, 14, 9), AS_OF, 23)
    assert (span.period, span.first_day, span.last_day) == (date(2026, 9, 15), date(2026, 9, 14), date(2026, 9, 15))


def test_on_the_hour_all_24_have_ended():
    span = running_span(DAY, SHANGHAI, utc(2026, 9, 15, 8))
    assert (span.starts_at, span.hours) == (utc(2026, 9, 14, 8), 24)


def test_just_after_midnight_the_window_lies_in_yesterday():
    span = running_span(DAY, SHANGHAI, utc(2026, 9, 14, 16, 10))
    assert (span.period, span.first_day) == (date(2026, 9, 15), date(2026, 9, 14))
    assert (span.starts_at, span.hours) == (utc(2026, 9, 13, 17), 23)


def test_thirty_days_are_so_many_times_24_hours():
    span = running_span(THIRTY, SHANGHAI, AS_OF)
    assert (span.starts_at, span.ends_at) == (AS_OF - timedelta(hours=720), AS_OF)
    # from the first whole hour, 09:00, to 08:00
    assert span.hours == 719


def test_a_closed_day_and_a_longer_window_that_ends_with_it():
    day = closed_span(CLOSED_DAY, SHANGHAI, date(2026, 9, 14))
    assert (day.starts_at, day.ends_at, day.hours) == (utc(2026, 9, 13, 16), utc(2026, 9, 14, 16), 24)
    week = closed_span(SEVEN, SHANGHAI, date(2026, 9, 14))
    assert (week.first_day, week.last_day, week.hours) == (date(2026, 9, 8), date(2026, 9, 14), 168)
    assert closed_span(THIRTY, SHANGHAI, date(2026, 9, 14)).first_day == date(2026, 8, 16)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)])
def test_a_day_on_which_clocks_change_has_23_or_25_hours(day, hours):
    assert closed_span(CLOSED_DAY, ROME, day).hours == hours


def test_twelve_months_end_with_their_month():
    span = closed_span(YEAR, SHANGHAI, date(2026, 2, 1))
    assert (span.period, span.first_day, span.last_day) == (date(2026, 2, 1), date(2025, 3, 1), date(2026, 2, 28))


def test_a_week_closes_its_lag_later():
    assert closes_at(WEEK, SHANGHAI, date(2026, 3, 9)) == utc(2026, 3, 21, 16)
    assert last_closed(WEEK, SHANGHAI, utc(2026, 3, 21, 15, 59)) == date(2026, 3, 2)
    assert last_closed(WEEK, SHANGHAI, utc(2026, 3, 21, 16)) == date(2026, 3, 9)


def test_the_newest_is_the_running_one_only_where_the_indicator_is_current():
    assert newest_span(DAY, SHANGHAI, AS_OF).period == date(2026, 9, 15)
    assert newest_span(CLOSED_DAY, SHANGHAI, AS_OF).period == date(2026, 9, 14)
    assert newest_span(YEAR, SHANGHAI, AS_OF).period == date(2026, 8, 1)


def test_a_period_that_has_not_come_has_no_span():
    assert span_at(CLOSED_DAY, SHANGHAI, date(2026, 9, 15), AS_OF) is None
    assert span_at(DAY, SHANGHAI, date(2026, 9, 16), AS_OF) is None
    assert span_at(DAY, SHANGHAI, date(2026, 9, 15), AS_OF) == running_span(DAY, SHANGHAI, AS_OF)
    assert span_at(DAY, SHANGHAI, date(2026, 9, 14), AS_OF) == closed_span(DAY, SHANGHAI, date(2026, 9, 14))


def test_closed_periods_from_a_day_on():
    days = closed_periods(CLOSED_DAY, SHANGHAI, date(2026, 9, 12), AS_OF)
    assert days == [date(2026, 9, 12), date(2026, 9, 13), date(2026, 9, 14)]
    assert closed_periods(YEAR, SHANGHAI, date(2026, 6, 20), AS_OF) == [date(2026, m, 1) for m in (6, 7, 8)]
    assert closed_periods(WEEK, SHANGHAI, date(2026, 8, 26), AS_OF) == [date(2026, 8, 24), date(2026, 8, 31)]
    assert closed_periods(CLOSED_DAY, SHANGHAI, date(2026, 9, 15), AS_OF) == []


def test_weeks_begin_on_monday_and_months_on_the_first():
    assert period_of("week", date(2026, 3, 15)) == date(2026, 3, 9)
    assert period_of("week", date(2026, 3, 9)) == date(2026, 3, 9)
    assert period_of("month", date(2026, 3, 15)) == date(2026, 3, 1)
    assert period_of("day", date(2026, 3, 15)) == date(2026, 3, 15)


@settings(max_examples=80, deadline=None)
@given(start=st.dates(date(2020, 1, 1), date(2030, 1, 1)), zone=st.sampled_from([SHANGHAI, ROME]))
@pytest.mark.parametrize("id_", ["supply_energy", "influent_bod", "leakage_rate"])
def test_periods_follow_one_another_without_gap(id_, start, zone):
    indicator = INDICATORS[id_]
    as_of = zone.day_start(start + timedelta(days=100))
    periods = closed_periods(indicator, zone, start, as_of)
    ends = [closed_span(indicator, zone, period).ends_at for period in periods]
    starts = [zone.day_start(period) for period in periods]
    assert periods[0] <= start
    assert starts[1:] == ends[:-1]
    assert last_closed(indicator, zone, as_of) == periods[-1]


@settings(max_examples=100, deadline=None)
@given(moment=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_a_running_day_never_holds_more_than_its_24_hours(moment):
    span = running_span(DAY, ROME, moment)
    assert timedelta(hours=23) < span.ends_at - span.starts_at <= timedelta(hours=24)
    assert span.starts_at.minute == 0
    assert span.hours == (span.ends_at - span.starts_at) // timedelta(hours=1)
    assert span.first_day <= span.last_day == span.period == ROME.day_of(moment)


def test_the_frame_has_the_views_columns():
    frame = span_frame([closed_span(CLOSED_DAY, SHANGHAI, date(2026, 9, 14))])
    assert frame.schema == SPAN_SCHEMA
    assert frame.height == 1
    assert frame["starts_at"].dtype == pl.Datetime("us", "UTC")
    assert span_frame([]).schema == SPAN_SCHEMA
