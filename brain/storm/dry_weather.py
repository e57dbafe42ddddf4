"""The baseline: the curve of a dry day, as if no rain fell."""

from collections.abc import Sequence

import numpy as np

from brain.demand.hours import Hours
from brain.sewer.wells import Bools, Floats
from brain.storm.hydrograph import SLOTS
from brain.storm.record import Record, slots

DRY_MM = 1.0
"""An hour is of dry weather where less than this fell in the day up to its end."""


def is_dry(rain_mm: Floats) -> Bools:
    """Which hours are of dry weather: (hours,). All are where none is."""
    fallen = np.concatenate([[0.0], np.cumsum(rain_mm)])
    hours = np.arange(1, len(fallen))
    dry: Bools = fallen[hours] - fallen[np.maximum(hours - 24, 0)] < DRY_MM
    return dry if dry.any() else np.ones(len(dry), dtype=bool)


def dry_curve(record: Record, values: Floats, hours: Hours, quantiles: Sequence[float]) -> Floats:
    """For each of `hours` the median of its slot's dry hours on record, moved by the quantiles of what those were off.

    values (hours of the record, places) → (quantiles, hours, places); a slot never seen dry takes the place's median.
    """
    dry = is_dry(record.rain)[:, None] & ~np.isnan(values)
    kept, slot = np.where(dry, values, np.nan), record.slot
    curve = np.full((SLOTS, values.shape[1]), np.nan)
    known = dry.any(axis=0)
    curve[:, known] = np.nanmedian(kept[:, known], axis=0)
    for one in range(SLOTS):
        seen = dry[slot == one].any(axis=0)
        curve[one, seen] = np.nanmedian(kept[slot == one][:, seen], axis=0)
    off = kept - curve[slot]
    moved = np.full((len(quantiles), values.shape[1]), np.nan)
    moved[:, known] = np.nanquantile(off[:, known], quantiles, axis=0)
    return curve[slots(hours)][None] + moved[:, None, :]


def share_of_days_at(highest: Floats, alarm_level: Floats) -> Floats:
    """How often 24 hours in a row reached the alarm level: (hours, stations) → (stations,), NaN where unknown."""
    reached = np.where(np.isnan(highest), np.nan, highest >= alarm_level)
    starts = np.arange(0, len(highest) - 23)
    found = np.full(highest.shape[1], np.nan)
    for station in range(highest.shape[1]):
        known = ~np.isnan(reached[:, station])
        hits = np.concatenate([[0.0], np.cumsum(np.where(known, reached[:, station], 0.0))])
        seen = np.concatenate([[0], np.cumsum(known)])
        whole = seen[starts + 24] - seen[starts] >= 12 if len(starts) else np.zeros(0, dtype=bool)
        if whole.any():
            found[station] = (hits[starts + 24] - hits[starts] > 0)[whole].mean()
    return found
