"""The sample goes on: what ended since the newest rows of a lake is appended, so that its board lives."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl

from data_sources.lake import Lake
from data_sources.utility import Utility
from sample_data.business import BUSINESS, MONTHLY, WHOLE_LIFE, Made, business_rows
from sample_data.generate import readings

STEP_S = 300
AT_ONCE = timedelta(days=1)
"""A lake that slept longer catches up day by day."""


def append_until(lake: Lake, utility: Utility, now: datetime) -> int:
    """Append readings of the steps, and business rows, that ended after the newest ones; returns how many rows."""
    newest = lake.newest("reading")
    if newest is None:
        return 0
    step, end, written = timedelta(seconds=STEP_S), _step(now), 0
    start = _step(newest) + step
    while start <= end:
        stop = min(start + AT_ONCE, end + step)
        written += _append(lake, readings(utility, start, stop, STEP_S))
        # readings are there up to and with the last step, business rows up to it
        written += append_business(lake, utility, start - step, stop - step)
        start = stop
    return written


def append_business(lake: Lake, utility: Utility, start: datetime, end: datetime) -> int:
    """Append the business rows of [start, end), and those rows again that changed since."""
    return sum(
        lake.write(made.table, rows, source=made.source).rows_written
        for made, rows in business_since(utility, start, end)
        if rows.height
    )


def business_since(utility: Utility, start: datetime, end: datetime) -> Iterator[tuple[Made, pl.DataFrame]]:
    """The business rows of [start, end), and those again that may have changed since."""
    for made, rows in business_rows(utility, (*BUSINESS, *WHOLE_LIFE, *MONTHLY), start, end):
        back = timedelta(days=made.looks_back_days)
        yield made, made.rows(utility, start - back, end) if back else rows


def _append(lake: Lake, rows: pl.DataFrame) -> int:
    return sum(lake.write("reading", of_source, source=source).rows_written for source, of_source in _by_source(rows))


def _by_source(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    for (source,), of_source in rows.group_by("source", maintain_order=True):
        yield str(source), of_source.drop("source")


def _step(moment: datetime) -> datetime:
    """The last whole step at or before a moment."""
    return datetime.fromtimestamp(int(moment.timestamp()) // STEP_S * STEP_S, UTC)
