"""A town of two stations, one pumping to the other and that to the works, with a record made by known hydrographs."""

from datetime import UTC, datetime, timedelta

import numpy as np

from brain.demand.hours import Hours
from brain.sewer.network import Network
from brain.sewer.wells import Wells
from brain.storm.hydrograph import SLOTS, dry_columns, wet_columns
from brain.storm.record import Record, slots

START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 60
NOW = START + timedelta(days=DAYS)
FULL_M3H = 400.0
"""What the pumps of a station move together."""


def network() -> Network:
    """A → B (an hour away) → W; alarm at 4 m, all pumps run at 3.4 m."""
    two = np.ones(2)
    wells = Wells(
        area_m2=40 * two, min_level=0.6 * two, stop_level=1.0 * two, start_level=1.8 * two, comfort_level=2.4 * two,
        alarm_level=4.0 * two, overflow_level=5.0 * two, main_m3h=FULL_M3H * two,
        pump_m3h=np.full((2, 2), FULL_M3H / 2),
    )  # fmt: skip
    return Network(
        ("A", "B"), ("W",), np.array([1, -1]), np.array([-1, 0]), np.array([60, 1]), np.array([900.0]), wells,
        (("A.a", "A.b"), ("B.a", "B.b")), {},
    )  # fmt: skip


def town(days: int = DAYS, seed: int = 4) -> Record:
    """Hours in which each station's own inflow is 60 m³/h by night, 100 by day, and 12 m³/h per mm/h of quick runoff.

    Levels stand where the pumps move what flows in; nothing is noisy.
    """
    hours, rng = Hours(START, 24 * days, "Asia/Shanghai"), np.random.default_rng(seed)
    rain = np.where(rng.uniform(size=hours.count) < 0.03, rng.exponential(4.0, hours.count), 0.0)
    cold = np.zeros(hours.count)
    sizes = np.zeros(SLOTS + 1 + wet_columns(rain, cold).shape[1])
    sizes[:SLOTS] = np.where(np.arange(SLOTS) % 24 < 7, 60.0, 100.0)
    sizes[SLOTS + 1 + 4] = 12.0
    own = np.concatenate([dry_columns(slots(hours), cold), wet_columns(rain, cold)], axis=1) @ sizes
    first = np.minimum(own, FULL_M3H)
    second = np.minimum(own + np.concatenate([[first[0]], first[:-1]]), FULL_M3H)
    pumped = np.stack([first, second], axis=1)
    level = 1.0 + 2.4 * pumped / FULL_M3H
    return Record(network(), hours, rain, cold, level, level, level, pumped, second[:, None])
