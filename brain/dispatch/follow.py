"""How pumps follow a plan: level control as on site, its start and stop levels moved along with the planned level."""

import numpy as np

from brain.sewer.wells import Bools, Floats, Wells

STEP_MIN = 15
STEPS_AN_HOUR = 60 // STEP_MIN
MARGIN_M = 0.1
"""So far above the dry-run level a plan ends, and so far below alarm level or crest the last pump has started."""
CLOSE, WIDE = 0.5, 1.5
"""A pump's span between start and stop, as a multiple of the one installed: where room counts, and where it doesn't."""
CLOSE_MIN, WIDE_MIN = 4, 60
"""And at most what it pumps in so many minutes: a pump of q m³/h with a span of V m³ starts at most q ÷ 4 V times an
hour, 4 and ¼ times here (Jones and Sanks, Pumping Station Design, ch. 12)."""


class PlanRule:
    """A PumpRule (brain.sewer.wells) that makes a plan's mean flows by starting and stopping pumps around its levels.

    `flow` is planned for each step, m³/h, and `level` for its beginning and, at last, for the end: (stations, steps)
    and (stations, steps + 1), m. `is_close` (stations, steps) says where the plan has to be followed closely: there the
    pumps switch within a short span of levels, elsewhere within a longer one, so they start less. The span of pump k
    (from 0) lies around the planned level where the planned flow is k + ½ pumps, and as much higher as that flow falls
    short of it: the pumps needed throughout run on, the others rest, and a level off its plan brings the next one in.
    All spans of a station lie between min_level and alarm level, or crest where the plan itself stands above that.
    """

    def __init__(
        self, wells: Wells, flow: Floats, level: Floats, is_close: Bools, available: Bools | None = None
    ) -> None:
        self.wells, self.flow, self.level = wells, flow, level
        self.rate = wells.pump_m3h if available is None else wells.pump_m3h * available
        self.before = np.cumsum(self.rate, axis=1) - self.rate
        installed, pump = wells.start_level - wells.stop_level, self.rate.max(axis=1) / wells.area_m2
        close, wide = (
            np.minimum(share * installed, minutes / 60 * pump)[:, None]
            for share, minutes in ((CLOSE, CLOSE_MIN), (WIDE, WIDE_MIN))
        )
        self.span = np.where(is_close, close, wide)

    def wanted(self, minute: int, level: Floats, running: Bools) -> tuple[Floats, Bools]:
        """Flow wanted, m³/h, and the pumps that run for it, at a minute of the plan."""
        step, within = divmod(minute, STEP_MIN)
        step = min(step, self.flow.shape[1] - 1)
        stops = self._stops(step, within / STEP_MIN)[:, None, :]
        stands = level[:, :, None]
        runs = (stands >= stops + self.span[:, step, None, None]) | (running & (stands > stops))
        runs &= self.rate[:, None, :] > 0
        flow = np.einsum("smp,sp->sm", runs, self.rate)
        return np.minimum(flow, self.wells.main_m3h[:, None]), runs

    def _stops(self, step: int, share: float) -> Floats:
        """Where each pump stops when so much of a step is over, m: (stations, pumps)."""
        span, is_pump = self.span[:, step, None], self.rate > 0
        planned = (1 - share) * self.level[:, step, None] + share * self.level[:, step + 1, None]
        short = (self.before - self.flow[:, step, None]) / np.maximum(self.rate, 1e-9) + 0.5
        stops: Floats = planned + span / 2 * (short - 1)
        last = np.max(stops, axis=1, keepdims=True, where=is_pump, initial=-np.inf) + span
        wells, is_below = self.wells, planned < self.wells.alarm_level[:, None]
        highest = np.where(is_below, wells.alarm_level[:, None], wells.overflow_level[:, None])
        stops -= np.maximum(last - (highest - MARGIN_M), 0)
        first = np.min(stops, axis=1, keepdims=True, where=is_pump, initial=np.inf)
        return stops + np.maximum(self.wells.min_level[:, None] - first, 0)
