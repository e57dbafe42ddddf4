"""What holds for every plan, over trees and inflows of any shape."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from brain.dispatch.programme import Columns, aims
from brain.dispatch.solve import solve
from brain.dispatch.tree import Floats, Situation, Tree
from tests.brain.dispatch.trees import arriving, situation, tree

STEPS = 5
FLOW = st.floats(0, 400).map(lambda flow: round(flow, 1))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Tree, Situation]:
    """Up to four stores that drain to a later one or to one of two works."""
    count = draw(st.integers(1, 4))
    to = [draw(st.sampled_from([-1, -2, *range(n + 1, count)])) for n in range(count)]
    most = [draw(st.floats(20, 300)) for _ in range(count)]
    net = tree(
        [*to],
        most=most,
        comfort=[draw(st.floats(0.2, 0.9)) * one for one in most],
        travel_h=[draw(st.sampled_from([0.0, 0.1, 0.25, 0.6])) for _ in range(count)],
    )
    works = [draw(st.sampled_from([50.0, 200.0, np.nan])) for _ in net.works]
    now = situation(
        [[draw(FLOW) for _ in range(STEPS)] for _ in range(count)],
        [draw(st.floats(20, 400)) for _ in range(count)],
        volume=[draw(st.floats(0, 1)) * one for one in most],
        works=works,
        sent=[[draw(FLOW) for _ in range(3)] for _ in range(count)],
        price=[draw(st.sampled_from([0.3, 0.7, 1.2])) for _ in range(STEPS)],
        step_h=0.25,
    )
    return net, now


def inflow_of(net: Tree, now: Situation, flow: Floats, store: int) -> Floats:
    above = [arriving(net, now, flow, one) for one in np.flatnonzero(net.to == store)]
    return np.sum([now.inflow[store], *above], axis=0)


def pumping_all_it_can(net: Tree, now: Situation) -> dict[str, Floats]:
    """Every station moves as much as it has and can: a plan that is feasible whatever comes."""
    flow, volume, spill = (np.zeros(now.inflow.shape) for _ in range(3))
    for store in range(len(net.stores)):
        stands = now.volume[store]
        for step, coming in enumerate(inflow_of(net, now, flow, store)):
            full = stands + now.step_h * coming
            flow[store, step] = min(now.capacity[store, step], full / now.step_h)
            stands = full - now.step_h * flow[store, step]
            spill[store, step] = max(stands - net.most[store], 0)
            stands = volume[store, step] = min(stands, net.most[store])
    return {"flow": flow, "volume": volume, "spill": spill, "excess": excess_of(net, now, flow)}


def excess_of(net: Tree, now: Situation, flow: Floats) -> Floats:
    excess = np.zeros(now.works_inflow.shape)
    for works in range(len(net.works)):
        coming = np.sum([arriving(net, now, flow, one) for one in np.flatnonzero(net.to == -1 - works)], axis=0)
        excess[works] = np.maximum(np.nan_to_num(coming - now.works_capacity[works]), 0)
    return excess


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_plan_keeps_every_bound_and_every_cubic_metre(case: tuple[Tree, Situation]) -> None:
    net, now = case
    plan = solve(net, now)
    small = 1e-5
    assert (plan.flow >= -small).all() and (plan.flow <= now.capacity + small).all()
    assert (plan.volume >= -small).all() and (plan.volume <= net.most[:, None] + small).all()
    assert (plan.spill >= -small).all()
    for store in range(len(net.stores)):
        stored = np.diff([now.volume[store], *plan.volume[store]])
        coming = inflow_of(net, now, plan.flow, store)
        assert np.allclose(stored, now.step_h * (coming - plan.flow[store]) - plan.spill[store], atol=1e-4)
    assert np.allclose(plan.excess, excess_of(net, now, plan.flow), atol=1e-4)
    assert (np.where(plan.spill > 1e-3, net.most[:, None] - plan.volume, 0) < 1e-3).all(), "spilt before it was full"


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_rule_spills_less_than_the_plan(case: tuple[Tree, Situation]) -> None:
    net, now = case
    columns = Columns(len(net.stores), len(net.works), STEPS)
    cost = aims(net, now, columns)["overflow"]
    rule = pumping_all_it_can(net, now)
    worth = sum(float((cost[columns.of(kind)] * rule[kind]).sum()) for kind in ("spill", "excess"))
    above_alarm = np.maximum(rule["volume"] - net.alarm[:, None], 0)
    above_comfort = np.maximum(rule["volume"][:, -1] - net.comfort, 0)
    worth += float((cost[columns.of("alarm")] * above_alarm).sum())
    worth += float((cost[columns.of("above")][:, -1] * above_comfort).sum())
    assert solve(net, now).reached["overflow"] <= worth + 1e-4
