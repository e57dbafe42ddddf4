"""A folder into which another system drops files: CSV, workbooks or Parquet, taken in once nobody writes to them.

From exports of SCADA, billing, laboratories, weather offices. A file that was taken in is moved to `done/`, one that
can't be read, or that the map doesn't fit, to `failed/`, with the reason beside it as `<file>.txt`; what is wrong with
single rows goes to quarantine.
Sample: Time,W1_FLOW,N_P⏎2026-09-15 16:20,812.5,0.31
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import Field

from data_sources.cells import one_line
from data_sources.connector import Source, SourceSettings, TableMap
from data_sources.drop_folder import FAILED, move, newest_failed, settled, taken_in
from data_sources.import_map import headers_of
from data_sources.problems import FAILURES, BadInput, Problem
from data_sources.spool import Raw
from data_sources.tabular import ROW, cells_of

TABLE = None
SILENCE_S = 86_400.0
COLUMNS: dict[str, Any] = {}
PARQUET = ".parquet"
SAMPLE_ROWS = 200
LARGEST_BYTES = 256 * 1024 * 1024
"""A larger one would hold up other sources for minutes, and may end its process again and again for want of memory."""


class Settings(SourceSettings):
    """The folder."""

    folder: Path
    settle_s: float = Field(5, ge=0, description="a file is taken in once it has not changed for so long")


class Map(TableMap):
    """How files of some name are read."""

    pattern: str = Field("*", description="names of the files, such as flows_*.csv")


def fetch(source: Source, since: str | None) -> Iterator[Raw]:
    """The files that have settled, oldest first; each is moved away once its content is safe."""
    for path in settled(source.settings.folder, source.map.pattern, source.settings.settle_s):
        try:
            seen = path.stat()
            _refuse_large(path.name, seen.st_size)
            payload = payload_of(path.name, path.read_bytes())
            _refuse_misfit(parse(payload, source), source.map, path.name)
        except FAILURES as bad:  # whatever it is, the files behind it have their turn
            move(path, FAILED, str(bad) if isinstance(bad, BadInput) else f"can't be read: {type(bad).__name__}: {bad}")
            continue
        yield Raw(payload, path.name)
        taken_in(path, seen)


def parse(payload: bytes, source: Source) -> pl.DataFrame:
    """The file's cells, with the `row` each stands in; text, but typed where the file has types."""
    name, _, content = payload.partition(b"\n")
    file, how = name.decode(), source.map
    if Path(file).suffix.lower() != PARQUET:
        return cells_of(content, file, how.encoding, how.delimiter, how.sheet)
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadInput([Problem(file, 0, "", f"can't be read as Parquet: {error}")]) from error
    frame.columns = [one_line(column) for column in frame.columns]
    return frame.drop(ROW, strict=False).with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))


def check(source: Source) -> list[Problem]:
    """Whether the folder is there, and whether the newest file waiting fits the map."""
    try:
        waiting = list(settled(source.settings.folder, source.map.pattern, 0))
        if not waiting:
            return []
        newest = waiting[-1]
        _refuse_misfit(parse(payload_of(newest.name, newest.read_bytes()), source), source.map, newest.name)
    except BadInput as bad:
        return list(bad.problems)
    return []


def sample(source: Source) -> pl.DataFrame:
    """The first rows of the newest file waiting, where there is one."""
    waiting = list(settled(source.settings.folder, source.map.pattern, 0))
    if not waiting:
        headers = [header for column in source.map.columns.values() for header in headers_of(column)]
        return pl.DataFrame(schema=dict.fromkeys([ROW, *headers], pl.String))
    return parse(payload_of(waiting[-1].name, waiting[-1].read_bytes()), source).head(SAMPLE_ROWS)


def set_apart(source: Source) -> tuple[int, str] | None:
    """The files that were moved to `failed/` and still lie there."""
    return newest_failed(source.settings.folder, source.map.pattern)


def payload_of(name: str, content: bytes) -> bytes:
    """A file as the payload of a batch: its name in the first line, for that tells what it is."""
    return name.replace("\n", " ").encode() + b"\n" + content


def _refuse_large(name: str, size: int) -> None:
    if size > LARGEST_BYTES:
        most = f"{LARGEST_BYTES // 1024**2} MB"
        raise BadInput([Problem(name, 0, "", f"has {size:,} bytes; split it into files of at most {most}")])


def _refuse_misfit(frame: pl.DataFrame, how: Map, name: str) -> None:
    """Raises BadInput where a column is missing that the map names."""
    there = ", ".join(column for column in frame.columns if column != ROW)
    problems = [
        how.problem(f"columns.{column}", f"{name} has no column {header!r}; it has {there}")
        for column, given in how.columns.items()
        for header in headers_of(given)
        if header not in frame.columns
    ]
    if problems:
        raise BadInput(problems)
