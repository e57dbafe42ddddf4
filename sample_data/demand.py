"""What people and industry take, m³/h: by hour, weekday, season and holiday; leakage and bursts on top."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from sample_data.events import events
from sample_data.noise import Floats, drifting, keys, uniform
from sample_data.times import HOUR_S, Moments
from sample_data.world import World

HOUSEHOLD_LH = 15.0
"""Mean household use of a connection, L/h."""
COMMERCIAL_LH = 3.5
"""Mean use of shops and offices for each connection, L/h."""
LEAKAGE_LH = (0.8, 1.3)
"""Leakage inside a zone for each connection, L/h: constant, each zone its own."""
UNBILLED_SHARE = 0.012
"""Of what is used: read, but not billed (fire brigade, parks, own use)."""
MAINS_LOSS_SHARE = 0.07
"""Lost between works and zones, as a share of what the zones and the users outside take."""


def _bump(hour: Floats, at: float, width: float) -> Floats:
    away = np.abs(hour - at)
    return np.exp(-((np.minimum(away, 24 - away) / width) ** 2))


def _household(hour: Floats) -> Floats:
    shape = 0.02 + 0.9 * _bump(hour, 7.5, 1.6) + 0.55 * _bump(hour, 12, 2) + _bump(hour, 19.5, 2.3)
    return shape + 0.35 * _bump(hour, 15.5, 3)


def _commercial(hour: Floats) -> Floats:
    return 0.08 + _bump(hour, 10, 2.6) + 0.9 * _bump(hour, 15.5, 3)


_DAY_HOURS = np.arange(0, 24, 0.05)
_HOUSEHOLD_MEAN = float(_household(_DAY_HOURS).mean())
_COMMERCIAL_MEAN = float(_commercial(_DAY_HOURS).mean())


def household_m3h(world: World, at: Moments) -> Floats:
    """Households, m³/h: shape (zones, moments)."""
    week = np.where(at.weekday >= 5, 1.06, 0.976)
    base = _household(at.hour) / _HOUSEHOLD_MEAN * week * (1 + 0.09 * at.season) * (1 - 0.04 * at.is_holiday)
    own = 1 + 0.03 * drifting(keys(world.zones, "household"), at.seconds)
    return world.connections[:, None] * HOUSEHOLD_LH / 1000 * base[None, :] * own


def commercial_m3h(world: World, at: Moments) -> Floats:
    """Shops, offices, schools, m³/h: shape (zones, moments)."""
    week = np.where(at.weekday >= 5, 0.75, 1.1) * (1 - 0.3 * at.is_holiday)
    base = _commercial(at.hour) / _COMMERCIAL_MEAN * week * (1 + 0.06 * at.season)
    own = 1 + 0.04 * drifting(keys(world.zones, "commercial"), at.seconds)
    return world.connections[:, None] * COMMERCIAL_LH / 1000 * base[None, :] * own


def large_user_m3h(world: World, at: Moments) -> Floats:
    """Each large user, m³/h: shape (users, moments)."""
    of = keys(world.large_users, "large")
    size = 40 + 60 * uniform(of, np.array([0], dtype=np.int64))
    shift = 0.85 + 0.25 * np.sin(np.pi * np.clip((at.hour - 6) / 16, 0, 1))
    rest = np.where(at.weekday == 6, 0.9, 1.0) * (1 - 0.35 * at.is_holiday)
    return size * (shift * rest)[None, :] * (1 + 0.03 * drifting(of, at.seconds))


def leakage_m3h(world: World, at: Moments) -> Floats:
    """Leakage and bursts in each zone, m³/h: shape (zones, moments)."""
    low, high = LEAKAGE_LH
    each = low + (high - low) * uniform(keys(world.zones, "leakage"), np.array([0], dtype=np.int64))
    leaks = np.repeat(world.connections[:, None] * each / 1000, len(at.seconds), axis=1)
    for burst in events("burst"):
        if burst.site_id in world.zones:
            leaks[world.zones.index(burst.site_id)] += burst.detail["m3h"] * burst.active(at)
    return leaks


def used_m3h(world: World, at: Moments) -> Floats:
    """All that is used inside each zone, large users too, m³/h: shape (zones, moments)."""
    used = household_m3h(world, at) + commercial_m3h(world, at)
    inside = world.zone_of_user >= 0
    np.add.at(used, world.zone_of_user[inside], large_user_m3h(world, at)[inside])
    return used


def inflow_m3h(world: World, at: Moments) -> Floats:
    """What enters each zone = used (billed and unbilled) + leakage, m³/h: shape (zones, moments)."""
    return used_m3h(world, at) + leakage_m3h(world, at)


def works_output_m3h(world: World, at: Moments) -> Floats:
    """What leaves each works = its zones' inflow + the users outside (a share each) + mains loss: (works, moments)."""
    output = np.zeros((len(world.works), len(at.seconds)))
    np.add.at(output, world.works_of_zone, inflow_m3h(world, at))
    outside = large_user_m3h(world, at)[world.zone_of_user < 0].sum(axis=0)
    return (output + outside[None, :] / len(world.works)) * (1 + MAINS_LOSS_SHARE)


@lru_cache(maxsize=256)
def month_m3(world: World, month: date) -> dict[str, Floats]:
    """A month's volumes by zone, m³, from hourly values: household, commercial, industrial (its large users), leakage;
    and `outside` (all users outside the zones) and `works` (all works' output), one number each.
    """
    after = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    start, end = (world.utility.day_start(day) for day in (month.replace(day=1), after))
    seconds = np.arange(int(start.timestamp()), int(end.timestamp()), HOUR_S, dtype=np.int64) + HOUR_S // 2
    offset = start.astimezone(world.utility.zone).utcoffset()
    at = Moments(seconds, int(offset.total_seconds()) if offset else 0)
    large = large_user_m3h(world, at).sum(axis=1)
    industrial = np.zeros(len(world.zones))
    inside = world.zone_of_user >= 0
    np.add.at(industrial, world.zone_of_user[inside], large[inside])
    return {
        "household": household_m3h(world, at).sum(axis=1),
        "commercial": commercial_m3h(world, at).sum(axis=1),
        "industrial": industrial,
        "leakage": leakage_m3h(world, at).sum(axis=1),
        "outside": large[~inside].sum(keepdims=True),
        "works": works_output_m3h(world, at).sum(keepdims=True).reshape(1),
    }
