"""The demand method whole: what is fitted (models, sizes, bands), and from it medians with bands and day totals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from brain.demand import boosting
from brain.demand.bands import hourly_bands, quantiles_of_errors, spread
from brain.demand.boosting import AHEAD_H, NEEDS_H, Size
from brain.demand.features import Demand
from brain.demand.hours import DAY_H, Floats, Ints

CALIBRATION_D = 28
"""Days held back from learning, on which the bands are measured."""
LEAST_D = 21
"""Days of origins without which nothing is learnt."""


def least_h(size: Size) -> int:
    """Hours of history that a fit needs."""
    return NEEDS_H + AHEAD_H * 2 + (CALIBRATION_D + LEAST_D) * DAY_H + size.every_h


def train(demand: Demand, end: int, size: Size) -> dict[str, Any]:
    """What JSON can hold of a fit on the hours before `end`: the models of all of them, and bands that a second pair
    of models, which never saw the last 28 days, gave on those days.
    """
    start = end - CALIBRATION_D * DAY_H - AHEAD_H
    held_back = boosting.fit(_until(demand, start), start, size)
    at = list(range(start, end - AHEAD_H + 1, DAY_H))
    errors = _errors(demand, at, boosting.predict(held_back, demand, at))
    target = np.asarray(at)[:, None] + np.arange(AHEAD_H)
    return {
        "models": boosting.fit(demand, end, size),
        "scale": demand.scale.tolist(),
        "bands": hourly_bands(errors, demand.hours.hour[target], demand.hours.day[target]).tolist(),
        "day_bands": day_bands(errors, target, demand).tolist(),
    }


def stretched(state: Mapping[str, Any], factors: Floats) -> dict[str, Any]:
    """The state with its bands this much wider: (2,) for the first day and the later ones; totals as those."""
    bands = np.asarray(state["bands"]) * factors[:, None, None]
    return {**state, "bands": bands, "day_bands": np.asarray(state["day_bands"]) * factors[1]}


def forecast(state: Mapping[str, Any], demand: Demand, origin: int) -> Floats:
    """Quantiles of each series for the 168 hours from `origin` on: shape (series, 168, quantiles), in its unit.

    `demand` has the scale that was fitted.
    """
    ahead = origin + np.arange(AHEAD_H)
    median = boosting.predict(state["models"], demand, [origin])[0]
    quantiles = spread(median, np.asarray(state["bands"]), demand.hours.hour[ahead])
    return np.maximum(quantiles * demand.scale[:, None, None], 0.0)


def day_totals(
    state: Mapping[str, Any], demand: Demand, medians: Floats, days: Ints, whole: Sequence[int]
) -> dict[int, Floats]:
    """Day → quantiles of its total, shape (series, quantiles), of the `whole` ones; `days` is each median's."""
    bands, scale = np.asarray(state["day_bands"]), demand.scale[:, None]
    return {
        day: np.maximum(medians[:, days == day].sum(axis=1)[:, None] + bands * scale * (days == day).sum(), 0.0)
        for day in whole
    }


def day_bands(errors: Floats, target: Ints, demand: Demand) -> Floats:
    """Errors of the mean over the local days that lie ahead whole, as quantiles: shape (series, quantiles)."""
    found, of_days = [], []
    for number, row in enumerate(demand.hours.day[target]):
        for day in np.unique(row):
            place = row == day
            if place.sum() == (demand.hours.day == day).sum():
                found.append(day)
                of_days.append(errors[number][:, place].mean(axis=1))
    overlap_d = (target.shape[1] - 1) // DAY_H
    return np.array([quantiles_of_errors(of_one, np.array(found), overlap_d) for of_one in np.array(of_days).T])


def _errors(demand: Demand, at: list[int], said: Floats) -> Floats:
    """What came less what was forecast, in sizes: shape (origins, series, leads)."""
    return np.stack([demand.values[:, origin : origin + AHEAD_H] for origin in at]) / demand.scale[:, None] - said


def _until(demand: Demand, end: int) -> Demand:
    """The same demand without what came from hour `end` on."""
    known = np.where(np.arange(demand.hours.count) < end, demand.values, np.nan)
    return replace(demand, values=known)
