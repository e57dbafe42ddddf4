"""From a source's raw batches to rows of its table: parsed by the connector, mapped, in canonical units. Pure.

A batch that can't be read, or a row of it, ends in quarantine with the reason and never holds up the others.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import polars as pl

from data_sources.connector import BEHIND, WITHOUT_DATA, Connector, Source
from data_sources.contracts import TABLES
from data_sources.import_map import TAG, headers_of
from data_sources.import_readings import mapped
from data_sources.import_rows import Unread
from data_sources.problems import FAILURES, BadInput
from data_sources.spool import Damage, Record
from data_sources.tabular import ROW
from data_sources.utility import Utility
from data_sources.write import RECEIVED, STORED

ROWS_PER_NUMBER = 100_000_000
"""A row of quarantine has the number of its batch times this, plus where it stands in the batch (0: all of it)."""
SHOWN_BYTES = 400
CLOCK_AHEAD = timedelta(minutes=2)
"""A reading whose time lies so far ahead of its arrival is marked as suspect: its source's clock is wrong."""
_REASON = "reason"


@dataclass(frozen=True)
class Drained:
    """What some batches of a source became.

    `rows` are of the table, with `row` and `received_at`; `unread` never became any. `ignored` rows are of tags that
    the source's settings leave out, `without_data` came heartbeats and the like; `columns` came, and of these nobody
    asks for the `unasked`.
    """

    rows: pl.DataFrame
    unread: pl.DataFrame
    batches: int
    ignored: int
    without_data: int
    columns: frozenset[str]
    unasked: frozenset[str]


def drained(
    found: Sequence[Record | Damage],
    module: Connector,
    source: Source,
    utility: Utility,
    usual: frozenset[str] | None = None,
) -> Drained:
    """What batches of one segment and one table become.

    `usual` are the columns that this table's batches have had so far, None where none ever came: in a wide table any
    other column is a tag, and one that no point has goes to quarantine as an unknown tag of a long one does.
    """
    unread = Unread(frozenset(_personal_headers(source)))
    parsed = list(_parsed(found, module, source, unread))
    parts, ignored, without_data = [_no_rows(source.table)], 0, 0
    came, unasked = set[str](), set[str]()
    for (columns, name), alike in groupby(parsed, lambda pair: (tuple(pair[1].schema.items()), _file(pair[0]))):
        records, frames = zip(*alike, strict=True)
        came |= {name for name, _ in columns} - ({ROW, _REASON} if module.COLUMNS else {ROW})
        together = pl.concat(frames)
        if module.COLUMNS:
            together, silent = _readable(together, unread)
            without_data += silent
        cells, left_out = _asked(together, source)
        ignored += left_out
        if cells.is_empty():
            continue
        try:
            rows, bad, used = mapped(source.map, utility, cells, Path(name or source.name), source.table)
        except FAILURES as misfit:  # the map doesn't fit these columns, or a cell trips what maps them
            for record in records:
                _refuse(unread, record.number, _said(misfit), record.payload, record.label)
            continue
        unread.parts += bad.parts
        asked = {ROW, *used, *source.map.needed}
        idle = {name for name in set(cells.columns) - asked if cells[name].null_count() < len(cells)}
        if usual is not None and source.table == "reading" and source.map.shape == "wide":
            _refuse_new(unread, cells, sorted(idle - usual), source)
        unasked |= idle
        parts.append(_received(rows, records, source.table))
    rows, counts = pl.concat(parts), (len(found), ignored, without_data)
    return Drained(rows, unread.frame(), *counts, frozenset(came), frozenset(unasked))


def _no_rows(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema={ROW: pl.Int64()} | TABLES[table].columns | {RECEIVED: STORED[RECEIVED]})


def _parsed(
    found: Sequence[Record | Damage], module: Connector, source: Source, unread: Unread
) -> Iterator[tuple[Record, pl.DataFrame]]:
    """Each batch that can be read, its rows numbered."""
    for one in found:
        if isinstance(one, Damage):
            _refuse(unread, one.segment, f"{one.length} bytes at {one.offset} were damaged on the disk", b"", "")
            continue
        try:
            frame = module.parse(one.payload, source)
        except FAILURES as error:  # whatever a parser trips over, the batch is kept and the next one read
            _refuse(unread, one.number, _said(error), one.payload, one.label)
            continue
        if frame.height:
            row = pl.col(ROW) if ROW in frame.columns else pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
            yield one, frame.with_columns((row + one.number * ROWS_PER_NUMBER).alias(ROW))


