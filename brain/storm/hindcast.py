"""How far the forecast was off in the last weeks had the rain been known, in dry weather by time of day, and in wet.
In wet hours bands are never drawn narrower than that; in dry ones they are that. What both held lately stretches them
(brain/storm/stretch.py).
"""

from collections.abc import Sequence

import numpy as np

from brain.demand.hours import DAY_H
from brain.sewer.network import simulate
from brain.sewer.wells import Floats, Index
from brain.storm.carried import carry, recent_errors
from brain.storm.dry_weather import DRY_MM
from brain.storm.fitting import LEADS, Fitted, columns_of, drift_of
from brain.storm.forecast import pumped_before
from brain.storm.rating import rule_of
from brain.storm.record import Record

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
LEVEL_QUANTILES = (0.1, 0.5, 0.9)
ORIGINS, APART_H = 52, 25
"""Forecasts judged, and how far apart: each at another hour of the day."""
LEAST = 20
"""Hours of a state of the weather without which it is judged by all hours."""
GROUP_H = 6
"""Leads are judged six hours together, and so are dry hours of the day: a night is quieter than a morning."""
WET = DAY_H // GROUP_H
"""The state of a wet hour; those before it are the parts of a dry day."""


def past_spread(record: Record, fitted: Fitted) -> tuple[Floats, Floats]:
    """Quantiles of what came less what was computed, by state and group of leads: inflow (states, groups, QUANTILES,

    sites; m³/h) and level (states, groups, LEVEL_QUANTILES, stations; m). 0 where nothing can be judged.
    """
    count = len(record.rain)
    origins = count - LEADS - APART_H * np.arange(ORIGINS)
    origins = origins[origins > LEADS]
    if not len(origins):
        groups, stations = LEADS // GROUP_H, len(record.network.stations)
        sites = len(record.network.sites)
        return np.zeros((WET + 1, groups, len(QUANTILES), sites)), np.zeros((WET + 1, groups, 3, stations))
    hours = origins[None, :] + np.arange(LEADS)[:, None]
    inflow, level = _forecasts(record, fitted, origins, hours)
    came = np.concatenate([record.inflow, record.influent], axis=1)[hours].transpose(0, 2, 1)
    stood = record.level[hours].transpose(0, 2, 1)
    rain, hour = record.rain, record.hours.hour
    state = np.stack([states(rain[at - LEADS : at], rain[at : at + LEADS], hour[at : at + LEADS]) for at in origins], 1)
    return _by_state(came - inflow, state, QUANTILES), _by_state(stood - level, state, LEVEL_QUANTILES)


def states(before: Floats, ahead: Floats, hour: Index) -> Index:
    """The state of each hour ahead: WET once as much fell, from the day before the forecast on, as makes a dry day wet;
    else which part of the day it is.

    Rain of the hours before and ahead, mm, and the local hours ahead, (LEADS,) each → (LEADS,).
    """
    return np.where(before.sum() + np.cumsum(ahead) >= DRY_MM, WET, hour // GROUP_H)


def _forecasts(record: Record, fitted: Fitted, origins: Index, hours: Index) -> tuple[Floats, Floats]:
    """Inflow of sites and mean level of stations, (leads, places, origins), all origins in one simulation."""
    stations = len(record.network.stations)
    computed = columns_of(record) @ np.concatenate([fitted.dry, fitted.wet])
    drift, _ = drift_of(record, record.own - computed, np.zeros_like(fitted.drift))
    carried = carry(recent_errors(record.own - computed)[origins - 1], drift[hours.T], fitted.weights)
    own = np.maximum(np.nan_to_num(computed[hours].transpose(0, 2, 1) + carried.transpose(1, 2, 0)), 0.0)
    first = np.where(np.isnan(record.last_level[origins - 1]), fitted.usual_level, record.last_level[origins - 1]).T
    before = np.stack([pumped_before(record.pumped[:origin]) for origin in origins], axis=2)
    rule = rule_of(fitted.levels, fitted.flows, record.network.wells.most_m3h())
    run = simulate(record.network, rule, own[:, :stations], 60, first, before, 60)
    return np.concatenate([run.inflow, run.influent + own[:, stations:]], axis=1), run.mean_level


def _by_state(off: Floats, state: Index, quantiles: Sequence[float]) -> Floats:
    """(leads, places, origins), states (leads, origins) → (states, groups, quantiles, places).

    Where a state was seen too little, the quantiles of all hours.
    """
    whole, found = _quantiles(off, quantiles), []
    for one in range(WET + 1):
        kept = np.where((state == one)[:, None, :], off, np.nan)
        count = np.isfinite(kept).sum(axis=2).reshape(len(kept) // GROUP_H, GROUP_H, kept.shape[1]).sum(axis=1)
        found.append(np.where((count >= LEAST)[:, None, :], _quantiles(kept, quantiles), whole))
    return np.stack(found)


def _quantiles(off: Floats, quantiles: Sequence[float]) -> Floats:
    """(leads, places, origins) → (groups, quantiles, places)."""
    leads, places, origins = off.shape
    grouped = (
        off.reshape(leads // GROUP_H, GROUP_H, places, origins)
        .transpose(0, 2, 1, 3)
        .reshape(leads // GROUP_H, places, GROUP_H * origins)
    )
    known = np.isfinite(grouped).max(axis=2)
    found = np.zeros((len(grouped), len(quantiles), places))
    for group, place in zip(*np.nonzero(known), strict=True):
        found[group, :, place] = np.nanquantile(grouped[group, place], quantiles)
    return found


def bands(members: Floats, quantiles: Sequence[float], spread: Floats, state: Index) -> Floats:
    """Quantiles of an ensemble (hours, places, members): in dry hours as far from the median as `spread` (states,

    groups, quantiles, places) says forecasts have been off, in wet ones at least so far: (quantiles, hours, places).
    """
    found = np.quantile(members, quantiles, axis=2)
    median = np.quantile(members, 0.5, axis=2)
    past = median + spread[state, np.arange(len(state)) // GROUP_H].transpose(1, 0, 2)
    own = np.where((state == WET)[:, None], found, median)
    low = np.array(quantiles)[:, None, None] < 0.5
    high = np.array(quantiles)[:, None, None] > 0.5
    wider: Floats = np.where(low, np.minimum(own, past), np.where(high, np.maximum(own, past), found))
    return wider
