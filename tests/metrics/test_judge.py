"""What an indicator's rows mean: value, validity, state and reason, worked by hand."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalogue import load_catalogue
from metrics.judge import judge, shared_reason
from metrics.result import REQUIRED, as_result, result_problems

DAY = date(2026, 3, 15)
INDICATORS = load_catalogue().indicators
UP = INDICATORS["pressure_compliance"]  # %, more is better
COUNT = INDICATORS["overflow_risk_stations"]  # a count, less is better
RELATIVE = INDICATORS["supply_energy"]
RANKED = INDICATORS["leakage_rate"]
BAND = INDICATORS["supply_vs_forecast"]


def rows(*given_rows):
    """Rows of one day: what isn't said is one hour of one that is there and counts."""
    usual = {"period": DAY, "site_id": "A", "numerator": 1.0, "denominator": 1.0, "valid": 1.0, "expected": 1.0}
    texts = {"site_id", "reason", "floor_state", "floor_reason"}
    merged = [usual | one for one in given_rows]
    columns = dict.fromkeys(column for one in [usual, *merged] for column in one)
    schema = {name: pl.Date if name == "period" else pl.String if name in texts else pl.Float64 for name in columns}
    return pl.DataFrame(merged, schema=schema)


def limits(**kinds):
    """Threshold rows for all sites; a name with __ is a site's own: warning__A."""
    split = [(*name.partition("__")[::2], value) for name, value in kinds.items()]
    return pl.DataFrame(
        [{"kind": kind, "site_id": site or None, "value": float(value)} for kind, site, value in split],
        schema={"kind": pl.String, "site_id": pl.String, "value": pl.Float64},
    )


NONE = limits()
PRESSURE = limits(warning=98, alarm=97, target=99)


def test_the_headline_is_a_ratio_of_sums():
    judged = judge(
        UP,
        rows(
            {"site_id": "A", "numerator": 1, "denominator": 2, "valid": 2, "expected": 2},
            {"site_id": "B", "numerator": 3, "denominator": 3, "valid": 3, "expected": 3},
        ),
        PRESSURE,
    )
    assert (judged.numerator, judged.denominator) == (4, 5)
    assert judged.value == 80
    assert (judged.state, judged.reason, judged.partial) == ("alarm", None, False)
    assert judged.gap == pytest.approx(-19)
    assert judged.distance == pytest.approx((80 - 98) / (97 - 98))
    assert [(site.site_id, site.value, site.state) for site in judged.sites] == [
        ("A", 50, "alarm"),
        ("B", 100, "normal"),
    ]


@settings(max_examples=60, deadline=None)
@given(
    hours=st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), min_size=1, max_size=12),
    cut=st.integers(0, 12),
)
def test_however_rows_are_grouped_the_headline_is_the_same(hours, cut):
    kept = [(min(a, b), max(a, b)) for a, b in hours]
    single = [
        {"site_id": f"S{i}", "numerator": n, "denominator": d, "valid": d, "expected": 24}
        for i, (n, d) in enumerate(kept)
    ]
    groups = [group for group in (single[:cut], single[cut:]) if group]
    grouped = [
        {"site_id": f"G{i}", **{k: sum(one[k] for one in group) for k in REQUIRED if k not in ("period", "site_id")}}
        for i, group in enumerate(groups)
    ]
    one, other = judge(UP, rows(*single), PRESSURE), judge(UP, rows(*grouped), PRESSURE)
    assert (one.value, one.state, one.validity, one.reason) == (other.value, other.state, other.validity, other.reason)


def test_only_the_newest_period_is_judged():
    judged = judge(UP, rows({"period": date(2026, 3, 14), "numerator": 0}, {}), PRESSURE)
    assert (judged.period, judged.value) == (DAY, 100)


