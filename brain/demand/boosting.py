"""Gradient boosting of how far demand will lie from the usual: one model for the first day, one for the days after.

Twice: from the usual of the last weeks, and from that of the last months; what they say is averaged. Each errs where
its usual does, and seldom both (Bates and Granger 1969, The combination of forecasts).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import lightgbm
import numpy as np

from brain.demand.features import FAR, NEAR, Demand
from brain.demand.hours import DAY_H, Floats, Ints

AHEAD_H = 168
VIEWS = (NEAR, FAR)
LEADS = (np.arange(DAY_H), np.arange(DAY_H, AHEAD_H))
"""Hours ahead that each of the two models forecasts."""
LATER_LEADS = 36
"""Of the later hours, how many of each origin are learnt from."""
NEEDS_H = 35 * DAY_H
"""Hours before an origin from which on the usual is known."""


@dataclass(frozen=True)
class Size:
    """How much is learnt: trees of each model, and origins so many hours apart back from the end of what is known."""

    trees: int
    every_h: int


def origins(demand: Demand, end: int, every_h: int) -> list[int]:
    """Origins whose whole week lies before hour `end`, oldest first."""
    return list(range(end - AHEAD_H, NEEDS_H, -every_h))[::-1]


def fit(demand: Demand, end: int, size: Size, seed: int = 1) -> list[list[str]]:
    """For each of VIEWS the two models as text, from the hours before `end`."""
    return [_fit(replace(demand, view=view), end, size, seed) for view in VIEWS]


def predict(models: Sequence[Sequence[str]], demand: Demand, at: Sequence[int]) -> Floats:
    """What each series will be, in sizes, the mean of the views: shape (origins, series, 168)."""
    views = [replace(demand, view=view) for view in VIEWS]
    return np.mean([_predict(pair, view, at) for pair, view in zip(models, views, strict=True)], axis=0)


def _fit(demand: Demand, end: int, size: Size, seed: int) -> list[str]:
    """The target is (value − usual) ÷ size of the series, so that all series teach one model; its median is sought
    (absolute error), since a burst should not move it. Splits are drawn by chance (Geurts, Ernst and Wehenkel 2006,
    Extremely randomized trees).
    """
    options = {
        "objective": "l1",
        "extra_trees": True,
        "learning_rate": 0.12,
        "num_leaves": 48,
        "max_bin": 63,
        "min_data_in_leaf": 60,
        "feature_fraction": 0.8,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }
    chance = np.random.default_rng(seed)
    models = []
    for leads in LEADS:
        told, off = _rows(demand, origins(demand, end, size.every_h), leads, chance)
        data = lightgbm.Dataset(told, off, categorical_feature=[0], free_raw_data=True)
        models.append(lightgbm.train(options, data, size.trees).model_to_string())
    return models


def _predict(models: Sequence[str], demand: Demand, at: Sequence[int]) -> Floats:
    """What one view says, in sizes: shape (origins, series, 168)."""
    parts = []
    for model, leads in zip(models, LEADS, strict=True):
        told = np.stack([demand.at(origin, leads) for origin in at])
        shape = (len(at), *told.shape[2:])
        flat = told.transpose(0, 2, 3, 1).reshape(-1, told.shape[1])
        off = np.asarray(lightgbm.Booster(model_str=model).predict(flat, num_threads=1), dtype=np.float64)
        usual = np.stack([demand.usual[:, origin + leads] for origin in at])
        parts.append(off.reshape(shape) + usual / demand.scale[:, None])
    return np.concatenate(parts, axis=2)


def _rows(demand: Demand, at: Sequence[int], leads: Ints, chance: np.random.Generator) -> tuple[Floats, Floats]:
    """Features and targets of all origins, without the hours of which nothing came."""
    told, off = [], []
    for origin in at:
        chosen = leads if len(leads) <= LATER_LEADS else np.sort(chance.choice(leads, LATER_LEADS, replace=False))
        rows = demand.at(origin, chosen)
        came = demand.off[:, origin + chosen].ravel()
        there = ~np.isnan(came)
        told.append(rows.reshape(len(rows), -1).T[there].astype(np.float32))
        off.append(came[there])
    return np.concatenate(told), np.concatenate(off)
