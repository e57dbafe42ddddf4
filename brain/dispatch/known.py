"""What is known of the sewers at a moment, and what is expected to flow in: record and ensemble of storm_risk."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from brain.dispatch.energy import prices, station_kwh_per_m3
from brain.dispatch.follow import STEP_MIN, STEPS_AN_HOUR
from brain.dispatch.sewers import STEPS, Now
from brain.question import Inputs
from brain.sewer.network import Network
from brain.sewer.wells import Bools, Floats
from brain.storm.forecast import Ahead
from brain.storm.record import Record
from brain.storm.situation import available_pumps
from brain.storm_risk import ahead_of

SENT_H = 4
"""Hours of pumped flow of which some may still be under way."""


def situation(inputs: Inputs, now: datetime) -> tuple[Network, Now, Ahead]:
    """What is known at `now`, with the mean of the inflow expected, and the ensemble that it is the mean of.

    Raises TooLittle where there is no forecast of it.
    """
    ahead, known = ahead_of(inputs, now)
    available = available_pumps(inputs["available"], ahead.network)
    at = known_now(inputs, now, known, ahead.own.mean(axis=2), available)
    return ahead.network, replace(at, level=ahead.run.first_level[:, 0]), ahead


def known_now(inputs: Inputs, now: datetime, known: Record, own: Floats, available: Bools) -> Now:
    """The state of the network as recorded, with an own inflow ahead (hours, stations + works), m³/h.

    An unknown level is taken half way between stop and start, an unknown flow as none.
    """
    network = known.network
    wells, count = network.wells, len(network.stations)
    level = np.where(np.isnan(known.last_level[-1]), (wells.stop_level + wells.start_level) / 2, known.last_level[-1])
    ahead = np.repeat(np.maximum(own, 0), STEPS_AN_HOUR, axis=0).T
    return Now(
        level=level,
        own=ahead[:count],
        works_own=ahead[count:],
        sent=np.repeat(np.nan_to_num(known.pumped[-SENT_H:]), STEPS_AN_HOUR, axis=0).T,
        available=available,
        works_m3h=network.capacity_m3h,
        price=prices(inputs.utility, steps_from(now, STEPS)),
        kwh_per_m3=station_kwh_per_m3(inputs.utility.machines, network.stations),
    )


def steps_from(moment: datetime, steps: int) -> list[datetime]:
    """When each of so many steps begins."""
    return [moment + timedelta(minutes=STEP_MIN * step) for step in range(steps)]
