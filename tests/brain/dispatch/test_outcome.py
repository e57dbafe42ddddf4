"""Pumps that follow a plan, and what comes of it, on one station by hand."""

import numpy as np
import pytest

from brain.dispatch.follow import PlanRule
from brain.dispatch.outcome import as_installed, follow, outcome
from brain.dispatch.sewers import Now, plan
from brain.sewer.network import Network
from brain.sewer.wells import Floats, Wells


def wells(stations: int = 1, pumps: int = 2) -> Wells:
    """50 m² each, 1 m stop, 1.8 start, 2.4 comfort, 4.2 alarm, 5.2 crest; pumps of 100 m³/h."""

    def each(value: float) -> Floats:
        return np.full(stations, value)

    return Wells(
        area_m2=each(50), min_level=each(0.6), stop_level=each(1.0), start_level=each(1.8), comfort_level=each(2.4),
        alarm_level=each(4.2), overflow_level=each(5.2), main_m3h=each(1000),
        pump_m3h=np.full((stations, pumps), 100.0),
    )  # fmt: skip


def network(stations: int = 1, capacity: float = 150.0) -> Network:
    """A row of stations, the last of which pumps to a works; a quarter of an hour to each next."""
    down = np.array([*range(1, stations), -1])
    return Network(
        stations=tuple(f"P{n}" for n in range(1, stations + 1)),
        works=("T1",),
        downstream=down,
        works_of=np.where(down < 0, 0, -1),
        travel_min=np.full(stations, 15),
        capacity_m3h=np.array([capacity]),
        wells=wells(stations),
        **({"pumps": (("a", "b"),) * stations} if "pumps" in Network.__dataclass_fields__ else {}),
        left_out={},
    )


def now(net: Network, own: float | Floats, level: float = 1.5, steps: int = 96) -> Now:
    count = len(net.stations)
    flows = np.zeros((count, steps))
    flows[0] = own
    return Now(
        level=np.full(count, level),
        own=flows,
        works_own=np.zeros((1, steps)),
        sent=np.zeros((count, 8)),
        available=net.wells.pump_m3h > 0,
        works_m3h=net.capacity_m3h,
        price=np.ones(steps),
        kwh_per_m3=np.full(count, 0.1),
    )


def minutes(rule: PlanRule, level: float, count: int) -> Floats:
    """Pumps running in each minute, (minutes, pumps), at a level that stays."""
    running = np.zeros((1, 1, 2), dtype=bool)
    rows = []
    for minute in range(count):
        _, running = rule.wanted(minute, np.array([[level]]), running)
        rows.append(running[0, 0])
    return np.array(rows)


def test_a_mean_flow_is_made_of_whole_pumps_and_two_runs_join() -> None:
    # 140 m³/h: one pump throughout, the other 6 of 15 minutes, the last ones of a step and the first of the next.
    rule = PlanRule(wells(), np.full((1, 2), 140.0), np.full((1, 2), 2.0))
    runs = minutes(rule, 2.0, 30)
    assert runs[:, 0].all()
    assert runs[:, 1].tolist() == [False] * 9 + [True] * 12 + [False] * 9


def test_a_level_off_its_plan_is_brought_back() -> None:
    # 0.2 m too high are 10 m³, in half an hour 20 m³/h more: 140 + 20 = 160, the second pump 9 minutes.
    rule = PlanRule(wells(), np.full((1, 1), 140.0), np.full((1, 1), 2.0))
    assert minutes(rule, 2.2, 15)[:, 1].sum() == 9


def test_the_wells_own_safeguards_come_before_the_plan() -> None:
    assert not minutes(PlanRule(wells(), np.full((1, 1), 140.0), np.full((1, 1), 0.6)), 0.6, 15).any()
    assert minutes(PlanRule(wells(), np.zeros((1, 1)), np.full((1, 1), 5.15)), 5.15, 15).all()


def test_a_pump_that_is_out_is_not_asked() -> None:
    rule = PlanRule(wells(), np.full((1, 1), 140.0), np.full((1, 1), 2.0), np.array([[False, True]]))
    assert minutes(rule, 2.0, 15).sum(axis=0).tolist() == [0, 15]


def test_what_a_day_under_a_rule_comes_to_by_hand() -> None:
    # 80 m³/h into one well: the pump of 100 m³/h empties the 40 m³ between start and stop at 20 m³/h, in two hours, and
    # they fill again in half an hour: a start every two hours and a half. All water goes through the pumps at 0.1 kWh.
    net = network()
    ran = as_installed(net, now(net, 80, level=1.79))
    assert ran.overflow.sum() == 0 and ran.most_starts.max() == 1
    assert ran.starts.sum() == pytest.approx(24 / 2.5, abs=1)
    moved = 80 * 24 - 50 * (ran.level[0, -1] - 1.79)
    assert ran.kwh.sum() == pytest.approx(0.1 * moved, rel=1e-6)
    assert ran.cost.sum() == pytest.approx(ran.kwh.sum())
    assert ran.excess.sum() == 0


def test_above_the_works_capacity_is_excess() -> None:
    # 190 m³/h arrive on the mean of an hour, of which the works takes 150: at least 40 m³ an hour are too much.
    net = network()
    ran = as_installed(net, now(net, 190, steps=96))
    assert ran.excess.sum() == pytest.approx(40 * 23.75, rel=0.1)


def test_a_plan_followed_keeps_what_the_rule_installed_spills() -> None:
    # Six hours of 260 m³/h into P1 against 200 m³/h of pumps, known before: the plan empties the well first.
    inflow = np.full(96, 60.0)
    inflow[24:30] = 420
    net = network(2, capacity=1000)
    at = now(net, inflow, level=2.0)
    ours, theirs = follow(net, at, plan(net, at)), as_installed(net, at)
    assert ours.overflow.sum() < theirs.overflow.sum()
    assert ours.most_starts.max() <= 6


def test_every_cubic_metre_of_a_followed_plan_is_found_again() -> None:
    net = network(2)
    at = now(net, np.linspace(20, 300, 96), level=2.0)
    ran = follow(net, at, plan(net, at))
    stored = 50 * (ran.level[:, -1] - 2.0)
    into_second = np.concatenate([[0.0], ran.flow[0, :-1]]).sum() / 4
    assert at.own[0].sum() / 4 == pytest.approx(ran.flow[0].sum() / 4 + ran.overflow[0].sum() + stored[0], rel=1e-6)
    assert into_second == pytest.approx(ran.flow[1].sum() / 4 + ran.overflow[1].sum() + stored[1], rel=1e-6)


def test_works_own_inflow_counts_at_the_works() -> None:
    net = network()
    at = now(net, 0.0, level=1.0)
    at.works_own[:] = 200
    assert outcome(net, at, PlanRule(net.wells, np.zeros((1, 96)), np.ones((1, 96)))).excess.sum() == pytest.approx(
        1200
    )
