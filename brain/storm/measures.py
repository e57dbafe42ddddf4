"""How well storms were forecast: Brier score, reliability, Nash–Sutcliffe efficiency, error and time of the peak."""

import numpy as np
import numpy.typing as npt

from brain.sewer.wells import Floats

BINS = 10
WET_HOUR_MM = 0.1
"""Less is a trace (GB/T 28592)."""


def brier(probability: Floats, came: Floats) -> float:
    """Mean of (p − o)², o being 1 where it came and 0 where not. Brier (1950), Monthly Weather Review 78."""
    return float(np.mean((probability - came) ** 2))


def reliability(probability: Floats, came: Floats) -> float:
    """How far the stated chances lie from how often it came, in ten bins: Σ n (mean p − mean o)² ÷ N.

    Murphy (1973), Journal of Applied Meteorology 12: the first part of the Brier score; 0 is perfect.
    """
    bins = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    total = 0.0
    for one in np.unique(bins):
        inside = bins == one
        total += inside.sum() * (probability[inside].mean() - came[inside].mean()) ** 2
    return float(total / len(probability))


def nash_sutcliffe(came: Floats, forecast: Floats) -> float:
    """1 − Σ (o − f)² ÷ Σ (o − mean o)²: 1 is perfect, 0 no better than the mean. NaN where nothing varied.

    Nash and Sutcliffe (1970), Journal of Hydrology 10.
    """
    varied = np.sum((came - came.mean()) ** 2)
    return float(1 - np.sum((came - forecast) ** 2) / varied) if varied > 0 else float("nan")


def peak_errors(came: Floats, forecast: Floats) -> tuple[float, float]:
    """How far the highest value was off, as a share of what came (absolute), and by how many hours its time was."""
    at, said = int(came.argmax()), int(forecast.argmax())
    return abs(float(forecast[said] / came[at]) - 1), abs(float(said - at))


def storms(rain_mm: Floats, gap_h: int, least_mm: float) -> list[tuple[int, int]]:
    """Storms of a rain record as (first hour, hour after the last): wet hours no more than `gap_h` dry ones apart that
    add up to `least_mm`.
    """
    wet: npt.NDArray[np.intp] = np.flatnonzero(rain_mm >= WET_HOUR_MM)
    if not len(wet):
        return []
    parts = np.split(wet, np.flatnonzero(np.diff(wet) > gap_h + 1) + 1)
    spans = [(int(part[0]), int(part[-1]) + 1) for part in parts]
    return [
        (first, last)
        for first, last in spans
        if rain_mm[first:last][rain_mm[first:last] >= WET_HOUR_MM].sum() >= least_mm
    ]
