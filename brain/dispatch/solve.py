"""Solves a dispatch: one aim after the other, each kept while the next is sought (lexicographic optimisation).

After an aim is reached, whatever has a price under it stays where it is: columns with a reduced cost keep their value,
rows with a dual theirs. What can still move is exactly the set of plans that are equally good (Isermann 1982,
Linear lexicographic optimization, OR Spektrum 4, 223–228), so nothing is lost to a tolerance.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from brain.dispatch.programme import Columns, aims, build, calm
from brain.dispatch.tree import Floats, Index, Situation, Tree

PRICED = 1e-7
"""A reduced cost or dual below this is none."""
WHOLE_GAP = 1e-3
"""How near to the best a plan with whole pumps has to be, as a share of the aim."""


class _Quiet(highspy.Highs):
    """The solver without its banner, which it prints to stdout as its callbacks are enabled."""

    def enableCallbacks(self) -> None:
        """As in Highs, but silent before."""
        self.silent()
        super().enableCallbacks()


class NoPlan(Exception):
    """The programme was not solved; the message says how the solver ended."""


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
    lp, columns, named = build(tree, now)
    unit = _units(tree, columns)
    solver = _Quiet()
    solver.setOptionValue("time_limit", limit_s)
    solver.setOptionValue("mip_rel_gap", WHOLE_GAP)
    solver.passModel(_in_units(lp, unit))
    whole = columns.of("flow")[tree.whole_pumps].ravel()
    reached, worth = {}, {}
    for name, cost in aims(tree, now, columns).items():
        solver.changeColsCost(columns.count, np.arange(columns.count, dtype=np.int32), cost * unit)
        if name == "overflow":
            _run(solver, name)
            worth = _worth(solver, columns, named, unit)
            kinds = np.full(len(whole), highspy.HighsVarType.kInteger)
            solver.changeColsIntegrality(len(whole), whole.astype(np.int32), kinds)
        if len(whole) or name != "overflow":
            _run(solver, name)
        reached[name] = float(solver.getObjectiveValue())
        _keep(solver, cost * unit, reached[name], bool(len(whole)))
    _calm(solver, now, columns, unit)
    values = np.array(solver.getSolution().col_value)[: columns.count] * unit
    found = {kind: values[columns.of(kind)] for kind in ("flow", "volume", "spill", "excess")}
    return Schedule(**found, reached=reached, worth=worth)


def _calm(solver: highspy.Highs, now: Situation, columns: Columns, unit: Floats) -> None:
    """The last aim, see programme.calm."""
    count, (lower, upper), starts, used, values = calm(now, columns, unit)
    none = np.zeros(0, dtype=np.int32)
    solver.changeColsCost(columns.count, np.arange(columns.count, dtype=np.int32), np.zeros(columns.count))
    solver.addCols(count, np.ones(count), np.zeros(count), np.full(count, np.inf), 0, none, none, np.zeros(0))
    solver.addRows(len(lower), lower, upper, len(used), starts.astype(np.int32), used.astype(np.int32), values)
    _run(solver, "calm")


def _units(tree: Tree, columns: Columns) -> Floats:
    """What one unit of each column stands for: m³/h, m³ or, where whole pumps are planned, one pump's flow."""
    unit = np.ones(columns.count)
    unit[columns.of("flow")] = np.where(tree.whole_pumps, tree.pump_m3h, 1.0)[:, None]
    return unit


def _in_units(lp: highspy.HighsLp, unit: Floats) -> highspy.HighsLp:
    """The same programme with its columns in those units; of pumps no part is left over."""
    upper = np.array(lp.col_upper_)
    lp.col_upper_ = np.where(unit == 1, upper, np.floor(upper / unit + 1e-9))
    lp.a_matrix_.value_ = np.array(lp.a_matrix_.value_) * np.repeat(unit, np.diff(lp.a_matrix_.start_))
    return lp


def _run(solver: highspy.Highs, aim: str) -> None:
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise NoPlan(f"aim {aim}: {solver.modelStatusToString(status)}")


def _keep(solver: highspy.Highs, cost: Floats, reached: float, whole: bool) -> None:
    """Leave only the plans that are as good under the aim just reached.

    Whole pumps have no duals: there the aim itself is bounded, within the gap to which it was solved.
    """
    if whole:
        used = np.flatnonzero(cost).astype(np.int32)
        solver.addRow(-np.inf, reached + WHOLE_GAP * abs(reached) + 1e-6, len(used), used, cost[used])
        return
    found = solver.getSolution()
    priced = np.flatnonzero(np.abs(found.col_dual) > PRICED).astype(np.int32)
    value = np.array(found.col_value)[priced]
    solver.changeColsBounds(len(priced), priced, value, value)
    rows = np.flatnonzero(np.abs(found.row_dual) > PRICED).astype(np.int32)
    value = np.array(found.row_value)[rows]
    solver.changeRowsBounds(len(rows), rows, value, value)  # type: ignore[attr-defined]  # its stubs lack it


def _worth(solver: highspy.Highs, columns: Columns, named: dict[str, Index], unit: Floats) -> dict[str, Floats]:
    """How much less overflow one more m³/h or m³ of each limit would mean, step by step."""
    found = solver.getSolution()
    price = np.minimum(np.array(found.col_dual), 0) / unit
    rows = np.minimum(np.array(found.row_dual), 0)
    at_most = np.array(solver.getLp().col_upper_)
    price = np.where(np.array(found.col_value) >= at_most - 1e-6, -price, 0.0)
    return {
        "link": price[columns.of("flow")],
        "store": price[columns.of("volume")],
        "works": -rows[named["capacity"]],
    }
