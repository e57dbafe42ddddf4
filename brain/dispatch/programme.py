"""The linear programme of a dispatch: columns, rows and the aims in their order.

A volume balance for each store and step, as in the model predictive control of sewer networks (Ocampo-Martínez 2010,
Model Predictive Control of Wastewater Systems, ch. 3; Lund et al. 2018, doi 10.1080/10643389.2018.1455484), with
travel times as in García et al. 2015 (doi 10.1016/j.conengprac.2014.12.007):

    volume[t] = volume[t−1] + step × (inflow[t] + Σ arriving[t] − flow[t]) − spill[t]
"""

from dataclasses import dataclass

import highspy
import numpy as np

from brain.dispatch.energy import onward_kwh_per_m3
from brain.dispatch.tree import Floats, Index, Situation, Tree, delays, under_way
from brain.dispatch.whole_pumps import room_to_round

LATER_IS_BETTER = 1e-3
"""How much more a m³ spilt at the beginning weighs than one at the end: so no store spills before it is full."""
AT_RISK = 0.02
"""How a m³ that stands above its alarm for an hour weighs against one spilt: the chance that more comes than expected
and it spills after all. So the last of a well's room is not filled up for hours to spare a works a little."""
A_LITTLE = 1e-3
"""How a m³ that stands above its comfort at the end weighs against one spilt: enough that no later aim stores there,
too little to spill for it."""

OF_STORES = ("flow", "volume", "spill", "above", "alarm")
"""Columns of each store and step: m³/h pumped, m³ at its end, m³ spilt in it, m³ above comfort and above alarm."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Where each kind of column begins; stores × steps and works × steps are laid out row by row."""

    stores: int
    works: int
    steps: int

    def of(self, kind: str) -> Index:
        """The columns of a kind, shaped (stores, steps); excess: (works, steps); peak: (works,)."""
        stores, works = self.stores * self.steps, self.works * self.steps
        if kind == "peak":
            return len(OF_STORES) * stores + works + np.arange(self.works)
        if kind == "excess":
            return len(OF_STORES) * stores + np.arange(works).reshape(self.works, self.steps)
        return OF_STORES.index(kind) * stores + np.arange(stores).reshape(self.stores, self.steps)

    @property
    def count(self) -> int:
        """How many columns there are."""
        return (len(OF_STORES) * self.stores + self.works) * self.steps + self.works


class _Rows:
    """Rows gathered block by block: entries as (row, column, value) and the bounds of each row."""

    def __init__(self) -> None:
        self.entries: list[tuple[Index, Index, Floats]] = []
        self.bounds: list[tuple[Floats, Floats]] = []
        self.count = 0

    def block(self, lower: Floats, upper: Floats) -> Index:
        """Rows with these bounds, in the shape of the bounds."""
        rows = self.count + np.arange(lower.size).reshape(lower.shape)
        self.bounds.append((lower.ravel(), upper.ravel()))
        self.count += lower.size
        return rows

    def add(self, rows: Index, columns: Index, value: Floats | float) -> None:
        """An entry for each row and column of the two equal shapes."""
        values = np.broadcast_to(np.asarray(value, dtype=np.float64), rows.shape)
        self.entries.append((rows.ravel(), columns.ravel(), values.ravel()))


Programme = tuple[highspy.HighsLp, Columns, dict[str, Index]]
"""What `build` makes."""


def build(tree: Tree, now: Situation) -> Programme:
    """The programme without a cost, its columns, and its rows by name: balance, capacity, peak."""
    columns = Columns(len(tree.stores), len(tree.works), now.steps)
    rows = _Rows()
    named = _store_rows(tree, now, columns, rows) | _works_rows(tree, now, columns, rows)
    lower, upper = _bounds(tree, now, columns)
    return _as_lp(columns, rows, lower, upper), columns, named


def _store_rows(tree: Tree, now: Situation, columns: Columns, rows: _Rows) -> dict[str, Index]:
    """The balance of each store, and what stands above its comfort and its alarm."""
    flow, volume, spill = (columns.of(kind) for kind in ("flow", "volume", "spill"))
    known = now.step_h * np.maximum(now.inflow, 0)
    known[:, 0] += np.minimum(now.volume, tree.most)
    ways = delays(tree, now.step_h)
    for store in np.flatnonzero(tree.to >= 0):
        known[tree.to[store]] += now.step_h * under_way(ways[store], now.sent[store], now.steps)
    balance = rows.block(known, known)
    rows.add(balance, volume, 1.0)
    rows.add(balance[:, 1:], volume[:, :-1], -1.0)
    rows.add(balance, flow, now.step_h)
    rows.add(balance, spill, 1.0)
    for store in np.flatnonzero(tree.to >= 0):
        _arrive(rows, balance[tree.to[store]], flow[store], ways[store].steps, ways[store].share, -now.step_h)
    for kind, limit in (("above", tree.comfort), ("alarm", tree.alarm)):
        room = np.repeat(limit[:, None], now.steps, axis=1)
        block = rows.block(np.full_like(room, -np.inf), room)
        rows.add(block, volume, 1.0)
        rows.add(block, columns.of(kind), -1.0)
    return {"balance": balance}


