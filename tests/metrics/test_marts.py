"""Marts worked by hand: what a reading covers, means weighted by it, rates of totalisers and rain, days and the newest.

The utility is the tiny one (Shanghai, UTC+8, days from midnight) with the four points of mart_rows.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.metrics.mart_rows import day_marts, hours_of, local, reading, readings, with_points

DAY = date(2026, 3, 15)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def utility(tiny_utility):
    return with_points(tiny_utility)


def at(utility, clock, day=DAY):
    return local(utility, day, clock)


def latest_of(made, point_id):
    return made.frames["latest"].row(by_predicate=pl.col("point_id") == point_id, named=True)


def test_an_hour_is_weighted_by_what_each_reading_covers(tmp_path, utility):
    # 08:00 covers its 900 s, 08:50 only until 09:00, where its next 300 s belong to hour 9:
    # hour 8: (10 × 900 + 40 × 600) ÷ 1500 = 22, 1500 s of 3600 are too few; hour 9: 40 over 300 s
    made = day_marts(
        tmp_path, utility, DAY, [reading("flow", at(utility, "08:00"), 10), reading("flow", at(utility, "08:50"), 40)]
    )
    assert hours_of(made, "flow") == {8: [22, 1500, False], 9: [40, 300, False]}
    hour = made.frames["hourly"].row(0, named=True)
    assert (hour["hour"], hour["day"], hour["due_s"]) == (datetime(2026, 3, 15, 0, tzinfo=UTC), DAY, 3600)
    assert (hour["min"], hour["max"], hour["last"]) == (10, 40, 40)


def test_seconds_count_once_where_two_overlap_the_later_counts(tmp_path, utility):
    # 08:00 is cut short by 08:05: 300 s of 10 and 900 s of 40: (3000 + 36000) ÷ 1200 = 32.5
    made = day_marts(
        tmp_path, utility, DAY, [reading("flow", at(utility, "08:00"), 10), reading("flow", at(utility, "08:05"), 40)]
    )
    assert hours_of(made, "flow") == {8: [32.5, 1200, False]}


def test_a_mean_over_a_span_covers_its_span(tmp_path, utility):
    rows = [
        reading("flow", at(utility, "08:00"), 10, span_s=3600),
        reading("flow", at(utility, "09:30"), 7, span_s=3600),
    ]
    made = day_marts(tmp_path, utility, DAY, rows)
    assert hours_of(made, "flow") == {8: [10, 3600, True], 9: [7, 1800, False], 10: [7, 1800, False]}


@pytest.mark.parametrize(("missing", "is_valid"), [(720, True), (721, False)])
def test_an_hour_is_valid_from_eighty_percent_on(tmp_path, utility, missing, is_valid):
    made = day_marts(tmp_path, utility, DAY, [reading("flow", at(utility, "08:00"), 1, span_s=3600 - missing)])
    assert hours_of(made, "flow")[8] == [1, 3600 - missing, is_valid]


def test_a_suspect_reading_covers_nothing_and_ends_what_came_before(tmp_path, utility):
    # 08:00 until 08:10, where a suspect one comes; a manual one counts like a good one
    rows = [
        reading("flow", at(utility, "08:00"), 10),
        reading("flow", at(utility, "08:10"), 999, quality="suspect"),
        reading("flow", at(utility, "08:45"), 16, quality="manual"),
    ]
    made = day_marts(tmp_path, utility, DAY, rows)
    # (10 × 600 + 16 × 900) ÷ 1500 = 13.6
    assert hours_of(made, "flow") == {8: [pytest.approx(13.6), 1500, False]}
    assert made.frames["hourly"]["max"].to_list() == [16]


def test_a_change_holds_until_the_next_one_and_no_longer_than_hold_s(tmp_path, utility):
    # on at 08:30, off at 09:15 (45 min), off holds two hours at most: until 11:15
    rows = [reading("pump", at(utility, "08:30"), 1), reading("pump", at(utility, "09:15"), 0)]
    made = day_marts(tmp_path, utility, DAY, rows)
    assert hours_of(made, "pump") == {
        8: [1, 1800, False],
        9: [0.25, 3600, True],
        10: [0, 3600, True],
        11: [0, 900, False],
    }


def test_what_holds_at_midnight_counts_in_the_next_day_until_its_first_row(tmp_path, utility):
    before = DAY - timedelta(days=1)
    yesterday = day_marts(tmp_path, utility, before, [reading("pump", at(utility, "23:00", before), 1)])
    assert hours_of(yesterday, "pump") == {23: [1, 3600, True]}
    # on from 23:00 holds until 01:00, but a bad row at 00:20 ends it
    rows = [reading("pump", at(utility, "00:20"), 0, quality="bad")]
    today = day_marts(tmp_path, utility, DAY, rows, carried=yesterday.frames["latest"])
    assert hours_of(today, "pump") == {0: [1, 1200, False]}
    silent = day_marts(tmp_path, utility, DAY, [], carried=yesterday.frames["latest"])
    assert hours_of(silent, "pump") == {0: [1, 3600, True]}


def test_nothing_after_as_of_is_covered(tmp_path, utility):
    rows = [reading("pump", at(utility, "08:30"), 1), reading("pump", at(utility, "09:30"), 0)]
    made = day_marts(tmp_path, utility, DAY, rows, at(utility, "09:20"))
    assert hours_of(made, "pump") == {8: [1, 1800, False], 9: [1, 1200, False]}
    # a mean exists once its span is over
    mean = [reading("flow", at(utility, "08:00"), 5, span_s=3600)]
    assert hours_of(day_marts(tmp_path, utility, DAY, mean, at(utility, "08:59")), "flow") == {}
    assert hours_of(day_marts(tmp_path, utility, DAY, mean, at(utility, "09:00")), "flow") == {8: [5, 3600, True]}


def test_a_totaliser_counts_by_its_differences_shared_over_the_hours(tmp_path, utility):
    # 07:50 → 08:20: 30 kWh in half an hour = 60 kW, 10 min of it before eight
    rows = [reading("kwh", at(utility, "07:50"), 1000), reading("kwh", at(utility, "08:20"), 1030)]
    assert hours_of(day_marts(tmp_path, utility, DAY, rows), "kwh") == {7: [60, 600, False], 8: [60, 1200, False]}


def test_a_reset_and_a_long_gap_cover_nothing(tmp_path, utility):
    rows = [
        reading("kwh", at(utility, "08:00"), 1000),
        reading("kwh", at(utility, "08:15"), 1010),  # 10 kWh in 900 s = 40 kW
        reading("kwh", at(utility, "08:30"), 4),  # a new meter
        reading("kwh", at(utility, "08:45"), 9),  # 5 kWh in 900 s = 20 kW
        reading("kwh", at(utility, "09:31"), 99),  # 46 min: more than three intervals
        reading("kwh", at(utility, "10:16"), 129),  # 45 min, just three: 30 kWh = 40 kW
    ]
    made = day_marts(tmp_path, utility, DAY, rows)
    # hour 8: (40 × 900 + 20 × 900) ÷ 1800 = 30
    assert hours_of(made, "kwh") == {
        8: [30, 1800, False],
        9: [pytest.approx(40), 1740, False],
        10: [pytest.approx(40), 960, False],
    }


def test_a_totaliser_s_difference_over_midnight_is_shared_between_the_days(tmp_path, utility):
    before = DAY - timedelta(days=1)
    rows = [reading("kwh", at(utility, "23:50", before), 100)]
    new = [reading("kwh", at(utility, "00:05"), 115), reading("kwh", at(utility, "00:20"), 130)]
    today = day_marts(tmp_path, utility, DAY, new)
    yesterday = day_marts(tmp_path, utility, before, rows, at(utility, "12:00"), head=today.head)
    # 15 kWh in 15 minutes = 60 kW: ten minutes yesterday, five today
    assert hours_of(yesterday, "kwh") == {23: [60, 600, False]}
    today = day_marts(tmp_path, utility, DAY, new, carried=yesterday.frames["latest"])
    assert hours_of(today, "kwh") == {0: [60, 1200, False]}


def test_rain_is_a_rate(tmp_path, utility):
    # 0.5 mm in five minutes = 6 mm/h; 3 mm in an hour = 3 mm/h
    rows = [
        reading("rain", at(utility, "08:00"), 0.5),
        reading("rain", at(utility, "08:05"), 0),
        reading("rain", at(utility, "09:00"), 3, span_s=3600),
    ]
    made = day_marts(tmp_path, utility, DAY, rows)
    assert hours_of(made, "rain") == {8: [3, 600, False], 9: [3, 3600, True]}
    assert latest_of(made, "rain")["raw_value"] == 3


def test_a_day_s_amount_wants_eighty_percent_of_its_hours(tmp_path, utility):
    def day_of(hours):
        rows = [reading("flow", at(utility, "00:00") + n * timedelta(hours=1), n, span_s=3600) for n in range(hours)]
        return day_marts(tmp_path, utility, DAY, rows).frames["daily"].row(0, named=True)

    # 20 of 24 hours: the mean of 0 … 19 is 9.5, × 24 = 228 m³
    full, short = day_of(20), day_of(19)
    assert (full["mean"], full["amount"], full["valid_hours"], full["due_hours"]) == (9.5, 228, 20, 24)
    assert (full["min"], full["max"], full["last"], full["is_valid"]) == (0, 19, 19, True)
    assert (short["mean"], short["amount"], short["valid_hours"], short["is_valid"]) == (9, None, 19, False)


def test_what_is_no_rate_has_no_amount(tmp_path, utility):
    rows = [reading("pump", at(utility, "00:00") + n * timedelta(hours=1), 1) for n in range(24)]
    daily = day_marts(tmp_path, utility, DAY, rows).frames["daily"].row(0, named=True)
    assert (daily["mean"], daily["amount"], daily["is_valid"]) == (1, None, True)


def test_a_business_day_that_does_not_start_at_midnight(tmp_path, utility):
    late = replace(utility, business_day_start=time(8))
    rows = [reading("flow", at(utility, "08:00") + n * QUARTER, 1) for n in range(96)]
    made = day_marts(tmp_path, late, DAY, rows)
    hours = made.frames["hourly"]
    assert hours.height == 24 and hours["day"].unique().to_list() == [DAY]
    assert hours["local_hour"].to_list() == [*range(8, 24), *range(8)]
    assert made.frames["daily"]["amount"].to_list() == [24]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_days_on_which_the_clock_changes_have_23_or_25_hours(tmp_path, utility, day, hours):
    rome = replace(utility, timezone="Europe/Rome")
    rows = [reading("flow", rome.day_start(day) + n * QUARTER, 1) for n in range(4 * hours)]
    made = day_marts(tmp_path, rome, day, rows)
    daily = made.frames["daily"].row(0, named=True)
    assert (made.frames["hourly"].height, daily["valid_hours"], daily["due_hours"]) == (hours, hours, hours)
    # an amount is that of 24 hours, so that days compare
    assert daily["amount"] == 24


def test_hours_follow_a_clock_half_an_hour_off(tmp_path, utility):
    delhi = replace(utility, timezone="Asia/Kolkata")
    rows = [reading("flow", at(delhi, "00:00") + n * QUARTER, 1) for n in range(96)]
    made = day_marts(tmp_path, delhi, DAY, rows)
    assert made.frames["hourly"]["hour"][0] == datetime(2026, 3, 14, 18, 30, tzinfo=UTC)
    assert made.frames["hourly"]["covered_s"].to_list() == [3600] * 24


def test_the_newest_row_of_a_key_counts(tmp_path, utility):
    # corrected twice, the last time in the same minute by its place in the batch; and repeated
    eight = at(utility, "08:00")
    rows = [
        reading("flow", eight, 1, received=1),
        reading("flow", eight, 3, received=9, seq=1),
        reading("flow", eight, 2, received=9, seq=0),
        reading("flow", eight, 1, received=1),
    ]
    assert hours_of(day_marts(tmp_path, utility, DAY, rows), "flow") == {8: [3, 900, False]}


def test_latest_is_empty_where_it_is_older_than_three_intervals(tmp_path, utility):
    rows = [reading("flow", at(utility, "08:00"), 5), reading("pump", at(utility, "08:00"), 1)]
    fresh = latest_of(day_marts(tmp_path, utility, DAY, rows, at(utility, "08:45")), "flow")
    assert (fresh["value"], fresh["age_s"]) == (5, 2700)
    stale = latest_of(day_marts(tmp_path, utility, DAY, rows, at(utility, "08:46")), "flow")
    assert (stale["value"], stale["age_s"], stale["quality"]) == (None, 2760, "good")
    assert latest_of(day_marts(tmp_path, utility, DAY, rows, at(utility, "10:00")), "pump")["value"] == 1
    assert latest_of(day_marts(tmp_path, utility, DAY, rows, at(utility, "10:01")), "pump")["value"] is None


def test_latest_keeps_the_newest_row_of_days_before(tmp_path, utility):
    before = DAY - timedelta(days=1)
    old = day_marts(tmp_path, utility, before, [reading("flow", at(utility, "12:00", before), 5)])
    new = day_marts(tmp_path, utility, DAY, [], at(utility, "12:00"), carried=old.frames["latest"])
    kept = latest_of(new, "flow")
    assert (kept["ts"], kept["value"], kept["age_s"]) == (at(utility, "12:00", before), None, 86400)


def test_a_bad_row_is_the_newest_but_the_last_good_one_is_kept_beside_it(tmp_path, utility):
    rows = [reading("flow", at(utility, "08:00"), 5), reading("flow", at(utility, "08:05"), 999, quality="bad")]
    latest = latest_of(day_marts(tmp_path, utility, DAY, rows, at(utility, "08:10")), "flow")
    assert (latest["value"], latest["quality"], latest["good_value"]) == (999, "bad", 5)


def test_the_newest_own_time_tells_of_rows_that_are_still_to_come(tmp_path, utility):
    rows = [reading("flow", at(utility, "08:00"), 5), reading("flow", at(utility, "09:00"), 6)]
    assert day_marts(tmp_path, utility, DAY, rows, at(utility, "08:30")).newest == {DAY: at(utility, "09:00")}


rows_of_a_day = st.lists(
    st.builds(
        lambda point, minute, value, span_s, quality, seq: (point, minute, value, span_s, quality, seq),
        st.sampled_from(["flow", "rain", "kwh", "pump"]),
        st.integers(0, 24 * 60 - 1),
        st.integers(0, 50),
        st.sampled_from([0, 0, 0, 900, 3600, 7200]),
        st.sampled_from(["good", "good", "good", "manual", "suspect", "bad"]),
        st.integers(0, 3),
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_a_day)
def test_sealed_days_give_the_same_as_rows_do(tmp_path, utility, rows):
    midnight = at(utility, "00:00")
    frame = readings(
        [
            reading(point, midnight + timedelta(minutes=minute), value, span_s=span_s, quality=quality, seq=seq)
            for point, minute, value, span_s, quality, seq in rows
        ]
    ).unique(["point_id", "ts", "span_s", "received_at", "batch_seq"], keep="last", maintain_order=True)
    as_of = at(utility, "12:00", DAY + timedelta(days=1))
    plain = day_marts(tmp_path, utility, DAY, frame, as_of)
    sealed = day_marts(tmp_path, utility, DAY, frame, as_of, sealed=True)
    for mart in ("hourly", "daily"):
        keys = ["point_id", "hour" if mart == "hourly" else "day"]
        assert_frame_equal(plain.frames[mart].sort(keys), sealed.frames[mart].sort(keys), check_exact=False)
    covered = plain.frames["hourly"]["covered_s"]
    assert covered.is_empty() or covered.max() <= 3600
