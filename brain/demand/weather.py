"""Temperature and rain of each hour: observed as far as it was, then as forecast, then as the last days were."""

import numpy as np
import polars as pl

from brain.demand.hours import DAY_H, Floats, Hours

PERSIST_D = 3
"""Days whose mean by hour of the day stands for a temperature that nobody forecast."""
COLUMNS = ("temperature_c", "rain_mm")


def weather_of(rows: pl.DataFrame, hours: Hours, now_index: int) -> tuple[Floats, Floats]:
    """Rows of table weather as at the hour `now_index` → temperature (°C) and rain (mm) per hour, NaN where unknown.

    Of the network where it has any, else the mean over all places; of ensembles the mean of the members. From now on:
    the newest forecast, and where it ends, for the temperature the last three days; the rain stays unknown.
    """
    known = rows.with_columns(at=(pl.col("valid_at") - hours.start).dt.total_seconds() // 3600)
    known = known.filter(pl.col("at").is_between(0, hours.count - 1))
    observed = known.filter((pl.col("kind") == "observed") & (pl.col("at") < now_index))
    ahead = known.filter((pl.col("kind") == "forecast") & (pl.col("at") >= now_index))
    newest = ahead.filter(pl.col("issued_at") == pl.col("issued_at").max().over("place_id"))
    mean = pl.concat([observed, newest]).group_by("at").agg(pl.col(COLUMNS).mean())
    temperature, rain = (_hourly(mean, name, hours.count) for name in COLUMNS)
    return _persisted(temperature, now_index), rain


def is_known(temperature: Floats, now_index: int) -> bool:
    """Whether any temperature of the last three days is known."""
    return bool(np.isfinite(temperature[max(now_index - PERSIST_D * DAY_H, 0) : now_index]).any())


def network_weather(rows: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """The network's own weather where it has any, else that of all places."""
    networks = sites.filter(pl.col("kind") == "network")["site_id"].to_list()
    own = rows.filter(pl.col("place_id").is_in(networks))
    return own if own.height else rows


def _hourly(mean: pl.DataFrame, column: str, count: int) -> Floats:
    filled = np.full(count, np.nan)
    known = mean.drop_nulls(column)
    filled[known["at"].to_numpy()] = known[column].to_numpy()
    return filled


def _persisted(temperature: Floats, now_index: int) -> Floats:
    filled = temperature.copy()
    last = temperature[max(now_index - PERSIST_D * DAY_H, 0) : now_index]
    for at in range(now_index, len(filled)):
        if np.isnan(filled[at]):
            same = last[(np.arange(now_index - len(last), now_index) - at) % DAY_H == 0]
            filled[at] = np.nanmean(same) if np.isfinite(same).any() else np.nan
    return filled
