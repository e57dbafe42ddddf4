"""Sewers and pump stations: what flows in, what the pumps move, and the level of the wet well between them."""

from dataclasses import dataclass

import numpy as np

from sample_data.demand import commercial_m3h, household_m3h, large_user_m3h, used_m3h
from sample_data.noise import Floats
from sample_data.times import DAY_S, HOUR_S, Moments
from sample_data.weather import ground_water
from sample_data.world import World

RETURN_FACTOR = 0.85
DELAYS_H = ((0.5, 0.4), (1.5, 0.35), (3.0, 0.25))
"""How long used water is under way to the first station, and which share of it."""
BASE_INFILTRATION = 0.07
"""Ground water that always seeps in, as a share of the sewage of the zones above."""
LEAST_INFILTRATION_M3H = 8.0
FAST_M3_PER_MM, SLOW_M3_PER_MM = 0.13, 0.32
"""What one mm of rain brings to a station, in hours of its mean sewage: off the surface, and through the ground."""
FULL_LEVEL_ABOVE_STOP = 2.4
"""Metres above the stop level at which all pumps run."""
WARM_UP_S = 2 * DAY_S
"""The wells are run from so long before each day on, from whatever level: by then they have forgotten it."""


@dataclass(frozen=True)
class Sewers:
    """Stations (in the order of World.stations) at moments: level (m) at the moment, flows (m³/h) over the step after.

    `overflow_m3h` is what spills where the well is full; `influent` is what each sewage works receives, m³/h.
    """

    level: Floats
    inflow: Floats
    pumped: Floats
    overflow: Floats
    influent: Floats
    rain_share: Floats


def sewage_m3h(world: World, at: Moments) -> Floats:
    """Sewage that each zone sends off: 0.85 × what was used there a while before, m³/h: shape (zones, moments)."""
    total = np.zeros((len(world.zones), len(at.seconds)))
    for delay_h, share in DELAYS_H:
        total += share * RETURN_FACTOR * used_m3h(world, at.shifted(-delay_h * HOUR_S))
    return total


def mean_sewage_m3h(world: World) -> Floats:
    """Each station's own zones' mean sewage, m³/h; one without zones counts for a small catchment."""
    week = Moments(np.arange(1_750_000_000, 1_750_000_000 + 7 * DAY_S, HOUR_S, dtype=np.int64), 8 * HOUR_S)
    use = household_m3h(world, week) + commercial_m3h(world, week)
    mean = np.zeros(len(world.stations))
    inside = world.zone_of_user >= 0
    np.add.at(use, world.zone_of_user[inside], large_user_m3h(world, week)[inside])
    np.add.at(mean, world.station_of_zone, RETURN_FACTOR * use.mean(axis=1))
    return np.maximum(mean, LEAST_INFILTRATION_M3H / BASE_INFILTRATION)


def simulate(world: World, at: Moments, step_s: int) -> Sewers:
    """The sewers at `at` (steps of `step_s`). Each local day is run on its own, from two days before it.

    With steps of an hour days that follow one another are run together: a well forgets a level in a few of them.
    """
    days = np.unique(at.day)
    cuts = np.flatnonzero(np.diff(days) > (1 if step_s >= HOUR_S else 0)) + 1
    parts = [_stretch(world, run[0], run[-1], at, step_s) for run in np.split(days, cuts)]
    stacked = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in Sewers.__dataclass_fields__
    }
    return Sewers(**stacked)


def _stretch(world: World, first: int, last: int, at: Moments, step_s: int) -> Sewers:
    """The moments of `at` on the days `first` to `last`, of one run."""
    wanted = at.seconds[(at.day >= first) & (at.day <= last)]
    start, end = int(first) * DAY_S - at.offset_s, int(last + 1) * DAY_S - at.offset_s
    phase = int(wanted[0] - start) % step_s
    seconds = np.arange(start + phase - WARM_UP_S, end, step_s, dtype=np.int64)
    run = _run(world, Moments(seconds, at.offset_s), step_s)
    places = np.searchsorted(seconds, wanted)
    return Sewers(**{name: getattr(run, name)[..., places] for name in Sewers.__dataclass_fields__})


