"""Pumps that follow a plan, and what comes of it, on one station by hand."""

import numpy as np
import pytest

from brain.dispatch.follow import PlanRule
from brain.dispatch.outcome import as_installed, follow, following
from brain.dispatch.sewers import Now, plan
from brain.dispatch.solve import Schedule
from brain.sewer.network import Network
from brain.sewer.wells import Bools, Floats, Wells


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


def rule(flow: float, level: float, *, close: bool = False, available: Bools | None = None) -> PlanRule:
    """One step of a plan that stays at a level."""
    return PlanRule(wells(), np.full((1, 1), flow), np.full((1, 2), level), np.full((1, 1), close), available)


def running(rule: PlanRule, levels: list[float], runs: tuple[bool, bool] = (False, False)) -> list[list[bool]]:
    """Which pumps run as the level takes these values, minute by minute."""
    now, rows = np.array([[runs]]), []
    for minute, level in enumerate(levels):
        _, now = rule.wanted(minute, np.array([[level]]), now)
        rows.append(now[0, 0].tolist())
    return rows


OFF, ONE, BOTH = [False, False], [True, False], [True, True]


def test_a_planned_flow_of_half_a_pump_is_made_around_the_planned_level() -> None:
    # Where nothing is short the span of 0.8 m is 1.2 m: around 2 m the first pump starts at 2.6 and stops at 1.4 m; the
    # second, needed at one pump more, lies half a span higher, from 3.2 down to 2 m.
    levels = [2.59, 2.61, 3.19, 3.21, 2.01, 1.99, 1.41, 1.39, 2.59]
    assert running(rule(50, 2.0), levels) == [OFF, ONE, ONE, BOTH, BOTH, ONE, ONE, OFF, OFF]


def test_the_pump_that_a_plan_needs_throughout_runs_on() -> None:
    # 150 m³/h: the first pump's span lies half a span lower, from 2 down to 0.8 m, the second's around 2 m.
    assert running(rule(150, 2.0), [1.99, 2.01, 2.61, 1.39, 0.81, 0.79]) == [OFF, ONE, BOTH, ONE, ONE, OFF]


def test_no_pump_waits_above_the_alarm_level_while_the_plan_stays_below() -> None:
    # Around 3.9 m the second pump would start at 5.1 m; it does at 4.1, both spans 1 m lower: the first from 3.5.
    levels = [3.49, 3.51, 4.09, 4.11]
    assert running(rule(50, 3.9), levels) == [OFF, ONE, ONE, BOTH]
    # A plan that stands above the alarm level may use the room up to the crest.
    assert running(rule(50, 4.3), [4.49, 4.51, 5.09, 5.11]) == [OFF, ONE, ONE, BOTH]


def test_where_room_is_short_pumps_switch_close_to_the_plan() -> None:
    # What a pump moves in four minutes, 6.7 m³ or 0.13 m, less than half of the usual span: from 2.07 down to 1.93 m.
    assert running(rule(50, 2.0, close=True), [2.06, 2.07, 1.94, 1.93]) == [OFF, ONE, ONE, OFF]


def test_spans_stay_between_the_lowest_level_and_the_crest() -> None:
    # At 0.6 m the lowest span begins there, the other as far above it as ever; at the crest both pumps run.
    assert running(rule(50, 0.6), [0.61, 1.81, 2.39, 2.41]) == [OFF, ONE, ONE, BOTH]
    assert running(rule(50, 0.6), [0.61, 0.6], (True, False)) == [ONE, OFF]
    assert running(rule(0, 5.2), [5.09, 5.11]) == [ONE, BOTH]


def test_the_planned_level_moves_within_a_step() -> None:
    # From 2 to 3 m in a quarter of an hour: after nine minutes the first pump starts at 2.6 + 0.6 m.
    moving = PlanRule(wells(), np.full((1, 1), 50.0), np.array([[2.0, 3.0]]), np.zeros((1, 1), dtype=bool))
    assert [
        moving.wanted(9, np.array([[level]]), np.zeros((1, 1, 2), dtype=bool))[0].item() for level in (3.19, 3.21)
    ] == [0, 100]


def test_a_pump_that_is_out_is_not_asked() -> None:
    out = rule(50, 2.0, available=np.array([[False, True]]))
    assert running(out, [2.61, 5.2]) == [[False, True]] * 2


def test_a_plan_is_followed_closely_before_and_while_its_works_gets_too_much() -> None:
    net = network(2)
    spilt = Schedule(
        flow=np.zeros((2, 24)), volume=np.zeros((2, 24)), spill=np.zeros((2, 24)), excess=np.zeros((1, 24)),
        reached={}, worth={},
    )  # fmt: skip
    spilt.excess[0, 12] = 5.0
    close = following(net, now(net, 0, steps=24), spilt).span < net.wells.start_level[0] - net.wells.stop_level[0]
    assert np.flatnonzero(close[0]).tolist() == list(range(4, 13))
    assert np.array_equal(close[0], close[1])


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
    assert as_installed(net, at).excess.sum() == pytest.approx(1200)
