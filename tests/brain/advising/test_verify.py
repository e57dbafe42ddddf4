"""What came of an advice, by hand: wells against their alarm level, meters against two costs."""

import json
from datetime import timedelta

import polars as pl
import pytest

from brain.advising.verify import SETTLED, verifications
from data_sources.contracts import TABLES
from tests.brain.advising.plan_rows import NOW
from tests.brain.advising.test_standing import NO_ACTS, act

END = NOW + timedelta(hours=4)
LATER = END + SETTLED
STATIONS = [{"site_id": "P1", "alarm": 4.0, "top_m_plan": 3.9}, {"site_id": "P2", "alarm": 4.0, "top_m_plan": 4.5}]
COST = {"cost_rule": 40.0, "cost_plan": 20.0, "stations": [{"site_id": "P1"}]}


def advice(kind, evidence):
    row = dict.fromkeys(TABLES["advice"].columns, None) | {
        "advice_id": f"{kind}/T1/x",
        "kind": kind,
        "made_at": NOW,
        "expires_at": END,
        "evidence": json.dumps({**evidence, "ends_at": END.isoformat()}),
    }
    return pl.DataFrame([row], schema=TABLES["advice"].columns)


def hours(site_id, values, name):
    return pl.DataFrame(
        {
            "site_id": site_id,
            "hour": [NOW + timedelta(hours=n) for n in range(len(values))],
            name: [float(value) for value in values],
            "is_valid": True,
        }
    )


NO_WELLS, NO_POWER = hours("P1", [], "max"), hours("P1", [], "mean")


def came(kind, evidence, *, wells=NO_WELLS, power=NO_POWER, acts=NO_ACTS, now=LATER):
    rows = verifications(advice(kind, evidence), acts, wells, power, lambda hour: 0.5, now)
    return rows["note"].to_list()


def wells(p1, p2):
    return pl.concat([hours("P1", p1, "max"), hours("P2", p2, "max")])


ACCEPTED = act("accept", "storm/T1/x")


@pytest.mark.parametrize(
    ("p1", "p2", "acts", "note"),
    [
        ([3, 3.9, 3.9, 3], [4.5, 4.5, 3, 3], ACCEPTED, "kept"),  # of P2 nothing was promised
        ([3, 4.0, 3.9, 3], [3, 3, 3, 3], ACCEPTED, "not_kept"),
        ([3, 3.9, 3.9, 3], [3, 4.1, 3, 3], NO_ACTS, "kept"),  # nobody acted, and a well rose as foretold
        ([3, 3.9, 3.9, 3], [3, 3, 3, 3], NO_ACTS, "not_kept"),
        ([3], [3, 3, 3, 3], NO_ACTS, "unknown"),  # 5 of 8 hours
    ],
)
def test_a_storm_is_told_by_the_wells(p1, p2, acts, note):
    assert came("storm", {"stations": STATIONS}, wells=wells(p1, p2), acts=acts) == [note]


@pytest.mark.parametrize(
    ("kw", "acts", "note"),
    [
        # 4 hours × 12 kW × 0.5 元 = 24 元, nearer to the plan's 20 than to the rule's 40
        ([12] * 4, act("accept", "saving/T1/x"), "kept"),
        ([12] * 4, NO_ACTS, "not_kept"),
        ([18] * 4, act("done", "saving/T1/x"), "not_kept"),
        ([18] * 4, NO_ACTS, "kept"),
        ([], NO_ACTS, "unknown"),
    ],
)
def test_a_saving_is_told_by_the_meters(kw, acts, note):
    assert came("saving", COST, power=hours("P1", kw, "mean"), acts=acts) == [note]


def test_nothing_is_told_before_its_time_or_twice():
    known = wells([3] * 4, [3] * 4)
    assert came("storm", {"stations": STATIONS}, wells=known, now=LATER - timedelta(seconds=1)) == []
    assert came("storm", {"stations": STATIONS}, wells=known, acts=act("verify", "storm/T1/x")) == []
    assert came("supply", {}) == ["unknown"]
