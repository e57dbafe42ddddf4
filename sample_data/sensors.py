"""From what is true to what a sensor says: noise, resolution, and the sensors that are stuck, drift or fail."""

from collections.abc import Mapping, Sequence

import numpy as np

from sample_data.events import Event, events
from sample_data.noise import Floats, keys, normal
from sample_data.times import HOUR_S, Moments

SENSORS: Mapping[str, tuple[float, float, int]] = {
    "flow": (0.003, 0.0, 1), "volume": (0.0, 0.0, 1), "level": (0.0, 0.004, 3), "pressure": (0.0, 0.0015, 4),
    "rainfall": (0.0, 0.0, 2), "temperature": (0.0, 0.05, 1), "turbidity": (0.02, 0.0, 3), "ph": (0.0, 0.01, 2),
    "free_chlorine": (0.01, 0.0, 3), "dissolved_oxygen": (0.01, 0.0, 2), "codmn": (0.01, 0.0, 2),
    "cod": (0.015, 0.0, 1), "ammonia_nitrogen": (0.01, 0.0, 3), "total_nitrogen": (0.01, 0.0, 2),
    "total_phosphorus": (0.01, 0.0, 3), "suspended_solids": (0.02, 0.0, 1), "mlss": (0.01, 0.0, 0),
    "orp": (0.0, 2.0, 0), "conductivity": (0.005, 0.0, 0), "h2s": (0.05, 0.0, 2), "velocity": (0.02, 0.0, 3),
    "power": (0.005, 0.0, 2), "energy": (0.0, 0.0, 1), "current": (0.01, 0.0, 1), "starts_per_hour": (0.0, 0.0, 1),
    "dose": (0.01, 0.0, 2),
}  # fmt: skip
"""Quantity → relative noise, absolute noise (canonical unit), decimals. What is missing is 0 or 1 and exact."""


def read_by_sensors(names: Sequence[str], quantities: Sequence[str], true: Floats, at: Moments) -> Floats:
    """What the points `names` show of the true values (points, moments), rounded as their instruments do."""
    relative, absolute, decimals = (
        np.array([SENSORS.get(quantity, (0.0, 0.0, 0))[column] for quantity in quantities]) for column in range(3)
    )
    noise = normal(keys(names, "sensor"), at.seconds)
    shown = true * (1 + relative[:, None] * noise) + absolute[:, None] * noise
    for digits in np.unique(decimals):
        rows = decimals == digits
        shown[rows] = np.round(shown[rows], int(digits))
    return shown


def stuck_at(event: Event, at: Moments) -> Moments:
    """For each moment, when the event of its cycle began."""
    return Moments(np.rint(at.seconds - event.elapsed_h(at) * HOUR_S).astype(np.int64), at.offset_s)


def apply_drift(values: dict[str, Floats], at: Moments) -> None:
    """Drifting sensors lose themselves by so much a day."""
    for drift in events("drifting_sensor"):
        if drift.point_id in values:
            days = drift.elapsed_h(at) / 24
            values[drift.point_id] = values[drift.point_id] + drift.detail["per_day"] * days * drift.active(at)


def failing_share(event: Event, at: Moments) -> Floats:
    """How far a failing pump has come: 0 before, rising to 1 while it lasts."""
    return event.active(at) * np.clip(event.elapsed_h(at) / event.hours, 0, 1)
