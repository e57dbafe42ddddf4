"""Totalisers: what energy meters and large users' meters have counted since 2025, hour by hour."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from sample_data.demand import inflow_m3h, large_user_m3h, works_output_m3h
from sample_data.noise import Floats
from sample_data.sewage import simulate
from sample_data.supply import booster_power_kw, source_flow_m3h, source_power_kw, works_power_kw
from sample_data.times import DAY_S, HOUR_S, Moments, day_of
from sample_data.treatment import power_kw
from sample_data.world import World

FIRST_DAY = (date(2025, 1, 1) - date(1970, 1, 1)).days
"""The local day on which all totalisers stood at 0."""


def hourly_rates(world: World, at: Moments) -> dict[str, Floats]:
    """Kind of site → kW of its sites (m³/h of large users) at hourly moments: shape (sites, moments) each."""
    output = works_output_m3h(world, at)
    sewers = simulate(world, at, HOUR_S)
    return {
        "source": source_power_kw(world, source_flow_m3h(world, output)),
        "works": works_power_kw(output),
        "wwtp": power_kw(sewers.influent, sewers.rain_share),
        "booster": booster_power_kw(world, inflow_m3h(world, at)),
        "large_user": large_user_m3h(world, at),
    }


@lru_cache(maxsize=4096)
def _day_rates(world: World, day: int, offset_s: int) -> dict[str, Floats]:
    hours = day * DAY_S - offset_s + np.arange(24, dtype=np.int64) * HOUR_S + HOUR_S // 2
    return hourly_rates(world, Moments(hours, offset_s))


@lru_cache(maxsize=256)
def _month_sums(world: World, year: int, month: int, offset_s: int) -> dict[str, Floats]:
    """Kind → Σ of each of a month's days: shape (sites, days)."""
    first = (date(year, month, 1) - date(1970, 1, 1)).days
    after = date(year, month, 1) + timedelta(days=32)
    days = (after.replace(day=1) - date(year, month, 1)).days
    hours = first * DAY_S - offset_s + np.arange(24 * days, dtype=np.int64) * HOUR_S + HOUR_S // 2
    rates = hourly_rates(world, Moments(hours, offset_s))
    return {kind: rate.reshape(len(rate), days, 24).sum(axis=2) for kind, rate in rates.items()}


def counted(world: World, kind: str, at: Moments) -> Floats:
    """What the totalisers of a kind of site stand at, at whole local hours: kWh or m³, shape (sites, moments)."""
    sites = len(world.ids(kind))
    counts = np.zeros((sites, len(at.seconds)))
    for day in np.unique(at.day):
        rates = _day_rates(world, int(day), at.offset_s)[kind]
        into = np.concatenate([np.zeros((sites, 1)), np.cumsum(rates, axis=1)], axis=1)
        of_day = at.day == day
        counts[:, of_day] = _before(world, kind, int(day), at.offset_s)[:, None] + into[:, at.hour[of_day].astype(int)]
    return counts


def _before(world: World, kind: str, day: int, offset_s: int) -> Floats:
    """What was counted before a day began."""
    total = np.zeros(len(world.ids(kind)))
    first = day_of(FIRST_DAY)
    last = day_of(day)
    month = first
    while month < last:
        sums = _month_sums(world, month.year, month.month, offset_s)[kind]
        total += sums[:, : min((last - month).days, sums.shape[1])].sum(axis=1)
        month = (month + timedelta(days=32)).replace(day=1)
    return total
