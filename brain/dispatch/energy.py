"""What pumping uses and costs: energy from the machines' ratings, prices from the tariff's periods."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl

from brain.sewer.wells import Floats, Index
from data_sources.utility import Utility
from metrics import tariff

DENSITY, GRAVITY = 1000.0, 9.81
"""kg/m³ and m/s²."""
J_PER_KWH = 3.6e6


def efficiency(flow_m3h: float, head_m: float, power_kw: float) -> float:
    """From the grid to the water at a pump's rated point: η = ρ g Q H ÷ P."""
    return DENSITY * GRAVITY * flow_m3h / 3600 * head_m / (1000 * power_kw)


def kwh_per_m3(head_m: float, share: float) -> float:
    """Energy to lift a m³ by `head_m` at an efficiency of `share`: E = ρ g V H ÷ η (Karassik et al., Pump Handbook).

    The rated head stands for static lift and friction together: what a main with few pumps on saves in friction is
    left out, so energy differs between two plans by the volume they move, and cost also by when they move it.
    """
    return DENSITY * GRAVITY * head_m / share / J_PER_KWH


def station_kwh_per_m3(machines: pl.DataFrame, stations: Sequence[str]) -> Floats:
    """What each station uses for a m³, the mean over its rated pumps weighted by their flow.

    A station none of whose pumps has flow, head and power is taken as the mean of the others; with none at all, 0.
    """
    rated = machines.filter(
        (pl.col("kind") == "pump")
        & (pl.col("rated_flow_m3h") > 0)
        & (pl.col("rated_head_m") > 0)
        & (pl.col("rated_kw") > 0)
    )
    used: dict[str, list[tuple[float, float]]] = {}
    for site, flow, head, power in rated.select("site_id", "rated_flow_m3h", "rated_head_m", "rated_kw").iter_rows():
        used.setdefault(site, []).append((flow, kwh_per_m3(head, efficiency(flow, head, power))))
    known = {site: float(np.average([e for _, e in one], weights=[q for q, _ in one])) for site, one in used.items()}
    mean = float(np.mean([known[one] for one in stations if one in known] or [0.0]))
    return np.array([known.get(one, mean) for one in stations], dtype=np.float64)


def onward_kwh_per_m3(own: Floats, to: Index) -> Floats:
    """What lifts a m³ from each station all the way to the works: its own pumps' energy and that of those below it.

    `to` is the place of the next station, negative where a works is next.
    """
    found, below = own.copy(), to
    while (below >= 0).any():
        found = found + np.where(below >= 0, own[below], 0.0)
        below = np.where(below >= 0, to[below], below)
    return found


def prices(utility: Utility, moments: Sequence[datetime]) -> Floats:
    """Price of a kWh at each moment as in metrics.tariff; 0 where there is no tariff."""
    return np.array([price or 0.0 for price in tariff.prices(utility, moments)], dtype=np.float64)
