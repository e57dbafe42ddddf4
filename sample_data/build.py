"""`python -m sample_data build`: a lake of the demonstration utility, from its folder and the clock alone."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from data_sources.command_line import Tick
from data_sources.lake import Lake
from data_sources.problems import BadInput, Problem
from data_sources.seal import coverage
from data_sources.utility import Utility
from sample_data.business import BUSINESS, MONTHLY, WHOLE_LIFE, business_rows
from sample_data.generate import readings
from sample_data.live import STEP_S
from sample_data.truth import write_truth

MONTHS_OF_BALANCE = 42
METERS_SINCE = timedelta(days=365 * 8)
HOURLY_AT_ONCE, STEPS_AT_ONCE = 20, 4
"""Days generated together: some two million rows."""
MARK = "sample.txt"
"""Stands in a lake that holds nothing but sample data, and so may be replaced."""


def build(lake: Lake, utility: Utility, as_of: datetime, days: int, months: int, tick: Tick) -> None:
    """Fill the lake up to `as_of`: readings every five minutes of the last `days` days, hourly means of the `months`
    before, all business tables, 42 months of balances. Replaces an earlier sample of this utility.
    Raises BadInput where the lake holds anything else.
    """
    clear(lake, utility)
    today = utility.day_of(as_of)
    first = today - timedelta(days=days + round(months * 30.44))
    fine = today - timedelta(days=days)
    blocks = [
        *_blocks(utility, first, fine, HOURLY_AT_ONCE, 3600),
        *_blocks(utility, fine, today, STEPS_AT_ONCE, STEP_S),
    ]
    for number, (start, end, step_s) in enumerate(blocks, 1):
        rows = readings(utility, start, end, step_s)
        covered = coverage(rows.drop("source"), utility.points)
        sources = utility.points.select("point_id", "source")
        lake.write_sealed(covered.join(sources, on="point_id", how="left", maintain_order="left"))
        tick(number, len(blocks) + 2)
    _running_day(lake, utility, utility.day_start(today), as_of)
    tick(len(blocks) + 1, len(blocks) + 2)
    _business(lake, utility, utility.day_start(first), as_of)
    write_truth(lake.root, utility, utility.day_start(first), as_of + timedelta(days=28))
    tick(len(blocks) + 2, len(blocks) + 2)


def clear(lake: Lake, utility: Utility) -> None:
    """Empty a lake that holds this utility's sample data. Raises BadInput where it holds anything else."""
    mark = lake.root / MARK
    if lake.root.exists() and any(lake.root.iterdir()):
        if not mark.exists() or mark.read_text(encoding="utf-8") != utility.id:
            problem = f"holds other data than the sample of {utility.id}; choose another folder by WATER_LAKE"
            raise BadInput([Problem(str(lake.root), 0, "", problem)])
        with lake.worker_lock():
            shutil.rmtree(lake.root)
    lake.root.mkdir(parents=True, exist_ok=True)
    mark.write_text(utility.id, encoding="utf-8")


def _blocks(
    utility: Utility, first: date, last: date, size: int, step_s: int
) -> Iterator[tuple[datetime, datetime, int]]:
    day = first
    while day < last:
        after = min(day + timedelta(days=size), last)
        yield utility.day_start(day), utility.day_start(after), step_s
        day = after


def _running_day(lake: Lake, utility: Utility, start: datetime, as_of: datetime) -> None:
    rows = readings(utility, start, as_of + timedelta(microseconds=1), STEP_S)
    for (source,), of_source in rows.group_by("source", maintain_order=True):
        lake.write("reading", of_source.drop("source"), source=str(source))


def _business(lake: Lake, utility: Utility, start: datetime, as_of: datetime) -> None:
    for tables, since in (
        (BUSINESS, start),
        (WHOLE_LIFE, as_of - METERS_SINCE),
        (MONTHLY, as_of - timedelta(days=round(MONTHS_OF_BALANCE * 30.44))),
    ):
        for made, rows in business_rows(utility, tables, since, as_of):
            if rows.height:
                lake.write(made.table, rows, source=made.source)
