"""Sewage works: what comes in, diluted by rain, and what goes out."""

import numpy as np

from sample_data.energy import AERATION_KWH_M3, SEWAGE_WORKS_BASE_KW
from sample_data.events import events
from sample_data.noise import Floats, drifting, keys
from sample_data.times import Moments
from sample_data.world import World

INFLUENT_MGL = {
    "cod": 265.0, "ammonia_nitrogen": 27.0, "total_nitrogen": 36.0, "total_phosphorus": 4.1, "suspended_solids": 175.0,
    "bod5": 128.0,
}  # fmt: skip
"""Mean concentrations of dry days."""
EFFLUENT_MGL = {
    "cod": 17.5, "ammonia_nitrogen": 0.35, "total_nitrogen": 7.2, "total_phosphorus": 0.14, "suspended_solids": 5.0,
    "bod5": 3.0,
}  # fmt: skip
STAYS = 0.985
"""Of the influent that leaves as effluent; the rest goes with the sludge."""
_SLOW_S = 4 * 3600


def influent_quality(world: World, at: Moments, rain_share: Floats) -> dict[str, Floats]:
    """Concentrations in each works' influent, mg/L (pH without unit): rain dilutes. Shape (works, moments) each."""
    names = world.sewage_works
    quality = {
        quantity: mean
        * (1 - 0.85 * rain_share)[None, :]
        * (1 + 0.05 * drifting(keys(names, f"in {quantity}"), at.seconds, _SLOW_S))
        for quantity, mean in INFLUENT_MGL.items()
    }
    return quality | {"ph": 7.3 + 0.05 * drifting(keys(names, "in ph"), at.seconds, _SLOW_S)}


def effluent_quality(world: World, at: Moments) -> dict[str, Floats]:
    """Concentrations in each works' effluent, mg/L (pH without unit): shape (works, moments) each."""
    names = world.sewage_works
    quality = {
        quantity: mean * (1 + 0.06 * drifting(keys(names, f"out {quantity}"), at.seconds, _SLOW_S))
        for quantity, mean in EFFLUENT_MGL.items()
    }
    for miss in events("effluent_near_miss"):
        if miss.site_id in names:
            quality["cod"][names.index(miss.site_id)] += miss.detail["cod"] * miss.active(at)
    return quality | {"ph": 7.1 + 0.04 * drifting(keys(names, "out ph"), at.seconds, _SLOW_S)}


def hub_quality(world: World, stations: list[str], at: Moments) -> dict[str, Floats]:
    """Sewage in the wells of hubs: cod, ammonia_nitrogen (mg/L), ph: shape (stations, moments) each."""

    def around(quantity: str, mean: float, spread: float) -> Floats:
        return mean + spread * drifting(keys(stations, f"hub {quantity}"), at.seconds, 3600)

    quality = {
        "cod": around("cod", 285.0, 18.0),
        "ammonia_nitrogen": around("ammonia_nitrogen", 29.0, 1.8),
        "ph": around("ph", 7.4, 0.08),
    }
    for discharge in events("industrial_discharge"):
        if discharge.site_id in stations:
            one, active = stations.index(discharge.site_id), discharge.active(at)
            quality["cod"][one] += discharge.detail["cod"] * active
            quality["ph"][one] += discharge.detail["ph"] * active
    return quality


def power_kw(influent: Floats, rain_share: Floats) -> Floats:
    """Power of each works, kW: blowers follow the load, which rain does not add to. Shape (works, moments)."""
    load = influent * (1 - np.minimum(rain_share, 0.5))[None, :]
    return SEWAGE_WORKS_BASE_KW + AERATION_KWH_M3 * load