def _run(world: World, at: Moments, step_s: int) -> Sewers:
    stations, count = len(world.stations), len(at.seconds)
    own, rain = _own_inflow(world, at)
    inflow, level = own.copy(), np.zeros((stations, count))
    pumped, overflow = np.zeros((stations, count)), np.zeros((stations, count))
    influent = np.zeros((len(world.sewage_works), count))
    for members in world.levels:
        level[members], pumped[members], overflow[members] = _wells(world, members, inflow[members], step_s)
        for one in members:
            late = _delayed(pumped[one], world.parameters["travel_time"][one] * 60 / step_s)
            if world.downstream[one] >= 0:
                inflow[world.downstream[one]] += late
            else:
                influent[world.works_of_station[one]] += late
    share = np.clip(rain.sum(axis=0) / np.maximum(inflow[world.works_of_station >= 0].sum(axis=0), 1), 0, 0.8)
    return Sewers(level, inflow, pumped, overflow, influent, share)


def _own_inflow(world: World, at: Moments) -> tuple[Floats, Floats]:
    """What reaches each station but from other stations, and the part of it that rain brought, m³/h."""
    own = np.zeros((len(world.stations), len(at.seconds)))
    np.add.at(own, world.station_of_zone, sewage_m3h(world, at))
    mean = _mean_of(world)
    fast, slow = ground_water(at)
    rain = mean[:, None] * (FAST_M3_PER_MM * fast + SLOW_M3_PER_MM * slow)[None, :]
    return own + BASE_INFILTRATION * mean[:, None] + rain, rain


_MEANS: dict[int, Floats] = {}


def _mean_of(world: World) -> Floats:
    if id(world) not in _MEANS:
        _MEANS.clear()
        _MEANS[id(world)] = mean_sewage_m3h(world)
    return _MEANS[id(world)]


def _delayed(flow: Floats, steps: float) -> Floats:
    """The same flow so many steps later (a share of a step too); before its beginning its first value."""
    place = np.arange(len(flow)) - steps
    return np.interp(place, np.arange(len(flow)), flow)


def _wells(world: World, members: np.ndarray, inflow: Floats, step_s: int) -> tuple[Floats, Floats, Floats]:
    """Levels and flows of some stations whose inflow is known: the pumps move more the higher the level stands.

    One implicit step: area × (next − now) = (inflow − pumped) × step, with pumped = gain × (next − stop level),
    at most all pumps; above the overflow level the rest spills.
    """
    area, stop = world.parameters["well_area"][members], world.parameters["stop_level"][members]
    crest = world.parameters["overflow_level"][members]
    most = world.pump_rate[members] * world.pump_count[members]
    gain, hours = most / FULL_LEVEL_ABOVE_STOP, step_s / HOUR_S
    level = np.empty(inflow.shape)
    pumped, overflow = np.empty(inflow.shape), np.zeros(inflow.shape)
    now = stop + np.minimum(inflow[:, 0] / gain, FULL_LEVEL_ABOVE_STOP)
    for step in range(inflow.shape[1]):
        level[:, step] = now
        after = (area * now + hours * (inflow[:, step] + gain * stop)) / (area + hours * gain)
        moved = np.clip(gain * (after - stop), 0, most)
        after = now + hours * (inflow[:, step] - moved) / area
        overflow[:, step] = np.maximum(after - crest, 0) * area / hours
        pumped[:, step], now = moved, np.minimum(after, crest)
    return level, pumped, overflow


def pumps_running(world: World, pumped: Floats) -> Floats:
    """How many pumps of each station run to move that much."""
    return np.ceil(np.round(pumped / world.pump_rate[:, None], 3))


def starts_per_hour(world: World, inflow: Floats) -> Floats:
    """Starts of the pump that switches: Q (q − Q) ÷ (q V), with V the volume between start and stop level."""
    one = world.pump_rate[:, None]
    rest = np.mod(inflow, one)
    volume = world.parameters["well_area"] * (world.parameters["start_level"] - world.parameters["stop_level"])
    return np.clip(rest * (one - rest) / (one * volume[:, None]), 0, 12)