def table_of(one: Record | Damage, sources: Mapping[str, Source]) -> str:
    """Which of a source's tables a batch is for: its label says it, where there are several."""
    table = one.label.partition("/")[0] if isinstance(one, Record) else ""
    return table if table in sources else next(iter(sources))


def _file(record: Record) -> str:
    """What the batch is, by its label `<table>/<what>`: the name of a file, whose kind tells how cells are written."""
    return "" if is_behind(record) else record.label.partition("/")[2]


def is_behind(one: Record | Damage) -> bool:
    """Whether a batch holds what only a look behind the watermark found."""
    return isinstance(one, Record) and one.label.partition("/")[2] == BEHIND


def _said(error: BaseException) -> str:
    """An error in one line."""
    text = str(error).replace("\n", "; ")
    return text if isinstance(error, BadInput) else f"{type(error).__name__}: {text}"


def _refuse(unread: Unread, number: int, reason: str, payload: bytes, label: str) -> None:
    """A whole batch goes to quarantine as one row; its raw copy is kept, here stands how it begins."""
    begins = payload[:SHOWN_BYTES].decode("utf-8", errors="backslashreplace")
    shown = json.dumps({"label": label, "bytes": len(payload), "begins": begins}, ensure_ascii=False)
    row = {ROW: number * ROWS_PER_NUMBER, _REASON: reason, "payload": shown}
    unread.parts.append(pl.DataFrame([row], schema={ROW: pl.Int64, _REASON: pl.String, "payload": pl.String}))


def _refuse_new(unread: Unread, cells: pl.DataFrame, new: Sequence[str], source: Source) -> None:
    """What stands in columns that came anew and that no point has; the rest of each row goes on."""
    for name in new:
        said = pl.lit(f"column '{name}' is new, and no point of {source.name} in points.csv has this tag")
        reason = pl.select(pl.when(cells[name].is_not_null()).then(said).otherwise(pl.lit("")))[:, 0]
        unread.add(cells.select(ROW, *headers_of(source.map.columns["ts"]), name), reason)


def _readable(frame: pl.DataFrame, unread: Unread) -> tuple[pl.DataFrame, int]:
    """Without the rows that the parser found a reason against, and how many of these are without data."""
    if _REASON not in frame.columns:
        return frame, 0
    reason = frame[_REASON].fill_null("")
    silent = reason == WITHOUT_DATA
    unread.add(frame.filter(~silent).drop(_REASON), reason.filter(~silent))
    return frame.filter(reason == "").drop(_REASON), int(silent.sum())


def _asked(cells: pl.DataFrame, source: Source) -> tuple[pl.DataFrame, int]:
    """Without the tags that the settings leave out, and how many readings those were."""
    if not source.settings.ignore or source.table != "reading":
        return cells, 0
    left_out = "|".join(re.escape(pattern).replace(r"\*", ".*") for pattern in source.settings.ignore)
    if source.map.shape == "wide":
        mapped_too = {header for one in source.map.columns.values() for header in headers_of(one)} | source.map.needed
        names = [name for name in cells.columns if name not in {ROW, *mapped_too} and re.fullmatch(left_out, name)]
        return cells.drop(names), sum(len(cells) - cells[name].null_count() for name in names)
    column = source.map.columns.get(TAG)
    headers = headers_of(column) if column is not None else ()
    if len(headers) != 1 or headers[0] not in cells.columns:
        return cells, 0
    matches = pl.col(headers[0]).cast(pl.String).str.contains(f"^(?:{left_out})$")
    kept = cells.filter(~matches.fill_null(value=False))
    return kept, cells.height - kept.height


def _received(rows: pl.DataFrame, records: Sequence[Record], table: str) -> pl.DataFrame:
    """Rows with when they came; readings from the future are suspect."""
    came = pl.DataFrame(
        [(record.number, record.received_at) for record in records],
        schema={"number": pl.Int64, RECEIVED: pl.Datetime("us", "UTC")},
        orient="row",
    )
    dated = rows.with_columns(number=pl.col(ROW) // ROWS_PER_NUMBER).join(
        came, on="number", how="left", maintain_order="left"
    )
    if table == "reading":
        ahead = pl.col("ts") > pl.col(RECEIVED) + CLOCK_AHEAD
        doubtful = pl.when(ahead & (pl.col("quality") != "bad")).then(pl.lit("suspect")).otherwise("quality")
        dated = dated.with_columns(quality=doubtful)
    return dated.select(ROW, *TABLES[table].columns, RECEIVED)


def _personal_headers(source: Source) -> list[str]:
    columns = source.map.columns
    named = [columns[name] for name in TABLES[source.table].personal if name in columns]
    return [header for column in named for header in headers_of(column)]
