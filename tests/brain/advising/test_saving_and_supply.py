"""Saving and supply by hand."""

from datetime import timedelta

import polars as pl
import pytest

from brain.advising.plans import newest_plans
from brain.advising.saving import saving_reason
from brain.advising.supply import supply_reason
from tests.brain.advising.plan_rows import NOW, rows

RULE = [rows(site, "installed_rule", [10, 10], [2], cost=cost) for site, cost in (("P1", [60, 40]), ("P2", [50, 50]))]
PLAN = [rows(site, "advised", [10, 10], [2], cost=cost) for site, cost in (("P1", [20, 20]), ("P2", [30, 40]))]


def saving(*frames, least=50.0):
    return saving_reason(newest_plans(pl.concat(frames), NOW), "N", {"P1": 10.0, "P2": 20.0}, least, NOW)


def test_a_saving_by_hand():
    one = saving(*RULE, *PLAN)
    # (100 − 40) + (100 − 70) = 90 元, most of it at P1
    assert (one.gain, one.gain_unit, one.site_id, one.blanks["n"]) == (90.0, "元", "P1", 2)
    assert (one.evidence["cost_rule"], one.evidence["cost_plan"]) == (200.0, 110.0)
    assert one.confidence == 1.0


def test_what_is_left_in_the_wells_is_no_saving():
    # P2 ends a metre higher by the plan: 20 of its 30 元 are only put off
    higher = rows("P2", "advised", [10, 10], [2, 3], cost=[30, 40])
    one = saving(*RULE, PLAN[0], higher)
    assert (one.gain, one.evidence["left_for_later"]) == (70.0, 20.0)
    assert one.evidence["cost_rule"] - one.evidence["cost_plan"] == 90.0


def test_too_little_or_at_the_price_of_overflow_is_no_saving():
    assert saving(*RULE, *PLAN, least=91.0) is None
    worse = rows("P1", "advised", [10, 10], [2], [3.0], [20, 20])
    assert saving(*RULE, worse, PLAN[1]) is None


def demand(middle, high, hours=24):
    return pl.concat(
        pl.DataFrame(
            {
                "issued_at": NOW - timedelta(hours=1),
                "valid_at": [NOW + timedelta(hours=hour) for hour in range(hours)],
                "quantile": quantile,
                "value": float(value),
                "inputs_age_s": 0.0,
            }
        )
        for quantile, value in ((0.5, middle), (0.9, high))
    )


def test_a_need_above_what_the_works_can_make():
    # 24 × 1,100 = 26,400 m³ at P90, 24 × 1,000 = 24,000 at P50; 25,000 can be made: 1,400 short. The chance of more
    # than 25,000 lies between 0.5 (at 24,000) and 0.1 (at 26,400): 0.5 − 0.4 × 1,000 ÷ 2,400 = 0.3333
    one = supply_reason(demand(1000, 1100), 25_000, "N", 5.0, NOW)
    assert (one.gain, one.harm_cny) == (1400.0, 7000.0)
    assert one.confidence == pytest.approx(1 / 3)
    assert one.inputs_age_s == 3600


@pytest.mark.parametrize(
    ("rows_", "capacity"), [(demand(900, 1000), 25_000), (demand(1000, 1100, hours=23), 25_000), (demand(1, 2), 0)]
)
def test_no_reason_without_a_whole_day_that_needs_more(rows_, capacity):
    assert supply_reason(rows_, capacity, "N", 5.0, NOW) is None
    assert supply_reason(rows_.clear(), capacity, "N", 5.0, NOW) is None
