"""Electricity prices by tariff.csv."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from data_sources.tariff_checks import minutes_of, months_of
from data_sources.utility import Utility


def prices(utility: Utility, moments: Sequence[datetime]) -> list[float | None]:
    """Price of a kWh at each moment by tariff.csv, in its currency; None where no row holds.

    Of the rows that hold for any day; what a long public holiday changes is left out, as its dates are not in the file.
    """
    rows = utility.tariff.filter(pl.col("day_kind") == "any").to_dicts()
    return [_price(rows, moment.astimezone(utility.zone)) for moment in moments]


def _price(rows: Sequence[Mapping[str, Any]], local: datetime) -> float | None:
    minute = 60 * local.hour + local.minute
    fits = [
        row
        for row in rows
        if row["effective_from"] <= local.date()
        and local.month in months_of(row["months"])
        and minutes_of(row["from"]) <= minute < minutes_of(row["to"])
    ]
    newest = max(fits, key=lambda row: row["effective_from"], default=None)
    return None if newest is None else float(newest["price_cny_kwh"])
