"""Planted events: what goes wrong, when and where. They come again in a cycle, so that any month holds all of them.

Days 18–20 of the 28-day cycle are ordinary. Only tests and scores may read what this says (`truth.parquet`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from sample_data.noise import Floats
from sample_data.times import DAY_S, HOUR_S, Moments

CYCLE_DAYS = 28


@dataclass(frozen=True)
class Event:
    """One kind of event: the day of the cycle it begins on, the local hour, how long it lasts, and its details."""

    kind: str
    site_id: str
    cycle_day: int
    hour: float
    hours: float
    point_id: str | None = None
    detail: Mapping[str, float] = field(default_factory=dict)

    @property
    def _from_s(self) -> float:
        return self.cycle_day * DAY_S + self.hour * HOUR_S

    def elapsed_h(self, at: Moments) -> Floats:
        """Hours since the event of this cycle began, at each moment; negative before it."""
        into = at.local % (CYCLE_DAYS * DAY_S)
        return np.asarray((into - self._from_s) / HOUR_S, dtype=np.float64)

    def active(self, at: Moments) -> Floats:
        """1 while it lasts, else 0."""
        elapsed = self.elapsed_h(at)
        return ((elapsed >= 0) & (elapsed < self.hours)).astype(np.float64)

    def starts(self, first_s: int, last_s: int, offset_s: int) -> Iterator[int]:
        """UTC seconds of each beginning such that the event touches [first_s, last_s)."""
        cycle_s = CYCLE_DAYS * DAY_S
        start = (first_s + offset_s) // cycle_s * cycle_s + int(self._from_s) - offset_s - cycle_s
        while start < last_s:
            if start + self.hours * HOUR_S > first_s:
                yield start
            start += cycle_s


EVENTS: tuple[Event, ...] = (
    Event("burst", "ZN05", 2, 3, 20, detail={"m3h": 190}),
    Event("expired_lot", "ZN20", 3, 0, 48),
    Event("storm", "NET", 5, 18, 9, detail={"mm": 75}),
    Event("stuck_sensor", "ZN11", 7, 0, 36, point_id="ZN11.Q1.free_chlorine"),
    Event("hotline_peak", "CH1", 8, 18, 3, detail={"calls": 260}),
    Event("burst", "ZN17", 9, 14, 10, detail={"m3h": 160}),
    Event("failing_pump", "PS08", 11, 6, 40, point_id="PS08.S.b.current", detail={"share": 0.6}),
    Event("drifting_sensor", "ZN21", 12, 0, 120, point_id="ZN21.Q1.ph", detail={"per_day": 0.12}),
    Event("stock_out", "ST6", 13, 8, 30),
    Event("industrial_discharge", "PS04", 14, 9, 5, detail={"cod": 640, "ph": -1.6}),
    Event("effluent_near_miss", "WW2", 16, 0, 30, detail={"cod": 17.5}),
    Event("communication_gap", "NET", 21, 10, 3),
    Event("burst", "ZN29", 23, 1, 16, detail={"m3h": 180}),
    Event("storm", "NET", 25, 10, 6, detail={"mm": 50}),
)
GAP_SOURCE = "sewage_scada_north"
"""The source that falls silent in a communication gap."""


def events(kind: str) -> list[Event]:
    """All events of a kind."""
    return [event for event in EVENTS if event.kind == kind]


def truth(start: datetime, end: datetime, offset_s: int) -> list[dict[str, object]]:
    """The events that touch [start, end), as rows of truth.parquet with their times in UTC seconds."""
    rows: list[dict[str, object]] = []
    for event in EVENTS:
        for begins in event.starts(int(start.timestamp()), int(end.timestamp()), offset_s):
            rows.append(
                {
                    "event_id": f"{event.kind}/{event.site_id}/{begins}",
                    "kind": event.kind,
                    "site_id": event.site_id,
                    "point_id": event.point_id,
                    "started_s": begins,
                    "ended_s": begins + int(event.hours * HOUR_S),
                    "detail": dict(event.detail),
                }
            )
    return rows
