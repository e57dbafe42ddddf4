"""Whether a lake, or a backup of one, is whole: every file there, readable, and with the rows that its table counts."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from data_sources.backup import LAKE, read_manifest
from data_sources.command_line import Tick
from data_sources.contracts import TABLES
from data_sources.problems import Problem


@dataclass(frozen=True)
class Verified:
    """What was found: the tables with version, files and rows, and every problem."""

    tables: list[dict[str, Any]]
    problems: list[Problem]

    def as_json(self) -> dict[str, Any]:
        """The JSON of `data_sources verify`."""
        problems = [one.as_json() for one in self.problems]
        return {"ok": not problems, "problems": problems, "tables": self.tables}


def verify_backup(backup: Path, tick: Tick) -> Verified:
    """Every file against the manifest, then the lake in it. Raises BadInput where it is no backup."""
    files = read_manifest(backup).files
    problems: list[Problem] = []
    for done, (name, (_, digest)) in enumerate(files.items()):
        path = backup / name
        if not path.exists():
            problems.append(Problem(str(path), 0, "", "is missing"))
        elif _digest(path) != digest:
            problems.append(Problem(str(path), 0, "", "isn't what it was when the backup was made"))
        tick(done + 1, len(files))
    found = verify_lake(backup / LAKE, lambda done, total: None)
    said = {one.file for one in problems}
    return Verified(found.tables, problems + [one for one in found.problems if one.file not in said])


def verify_lake(root: Path, tick: Tick) -> Verified:
    """Every table of a lake at its newest version."""
    tables: list[dict[str, Any]] = []
    problems: list[Problem] = []
    names = [name for name in TABLES if (root / name / "_delta_log").exists()]
    for done, name in enumerate(names):
        try:
            tables.append(_table(root / name, problems))
        except (DeltaError, OSError) as error:
            problems.append(Problem(str(root / name), 0, "", f"can't be opened: {str(error).splitlines()[0]}"))
        tick(done + 1, len(names))
    return Verified(tables, problems)


def _table(path: Path, problems: list[Problem]) -> dict[str, Any]:
    delta = DeltaTable(path)
    actions = pl.DataFrame(delta.get_add_actions(flatten=True))
    rows = 0
    for name, count in actions.select("path", "num_records").iter_rows():
        problem = _wrong(path / name, count)
        if problem is not None:
            problems.append(Problem(str(path / name), 0, "", problem))
        rows += count or 0
    return {"table": path.name, "version": delta.version(), "files": actions.height, "rows": rows}


def _wrong(file: Path, count: int | None) -> str | None:
    """What is wrong with a file of a table; None where nothing is."""
    if not file.exists():
        return "is missing"
    try:
        height = pl.read_parquet(file, glob=False, hive_partitioning=False).height
    except (pl.exceptions.PolarsError, OSError) as error:
        return f"can't be read: {str(error).splitlines()[0]}"
    return f"has {height} rows, its table counts {count}" if count is not None and height != count else None


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
