"""Quantiles of a series as rows of table forecast."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from brain.demand.bands import QUANTILES
from brain.demand.hours import HOUR_S, Floats, Hours
from data_sources.utility import Utility

_EPOCH = date(1970, 1, 1)
DAY_SERIES = "/day"
"""What the name of a series is followed by where it is of business days."""


def hourly_rows(series: str, hours: Hours, first: int, quantiles: Floats, age_h: int) -> pl.DataFrame:
    """Quantiles (hours, QUANTILES) of the hours from `first` on, m³/h; hours without any are left out."""
    return _rows(series, hours.moments(first, first + len(quantiles)), quantiles, age_h)


def day_rows(series: str, utility: Utility, totals: Mapping[int, Floats], age_h: int) -> pl.DataFrame:
    """Quantiles of business days' totals, m³, at the start of each; days are counted from 1970-01-01."""
    starts = [utility.day_start(_EPOCH + timedelta(days=day)) for day in totals]
    at = pl.Series("valid_at", starts, dtype=pl.Datetime("us", "UTC"))
    frame = pl.DataFrame(list(totals.values()), schema=[str(q) for q in QUANTILES], orient="row")
    return _rows(series + DAY_SERIES, at, frame.to_numpy(), age_h)


def _rows(series: str, at: pl.Series, quantiles: Floats, age_h: int) -> pl.DataFrame:
    wide = pl.DataFrame({"valid_at": at, **{str(q): quantiles[:, n] for n, q in enumerate(QUANTILES)}})
    long = wide.unpivot(index="valid_at", variable_name="quantile", value_name="value").with_columns(
        pl.col("quantile").cast(pl.Float64), series=pl.lit(series), inputs_age_s=pl.lit(float(age_h * HOUR_S))
    )
    return long.filter(pl.col("value").is_finite()).select("series", "valid_at", "quantile", "value", "inputs_age_s")