def test_a_row_without_numerator_leaves_both_sums_but_is_expected():
    judged = judge(
        UP,
        rows(
            {"site_id": "A", "numerator": 9, "denominator": 9, "valid": 9, "expected": 10},
            {"site_id": "B", "numerator": None, "denominator": 10, "valid": 0, "expected": 1},
        ),
        PRESSURE,
    )
    assert (judged.value, judged.denominator) == (100, 9)
    assert judged.validity == pytest.approx(9 / 11)
    assert judged.state == "normal"
    assert (judged.sites[1].state, judged.sites[1].reason) == ("unknown", "too_few_data")


@pytest.mark.parametrize(("valid", "state"), [(8, "normal"), (7.9, "unknown")])
def test_four_fifths_of_the_data_are_enough(valid, state):
    judged = judge(UP, rows({"valid": valid, "expected": 10}), PRESSURE)
    assert judged.state == state
    assert judged.value == (100 if state == "normal" else None)


def test_validity_is_never_above_one():
    assert judge(UP, rows({"valid": 25, "expected": 24}), PRESSURE).validity == 1


def test_an_alarm_from_too_few_data_stays_and_is_partial():
    judged = judge(UP, rows({"numerator": 0, "valid": 1, "expected": 24}), PRESSURE)
    assert (judged.state, judged.partial, judged.reason, judged.value) == ("alarm", True, "too_few_data", 0)


def test_a_value_equal_to_a_threshold_is_inside():
    at = {"numerator": 98, "denominator": 100}
    assert judge(UP, rows(at), PRESSURE).state == "normal"
    assert judge(UP, rows(at | {"numerator": 97}), PRESSURE).state == "warning"
    assert judge(UP, rows(at | {"numerator": 96}), PRESSURE).state == "alarm"


def test_without_rows_there_is_no_source():
    judged = judge(UP, rows(), PRESSURE)
    assert (judged.period, judged.state, judged.reason, judged.value, judged.sites) == (
        None,
        "unknown",
        "no_source",
        None,
        (),
    )
    assert judge(UP, rows({"expected": 0, "valid": 0}), PRESSURE).reason == "no_source"


def test_without_a_table_even_an_alarm_is_only_the_want_of_a_source():
    judged = judge(UP, rows({"numerator": 0}), PRESSURE, tables_present=False)
    assert (judged.state, judged.reason, judged.value, judged.partial) == ("unknown", "no_source", None, False)


def test_of_events_none_is_normal_and_empty():
    none = {"numerator": 0, "denominator": 0, "valid": None, "expected": None}
    judged = judge(UP, rows(none), PRESSURE)
    assert (judged.state, judged.reason, judged.value, judged.validity) == ("normal", "no_events", None, 1)


def test_a_count_sums_numerators():
    stations = [{"site_id": site, "numerator": n, "denominator": None} for site, n in (("A", 1), ("B", 0), ("C", 1))]
    judged = judge(COUNT, rows(*stations), limits(warning=0))
    assert (judged.value, judged.state, judged.denominator) == (2, "warning", None)
    assert judged.distance is None


def test_the_headlines_own_row_gives_its_value():
    own = {"site_id": "", "numerator": 1.5, "denominator": 10, "beside": 20, "warning": 12}
    judged = judge(RANKED, rows(own, {"site_id": "Z", "numerator": 9, "denominator": 10}), limits(warning=9, alarm=10))
    assert (judged.value, judged.beside, judged.state, judged.thresholds.warning) == (15, 20, "alarm", 12)
    (zone,) = judged.sites
    assert (zone.value, zone.state, zone.thresholds.alarm) == (90, "normal", None)


def test_a_floor_raises_the_state_of_its_row_and_of_the_headline():
    early = {"site_id": "A", "floor_state": "warning", "floor_reason": "early_warning"}
    over = {"site_id": "B", "floor_state": "alarm", "floor_reason": "two_hours_over"}
    judged = judge(UP, rows(early, over, {"site_id": "C"}), PRESSURE)
    assert (judged.state, judged.reason) == ("alarm", "two_hours_over")
    assert [(site.state, site.reason) for site in judged.sites] == [
        ("warning", "early_warning"),
        ("alarm", "two_hours_over"),
        ("normal", None),
    ]


