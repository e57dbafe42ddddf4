"""Readings are a function of absolute time: any window comes out the same twice."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_data.generate import readings

DAY = datetime(2026, 9, 1, 16, tzinfo=UTC)
"""Local 2 September is day 6 of the cycle: the end of a storm."""
KEY = ["point_id", "ts", "span_s"]


@pytest.fixture(scope="module")
def whole_day(demonstration):
    return {step: readings(demonstration, DAY, DAY + timedelta(days=1), step).sort(KEY) for step in (300, 3600)}


@settings(max_examples=8, deadline=None)
@given(start=st.integers(0, 286), length=st.integers(1, 24))
def test_any_window_is_cut_from_the_same_day(demonstration, whole_day, start, length):
    first = DAY + timedelta(seconds=300 * start)
    last = min(first + timedelta(seconds=300 * length), DAY + timedelta(days=1))
    window = readings(demonstration, first, last, 300).sort(KEY)
    same = whole_day[300].filter(pl.col("ts") >= first, pl.col("ts") < last)
    assert window.equals(same)


def test_hourly_means_of_two_days_are_those_of_each(demonstration, whole_day):
    both = readings(demonstration, DAY - timedelta(days=1), DAY + timedelta(days=1), 3600)
    second = both.filter(pl.col("ts") >= DAY).sort(KEY)
    assert second.select(KEY).equals(whole_day[3600].select(KEY))
    assert (second["value"] - whole_day[3600]["value"]).abs().max() <= 1e-3


def test_every_point_speaks_within_what_is_plausible(demonstration, whole_day):
    points = demonstration.points.select("point_id", "low", "high")
    for rows in whole_day.values():
        assert set(rows["point_id"]) == set(points["point_id"])
        joined = rows.join(points, on="point_id")
        assert joined.filter((pl.col("value") < pl.col("low")) | (pl.col("value") > pl.col("high"))).is_empty()


def test_totalisers_never_fall_and_are_read_on_the_hour(demonstration, whole_day):
    meters = demonstration.points.filter(pl.col("quantity").is_in(["energy", "volume"]))["point_id"]
    rows = whole_day[300].filter(pl.col("point_id").is_in(meters.implode()))
    steps = rows.with_columns(step=pl.col("value").diff().over("point_id"))["step"].drop_nulls()
    assert rows.height == 24 * len(meters)
    assert steps.min() >= 0
    assert steps.max() > 0


def test_a_limited_question_gets_the_same_answer(demonstration, whole_day):
    some = ["ZN01.D1.flow", "PS01.S.level"]
    window = readings(demonstration, DAY, DAY + timedelta(days=1), 300, some).sort(KEY)
    assert window.equals(whole_day[300].filter(pl.col("point_id").is_in(some)))
