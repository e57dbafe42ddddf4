"""Rain and temperature: showers by chance, storms by plan; and what a forecast issued earlier said of them."""

import numpy as np

from sample_data.events import events
from sample_data.noise import Floats, Ints, drifting, key, keys, normal, uniform
from sample_data.times import DAY_S, HOUR_S, Moments

WET_DAYS = 0.2
"""Share of the days with a shower."""
SHOWER_MM = 6.0
_RAIN = np.array([key("rain")])
_MEMORY_H = 120
"""Hours after which rain is forgotten by the ground."""
FAST_H, SLOW_H = 1.5, 22.0
"""Recession of what runs off the surface and of what seeps in."""


def rain_mmh(at: Moments) -> Floats:
    """Mean rain over the area, mm/h, shape (moments,)."""
    days, place = np.unique(at.day, return_inverse=True)
    chance, amount, start, length = (uniform(_RAIN ^ np.uint64(turn), days)[0] for turn in (11, 12, 13, 14))
    wet = chance < WET_DAYS
    total = np.minimum(-SHOWER_MM * np.log1p(-amount * 0.999), 22.0)
    hours = 3 + 5 * length
    begins = start * (24 - hours)
    into = (at.hour - begins[place]) / hours[place]
    rate = np.where(wet[place] & (into >= 0) & (into < 1), total[place] / hours[place] * _hump(into), 0.0)
    return rate + _storms(at)


def _hump(into: Floats) -> Floats:
    """A rise and a fall over 0–1 with mean 1."""
    return 2.0 * np.sin(np.pi * np.clip(into, 0, 1)) ** 2


def _storms(at: Moments) -> Floats:
    rate = np.zeros(len(at.seconds))
    for storm in events("storm"):
        into = storm.elapsed_h(at) / storm.hours
        rate += storm.active(at) * storm.detail["mm"] / storm.hours * _hump(into)
    return rate


def gauge_mmh(at: Moments, gauges: list[str]) -> Floats:
    """Rain at each gauge, mm/h: shape (gauges, moments); the mean over the gauges is about that of the area."""
    local = 1 + 0.25 * drifting(keys(gauges, "gauge"), at.seconds, 3 * HOUR_S)
    return np.clip(local, 0.3, 1.7) * rain_mmh(at)[None, :]


def ground_water(at: Moments) -> tuple[Floats, Floats]:
    """What the rain of the last days still brings, as (fast, slow), in mm/h: shape (moments,) each.

    The hourly rain with exponential recessions of 1.5 and 22 hours, each of weight 1.
    """
    first = int(at.seconds[0]) // HOUR_S * HOUR_S - _MEMORY_H * HOUR_S
    hours = np.arange(first, int(at.seconds[-1]) + 2 * HOUR_S, HOUR_S, dtype=np.int64)
    hourly = rain_mmh(Moments(hours + HOUR_S // 2, at.offset_s))
    lag = np.arange(_MEMORY_H)
    answers = []
    for recession in (FAST_H, SLOW_H):
        kernel = np.exp(-lag / recession)
        spread = np.convolve(hourly, kernel / kernel.sum())[: len(hours)]
        answers.append(np.interp(at.seconds, hours + HOUR_S, spread))
    return answers[0], answers[1]


def temperature_c(at: Moments) -> Floats:
    """Air temperature, °C, shape (moments,)."""
    daily = -np.cos(2 * np.pi * (at.hour - 3) / 24)
    return 16.5 + 12 * at.season + 3.2 * daily + 1.5 * drifting(np.array([key("air")]), at.seconds, DAY_S)[0]


def water_c(at: Moments) -> Floats:
    """Temperature of river and sewage, °C: the air's, smoothed and three weeks late."""
    return 17.5 + 9 * at.shifted(-21 * DAY_S).season


def forecast_mm(issued_s: int, valid: Ints, offset_s: int) -> Floats:
    """Rain of the hours that begin at `valid` as forecast at `issued_s`, mm; the further ahead, the worse."""
    ahead_h = (valid - issued_s) / HOUR_S
    of = np.array([key("forecast", issued_s)])
    late_s = np.round(normal(of, np.array([0], dtype=np.int64))[0, 0] * 0.05 * ahead_h * HOUR_S).astype(np.int64)
    true = rain_mmh(Moments(valid + late_s + HOUR_S // 2, offset_s))
    factor = np.exp(0.02 * np.sqrt(np.maximum(ahead_h, 0)) * 3 * normal(of ^ np.uint64(7), valid // HOUR_S)[0])
    return np.round(true * factor, 1)
