"""Raw water, works and network: what is pumped, at which pressure, and how the chlorine decays on its way."""

import numpy as np

from sample_data.demand import inflow_m3h
from sample_data.energy import (
    BOOSTER_EFFICIENCY,
    HOUSE_LOAD_KW,
    RAW_EFFICIENCY,
    SUPPLY_EFFICIENCY,
    SUPPLY_HEAD_M,
    pump_kw,
)
from sample_data.events import events
from sample_data.noise import Floats, drifting, keys, uniform
from sample_data.times import DAY_S, Moments
from sample_data.world import World

BOOSTED_SHARE = 0.55
"""Of its zone's inflow that a booster lifts."""
OWN_USE_SHARE = 0.04
"""What a works takes for washing its filters."""
WORKS_CHLORINE_MGL = 0.75
CHLORINE_DECAY_H = 0.03
"""First-order decay in the mains, 1/h."""
TRAVEL_H = (3.0, 14.0)
"""Travel time from works to zones at mean demand, nearest and farthest."""
ZONE_PRESSURE_MPA = (0.25, 0.31)
FRICTION_MPA = 0.02
BURST_DROP_MPA = 0.17
_ONCE = np.array([0], dtype=np.int64)


def source_flow_m3h(world: World, output: Floats) -> Floats:
    """What each source gives for the works' `output` (works, moments), m³/h: shape (sources, moments)."""
    flow = np.zeros((len(world.sources), output.shape[1]))
    np.add.at(flow, world.source_of_works, output * (1 + OWN_USE_SHARE))
    return flow


def raw_pumps_running(world: World, source: int, flow: Floats) -> Floats:
    """Which of a source's pumps run to give `flow` (moments): as few as will do; shape (pumps, moments) of 0 and 1."""
    pumps = world.pumps_of(world.sources[source])
    rate = float(str(pumps[0]["rated_flow_m3h"]))
    needed = np.ceil(np.round(flow / rate, 3))
    return (np.arange(len(pumps))[:, None] < needed[None, :]).astype(np.float64)


def source_power_kw(world: World, flow: Floats) -> Floats:
    """Power of each source's pumps, kW: shape (sources, moments)."""
    head = np.array([float(str(world.pumps_of(one)[0]["rated_head_m"])) for one in world.sources])
    return pump_kw(flow, head[:, None], RAW_EFFICIENCY) + 10


def works_power_kw(output: Floats) -> Floats:
    """Power of each works, kW: shape (works, moments)."""
    return pump_kw(output, SUPPLY_HEAD_M, SUPPLY_EFFICIENCY) + HOUSE_LOAD_KW


def boosted(world: World, booster: int, inflow: Floats) -> tuple[Floats, Floats]:
    """Flow (m³/h) and power (kW) of a booster, which lifts half of one zone's `inflow` (zones, moments)."""
    flow = BOOSTED_SHARE * inflow[booster * 4 % len(world.zones)]
    head = float(str(world.pumps_of(world.ids("booster")[booster])[0]["rated_head_m"]))
    return flow, pump_kw(flow, head, BOOSTER_EFFICIENCY) + 1


def booster_power_kw(world: World, inflow: Floats) -> Floats:
    """Power of each booster, kW: shape (boosters, moments)."""
    return np.stack([boosted(world, place, inflow)[1] for place in range(len(world.ids("booster")))])


def zone_pressure_mpa(world: World, at: Moments) -> Floats:
    """Pressure in each zone, MPa: less as more is taken, and as long as a burst lasts. Shape (zones, moments)."""
    low, high = ZONE_PRESSURE_MPA
    calm = low + (high - low) * uniform(keys(world.zones, "pressure"), _ONCE)
    load = _load(world, at)
    pressure = calm - FRICTION_MPA * (load**2 - 1)
    for burst in events("burst"):
        if burst.site_id in world.zones:
            pressure[world.zones.index(burst.site_id)] -= BURST_DROP_MPA * burst.active(at)
    return np.maximum(pressure, 0.02)


def zone_chlorine_mgl(world: World, at: Moments) -> Floats:
    """Free chlorine in each zone, mg/L: what left the works × e^(−k × travel time). Shape (zones, moments)."""
    near, far = TRAVEL_H
    mean_h = near + (far - near) * uniform(keys(world.zones, "travel"), _ONCE)
    travel = mean_h / np.clip(_load(world, at), 0.35, 2.5)
    return works_chlorine_mgl(world, at)[world.works_of_zone] * np.exp(-CHLORINE_DECAY_H * travel)


def works_chlorine_mgl(world: World, at: Moments) -> Floats:
    """Free chlorine that leaves each works, mg/L: shape (works, moments)."""
    return WORKS_CHLORINE_MGL + 0.03 * drifting(keys(world.works, "chlorine"), at.seconds, 2 * 3600)


def _load(world: World, at: Moments) -> Floats:
    """Each zone's inflow beside its usual one: about 1."""
    usual = world.connections * 0.0205 + 20
    calm = inflow_m3h(world, at)
    for burst in events("burst"):
        if burst.site_id in world.zones:
            calm[world.zones.index(burst.site_id)] -= burst.detail["m3h"] * burst.active(at)
    return calm / usual[:, None]


def raw_quality(world: World, at: Moments) -> dict[str, Floats]:
    """Quality at each source by quantity, canonical units: shape (sources, moments) each. Within class III."""
    names = world.sources

    def around(quantity: str, mean: Floats | float, spread: float) -> Floats:
        return mean + spread * drifting(keys(names, quantity), at.seconds, DAY_S // 4)

    season = at.season[None, :]
    return {
        "level": around("level", 2.8, 0.1),
        "turbidity": np.maximum(around("turbidity", 32.0, 5.0), 5),
        "ph": around("ph", 7.5, 0.08),
        "dissolved_oxygen": around("dissolved_oxygen", 8.0 - 1.2 * season, 0.25),
        "ammonia_nitrogen": np.maximum(around("ammonia_nitrogen", 0.35 - 0.08 * season, 0.05), 0.02),
        "codmn": around("codmn", 4.0 + 0.3 * season, 0.2),
        "conductivity": around("conductivity", 520.0, 15.0),
    }


def finished_quality(world: World, at: Moments) -> dict[str, Floats]:
    """Quality that leaves each works by quantity: shape (works, moments) each."""

    def around(quantity: str, mean: float, spread: float) -> Floats:
        return mean + spread * drifting(keys(world.works, quantity), at.seconds, 2 * 3600)

    return {
        "turbidity": np.clip(around("turbidity", 0.12, 0.015), 0.04, 0.2),
        "ph": around("ph", 7.3, 0.04),
        "free_chlorine": works_chlorine_mgl(world, at),
        "codmn": around("codmn", 1.6, 0.08),
        "ammonia_nitrogen": np.maximum(around("ammonia_nitrogen", 0.05, 0.01), 0.01),
    }
