"""The linear programme of a dispatch: columns, rows and the four aims in their order.

A volume balance for each store and step, as in the model predictive control of sewer networks (Ocampo-Martínez 2010,
Model Predictive Control of Wastewater Systems, ch. 3; Lund et al. 2018, doi 10.1080/10643389.2018.1455484), with
travel times as in García et al. 2015 (doi 10.1016/j.conengprac.2014.12.007):

    volume[t] = volume[t−1] + step × (inflow[t] + Σ arriving[t] − flow[t]) − spill[t]
"""

from dataclasses import dataclass

import highspy
import numpy as np

from brain.dispatch.tree import Floats, Index, Situation, Tree, delays, under_way

LATER_IS_BETTER = 1e-3
"""How much more a m³ spilt at the beginning weighs than one at the end: so no store spills before it is full."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Where each kind of column begins; stores × steps and works × steps are laid out row by row."""

    stores: int
    works: int
    steps: int

    def of(self, kind: str) -> Index:
        """The columns of a kind, shaped (stores or works, steps): flow, volume, spill, above, excess; peak: (works,)."""
        stores, works = self.stores * self.steps, self.works * self.steps
        begins = {"flow": 0, "volume": stores, "spill": 2 * stores, "above": 3 * stores, "excess": 4 * stores}
        if kind == "peak":
            return np.arange(self.works) + 4 * stores + works
        shape = (self.works if kind == "excess" else self.stores, self.steps)
        return begins[kind] + np.arange(shape[0] * shape[1]).reshape(shape)

    @property
    def count(self) -> int:
        """How many columns there are."""
        return (4 * self.stores + self.works) * self.steps + self.works


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


def build(tree: Tree, now: Situation) -> tuple[highspy.HighsLp, Columns, dict[str, Index]]:
    """The programme without a cost, its columns, and its rows by name: balance, comfort, capacity, peak."""
    columns = Columns(len(tree.stores), len(tree.works), now.steps)
    rows = _Rows()
    named = _store_rows(tree, now, columns, rows) | _works_rows(tree, now, columns, rows)
    lower, upper = _bounds(tree, now, columns)
    return _as_lp(columns, rows, lower, upper), columns, named


def _store_rows(tree: Tree, now: Situation, columns: Columns, rows: _Rows) -> dict[str, Index]:
    """The balance of each store, and what stands above its comfort."""
    flow, volume, spill, above = (columns.of(kind) for kind in ("flow", "volume", "spill", "above"))
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
    room = np.repeat(tree.comfort[:, None], now.steps, axis=1)
    comfort = rows.block(np.full_like(room, -np.inf), room)
    rows.add(comfort, volume, 1.0)
    rows.add(comfort, above, -1.0)
    return {"balance": balance, "comfort": comfort}


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
    lower[volume] = np.minimum(tree.least, now.volume)[:, None]
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

    overflow: m³ (weighted: see Tree.harm, LATER_IS_BETTER) · peak: Σ of the works' highest inflow, each as a share of
    its capacity · comfort: hours × share of the room between comfort and crest · cost: of the energy, with what is left
    in the stores at the end priced at the mean, as somebody must pump it later.
    """
    found = {name: np.zeros(columns.count) for name in ("overflow", "peak", "comfort", "cost")}
    later = 1 + LATER_IS_BETTER * (1 - np.arange(now.steps) / now.steps)
    found["overflow"][columns.of("spill")] = tree.harm * later
    found["overflow"][columns.of("excess")] = tree.excess_harm * now.step_h * later
    limit = now.works_capacity.max(axis=1, initial=0)
    found["peak"][columns.of("peak")] = 1 / np.where(np.isfinite(limit) & (limit > 0), limit, 1.0)
    room = np.maximum(tree.most - tree.comfort, 1e-6)
    found["comfort"][columns.of("above")] = (now.step_h / room)[:, None]
    found["cost"][columns.of("flow")] = now.step_h * tree.kwh_per_m3[:, None] * now.price[None, :]
    found["cost"][columns.of("volume")[:, -1]] = tree.kwh_per_m3 * now.price.mean()
    return found
