"""How pumps follow a plan: so many minutes of each quarter of an hour, and the well's own safeguards before it."""

import numpy as np

from brain.sewer.wells import Bools, Floats, Wells

STEP_MIN = 15
MARGIN_M = 0.1
"""So far above the dry-run level a plan ends, and so far below the crest the station's own control takes over."""
CORRECTED_IN_H = 0.5
"""A level off its plan is brought back in this time."""
SHORTEST_MIN = 2
"""A pump runs, and rests, no shorter than this within a quarter of an hour."""


class PlanRule:
    """A PumpRule (brain.sewer.wells) that makes a plan's mean flows by running pumps for part of each step.

    `flow` is planned for each step, m³/h, and `level` for its beginning, m: both (stations, steps). At each step the
    flow is corrected by how far the level is off. The first pumps run throughout, one more for the rest: by turns at
    the end of a step and at the beginning of the next, so that two runs join and a pump starts twice an hour; every
    other station has its turn later, so that the works gets a steadier flow. In between, a well at its min_level stops
    its pumps and one near its crest runs all of them, until the next step.
    """

    def __init__(self, wells: Wells, flow: Floats, level: Floats, available: Bools | None = None) -> None:
        self.wells, self.flow, self.level = wells, flow, level
        self.rate = wells.pump_m3h if available is None else wells.pump_m3h * available
        self.most = wells.most_m3h(available)
        self.before = np.cumsum(self.rate, axis=1) - self.rate
        self.minutes: Floats = np.zeros((0, 0, 0))
        self.dry: Bools = np.zeros((0, 0), dtype=bool)
        self.full: Bools = self.dry

    def wanted(self, minute: int, level: Floats, running: Bools) -> tuple[Floats, Bools]:
        """Flow wanted, m³/h, and the pumps that run for it; minutes must come in their order, from 0 on."""
        step, within = divmod(minute, STEP_MIN)
        if within == 0:
            self._begin(min(step, self.flow.shape[1] - 1), level)
        self.dry |= level <= self.wells.min_level[:, None]
        self.full |= level >= self.wells.overflow_level[:, None] - MARGIN_M
        early = (step + np.arange(len(level))) % 2 == 1
        on = np.where(early[:, None, None], within < self.minutes, within >= STEP_MIN - self.minutes)
        runs = (on | self.full[:, :, None]) & ~self.dry[:, :, None] & (self.rate[:, None, :] > 0)
        flow = np.einsum("smp,sp->sm", runs, self.rate)
        return np.minimum(flow, self.wells.main_m3h[:, None]), runs

    def _begin(self, step: int, level: Floats) -> None:
        """How many minutes of this step each pump runs, (stations, members, pumps)."""
        off = (level - self.level[:, step, None]) * self.wells.area_m2[:, None] / CORRECTED_IN_H
        target = np.clip(self.flow[:, step, None] + off, 0, self.most[:, None])
        rate = np.maximum(self.rate, 1e-9)[:, None, :]
        share = np.clip((target[:, :, None] - self.before[:, None, :]) / rate, 0, 1)
        minutes: Floats = np.rint(share * STEP_MIN)
        minutes[minutes < SHORTEST_MIN] = 0
        minutes[minutes > STEP_MIN - SHORTEST_MIN] = STEP_MIN
        self.minutes = minutes
        self.dry, self.full = (np.zeros(level.shape, dtype=bool) for _ in range(2))
