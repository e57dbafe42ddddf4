"""Nightly: what is too old goes, small files become few, logs get a checkpoint, files that nobody reads any more go.

Closed days of table reading are one file each since they were sealed and stay as they are.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from data_sources.contracts import PARTITIONED, TABLES
from data_sources.lake import COMPRESSED, Lake

RAW = "raw"
KEEP_DAYS = {"forecast": 400, "risk": 400, "plan": 400, "board": 400, "quarantine": 400, RAW: 400}
"""Days that rows of a table, and raw copies, are kept where utility.toml says nothing; of all others for ever."""
MANY_FILES = 8
"""A table, or a day of one, of more files than this becomes few."""
UNREAD_HOURS = 168
"""Files that a version no longer has stay so long, for whoever still reads that version."""


def keep_up(lake: Lake, now: datetime) -> None:
    """Do all of it for every table of the lake; rows that are kept stay as they are."""
    keep = KEEP_DAYS | lake.utility.keep_days
    for name in TABLES:
        path = lake.root / name
        if not (path / "_delta_log").exists():
            continue
        with lake.commit_lock():
            if name in keep:
                _drop_older(DeltaTable(path), name, now - timedelta(days=keep[name]), lake)
            _compact(DeltaTable(path), name, lake.utility.day_of(now))
            table = DeltaTable(path)
            table.create_checkpoint()
            os.sync()  # before anything goes that the new versions no longer need
            table.cleanup_metadata()
            table.vacuum(UNREAD_HOURS, dry_run=False)
    _drop_raw_copies(lake.root / RAW, keep[RAW])


def _drop_older(table: DeltaTable, name: str, before: datetime, lake: Lake) -> None:
    if name in PARTITIONED:
        table.delete(f"day < '{lake.utility.day_of(before).isoformat()}'")
        return
    own = TABLES[name].own_time or "received_at"
    if TABLES[name].columns.get(own) == pl.Date:
        table.delete(f"{own} < DATE '{lake.utility.day_of(before).isoformat()}'")
    else:
        moment = before.astimezone(UTC).isoformat(timespec="seconds")
        table.delete(f"{own} < arrow_cast('{moment}', 'Timestamp(Microsecond, Some(\"UTC\"))')")


def _compact(table: DeltaTable, name: str, today: date) -> None:
    files = pl.DataFrame(table.get_add_actions(flatten=True))
    if name not in PARTITIONED:
        if files.height > MANY_FILES:
            table.optimize.compact(writer_properties=COMPRESSED)
        return
    if name == "reading":
        return
    counted = files.group_by("partition.day").len().filter(pl.col("len") > MANY_FILES, pl.col("partition.day") < today)
    for day in counted["partition.day"]:
        table.optimize.compact(partition_filters=[("day", "=", day.isoformat())], writer_properties=COMPRESSED)


def _drop_raw_copies(folder: Path, days: int) -> None:
    oldest = time.time() - days * 86_400
    for path in folder.rglob("*.zst"):
        if path.stat().st_mtime < oldest:
            path.unlink()
