"""Wet wells: what flows in, what the pumps move, the level between them, and what spills.

Arrays are (stations, members): stations in the order of `Network.stations`, members of an ensemble beside each other.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Wells:
    """The wells of some stations, each field shape (stations,): levels in m, area in m², flow in m³/h.

    `pump_m3h` is (stations, most pumps), 0 where a station has fewer; `main_m3h` is what the pressure main takes.
    """

    area_m2: Floats
    min_level: Floats
    stop_level: Floats
    start_level: Floats
    comfort_level: Floats
    alarm_level: Floats
    overflow_level: Floats
    main_m3h: Floats
    pump_m3h: Floats

    def most_m3h(self, available: Bools | None = None) -> Floats:
        """What all pumps, or those available (stations, pumps), move together, at most what the main takes, m³/h."""
        rated = self.pump_m3h if available is None else self.pump_m3h * available
        return np.minimum(rated.sum(axis=1), self.main_m3h)


def step(wells: Wells, level: Floats, inflow: Floats, wanted: Floats, hours: float) -> tuple[Floats, Floats, Floats]:
    """One step of the balance area × Δlevel = (inflow − pumped) × hours − overflow, which it closes exactly.

    `level` in m, `inflow` and `wanted` (by the pumps) in m³/h, all (stations, members). Pumps can't draw a well below
    its min_level; what would stand above its overflow_level spills. Returns level after (m), pumped (m³/h) and
    overflow (m³ of the step).
    """
    area, lowest, crest = wells.area_m2[:, None], wells.min_level[:, None], wells.overflow_level[:, None]
    within = inflow + area * (level - lowest) / hours
    pumped = np.clip(wanted, 0.0, np.maximum(within, 0.0))
    filled = level + (inflow - pumped) * hours / area
    overflow = np.maximum(filled - crest, 0.0) * area
    return np.minimum(filled, crest), pumped, overflow


def balance_error(area_m2: Floats, levels: Floats, inflow_m3: Floats, pumped_m3: Floats, overflow_m3: Floats) -> float:
    """How far the books of wells are from closing: the largest |in − out − stored| ÷ in, over stations and members.

    `levels` are those at the first and at the last moment, (2, stations, members); the volumes between them are
    (stations, members). A well without inflow counts by what it moved; 0 where nothing moved at all.
    """
    stored = area_m2[:, None] * (levels[1] - levels[0])
    turned_over = np.maximum(inflow_m3, pumped_m3 + overflow_m3)
    gap = np.abs(inflow_m3 - pumped_m3 - overflow_m3 - stored)
    return float(np.max(np.divide(gap, turned_over, out=np.zeros_like(gap), where=turned_over > 0), initial=0.0))


class PumpRule(Protocol):
    """Who decides what the pumps move, minute by minute."""

    def wanted(self, minute: int, level: Floats, running: Bools) -> tuple[Floats, Bools]:
        """Flow wanted (stations, members), m³/h, and which pumps run for it (stations, members, pumps).

        `minute` counts from the start of the simulation; `level` (m) and `running` are those at its beginning.
        """
        ...


@dataclass(frozen=True)
class LevelRule:
    """Level control as installed: pump k starts at `starts[:, k]` and stops at `stops[:, k]`, m, (stations, pumps)."""

    starts: Floats
    stops: Floats
    rate_m3h: Floats
    main_m3h: Floats

    def wanted(self, minute: int, level: Floats, running: Bools) -> tuple[Floats, Bools]:
        """A pump whose start level is reached runs until the well is down at its stop level."""
        stands = level[:, :, None]
        runs = (stands >= self.starts[:, None, :]) | (running & (stands > self.stops[:, None, :]))
        runs &= self.rate_m3h[:, None, :] > 0
        flow = np.einsum("smp,sp->sm", runs, self.rate_m3h)
        return np.minimum(flow, self.main_m3h[:, None]), runs


def installed_rule(wells: Wells, available: Bools | None = None) -> LevelRule:
    """The staged on/off rule of start and stop levels: each further pump one stage higher, the last at comfort_level.

    Pump k of n starts at start + k ÷ (n − 1) × (comfort − start), and stops as far below that as the first one does.
    A pump that is not `available` (stations, pumps) is passed over: the next takes its stage.
    """
    rate = wells.pump_m3h if available is None else wells.pump_m3h * available
    order = np.argsort(rate <= 0, axis=1, kind="stable")
    rate = np.take_along_axis(rate, order, axis=1)
    last = np.maximum((rate > 0).sum(axis=1) - 1, 1)
    share = np.minimum(np.arange(rate.shape[1])[None, :] / last[:, None], 1.0)
    rise = share * np.maximum(wells.comfort_level - wells.start_level, 0.0)[:, None]
    return LevelRule(wells.start_level[:, None] + rise, wells.stop_level[:, None] + rise, rate, wells.main_m3h)


@dataclass(frozen=True)
class RatingRule:
    """Pumps that move more the higher the well stands, as recorded: `flow_m3h` at `levels_m`, (stations, knots) each.

    Levels rise along a row. Below the first knot nothing is pumped, above the last what stands there; between two
    knots the flow runs straight. No single pump is named, so none is ever said to start.
    """

    levels_m: Floats
    flow_m3h: Floats

    def wanted(self, minute: int, level: Floats, running: Bools) -> tuple[Floats, Bools]:
        """The recorded flow of this level."""
        rows = np.arange(len(level))[:, None]
        upper = np.clip((level[:, :, None] >= self.levels_m[:, None, :]).sum(axis=2), 1, self.levels_m.shape[1] - 1)
        low, high = self.levels_m[rows, upper - 1], self.levels_m[rows, upper]
        share = np.clip((level - low) / np.maximum(high - low, 1e-9), 0.0, 1.0)
        below, above = self.flow_m3h[rows, upper - 1], self.flow_m3h[rows, upper]
        return np.where(level < self.levels_m[:, :1], 0.0, below + share * (above - below)), running
