"""What was billed, month by month, and the water balance that follows: inflow = billed + unbilled + leakage."""

from datetime import date, datetime, timedelta

import polars as pl

from data_sources.utility import Utility
from sample_data.demand import UNBILLED_SHARE, month_m3
from sample_data.dice import frame
from sample_data.generate import world_of
from sample_data.world import World

PUBLIC_SHARE = 0.3
"""Of what shops and offices take, the part of schools, hospitals and authorities."""
PRICE_CNY = {"household": 3.15, "commercial": 4.9, "industrial": 4.6, "public": 4.1}
HOUSEHOLD_SHARE = 0.58
"""Of the supply that is read at the tap of a household."""
MAINS_KM = 865.0


def months(utility: Utility, start: datetime, end: datetime) -> list[date]:
    """Months that were over in [start, end): a month's rows exist from its end."""
    month, found = utility.day_of(start).replace(day=1) - timedelta(days=1), []
    month = month.replace(day=1)
    while utility.month_end(month) < end:
        if utility.month_end(month) >= start:
            found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def sales(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table sale of the months that were over in [start, end)."""
    world = world_of(utility)
    rows: list[dict[str, object]] = []
    for month in months(utility, start, end):
        for use_class, volumes in _billed(world, month).items():
            for zone, volume in zip(world.zones, volumes, strict=True):
                rows.append(
                    {
                        "site_id": zone,
                        "month": month,
                        "use_class": use_class,
                        "volume_m3": round(volume, 1),
                        "amount_cny": round(volume * PRICE_CNY[use_class], 2),
                    }
                )
    return frame("sale", rows, start, end)


def _billed(world: World, month: date) -> dict[str, list[float]]:
    volumes = month_m3(world, month)
    kept = 1 - UNBILLED_SHARE
    return {
        "household": [float(one) * kept for one in volumes["household"]],
        "commercial": [float(one) * kept * (1 - PUBLIC_SHARE) for one in volumes["commercial"]],
        "public": [float(one) * kept * PUBLIC_SHARE for one in volumes["commercial"]],
        "industrial": [float(one) * kept for one in volumes["industrial"]],
    }


def balances(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table water_balance (the network, and zones) of the months that were over in [start, end)."""
    world = world_of(utility)
    (network,) = world.ids("network")
    rows: list[dict[str, object]] = []
    for month in months(utility, start, end):
        volumes = month_m3(world, month)
        used = volumes["household"] + volumes["commercial"] + volumes["industrial"]
        outside = float(volumes["outside"][0])
        for zone, used_m3, leaked in zip(world.zones, used, volumes["leakage"], strict=True):
            rows.append(_balance(zone, month, float(used_m3 + leaked), float(used_m3)))
        total = _balance(network, month, float(volumes["works"][0]), float(used.sum()) + outside)
        rows.append({**total, "household_share": HOUSEHOLD_SHARE, "mains_km": MAINS_KM})
    return frame("water_balance", rows, start, end)


def _balance(site_id: str, month: date, supplied: float, used: float) -> dict[str, object]:
    return {
        "site_id": site_id,
        "month": month,
        "supplied_m3": round(supplied, 1),
        "billed_m3": round(used * (1 - UNBILLED_SHARE), 1),
        "unbilled_registered_m3": round(used * UNBILLED_SHARE, 1),
    }
