"""Solves a dispatch: one aim after the other, each kept while the next is sought (lexicographic optimisation).

After an aim is reached, whatever has a price under it stays where it is: columns with a reduced cost keep their value,
rows with a dual theirs. What can still move is exactly the set of plans that are equally good (Isermann 1982,
Linear lexicographic optimization, OR Spektrum 4, 223–228), so nothing is lost to a tolerance.
"""

from dataclasses import dataclass, replace

import highspy
import numpy as np

from brain.dispatch.programme import Columns, Programme, aims, build, calm
from brain.dispatch.tree import Floats, Index, Situation, Tree
from brain.dispatch.whole_pumps import room_to_round, whole_flows

PRICED = 1e-7
"""A reduced cost or dual below this is none."""
SLACK = 1e-7
"""How exactly the solver keeps a bound: what is held closer than that may, by rounding alone, leave no plan."""


class _Quiet(highspy.Highs):
    """The solver without its banner, which it prints to stdout as its callbacks are enabled."""

    def enableCallbacks(self) -> None:
        """As in Highs, but silent before."""
        self.silent()
        super().enableCallbacks()


class NoPlan(Exception):
    """The programme was not solved; the message says how the solver ended."""


class _LostToRounding(NoPlan):
    """There is a plan, but the solver lost it: what was held left no room for its rounding."""


@dataclass(frozen=True, eq=False)
class Schedule:
    """What to pump. `flow` m³/h, `volume` m³ at the end of each step, `spill` m³ in it: shape (stores, steps).

    `excess` is what arrives at the works above their capacity, m³/h (works, steps). `reached` is the value of each
    aim. `worth` is what one m³/h more of a link's capacity, one m³ more of a store, one m³/h more of a works' capacity
    in one step would save of the weighted overflow, m³: from the duals of the first aim. Its keys are link and store,
    (stores, steps), and works, (works, steps).
    """

    flow: Floats
    volume: Floats
    spill: Floats
    excess: Floats
    reached: dict[str, float]
    worth: dict[str, Floats]


def solve(tree: Tree, now: Situation, limit_s: float = 120.0) -> Schedule:
    """The plan of least overflow, then least peak at the works, then least above comfort, then least cost.

    Of plans that are as good as one another it is the calmest, whose flows change least from step to step.

    Raises NoPlan where the solver does not end within `limit_s` seconds an aim; there is always a plan, as every
    store may spill.
    """
    programme = build(tree, now)
    found = _best(programme, tree, now, limit_s)
    if tree.whole_pumps.any():
        _hold(programme, tree, now, found.flow)
        found = replace(_best(programme, tree, now, limit_s), worth=found.worth)
    return found


def _best(programme: Programme, tree: Tree, now: Situation, limit_s: float) -> Schedule:
    try:
        return _one_after_the_other(programme, tree, now, limit_s, 0.0)
    except _LostToRounding:  # rare; with room for it every aim takes longer
        return _one_after_the_other(programme, tree, now, limit_s, SLACK)


def _one_after_the_other(programme: Programme, tree: Tree, now: Situation, limit_s: float, slack: float) -> Schedule:
    lp, columns, named = programme
    solver = _Quiet()
    solver.setOptionValue("time_limit", limit_s)
    solver.passModel(lp)
    reached, worth = {}, {}
    for name, cost in aims(tree, now, columns).items():
        solver.changeColsCost(columns.count, np.arange(columns.count, dtype=np.int32), cost)
        _run(solver, name)
        if name == "overflow":
            worth = _worth(solver, columns, named)
        reached[name] = float(solver.getObjectiveValue())
        _keep(solver, slack)
    _calm(solver, now, columns)
    values = np.array(solver.getSolution().col_value)[: columns.count]
    found = {kind: values[columns.of(kind)] for kind in ("flow", "volume", "spill", "excess")}
    return Schedule(**found, reached=reached, worth=worth)


def _hold(programme: Programme, tree: Tree, now: Situation, flow: Floats) -> None:
    """Fix the flows of whole pumps; what rounding needs of a store's room is given back to it."""
    lp, columns, _ = programme
    lower, upper = np.array(lp.col_lower_), np.array(lp.col_upper_)
    held = columns.of("flow")[tree.whole_pumps]
    lower[held] = upper[held] = whole_flows(tree, now, flow)
    lower[columns.of("volume")] -= room_to_round(tree, now)[:, None]
    lp.col_lower_, lp.col_upper_ = lower, upper


def _calm(solver: highspy.Highs, now: Situation, columns: Columns) -> None:
    """The last aim, see programme.calm."""
    count, (lower, upper), starts, used, values = calm(now, columns)
    none = np.zeros(0, dtype=np.int32)
    solver.changeColsCost(columns.count, np.arange(columns.count, dtype=np.int32), np.zeros(columns.count))
    solver.addCols(count, np.ones(count), np.zeros(count), np.full(count, np.inf), 0, none, none, np.zeros(0))
    solver.addRows(len(lower), lower, upper, len(used), starts.astype(np.int32), used.astype(np.int32), values)
    _run(solver, "calm")


def _run(solver: highspy.Highs, aim: str) -> None:
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        timed_out = status == highspy.HighsModelStatus.kTimeLimit
        kind = NoPlan if timed_out else _LostToRounding
        raise kind(f"aim {aim}: {solver.modelStatusToString(status)}")


def _keep(solver: highspy.Highs, slack: float) -> None:
    """Leave only the plans that are as good under the aim just reached."""
    found = solver.getSolution()
    priced = np.flatnonzero(np.abs(found.col_dual) > PRICED).astype(np.int32)
    value = np.array(found.col_value)[priced]
    solver.changeColsBounds(len(priced), priced, value - slack, value + slack)
    rows = np.flatnonzero(np.abs(found.row_dual) > PRICED).astype(np.int32)
    value = np.array(found.row_value)[rows]
    solver.changeRowsBounds(len(rows), rows, value - slack, value + slack)  # type: ignore[attr-defined]  # its stubs lack it


def _worth(solver: highspy.Highs, columns: Columns, named: dict[str, Index]) -> dict[str, Floats]:
    """How much less overflow one more m³/h or m³ of each limit would mean, step by step."""
    found = solver.getSolution()
    price = np.minimum(np.array(found.col_dual), 0)
    rows = np.minimum(np.array(found.row_dual), 0)
    at_most = np.array(solver.getLp().col_upper_)
    price = np.where(np.array(found.col_value) >= at_most - 1e-6, -price, 0.0)
    return {
        "link": price[columns.of("flow")],
        "store": price[columns.of("volume")],
        "works": -rows[named["capacity"]],
    }