def _works_rows(tree: Tree, now: Situation, columns: Columns, rows: _Rows) -> dict[str, Index]:
    """What arrives at each works: at most its capacity and the excess, and at most its peak."""
    flow, excess, peak = (columns.of(kind) for kind in ("flow", "excess", "peak"))
    known = np.maximum(now.works_inflow, 0).astype(np.float64)
    ways = delays(tree, now.step_h)
    for store in np.flatnonzero(tree.to < 0):
        known[-1 - tree.to[store]] += under_way(ways[store], now.sent[store], now.steps)
    none = np.full_like(known, -np.inf)
    limit = np.where(np.isnan(now.works_capacity), np.inf, now.works_capacity)
    capacity, highest = rows.block(none, limit - known), rows.block(none, -known)
    rows.add(capacity, excess, -1.0)
    rows.add(highest, np.repeat(peak[:, None], now.steps, axis=1), -1.0)
    for store in np.flatnonzero(tree.to < 0):
        works = -1 - tree.to[store]
        for block in (capacity, highest):
            _arrive(rows, block[works], flow[store], ways[store].steps, ways[store].share, 1.0)
    return {"capacity": capacity, "peak": highest}


def _arrive(rows: _Rows, into: Index, flow: Index, steps: int, share: float, sign: float) -> None:
    """Entries of a link's flow where it arrives, `steps` later, and a share of it one step later still."""
    for behind, part in ((steps, 1 - share), (steps + 1, share)):
        if part > 0:
            rows.add(into[behind:], flow[: max(len(flow) - behind, 0)], sign * part)


def _bounds(tree: Tree, now: Situation, columns: Columns) -> tuple[Floats, Floats]:
    lower, upper = np.zeros(columns.count), np.full(columns.count, np.inf)
    upper[columns.of("flow")] = np.maximum(now.capacity, 0)
    volume = columns.of("volume")
    lower[volume] = np.minimum(tree.least + room_to_round(tree, now), now.volume)[:, None]
    upper[volume] = tree.most[:, None]
    return lower, upper


def _as_lp(columns: Columns, rows: _Rows, lower: Floats, upper: Floats) -> highspy.HighsLp:
    row, column, value = (np.concatenate(part) for part in zip(*rows.entries, strict=True))
    order = np.lexsort((row, column))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns.count, rows.count
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(columns.count), lower, upper
    lp.row_lower_ = np.concatenate([low for low, _ in rows.bounds])
    lp.row_upper_ = np.concatenate([high for _, high in rows.bounds])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=columns.count))])
    lp.a_matrix_.index_, lp.a_matrix_.value_ = row[order], value[order]
    return lp


def aims(tree: Tree, now: Situation, columns: Columns) -> dict[str, Floats]:
    """The cost of each column under each aim, in the order in which they come.

    overflow: m³ (weighted: see Tree.harm, LATER_IS_BETTER, AT_RISK, A_LITTLE) · peak: Σ of the works' highest inflow,
    each as a share of its capacity · comfort: hours × share of the room between comfort and crest · cost: of the
    energy, with what is left in the stores at the end priced at the mean, as somebody must pump it later.
    """
    found = {name: np.zeros(columns.count) for name in ("overflow", "peak", "comfort", "cost")}
    later = 1 + LATER_IS_BETTER * (1 - np.arange(now.steps) / now.steps)
    found["overflow"][columns.of("spill")] = tree.harm * later
    found["overflow"][columns.of("alarm")] = AT_RISK * now.step_h
    found["overflow"][columns.of("above")[:, -1]] = A_LITTLE
    found["overflow"][columns.of("excess")] = tree.excess_harm * now.step_h * later
    limit = now.works_capacity.max(axis=1, initial=0)
    found["peak"][columns.of("peak")] = 1 / np.where(np.isfinite(limit) & (limit > 0), limit, 1.0)
    room = np.maximum(tree.most - tree.comfort, 1e-6)
    found["comfort"][columns.of("above")] = (now.step_h / room)[:, None]
    found["cost"][columns.of("flow")] = now.step_h * tree.kwh_per_m3[:, None] * now.price[None, :]
    onward = onward_kwh_per_m3(tree.kwh_per_m3, tree.to)
    found["cost"][columns.of("volume")[:, -1]] = onward * now.price.mean()
    return found


def calm(now: Situation, columns: Columns) -> tuple[int, tuple[Floats, Floats], Index, Index, Floats]:
    """The last aim, for a programme that has reached the others: Σ of all changes of flow from step to step, m³/h.

    Returns the number of columns to be added, one a store and step at the cost of 1 and from 0 on, and rows that hold
    each change of flow below them, up and down: their bounds, starts, columns and values. It comes after the others as
    these rows would slow them tenfold.
    """
    flow = columns.of("flow")
    rows, change = _Rows(), columns.count + np.arange(flow.size).reshape(flow.shape)
    before = np.zeros(flow.shape)
    if now.sent.shape[1]:
        before[:, 0] = now.sent[:, -1]
    for sign in (1.0, -1.0):
        block = rows.block(np.full_like(before, -np.inf), sign * before)
        rows.add(block, flow, sign)
        rows.add(block[:, 1:], flow[:, :-1], -sign)
        rows.add(block, change, -1.0)
    row, column, value = (np.concatenate(part) for part in zip(*rows.entries, strict=True))
    order = np.lexsort((column, row))
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows.count))[:-1]])
    lower, upper = (np.concatenate(part) for part in zip(*rows.bounds, strict=True))
    return flow.size, (lower, upper), starts, column[order], value[order]
