"""Chance for rows of business: the n-th number of a name and a day, the same whenever it is asked."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from data_sources.contracts import TABLES
from data_sources.utility import Utility
from sample_data.noise import Floats, key, uniform


def numbers(name: str, day: date, count: int) -> Floats:
    """`count` numbers in [0, 1) that belong to a name and a day."""
    return uniform(np.array([key(name, day.isoformat())]), np.arange(count, dtype=np.int64))[0]


def days(utility: Utility, start: datetime, end: datetime) -> Iterator[date]:
    """The business days that touch [start, end)."""
    day = utility.day_of(start)
    while utility.day_start(day) < end:
        yield day
        day += timedelta(days=1)


def at_clock(utility: Utility, day: date, hours: float) -> datetime:
    """So many hours after a business day's beginning, to the second, UTC."""
    return utility.day_start(day) + timedelta(seconds=round(hours * 3600))


def frame(table: str, rows: list[dict[str, object]], start: datetime, end: datetime) -> pl.DataFrame:
    """Rows in the columns of a table, those whose own time lies in [start, end)."""
    contract = TABLES[table]
    made = pl.DataFrame(rows, schema={**contract.columns})
    if contract.own_time is None or made.schema[contract.own_time] == pl.Date:
        return made
    return made.filter(pl.col(contract.own_time) >= start, pl.col(contract.own_time) < end)
