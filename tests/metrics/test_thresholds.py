"""Which threshold holds on a day, and the own median a relative indicator is judged by."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.example_rows import frame_of
from metrics.thresholds import Thresholds, own_medians, thresholds_on

MARCH = date(2026, 3, 15)


def limit(kind, value, **more):
    return {"subject": "x", "kind": kind, "value": float(value), **more}


def test_rows_hold_between_their_dates_inclusive():
    rows = frame_of(
        "limits",
        [
            limit("warning", 9, effective_from=date(2026, 3, 15)),
            limit("warning", 12, effective_to=date(2026, 3, 14)),
            limit("alarm", 15),
            {**limit("alarm", 99), "subject": "y"},
        ],
    )
    assert thresholds_on(rows, "x", MARCH).rows() == [("warning", None, 9.0), ("alarm", None, 15.0)]
    assert thresholds_on(rows, "x", date(2026, 3, 14)).rows() == [("warning", None, 12.0), ("alarm", None, 15.0)]


@pytest.mark.parametrize(
    ("day", "values"),
    [
        (date(2025, 11, 1), [4.0]),
        (date(2026, 3, 31), [4.0]),
        (date(2026, 1, 1), [4.0]),
        (date(2026, 4, 1), [2.0]),
        (date(2026, 10, 31), [2.0]),
    ],
)
def test_a_season_may_go_over_new_year(day, values):
    rows = frame_of(
        "limits",
        [
            limit("warning", 4, season_from="11-01", season_to="03-31"),
            limit("warning", 2, season_from="04-01", season_to="10-31"),
        ],
    )
    assert thresholds_on(rows, "x", day)["value"].to_list() == values


def history(days, value=100.0, valid=24.0, site=""):
    return pl.DataFrame(
        {
            "site_id": [site] * len(days),
            "period": days,
            "value": [value + i for i in range(len(days))],
            "valid": [valid] * len(days),
            "expected": [24.0] * len(days),
        },
        schema_overrides={"period": pl.Date},
    )


def before(count, first=1):
    return [MARCH - timedelta(days=first + i) for i in range(count)]


def test_the_median_wants_ninety_valid_days():
    assert own_medians(history(before(89)), MARCH) == {}
    # 100, 101 … 190 of 91 days: the 46th is 145
    assert own_medians(history(before(91)), MARCH) == {"": 145.0}
    too_thin = pl.concat([history(before(89)), history(before(10, first=90), valid=19.15)])
    assert own_medians(too_thin, MARCH) == {}
    just_enough = pl.concat([history(before(89)), history(before(1, first=90), valid=19.25)])
    assert own_medians(just_enough, MARCH).keys() == {""}


def test_the_median_is_of_the_year_before_and_of_each_site():
    # the day itself, later ones and those more than a year before don't count
    outside = [MARCH, MARCH + timedelta(days=1), MARCH - timedelta(days=366)]
    rows = pl.concat([history(outside, value=9000.0), history(before(90)), history(before(90), value=10.0, site="W")])
    # 100 … 189: between 144 and 145
    assert own_medians(rows, MARCH) == {"": 144.5, "W": 54.5}
    edge = pl.concat([history(before(89)), history([MARCH - timedelta(days=365)])])
    assert own_medians(edge, MARCH).keys() == {""}


def test_days_without_a_value_do_not_count():
    rows = history(before(90)).with_columns(value=pl.lit(None, dtype=pl.Float64))
    assert own_medians(rows, MARCH) == {}


@given(value=st.floats(0, 200), warning=st.floats(1, 100), step=st.floats(0.1, 50))
def test_up_and_down_mirror_each_other(value, warning, step):
    down = Thresholds(warning=warning, alarm=warning + step).state_of(value, "down")
    up = Thresholds(warning=-warning, alarm=-warning - step).state_of(-value, "up")
    assert up == down == ("alarm" if value > warning + step else "warning" if value > warning else "normal")


def test_gap_is_to_the_target_else_to_the_warning():
    assert Thresholds(target=99, warning=98).gap(97.5) == -1.5
    assert Thresholds(warning=98).gap(97.5) == -0.5
    assert Thresholds(alarm=97).gap(97.5) is None
    assert Thresholds(target=99).gap(None) is None


def test_distance_counts_steps_from_warning_to_alarm():
    assert Thresholds(warning=9, alarm=10).distance(9.5) == 0.5
    assert Thresholds(warning=9, alarm=10).distance(12) == 3
    assert Thresholds(warning=9).distance(12) is None
    assert Thresholds(warning=9, alarm=9).distance(12) is None
    assert Thresholds(warning_low=-5, warning_high=5, alarm_low=-10, alarm_high=10).distance(0) is None
