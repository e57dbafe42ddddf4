"""Laboratory samples, and the weather service's rows: what was observed, and what was forecast when."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from data_sources.utility import Utility
from sample_data.dice import at_clock, days, frame
from sample_data.generate import world_of
from sample_data.sewage import simulate
from sample_data.times import HOUR_S, Moments, moments, utc
from sample_data.treatment import effluent_quality, influent_quality
from sample_data.weather import forecast_mm, rain_mmh, temperature_c

SAMPLED_ON = (0, 3)
"""Mondays and Thursdays, at nine."""
FORECAST_EVERY_H, FORECAST_AHEAD_H = 6, 48


def lab_samples(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table lab_sample in [start, end): BOD5 of influent and effluent, total phosphorus of raw water."""
    world = world_of(utility)
    rows: list[dict[str, object]] = []
    for day in days(utility, start, end):
        if day.weekday() not in SAMPLED_ON:
            continue
        sampled = at_clock(utility, day, 9)
        at = Moments(np.array([int(sampled.timestamp())]), _offset_s(utility, sampled))
        rain_share = simulate(world, at, HOUR_S).rain_share
        influent, effluent = influent_quality(world, at, rain_share), effluent_quality(world, at)
        found = [
            (works, medium, "bod5", float(quality["bod5"][place][0]))
            for medium, quality in (("influent", influent), ("effluent", effluent))
            for place, works in enumerate(world.sewage_works)
        ]
        found += [(source, "raw_water", "total_phosphorus", 0.08 + 0.02 * n) for n, source in enumerate(world.sources)]
        rows += [
            {"site_id": site, "medium": medium, "sampled_at": sampled, "quantity": quantity, "value": round(value, 2)}
            for site, medium, quantity, value in found
        ]
    return frame("lab_sample", rows, start, end)


def observed(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table weather of kind observed whose hour ended in [start, end)."""
    hour = timedelta(hours=1)
    at = moments(utility, start - hour, end - hour, HOUR_S)
    middle = at.shifted(HOUR_S // 2)
    (network,) = utility.sites.filter(pl.col("kind") == "network")["site_id"]
    ends = pl.Series((at.seconds + HOUR_S) * 1_000_000).cast(pl.Datetime("us", "UTC"))
    rows = pl.DataFrame(
        {
            "issued_at": ends,
            "valid_at": ends - hour,
            "rain_mm": np.round(rain_mmh(middle), 2),
            "temperature_c": np.round(temperature_c(middle), 1),
        }
    )
    return rows.select(
        place_id=pl.lit(network), kind=pl.lit("observed"), issued_at="issued_at", valid_at="valid_at",
        member=pl.lit(0, pl.Int64), rain_mm="rain_mm", temperature_c="temperature_c",
    ).filter(pl.col("issued_at") >= start, pl.col("issued_at") < end)  # fmt: skip


def forecasts(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table weather of kind forecast issued in [start, end): every six hours, two days ahead, hour by hour."""
    issues = moments(utility, start, end, FORECAST_EVERY_H * HOUR_S)
    (network,) = utility.sites.filter(pl.col("kind") == "network")["site_id"]
    rows: list[dict[str, object]] = []
    for issued in issues.seconds:
        valid = issued + np.arange(FORECAST_AHEAD_H, dtype=np.int64) * HOUR_S
        rain = forecast_mm(int(issued), valid, issues.offset_s)
        air = temperature_c(Moments(valid, issues.offset_s))
        rows += [
            {
                "place_id": network,
                "kind": "forecast",
                "issued_at": utc(issued),
                "valid_at": utc(second),
                "member": 0,
                "rain_mm": float(mm),
                "temperature_c": round(float(degrees), 1),
            }
            for second, mm, degrees in zip(valid, rain, air, strict=True)
        ]
    return frame("weather", rows, start, end)


def _offset_s(utility: Utility, moment: datetime) -> int:
    offset = moment.astimezone(utility.zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
