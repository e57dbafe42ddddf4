"""The rain ahead as an ensemble: the members given, or one forecast spread by how wrong forecasts of it have been.

The error model: the ratio of the rain that came to the rain that was forecast, (came + ½ mm) ÷ (forecast + ½ mm) over
six hours, is lognormal, by lead (a multiplicative error as in Schaake and others (2007), doi 10.5194/hessd-4-655-2007;
½ mm keeps dry forecasts in). Its mean and spread are those of the utility's own record, as far as that has enough wet
six hours. A member keeps its ratio for about half a day, so that it stays a wet or a dry member.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from brain.sewer.wells import Floats

BLOCK_H = 6
OFFSET_MM = 0.5
LEAST_BLOCKS = 20
DEFAULT_SPREAD = 0.5
"""[house] Spread of the log ratio where the record is too short to tell."""
MEMORY_H = 12.0
LEAST_MEMBERS = 5
"""From so many members on a given ensemble is taken as it is."""
STALE = timedelta(hours=24)


def fit_rain_error(weather: pl.DataFrame, leads: int) -> dict[str, list[float]]:
    """Mean `bias` and `spread` of the log ratio for each six hours of lead, from forecast and observed rows of weather.

    Where fewer than LEAST_BLOCKS had a mm forecast or fallen: no bias and the default spread.
    """
    came = weather.filter(pl.col("kind") == "observed").group_by("valid_at").agg(came=pl.col("rain_mm").mean())
    said = weather.filter(pl.col("kind") == "forecast").group_by("issued_at", "valid_at").agg(pl.col("rain_mm").mean())
    lead_h = (pl.col("valid_at") - pl.col("issued_at")).dt.total_hours()
    pairs = said.join(came, on="valid_at").with_columns(block=lead_h // BLOCK_H).filter(pl.col("block") >= 0)
    blocks = pairs.group_by("issued_at", "block").agg(pl.len(), pl.col("rain_mm").sum(), pl.col("came").sum())
    wet = blocks.filter((pl.col("len") == BLOCK_H) & ((pl.col("rain_mm") >= 1) | (pl.col("came") >= 1)))
    ratio = ((pl.col("came") + OFFSET_MM) / (pl.col("rain_mm") + OFFSET_MM)).log()
    found = wet.group_by("block").agg(pl.len(), bias=ratio.mean(), spread=ratio.std())
    told = {block: (bias, spread) for block, count, bias, spread in found.iter_rows() if count >= LEAST_BLOCKS}
    rows = [told.get(block, (0.0, DEFAULT_SPREAD)) for block in range(-(-leads // BLOCK_H))]
    return {"bias": [bias for bias, _ in rows], "spread": [spread for _, spread in rows]}


def newest_forecast(weather: pl.DataFrame, now: datetime, leads: int) -> tuple[datetime | None, Floats]:
    """When the newest forecast was issued, and its rain in the hours from `now` on, mm: (leads, members).

    Hours that it doesn't reach are NaN. (None, no members) where there is none of the last 24 hours.
    """
    fresh = weather.filter((pl.col("kind") == "forecast") & (pl.col("issued_at") > now - STALE))
    if fresh.is_empty():
        return None, np.empty((leads, 0))
    issued = fresh["issued_at"].max()
    assert isinstance(issued, datetime)
    newest = fresh.filter(pl.col("issued_at") == issued).group_by("member", "valid_at").agg(pl.col("rain_mm").mean())
    members = newest["member"].unique().sort().to_list()
    rain = np.full((leads, len(members)), np.nan)
    for member, valid_at, mm in newest.select("member", "valid_at", "rain_mm").iter_rows():
        lead = (valid_at - now) // timedelta(hours=1)
        if 0 <= lead < leads and mm is not None:
            rain[lead, members.index(member)] = mm
    return issued, rain


def spread_out(rain: Floats, lead_h: int, error: Mapping[str, Any], members: int, seed: int) -> Floats:
    """An ensemble of the rain ahead, (leads, members), mm, of the forecast's (leads, given members).

    `lead_h` is how old the forecast is at the first hour. Hours it doesn't reach are taken from its mean hour. Given
    members are repeated in turn; fewer than LEAST_MEMBERS are spread by the error model. The same seed gives the same
    ratios whatever the rain, and more rain forecast is more rain in every member.
    """
    known = np.where(np.isnan(rain), np.nanmean(rain) if not np.isnan(rain).all() else 0.0, rain)
    taken = known[:, np.arange(members) % known.shape[1]]
    if known.shape[1] >= LEAST_MEMBERS:
        return taken
    block = np.minimum((lead_h + np.arange(len(rain))) // BLOCK_H, len(error["spread"]) - 1)
    bias, spread = (np.array(error[name])[block][:, None] for name in ("bias", "spread"))
    ratio = np.exp(bias + spread * _steady_normals(len(rain), members, seed))
    offset = OFFSET_MM / BLOCK_H
    return np.maximum((taken + offset) * ratio - offset, 0.0)


def _steady_normals(hours: int, members: int, seed: int) -> Floats:
    """Normal numbers (hours, members) that a member keeps for about MEMORY_H: a first-order autoregression."""
    keep = np.exp(-1 / MEMORY_H)
    fresh = np.random.default_rng(seed).standard_normal((hours, members))
    for hour in range(1, hours):
        fresh[hour] = keep * fresh[hour - 1] + np.sqrt(1 - keep**2) * fresh[hour]
    return fresh
