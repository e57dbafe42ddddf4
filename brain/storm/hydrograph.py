"""Unit hydrographs: what an hour's rain brings to a place in the hours after it.

Each place answers rain as a sum of linear reservoirs, quick ones for roofs and streets and slow ones for ground water
(a Nash cascade of one; the RTK method of the US EPA, SSOAP toolbox, sums triangles in the same way). Their sizes are
fitted and never negative, so that more rain never brings less water. A second set counts in the cold season only,
when soil and plants take up less.
"""

import numpy as np

from brain.sewer.wells import Floats, Index

RESERVOIRS = (
    (0.5, 0), (0.5, 1), (0.5, 2), (1.5, 0), (1.5, 1), (3.0, 1), (6.0, 2), (12.0, 3), (36.0, 6), (96.0, 12), (300.0, 24),
)  # fmt: skip
"""Recession in hours, and whole hours until the rain arrives."""
MEMORY_H = 1080
"""Hours of rain that still count: three and a half of the slowest recession, but for 3 % of it."""
COLD_BELOW_C, COLD_WIDTH_C, COLD_MEMORY_H = 8.0, 2.5, 240.0
"""The cold season: half of it is there where the air of the last ten days had 8 °C."""
SLOTS = 48
"""Hours of a working day, then of a day off."""


def recede(values: Floats, recession_h: float) -> Floats:
    """A linear reservoir along the first axis: out[t] = a · out[t−1] + (1 − a) · in[t], a = exp(−1 h ÷ recession).

    Empty before the first hour; what goes in comes out whole.
    """
    keep = np.exp(-1.0 / recession_h)
    out = np.empty_like(values, dtype=np.float64)
    state = np.zeros(values.shape[1:])
    for hour, value in enumerate(values):
        state = keep * state + (1 - keep) * value
        out[hour] = state
    return out


def responses(rain_mm: Floats) -> Floats:
    """What each of RESERVOIRS lets out, mm/h: rain (hours, …) → (hours, …, reservoirs). It was dry before the first."""
    columns = []
    for recession, delay in RESERVOIRS:
        late = np.concatenate([np.zeros((delay, *rain_mm.shape[1:])), rain_mm])[: len(rain_mm)]
        columns.append(recede(late, recession))
    return np.stack(columns, axis=-1)


def cold_share(temperature_c: Floats) -> Floats:
    """How far it is the cold season, 0–1, from air temperatures (hours,); hours without one are passed over.

    0 throughout where no temperature is known.
    """
    known = ~np.isnan(temperature_c)
    if not known.any():
        return np.zeros(len(temperature_c))
    places = np.flatnonzero(known)
    whole = np.interp(np.arange(len(temperature_c)), places, temperature_c[known])
    first = float(whole[: int(COLD_MEMORY_H)].mean())
    slow = first + recede(whole - first, COLD_MEMORY_H)
    share: Floats = 1 / (1 + np.exp((slow - COLD_BELOW_C) / COLD_WIDTH_C))
    return share


def wet_columns(rain_mm: Floats, cold: Floats) -> Floats:
    """What rain brings, to be weighted by a place's sizes: rain (hours, …) and cold (hours,) → (hours, …, columns)."""
    out = responses(rain_mm)
    season = cold.reshape(-1, *([1] * (out.ndim - 1)))
    return np.concatenate([out, out * season], axis=-1)


def dry_columns(slot: Index, cold: Floats) -> Floats:
    """The dry-weather pattern, to be weighted: slots (hours,) 0–47 and cold (hours,) → (hours, SLOTS + 1)."""
    pattern = np.zeros((len(slot), SLOTS + 1))
    pattern[np.arange(len(slot)), slot] = 1.0
    pattern[:, SLOTS] = cold
    return pattern
