"""Import of a file that somebody exported: CSV or a workbook, through a map, into any table of the lake."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from data_sources.command_line import Tick
from data_sources.contracts import TABLES
from data_sources.import_readings import mapped
from data_sources.lake import Lake
from data_sources.map_checks import load_map
from data_sources.problems import BadInput, Problem
from data_sources.tabular import ROW, read_text
from data_sources.utility import Utility
from data_sources.write import WriteReport

ROWS_AT_ONCE = 500_000
"""Rows that go into the lake in one commit; between commits the progress bar moves."""


@dataclass(frozen=True)
class ImportReport:
    """What became of a file; of a wide file a row is one reading. `ignored` are its headers that nothing asked for."""

    table: str
    rows_read: int
    rows_written: int
    rows_duplicate: int
    rows_quarantined: int
    quarantine_file: str | None
    ignored: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The JSON of `data_sources import`."""
        return asdict(self)


def import_file(
    lake: Lake, utility: Utility, file: Path, table: str, map_file: Path, progress: Tick | None = None
) -> ImportReport:
    """Bring a file into a table: the good rows go in, the others to quarantine with their row and the reason.

    Importing the same file again writes nothing; a corrected file writes the rows that differ. Raises BadInput where
    the file can't be read or the map doesn't fit the file, the table or the utility.
    """
    if table not in TABLES or table == "quarantine":
        known = ", ".join(name for name in TABLES if name != "quarantine")
        raise BadInput([Problem(table, 0, "", f"no such table; expected one of {known}")])
    how = load_map(map_file, table)
    if how.source not in utility.sources:
        known = ", ".join(utility.sources)
        raise BadInput([how.problem("source", f"{how.source!r} is not in sources.toml; expected one of {known}")])
    cells = read_text(file, how.encoding, how.delimiter, how.sheet)
    rows, unread, used = mapped(how, utility, cells, file, table)
    last = _last_of_key(rows, TABLES[table].key)
    reports = _write(lake, table, last, unread.frame(), how.source, _batch(file, map_file, table), progress)
    return ImportReport(
        table=table,
        rows_read=rows.height + len(unread),
        rows_written=sum(report.rows_written for report in reports),
        rows_duplicate=sum(report.rows_duplicate for report in reports) + rows.height - last.height,
        rows_quarantined=sum(report.rows_quarantined for report in reports),
        quarantine_file=_quarantine_file(lake, file, reports[0].batch),
        ignored=tuple(name for name in cells.columns if name not in used and name != ROW),
    )


def _last_of_key(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """The last row of each key: over the whole file, as the lake sees only a part of it at once."""
    whole = pl.all_horizontal(pl.col(key).is_not_null())
    return pl.concat([rows.filter(whole).unique(key, keep="last", maintain_order=True), rows.filter(~whole)])


def _write(
    lake: Lake, table: str, rows: pl.DataFrame, unread: pl.DataFrame, source: str, batch: str, progress: Tick | None
) -> list[WriteReport]:
    """The rows of a file, a few commits after one another; all of one batch and one moment."""
    received_at = datetime.now(UTC)
    reports = []
    for start in range(0, max(rows.height, 1), ROWS_AT_ONCE):
        part = rows.slice(start, ROWS_AT_ONCE)
        first = unread if start == 0 else None
        reports.append(lake.write(table, part, source=source, received_at=received_at, batch=batch, unread=first))
        if progress is not None:
            progress(min(start + ROWS_AT_ONCE, rows.height), rows.height)
    return reports


def _batch(file: Path, map_file: Path, table: str) -> str:
    """The same file by the same map is the same batch, whenever it is imported."""
    content = hashlib.sha1(file.read_bytes() + map_file.read_bytes() + table.encode(), usedforsecurity=False)
    return f"{file.name}-{content.hexdigest()[:12]}"


def _quarantine_file(lake: Lake, file: Path, batch: str) -> str | None:
    """What of this batch is in quarantine, as a CSV that a spreadsheet opens; None where nothing is."""
    bad = lake.scan("quarantine").filter(batch=batch).sort(ROW).select(ROW, "reason", "payload").collect()
    if bad.is_empty():
        return None
    path = lake.root / "quarantined" / f"{batch}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    bad.write_csv(path, include_bom=True)
    return str(path)
