"""What a power cut may take, and how a lake gets over it.

The library that writes the tables leaves their files to the operating system's cache. So after each commit, and before
its lock is given back, its files are made safe; spools are trimmed only after that. A cut in between costs at most the
newest version of a table, which `mend` takes back when the worker starts: its rows come again from the spool.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from data_sources.spool import sync_folder

MANY = 16
"""From so many files on, everything is made safe at once."""
BOOT = Path("/proc/sys/kernel/random/boot_id")
SEEN = "boot"
"""In a lake: the start of the machine at which it was last found whole."""


def make_safe(table: Path, version: int) -> None:
    """Make what a table's version added survive a power cut."""
    entry = _entry(table, version)
    added = [table / name for name, _ in _added(entry)]
    if len(added) > MANY:
        os.sync()
        return
    for path in [*added, entry]:
        _sync_file(path)
    new = {table.parent, table.parent.parent} if version == 0 else set()
    for folder in {path.parent for path in added} | {entry.parent, table} | new:
        sync_folder(folder)


def mend(lake: Path) -> list[str]:
    """Make a lake usable after the machine went down, whatever it was doing; returns what was taken back or removed.

    Does nothing where the machine has not been started anew since the last time.
    """
    boot = BOOT.read_text(encoding="ascii").strip() if BOOT.exists() else ""
    seen = lake / SEEN
    if not lake.exists() or (seen.exists() and seen.read_text(encoding="ascii", errors="replace") == boot):
        return []
    done = [said for log in sorted(lake.glob("*/_delta_log")) for said in _mend_table(log.parent)]
    done += _mend_made_again(lake)
    seen.write_text(boot, encoding="ascii")
    return done


def _mend_table(table: Path) -> Iterator[str]:
    log = table / "_delta_log"
    if _checkpoint_is_broken(table):
        for path in [log / "_last_checkpoint", *sorted(log.glob("*.checkpoint*.parquet"))[-1:]]:
            path.unlink(missing_ok=True)
        yield f"{table.name}: a checkpoint of its log was lost"
    versions = sorted((path for path in log.glob("*.json") if path.stem.isdigit()), reverse=True)
    for entry in versions:
        if _is_whole(table, entry):
            break
        entry.rename(entry.with_suffix(".lost"))
        yield f"{table.name}: version {int(entry.stem)} was lost"
    sync_folder(log)


def _checkpoint_is_broken(table: Path) -> bool:
    try:
        last = json.loads((table / "_delta_log" / "_last_checkpoint").read_text(encoding="utf-8"))
        DeltaTable(table, version=int(last["version"])).get_add_actions()
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError, OSError, DeltaError):
        return True
    return False


def _is_whole(table: Path, entry: Path) -> bool:
    try:
        files = list(_added(entry))
    except (ValueError, KeyError):
        return False
    return bool(entry.stat().st_size) and all(
        (table / name).exists() and (table / name).stat().st_size == size for name, size in files
    )


def _mend_made_again(lake: Path) -> Iterator[str]:
    """Files that follow from the tables: one that can't be read is removed, and made again."""
    marts = lake / "marts"
    for path in sorted([*lake.glob("*.parquet"), *marts.rglob("*.parquet")]):
        if _readable(path):
            continue
        path.unlink()
        if path.parent != marts and marts in path.parents:
            (marts / "days.parquet").unlink(missing_ok=True)  # so that no day counts as made
        yield f"{path.relative_to(lake)} was lost"


def _readable(path: Path) -> bool:
    try:
        pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError):
        return False
    return True


def _entry(table: Path, version: int) -> Path:
    return table / "_delta_log" / f"{version:020d}.json"


def _added(entry: Path) -> Iterator[tuple[str, int]]:
    """Path and size of each file that a version added."""
    for line in entry.read_text(encoding="utf-8").splitlines():
        action = json.loads(line)
        if "add" in action:
            yield action["add"]["path"], action["add"]["size"]


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
