"""How far the forecast was off in the last weeks had the rain been known, in dry weather and in wet apart: bands are
never drawn narrower than that.
"""

from collections.abc import Sequence

import numpy as np

from brain.sewer.network import simulate
from brain.sewer.wells import Bools, Floats, Index
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
"""Leads are judged six hours together."""


def past_spread(record: Record, fitted: Fitted) -> tuple[Floats, Floats]:
    """Quantiles of what came less what was computed, dry then wet, by group of leads: inflow (2, groups, QUANTILES,

    sites; m³/h) and level (2, groups, LEVEL_QUANTILES, stations; m). 0 where nothing can be judged.
    """
    count = len(record.rain)
    origins = count - LEADS - APART_H * np.arange(ORIGINS)
    origins = origins[origins > LEADS]
    if not len(origins):
        groups, stations = LEADS // GROUP_H, len(record.network.stations)
        return np.zeros((2, groups, len(QUANTILES), len(record.network.sites))), np.zeros((2, groups, 3, stations))
    hours = origins[None, :] + np.arange(LEADS)[:, None]
    inflow, level = _forecasts(record, fitted, origins, hours)
    came = np.concatenate([record.inflow, record.influent], axis=1)[hours].transpose(0, 2, 1)
    stood = record.level[hours].transpose(0, 2, 1)
    wet = np.stack([is_wet(record.rain[at - LEADS : at], record.rain[at : at + LEADS]) for at in origins], axis=1)
    return _by_state(came - inflow, wet, QUANTILES), _by_state(stood - level, wet, LEVEL_QUANTILES)


def is_wet(before: Floats, ahead: Floats) -> Bools:
    """Which hours ahead are wet: from the day before the forecast up to them as much fell as makes a dry day a wet one.

    Rain of the hours before and ahead, mm, (LEADS,) each → (LEADS,).
    """
    wet: Bools = before.sum() + np.cumsum(ahead) >= DRY_MM
    return wet


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


def _by_state(off: Floats, wet: Bools, quantiles: Sequence[float]) -> Floats:
    """(leads, places, origins), which of them are wet (leads, origins) → (2, groups, quantiles, places).

    Where a state was seen too little, the quantiles of all hours.
    """
    whole, found = _quantiles(off, quantiles), []
    for state in (False, True):
        kept = np.where((wet == state)[:, None, :], off, np.nan)
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


def at_least(members: Floats, quantiles: Sequence[float], spread: Floats, wet: Bools) -> Floats:
    """Quantiles of an ensemble (hours, places, members), each as far from the median as `spread` (2, groups, quantiles,

    places) says forecasts have been off in dry or in `wet` hours (hours,): (quantiles, hours, places). They rise.
    """
    found = np.quantile(members, quantiles, axis=2)
    median = np.quantile(members, 0.5, axis=2)
    past = median + spread[wet.astype(np.int64), np.arange(len(wet)) // GROUP_H].transpose(1, 0, 2)
    low = np.array(quantiles)[:, None, None] < 0.5
    high = np.array(quantiles)[:, None, None] > 0.5
    wider: Floats = np.where(low, np.minimum(found, past), np.where(high, np.maximum(found, past), found))
    return wider
