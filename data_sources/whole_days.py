"""Bulk loads: whole days of table reading as one sorted parquet file each, entered into the Delta log in one commit.

The library's own writer would do, but at 26 million rows took half a minute and 8 GB; here a day is sorted, checked
and written at a time, and only the names of the files are committed.
"""

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, Schema
from deltalake.transaction import AddAction, RemoveAction

from data_sources.contracts import Table
from data_sources.write import broken_rules

ORDER = {"point_id": False, "ts": False, "span_s": True}
"""How a sealed day is sorted (True: downwards): of two readings of one moment, the longer one comes first."""


def by_day(rows: pl.DataFrame) -> Iterator[tuple[date, pl.DataFrame]]:
    """The days of `rows`, which have a column `day`, one by one and each in the order of a sealed day."""
    rows = rows if rows["day"].is_sorted() else rows.sort("day")
    start = 0
    for run in rows["day"].rle():
        yield run["value"], rows.slice(start, run["len"]).sort(list(ORDER), descending=list(ORDER.values()))
        start += run["len"]


def refuse_broken(contract: Table, day: date, rows: pl.DataFrame) -> None:
    """Raises ValueError where sorted rows of a day break the contract or repeat a key."""
    repeats = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in contract.key)
    broken = rows.select(broken_rules(contract).alias("why"), repeats.alias("repeats"))
    if (reason := broken["why"].filter(broken["why"] != "")).len():
        raise ValueError(f"readings of {day} break their contract: {reason[0]} ({reason.len()} rows)")
    if broken["repeats"].any():
        raise ValueError(f"readings of {day} repeat a key")


def write_day(table: Path, day: date, rows: pl.DataFrame) -> AddAction:
    """Write one day's file below the table's folder; it counts once its action is committed."""
    name = f"day={day.isoformat()}/part-{uuid.uuid4().hex}.parquet"
    path = table / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.drop("day").write_parquet(path, compression="zstd", compression_level=1)
    stats = {
        "numRecords": rows.height,
        "minValues": {"point_id": rows["point_id"].min(), "ts": _instant(rows["ts"].min())},
        "maxValues": {"point_id": rows["point_id"].max(), "ts": _instant(rows["ts"].max())},
        "nullCount": {},
    }
    return AddAction(
        path=name,
        size=path.stat().st_size,
        partition_values={"day": day.isoformat()},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps(stats),
    )


def commit_days(table: Path, actions: Sequence[AddAction | RemoveAction], columns: pl.DataFrame) -> None:
    """Make days that were written part of the table, all or none; `columns` is any frame of their columns."""
    schema = Schema.from_arrow(columns.clear().to_arrow().schema)
    delta = (
        DeltaTable(table)
        if DeltaTable.is_deltatable(str(table))
        else DeltaTable.create(table, schema, partition_by=["day"])
    )
    delta.create_write_transaction(list(actions), "append", schema, partition_by=["day"])


def _instant(moment: object) -> str:
    """As the Delta protocol writes times in statistics: UTC, milliseconds."""
    assert isinstance(moment, datetime)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