def test_among_equal_floors_the_first_reason_of_the_list_counts():
    floors = [
        {"site_id": s, "floor_state": "alarm", "floor_reason": r}
        for s, r in (("A", "high_risk"), ("B", "at_alarm_level"))
    ]
    assert judge(COUNT, rows(*floors), NONE).reason == "at_alarm_level"


def test_a_floor_below_the_state_gives_no_reason():
    early = {"numerator": 0, "floor_state": "warning", "floor_reason": "early_warning"}
    judged = judge(UP, rows(early), PRESSURE)
    assert (judged.state, judged.reason) == ("alarm", None)


def test_a_reason_of_the_select_makes_what_were_normal_unknown():
    judged = judge(
        COUNT, rows({"reason": "no_forecast", "valid": 0, "numerator": 0, "denominator": None}), limits(warning=0)
    )
    assert (judged.state, judged.reason, judged.value) == ("unknown", "no_forecast", None)


def test_a_reason_is_the_headlines_only_where_all_rows_share_it():
    assert (
        shared_reason([{"site_id": "A", "reason": "no_forecast"}, {"site_id": "B", "reason": "no_forecast"}])
        == "no_forecast"
    )
    assert shared_reason([{"site_id": "A", "reason": "no_forecast"}, {"site_id": "B", "reason": None}]) is None
    assert shared_reason([{"site_id": "", "reason": "no_forecast"}, {"site_id": "B", "reason": None}]) == "no_forecast"
    assert shared_reason([]) is None


def test_a_relative_indicator_waits_for_its_baseline():
    ratios = limits(warning_ratio=1.05, alarm_ratio=1.10)
    row = rows({"site_id": "", "numerator": 108, "denominator": 1})
    waiting = judge(RELATIVE, row, ratios)
    assert (waiting.value, waiting.state, waiting.reason, waiting.partial) == (108, "unknown", "no_baseline", False)
    known = judge(RELATIVE, row, ratios, baseline={"": 100})
    assert (known.state, known.thresholds.warning, known.gap) == ("warning", 105, 3)
    assert known.distance == pytest.approx((108 - 105) / 5)


def test_a_site_with_its_own_threshold_is_judged_by_it():
    both = [{"site_id": s, "numerator": 96, "denominator": 100} for s in ("A", "B")]
    judged = judge(UP, rows(*both), limits(warning=98, alarm=97, warning__A=95, alarm__A=90))
    assert [site.state for site in judged.sites] == ["normal", "alarm"]


def test_a_band_has_two_sides():
    def state(value):
        row = {
            "site_id": "",
            "numerator": value,
            "denominator": 100,
            "warning_low": -5,
            "warning_high": 6,
            "alarm_low": -10,
            "alarm_high": 12,
        }
        judged = judge(BAND, rows(row), NONE)
        return judged.state, judged.distance

    assert state(6) == ("normal", None)
    assert state(9) == ("warning", pytest.approx(0.5))
    assert state(13) == ("alarm", pytest.approx(7 / 6))
    assert state(-11) == ("alarm", pytest.approx(1.2))


def test_the_contracts_columns_are_checked():
    good = {
        "period": "DATE",
        "site_id": "VARCHAR",
        "numerator": "HUGEINT",
        "denominator": '"NULL"',
        "valid": "BIGINT",
        "expected": "INTEGER",
    }
    assert result_problems(good) == []
    assert result_problems({**good, "value": "DOUBLE", "site_id": "BIGINT"})[0].startswith(
        "column value is not in the contract"
    )
    assert "no column valid" in result_problems({k: v for k, v in good.items() if k != "valid"})
    with pytest.raises(ValueError, match="two rows of one period and site"):
        as_result(rows({}, {}))
    with pytest.raises(ValueError, match="no column expected"):
        as_result(rows({}).drop("expected"))


def test_sites_come_in_one_order_whatever_order_the_rows_have():
    given_rows = [{"site_id": site} for site in ("B", "A", "C")]
    orders = (given_rows, given_rows[::-1])
    assert [[site.site_id for site in judge(UP, rows(*one), PRESSURE).sites] for one in orders] == [["A", "B", "C"]] * 2
