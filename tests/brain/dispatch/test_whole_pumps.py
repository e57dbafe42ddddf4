"""Whole pumps: rounding by hand, its bound, and plans that keep to it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brain.dispatch.solve import solve
from brain.dispatch.whole_pumps import room_to_round, whole_flows
from tests.brain.dispatch.trees import situation, tree

LONG = {"pump_m3h": [100.0], "active_m3": [60.0]}
"""60 m³ between stop and start are 36 minutes of one pump of 100 m³/h: whole pumps."""


def test_what_was_rounded_away_comes_with_the_next_steps() -> None:
    # 130 m³/h with pumps of 100: 100, 30 short; 160 is nearer to 200, 40 too many; 90 → 100, 10 too many; 120 → 100
    now = situation([[130] * 4], [200], step_h=0.25)
    flow = whole_flows(tree([-1], most=[200], **LONG), now, np.full((1, 4), 130.0))
    assert flow.tolist() == [[100, 200, 100, 100]]


def test_the_last_pump_moves_what_the_main_takes() -> None:
    now = situation([[150] * 4], [150], step_h=0.25)
    flow = whole_flows(tree([-1], most=[200], **LONG), now, np.array([[150.0, 140, 65, 0]]))
    # 140 → 150, ten too many; 55 → 100, 45 too many; nothing → nothing
    assert flow.tolist() == [[150, 150, 100, 0]]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 300), min_size=1, max_size=40))
def test_the_volume_is_never_further_off_than_half_a_pumps_step(flows: list[float]) -> None:
    now = situation([[0.0] * len(flows)], [300], step_h=0.25)
    rounded = whole_flows(tree([-1], most=[200], **LONG), now, np.array([flows]))
    assert np.abs(np.cumsum(rounded[0] - flows)).max() <= 50 + 1e-6


def test_a_store_below_keeps_room_for_what_those_above_round() -> None:
    # A (100 m³/h) and C (80) are long, B between them is short: 12.5 m³ for A, 10 + 12.5 for C.
    net = tree([1, 2, -1], most=[100] * 3, pump_m3h=[100, 50, 80], active_m3=[60, 10, 60])
    now = situation([[0.0] * 2] * 3, [200] * 3, step_h=0.25)
    assert room_to_round(net, now) == pytest.approx([12.5, 0, 22.5])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0, 250), min_size=12, max_size=12),
    st.lists(st.floats(0, 120), min_size=12, max_size=12),
    st.floats(0, 1),
)
def test_a_chain_of_long_wells_always_has_a_plan_in_whole_pumps(
    upper: list[float], lower: list[float], full: float
) -> None:
    net = tree([1, 2, -1], most=[300, 40, 400], comfort=[100, 10, 100], travel_h=[0.4, 0.0, 0.1],
               pump_m3h=[100, 60, 90], active_m3=[60, 10, 60])  # fmt: skip
    net.least[:] = [30, 2, 40]
    now = situation(
        [upper, lower, [0.0] * 12], [300, 180, 270], volume=[300 * full, 40 * full, 400 * full], step_h=0.25
    )
    plan = solve(net, now)
    for store, pump in ((0, 100), (2, 90)):
        assert plan.flow[store] == pytest.approx(pump * np.rint(plan.flow[store] / pump), abs=1e-4)
    lowest = np.minimum(net.least, now.volume) - room_to_round(net, now)
    assert (plan.volume >= lowest[:, None] - 1e-4).all()
    assert (plan.flow[1] <= 180 + 1e-6).all()
