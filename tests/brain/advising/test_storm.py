"""Storm reasons by hand: what the plan saves at which station, from when, how sure."""

from datetime import timedelta

import polars as pl
import pytest

from brain.advising.plans import newest_plans
from brain.advising.storm import storm_reasons
from tests.brain.advising.plan_rows import NOW, rows

ALARM = {"P1": 4.0, "P2": 4.0, "P3": 4.0}
WORKS = {"P1": "T1", "P2": "T1", "P3": "T2", "T1": "T1", "T2": "T2"}
HARM = {"overflow_harm": 100.0, "alarm_harm": 50.0}
# P1 by the rule: at 4.0 m from step 2 on for 3 quarters of an hour, 10 + 20 m³ over the brim; by the plan it pumps
# 300 instead of 100 m³/h from step 1 on and stays at 3.9 m
P1 = [
    rows("P1", "installed_rule", [100, 100, 300, 300, 300, 300], [3, 3.5, 4.0, 5.2, 5.2, 3.0], [0, 0, 0, 10, 20, 0]),
    rows("P1", "advised", [100, 300, 300, 300, 300, 300], [3, 3.2, 3.5, 3.9, 3.9, 3.0]),
]
# P2: half an hour at the alarm level, none by the plan; P3: the same either way
P2 = [
    rows("P2", "installed_rule", [50, 50, 50, 50], [3, 4.1, 4.2, 3]),
    rows("P2", "advised", [80, 80, 50, 50], [3, 3.5, 3.6, 3]),
]
P3 = [rows("P3", variant, [50, 50], [4.5, 4.5], [5.0]) for variant in ("installed_rule", "advised")]


def reasons(*frames, risk=None, now=NOW, issued_at=NOW):
    plan = pl.concat(frames).with_columns(issued_at=pl.lit(issued_at))
    plans = newest_plans(plan, now)
    return storm_reasons(plans, ALARM, risk or {}, WORKS, HARM, now)


def test_what_the_plan_saves_by_hand():
    (one,) = reasons(*P1, *P2, *P3, risk={"P1": 0.7, "P2": 0.4})
    # 30 m³ of overflow and 0.75 + 0.5 h at the alarm level: 30 × 100 + 1.25 × 50 = 3,062.5 元
    assert (one.kind, one.cause, one.site_id, one.gain, one.gain_unit) == ("storm", "T1", "P1", 30.0, "m³")
    assert one.harm_cny == pytest.approx(3062.5)
    assert one.confidence == pytest.approx(0.7)
    assert [station["site_id"] for station in one.evidence["stations"]] == ["P1", "P2"]
    # P2 is the first to be high, in the second step, P1 the last, to the end of the fifth. Until then the plan pumps
    # 200 m³/h more at P1 for a quarter of an hour (50 m³), 30 m³/h more at P2 for two (15 m³): P1 it is
    assert (one.act_by, one.blanks["peak"]) == (NOW + timedelta(minutes=15), NOW + timedelta(minutes=15))
    assert (one.blanks["flow"], one.blanks["n"]) == (300, 2)
    assert one.ends_at == NOW + timedelta(minutes=75)
    assert one.sentence == "storm_overflow"


def test_hours_at_the_alarm_level_are_the_gain_where_nothing_overflows():
    (one,) = reasons(*P2)
    assert (one.sentence, one.gain, one.gain_unit, one.harm_cny) == ("storm_level", 0.5, "h", 25.0)
    assert one.evidence["risk_known"] is False


def test_what_still_overflows_by_the_plan_is_said():
    left = rows("P1", "advised", [300] * 6, [4.5] * 6, [0, 0, 0, 4, 8, 0])
    (one,) = reasons(P1[0], left)
    assert (one.sentence, one.gain, one.blanks["left"]) == ("storm_left", 18.0, 12)


def test_what_the_plan_costs_at_one_station_is_taken_from_what_it_saves_at_another():
    # 30 m³ saved at P1, 12 spilt at P2 that the rule would not have spilt: 18, and both are told
    spilt = rows("P2", "advised", [80, 80, 50, 50], [3, 5.2, 5.2, 3], [0, 4, 8, 0])
    (one,) = reasons(*P1, P2[0], spilt)
    assert (one.gain, one.sentence, one.blanks["left"]) == (18.0, "storm_left", 12)
    assert [station["site_id"] for station in one.evidence["stations"]] == ["P1", "P2"]
    # where it costs more than it saves nothing is said
    assert reasons(*P1, P2[0], rows("P2", "advised", [80, 80, 50, 50], [3, 5.2, 5.2, 3], [0, 20, 20, 0])) == []


def test_where_nothing_is_pumped_ahead_the_advice_is_to_hold_back():
    # it spills from the first step on by the rule; the plan pumps less, and 24 of the 40 m³ go elsewhere in time
    held = [
        rows("P1", "installed_rule", [300, 300], [5.2, 5.2], [20, 20]),
        rows("P1", "advised", [250, 250], [5.1, 5.1], [8, 8]),
    ]
    (one,) = reasons(*held)
    assert (one.sentence, one.site_id, one.act_by) == ("storm_hold", "P1", NOW)
    assert (one.blanks["saved"], one.blanks["left"]) == (24, 16)


def test_a_plan_that_helps_nobody_is_no_reason():
    assert reasons(*P3) == []


def test_an_old_plan_counts_less_and_less():
    def confidence(hours):
        now = NOW + timedelta(hours=hours)
        moved = [frame.with_columns(pl.col("valid_at") + timedelta(hours=hours)) for frame in P1]
        (one,) = reasons(*moved, risk={"P1": 0.8}, now=now)
        return one.confidence

    # in full up to two hours, half of it at four, nothing from six on
    assert [confidence(hours) for hours in (0, 2, 4, 6)] == pytest.approx([0.8, 0.8, 0.4, 0.0])


def test_without_a_whole_issue_there_are_no_plans():
    assert newest_plans(P1[0], NOW) is None
    older = [frame.with_columns(issued_at=pl.lit(NOW - timedelta(hours=1))) for frame in P1]
    plans = newest_plans(pl.concat([*older, P1[0]]), NOW)
    assert plans is not None
    assert plans.issued_at == NOW - timedelta(hours=1)


def test_what_comes_over_a_works_is_saved_by_the_stations_above_it():
    works = [
        rows("T1", "installed_rule", [900, 900, 900, 900], [None], [0, 0, 40, 40]),
        rows("T1", "advised", [900, 900, 800, 800], [None], [0]),
    ]
    (one,) = reasons(*works, *P2)
    # 80 m³ at the works and half an hour at P2, where more is pumped before
    assert (one.cause, one.site_id, one.gain, one.blanks["n"]) == ("T1", "P2", 80.0, 1)
    assert one.harm_cny == pytest.approx(80 * 100 + 0.5 * 50)
