"""The dispatch programme on trees small enough to solve by hand."""

import numpy as np
import pytest

from brain.dispatch.solve import NoPlan, solve
from tests.brain.dispatch.trees import arriving, situation, tree


def test_energy_is_bought_where_it_is_cheap() -> None:
    # The works gets 500 m³/h from elsewhere in the first hour, so that its peak is 500 whatever is pumped after it.
    # 100 m³/h come in, 200 m³ are comfortable. Prices 2.5, 1, 3, 1.5, mean 2: pump in the hours at 1 and 1.5 all there
    # is: 200 m³ each. 0.1 kWh a m³: 20 × 1 + 20 × 1.5 = 50.
    net = tree([-1], most=[300], comfort=[200])
    now = situation([[100] * 4], [1000], works_inflow=[[500, 0, 0, 0]], price=[2.5, 1, 3, 1.5])
    plan = solve(net, now)
    assert plan.flow[0] == pytest.approx([0, 200, 0, 200])
    assert plan.volume[0] == pytest.approx([100, 0, 100, 0])
    assert plan.reached["peak"] == pytest.approx(500)
    assert plan.reached["cost"] == pytest.approx(50)


def test_what_finds_no_room_spills_and_the_duals_say_what_would_help() -> None:
    # 300 m³/h against 150 m³/h of pumps and 50 m³ of well: 100 m³ spill. One m³/h more in that hour saves one m³, and
    # so does one m³ more of well; a works without a limit has no part in it.
    plan = solve(tree([-1], most=[50]), situation([[100, 300, 100]], [150]))
    assert plan.spill[0] == pytest.approx([0, 100, 0])
    assert plan.volume[0] == pytest.approx([0, 50, 0])
    assert plan.worth["link"].sum(axis=1) == pytest.approx([1], rel=2e-3)
    assert plan.worth["store"].sum(axis=1) == pytest.approx([1], rel=2e-3)
    assert plan.worth["works"].sum(axis=1) == pytest.approx([0])


def test_water_is_held_above_where_the_station_below_is_short() -> None:
    # B passes 100 m³/h and has no well to speak of; 80 of its own leave 20 for A's 60. All 180 m³ go in two hours, the
    # works' peak is least with 90 in each: 10 of A in the first, and the 50 that waited with 20 more in the second.
    net = tree([1, -1], most=[100, 0], comfort=[0, 0])
    plan = solve(net, situation([[60, 20], [80, 20]], [200, 100]))
    assert plan.spill.sum() == pytest.approx(0)
    assert plan.flow[0] == pytest.approx([10, 70])
    assert plan.flow[1] == pytest.approx([90, 90])


def test_a_works_over_its_capacity_is_better_than_a_street_under_water() -> None:
    # 300 m³ come at once; the works takes 100, the well 50: 150 are too many, and the works gets them.
    plan = solve(tree([-1], most=[50]), situation([[300]], [500], works=[100]))
    assert plan.spill.sum() == pytest.approx(0)
    assert plan.excess[0] == pytest.approx([150])
    assert plan.worth["works"].sum(axis=1) == pytest.approx([1], rel=2e-2)


def test_the_peak_at_the_works_is_cut_by_what_the_wells_hold() -> None:
    # 120 m³ in the first of three hours, at most 60 in the well, less than 40 at once is impossible: 3 × 40 = 120.
    plan = solve(tree([-1], most=[90], comfort=[0]), situation([[120, 0, 0]], [200]))
    assert plan.reached["peak"] == pytest.approx(40)
    assert plan.flow[0] == pytest.approx([40, 40, 40])


def test_dry_weather_does_not_fill_a_well_to_its_crest() -> None:
    # Up to the comfort level at the end, and no further, although a full well would make the peak smaller still.
    plan = solve(tree([-1], most=[1000], comfort=[100]), situation([[200, 200]], [500]))
    assert plan.volume[0, -1] == pytest.approx(100)
    assert plan.reached["peak"] == pytest.approx(150)


def test_what_is_under_way_arrives_later() -> None:
    # A's water takes an hour and a half: half of each hour's flow comes out one hour later, half two hours later.
    net = tree([1, -1], most=[0, 500], travel_h=[1.5, 0.0])
    now = situation([[100, 0, 0], [0, 0, 0]], [100, 500], sent=[[80, 40], [0, 0]])
    plan = solve(net, now)
    assert plan.flow[0] == pytest.approx([100, 0, 0])
    assert arriving(net, now, plan.flow, 0) == pytest.approx([60, 70, 50])
    into_b = np.array([60, 70, 50])
    assert np.diff([0, *plan.volume[1]]) == pytest.approx(into_b - plan.flow[1])


def test_of_equal_plans_the_calmest_is_taken() -> None:
    net = tree([-1], most=[100], comfort=[100])
    now = situation([[50] * 6], [400], works_inflow=[[300, 0, 0, 0, 0, 0]], sent=[[50.0]], volume=[50])
    flow = solve(net, now).flow[0]
    assert np.abs(np.diff([50, *flow])).sum() <= 100 + 1e-6


def test_a_long_well_is_planned_in_whole_pumps() -> None:
    # 60 m³ between stop and start are 36 minutes of one pump of 100 m³/h: whole pumps; with 40 m³ (24 min) any flow.
    now = situation([[130] * 4], [200], step_h=0.25)
    long = solve(tree([-1], most=[200], comfort=[0], pump_m3h=[100], active_m3=[60]), now)
    assert long.flow[0] == pytest.approx(100 * np.rint(long.flow[0] / 100))
    assert long.flow[0].sum() >= 500
    assert long.volume[0] == pytest.approx(np.cumsum((130 - long.flow[0]) / 4))
    short = solve(tree([-1], most=[200], comfort=[0], pump_m3h=[100], active_m3=[40]), now)
    assert short.flow[0] == pytest.approx(130)


def test_a_well_below_its_least_is_not_drained() -> None:
    net = tree([-1], most=[100])
    net.least[0] = 30
    plan = solve(net, situation([[0, 10]], [100], volume=[10]))
    assert plan.volume[0].min() >= 10 - 1e-9


def test_a_solver_out_of_time_says_so() -> None:
    inflow = [[50.0 + n % 7 for n in range(96)] for _ in range(4)]
    with pytest.raises(NoPlan, match="overflow"):
        solve(tree([1, 2, 3, -1], most=[50] * 4), situation(inflow, [60, 120, 200, 300]), limit_s=0.0)
