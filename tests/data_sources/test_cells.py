"""Cells of text as numbers, dates and times: round trips, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_sources.cells import booleans, dates, floats, numbers, of_type, times, whole_numbers


def read(parse, *cells, **options):
    return parse(pl.Series("cell", cells, dtype=pl.String), **options).to_list()


def test_numbers_and_what_is_none():
    assert read(numbers, "12.5", "-3", "1e3", ".5", "5.", "+7") == [12.5, -3.0, 1000.0, 0.5, 5.0, 7.0]
    assert read(numbers, "1,5", "30.044.50", "inf", "NaN", "1e999", "0x10", "1_000", "") == [None] * 8


def test_a_decimal_comma_in_text_and_in_a_workbook():
    assert read(numbers, "1,5", "1.5", "1.234,5", decimal=",") == [1.5, None, None]
    assert read(numbers, "1,5", "1.5", decimal=",", workbook=True) == [1.5, 1.5]


def test_whole_numbers_and_booleans():
    assert read(whole_numbers, "5", "5.0", "5.5", "x") == [5, 5, None, None]
    assert read(booleans, "True", "no", "是", "0", "perhaps") == [True, False, True, False, None]


def test_dates():
    assert read(dates, "2026-07-01", "2026-07-01 10:30", "01.07.2026") == [date(2026, 7, 1), date(2026, 7, 1), None]
    assert read(dates, "01.07.2026", "2026-07-01 00:00:00", layout="%d.%m.%Y") == [date(2026, 7, 1)] * 2
    assert read(dates, "2026年07月", layout="%Y年%m月") == [date(2026, 7, 1)]


@pytest.mark.parametrize(
    "cell",
    ["2026-09-01T08:00:00+08:00", "2026-09-01 08:00", "2026-09-01T00:00Z", "2026-09-01 00:00:00.000Z",
     "2026-09-01 02:00:00+0200"],
)  # fmt: skip
def test_one_moment_in_many_writings(cell):
    assert read(times, cell, zone="Asia/Shanghai") == [datetime(2026, 9, 1, tzinfo=UTC)]


@given(st.lists(st.floats(-1e9, 1e9), max_size=5))
def test_numbers_come_back(values):
    assert read(numbers, *map(repr, values)) == values
    assert read(numbers, *(repr(value).replace(".", ",") for value in values), decimal=",") == values


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(second=0, microsecond=0)),
    zone=st.sampled_from(["Europe/Rome", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
    step=st.sampled_from([5, 15, 30]),  # Lord Howe repeats half an hour: hourly rows could not tell which it was
    backward=st.booleans(),
)
def test_local_times_of_a_whole_day_come_back_as_the_moments_they_were(start, zone, step, backward):
    # from a whole hour on, so that a repeated hour is there from its beginning
    moments = [(start.replace(minute=0, tzinfo=UTC) + timedelta(minutes=step * i)) for i in range(24 * 60 // step)]
    local = pl.Series(moments).dt.convert_time_zone(zone)
    begins_in_second_pass = local.dt.replace_time_zone(None).dt.replace_time_zone(zone, ambiguous="earliest")[0]
    if begins_in_second_pass != local[0]:
        return  # its first pass is not in the file: nobody could know
    text = local.dt.strftime("%Y-%m-%d %H:%M:%S")
    if backward:
        assert times(text.reverse(), zone).reverse().to_list() == moments
    else:
        assert times(text, zone).to_list() == moments


@pytest.mark.parametrize("moment", [datetime(2026, 9, 15), date(2026, 9, 15), timedelta(1)])
def test_a_moment_is_no_number(moment):
    column = pl.Series([moment])
    assert floats(column).to_list() == of_type(column, pl.Int64(), "UTC").to_list() == [None]
