"""Everything fitted for the storm question, as JSON holds it and as arrays: what each place answers rain with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from brain.sewer.wells import Floats
from brain.storm.carried import carry, fit_carry, recent_errors, slot_drift
from brain.storm.dry_weather import is_dry
from brain.storm.hydrograph import SLOTS, dry_columns, wet_columns
from brain.storm.rating import fit_rating
from brain.storm.record import Record
from brain.storm.sizes import fit_sizes

LEADS = 24
PATHS = 60
"""Error paths kept of dry hours."""
WET_DAY_MM = 5.0
LEAST_STORMS = 8
DEFAULT_RATIO_SPREAD = 0.3
"""[house] Spread of the log ratio of runoff that came to runoff computed, where fewer wet days are on record."""
RATIO_BOUNDS = (0.3, 3.0)


@dataclass(frozen=True)
class Fitted:
    """What a place is forecast with; places are stations, then works.

    `dry` (SLOTS + 1, places) and `wet` (columns, places) are the sizes of `hydrograph`'s columns, m³/h (per mm/h);
    `drift` (SLOTS, places) is how far the pattern had moved; `weights` (leads, places, windows + 1) carries error and
    drift forward; `paths` (paths, leads, places) are errors left
    in dry hours, m³/h; `ratios` (storms, places) runoff that came ÷ runoff computed; `levels` and `flows` (stations,
    knots) the pumps' rating; `usual_level` (stations,) the median level, m.
    """

    dry: Floats
    wet: Floats
    drift: Floats
    weights: Floats
    paths: Floats
    ratios: Floats
    levels: Floats
    flows: Floats
    usual_level: Floats

    def as_json(self, sites: tuple[str, ...]) -> dict[str, Any]:
        """Lists, rounded to what matters, under the names of the places."""
        rounded = {name: np.round(getattr(self, name), 4).tolist() for name in self.__dataclass_fields__}
        return {"sites": list(sites), **rounded}


def fitted_of(state: Mapping[str, Any], sites: tuple[str, ...]) -> Fitted | None:
    """What `as_json` made, or None where it was made for other sites."""
    if tuple(state.get("sites", ())) != sites:
        return None
    return Fitted(**{name: np.array(state[name], dtype=np.float64) for name in Fitted.__dataclass_fields__})


def fit(record: Record) -> Fitted:
    """Fit everything to a record. A place with too few hours gets sizes of NaN."""
    columns = columns_of(record)
    sizes = fit_sizes(columns, record.own)
    error = record.own - columns @ sizes
    known, drift = drift_of(record, error, np.zeros((SLOTS, error.shape[1])))
    weights = fit_carry(error, known, LEADS)
    stations = len(record.network.stations)
    levels, flows = fit_rating(record.level, record.pumped, record.network.wells)
    return Fitted(
        sizes[: SLOTS + 1],
        sizes[SLOTS + 1 :],
        np.nan_to_num(drift),
        weights,
        _dry_paths(record, error, known, weights),
        _storm_ratios(record, columns, sizes),
        levels,
        flows,
        np.array([np.nanmedian(one) if not np.isnan(one).all() else np.nan for one in record.level.T[:stations]]),
    )


def drift_of(record: Record, error: Floats, first: Floats) -> tuple[Floats, Floats]:
    """How far the pattern had moved before each hour, (hours, places), and after the last, (SLOTS, places)."""
    return slot_drift(error, record.slot, is_dry(record.rain), first)


def columns_of(record: Record) -> Floats:
    """Dry and wet columns of each hour of a record: (hours, columns)."""
    dry, wet = dry_columns(record.slot, record.cold), wet_columns(record.rain, record.cold)
    return np.concatenate([dry, wet], axis=1)


def _dry_paths(record: Record, error: Floats, drift: Floats, weights: Floats) -> Floats:
    """What was left of the error in the 24 hours after dry moments, spread over the record; 0 where unknown."""
    fallen = np.concatenate([[0.0], np.cumsum(record.rain)])
    count = len(error)
    origins = np.arange(LEADS, count - LEADS)
    dry = origins[fallen[origins + LEADS] - fallen[origins - LEADS] < 0.5]
    if not len(dry):
        return np.zeros((1, LEADS, error.shape[1]))
    chosen = dry[np.linspace(0, len(dry) - 1, PATHS).astype(np.int64)]
    recent = recent_errors(error)
    paths = [error[at : at + LEADS] - carry(recent[at - 1], drift[at : at + LEADS], weights) for at in chosen]
    return np.nan_to_num(np.stack(paths))


def _storm_ratios(record: Record, columns: Floats, sizes: Floats) -> Floats:
    """For each wet day what it brought beyond dry weather ÷ what was computed; by chance where wet days are too few."""
    dry, wet = (columns[:, part] @ sizes[part] for part in (slice(SLOTS + 1), slice(SLOTS + 1, None)))
    found = []
    for start in range(0, len(columns) - LEADS, LEADS):
        hours = slice(start, start + LEADS)
        if record.rain[hours].sum() >= WET_DAY_MM:
            known = ~np.isnan(record.own[hours])
            came = np.where(known, record.own[hours] - dry[hours], 0.0).sum(axis=0)
            computed = np.where(known, wet[hours], 0.0).sum(axis=0)
            found.append(np.divide(came, computed, out=np.ones_like(came), where=computed > 0))
    if len(found) < LEAST_STORMS:
        chance = np.random.default_rng(0).standard_normal((PATHS, 1))
        found = list(np.repeat(np.exp(DEFAULT_RATIO_SPREAD * chance), sizes.shape[1], axis=1))
    return np.clip(np.nan_to_num(np.stack(found), nan=1.0), *RATIO_BOUNDS)
