"""SQL databases, by SQLAlchemy: rows of a query that are newer than a watermark, asked on schedule.

From SCADA historians, billing, U8, work orders, hall queues, meters: long tables (a reading a row) and wide ones (a
column a tag). Read only; a query is the DBA's own text with `:since` in it, nothing is reflected.
Sample: ('W1_FLOW', datetime(2026, 9, 15, 16, 20), 812.5, 192)
"""

import importlib
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import sqlglot
from pydantic import Field, field_validator, model_validator
from sqlalchemy import URL, Connection, CursorResult, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool
from sqlglot.optimizer.scope import traverse_scope

from data_sources.cells import one_line
from data_sources.connector import Source, SourceSettings, TableMap
from data_sources.hidden import filled, refuse_secret
from data_sources.import_map import headers_of
from data_sources.problems import FAILURES, Problem
from data_sources.spool import Raw

TABLE = None
SILENCE_S = 86_400.0
COLUMNS: dict[str, Any] = {}
ROWS_AT_ONCE = 50_000
"""Rows of one batch: what is held in memory at once, and lost to a failure at most before it is asked again."""
SAMPLE_ROWS = 200
SINCE = ":since"
_SPOKEN = {"postgresql": "postgres", "opengauss": "postgres", "mssql": "tsql", "mysql": "mysql", "dm": "oracle"}
"""SQLAlchemy's name of a dialect → sqlglot's."""


class Settings(SourceSettings):
    """A database; its password stands in the environment, as ${NAME} in the URL."""

    url: str = Field(description="SQLAlchemy's, such as postgresql+psycopg2://board:${DB_PASSWORD}@10.0.0.5/scada")
    driver: str | None = Field(None, description="module of a driver that is used in place of the URL's own")
    options: dict[str, Any] = Field({}, description="arguments of the driver's connect; a text may name ${NAME}")

    @field_validator("url")
    @classmethod
    def _without_secret(cls, url: str) -> str:
        try:
            parts = make_url(url)
        except ArgumentError:
            raise ValueError("no URL of SQLAlchemy, such as postgresql+psycopg2://board:${NAME}@host/db") from None
        refuse_secret({"password": parts.password, **parts.query})
        return url

    @field_validator("options")
    @classmethod
    def _options_without_secret(cls, options: dict[str, Any]) -> dict[str, Any]:
        refuse_secret(options)
        return options


class Map(TableMap):
    """The query that fills a table."""

    query: str
    watermark: str | None = Field(None, description="the query's column that only grows; needs :since in the query")
    start: datetime | date | int | float | None = Field(None, description="where the first fetch begins")
    overlap_s: float = Field(300, ge=0, description="asked again each time, for rows committed late")
    late_days: float = Field(0, ge=0, description="asked again once a day, for rows that come days late")

    @property
    def needed(self) -> set[str]:
        """The watermark."""
        return set() if self.watermark is None else {self.watermark}

    @model_validator(mode="after")
    def _together(self) -> "Map":
        if (self.watermark is None) != (SINCE not in self.query):
            raise ValueError("watermark and :since belong together: the query must ask for rows after it")
        return self


FIRST_DAYS = 7
"""How far back the first fetch goes where the map doesn't say."""


def fetch(source: Source, since: str | None) -> Iterator[Raw]:
    """Rows after the watermark, a batch after another.

    Where the rows come ordered by their watermark, each batch moves the cursor, else only the last one does.
    """
    cursor = _Cursor(source, since)
    held: Raw | None = None
    with _engine(source.settings).connect() as connection:
        for names, rows in _batches(connection, source.map, cursor.binds()):
            if held is not None:
                yield held
            frame = as_frame(names, rows)
            ordered = cursor.see(frame)
            held = Raw(packed(frame), cursor=cursor.text() if ordered else None)
    if held is not None:
        yield Raw(held.payload, cursor=cursor.text())


def parse(payload: bytes, source: Source) -> pl.DataFrame:
    """The rows as the database gave them, typed."""
    return pl.read_ipc(io.BytesIO(payload))


def check(source: Source) -> list[Problem]:
    """Whether the database answers, and which columns its tables lack that the query uses, or the query that the map
    uses.
    """
    how: Map = source.map
    with _engine(source.settings).connect() as connection:
        used = columns_used(how.query, connection.dialect.name)
        if problems := [one for table, columns in used.items() for one in _lacks(connection, how, table, columns)]:
            return problems
        names = _names(connection.execute(text(how.query), _Cursor(source, None).binds()))
    wanted = {f"columns.{name}": headers_of(column) for name, column in how.columns.items()}
    wanted["watermark"] = () if how.watermark is None else (how.watermark,)
    return [
        how.problem(key, f"the query gives no column {header!r}; it gives {', '.join(names)}")
        for key, headers in wanted.items()
        for header in headers
        if header not in names
    ]


def sample(source: Source) -> pl.DataFrame:
    """The first rows of the query."""
    with _engine(source.settings).connect() as connection:
        result = _asked(connection, source.map, _Cursor(source, None).binds(), SAMPLE_ROWS)
        return as_frame(_names(result), result.fetchmany(SAMPLE_ROWS))


def columns_used(query: str, dialect: str) -> dict[str, list[str]]:
    """Table → its columns that a query names, as far as the query says whose a column is."""
    used: dict[str, list[str]] = {}
    for scope in traverse_scope(sqlglot.parse_one(query, dialect=_SPOKEN.get(dialect, ""))):
        tables = {alias: found for alias, found in scope.sources.items() if isinstance(found, sqlglot.exp.Table)}
        for column in scope.columns:
            owner = tables.get(column.table) or (
                next(iter(tables.values())) if len(scope.sources) == 1 and tables else None
            )
            if owner is not None:
                name = owner.sql(dialect=_SPOKEN.get(dialect, "")).split(" AS ")[0]
                used.setdefault(name, [])
                used[name] += [column.name] if column.name not in used[name] else []
    return used


def as_frame(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Rows of a driver as a frame; a column of values of several types becomes text."""
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return pl.DataFrame([_series(one_line(name), values) for name, values in zip(names, columns, strict=True)])


def packed(frame: pl.DataFrame) -> bytes:
    """A frame as the payload of a batch."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compression="lz4")
    return buffer.getvalue()


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    try:
        series = pl.Series(name, values)
    except FAILURES:  # values of several types, numbers too large: polars has an error of its own for each
        return _as_text(name, values)
    return _as_text(name, values) if series.dtype == pl.Object else series  # UUID, bytea: nothing can be kept as that


def _as_text(name: str, values: Sequence[Any]) -> pl.Series:
    texts = [None if value is None else str(value).encode(errors="replace").decode() for value in values]
    return pl.Series(name, texts, dtype=pl.String)


def _engine(settings: Settings) -> Engine:
    """An engine without a pool: a connection a fetch, so that a server that went away is no special case."""
    url: URL = make_url(settings.url)
    query = {key: _filled(value) for key, value in url.query.items()}
    url = url.set(username=_filled(url.username), password=_filled(url.password), query=query)
    options = {key: _filled(value) for key, value in settings.options.items()}
    extra = {} if settings.driver is None else {"module": importlib.import_module(settings.driver)}
    return create_engine(url, poolclass=NullPool, connect_args=options, **extra)


def _lacks(connection: Connection, how: Map, table: str, columns: Sequence[str]) -> list[Problem]:
    """What of a table of the query isn't there: itself, or columns."""
    try:
        there = _columns_of(connection, table)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        connection.rollback()
        return [how.problem("query", f"{table} can't be asked: {str(error.orig).strip().splitlines()[0]}")]
    known = [name.lower() for name in there]
    return [
        how.problem("query", f"{table} has no column {column}; it has {', '.join(there)}")
        for column in columns
        if column.lower() not in known
    ]


def _columns_of(connection: Connection, table: str) -> list[str]:
    """The columns of a table, asked by a query that every database knows."""
    return _names(connection.execute(text(f"SELECT * FROM {table} WHERE 1 = 0")))  # noqa: S608, a name of the DBA's own query


def _names(result: CursorResult[Any]) -> list[str]:
    return [one_line(name) for name in result.keys()]  # noqa: SIM118, a result is no dictionary


def _filled(part: Any) -> Any:
    return filled(part) if isinstance(part, str) else part


def _asked(connection: Connection, how: Map, binds: dict[str, Any], at_once: int) -> CursorResult[Any]:
    options = {"stream_results": True, "max_row_buffer": at_once}
    return connection.execute(text(how.query), binds, execution_options=options)


def _batches(
    connection: Connection, how: Map, binds: dict[str, Any]
) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
    result = _asked(connection, how, binds, ROWS_AT_ONCE)
    names = _names(result)
    for rows in result.partitions(ROWS_AT_ONCE):
        yield names, rows


class _Cursor:
    """How far a table has been read: the newest watermark, and the day on which late rows were last asked for."""

    def __init__(self, source: Source, since: str | None) -> None:
        self._map: Map = source.map
        self._zone = ZoneInfo(source.timezone)
        kept = json.loads(since) if since else {}
        start = self._map.start
        if start is None:
            start = datetime.now(self._zone).replace(tzinfo=None) - timedelta(days=FIRST_DAYS)
        self._at: Any = self._not_ahead(_KINDS[kept["kind"]](kept["at"])) if kept else start
        self._day = datetime.now(UTC).date().isoformat()
        self._late = bool(self._map.late_days) and kept.get("day", self._day) != self._day
        self._last: Any = None
        self._ordered = True

    def binds(self) -> dict[str, Any]:
        """What `:since` is this time."""
        if self._map.watermark is None:
            return {}
        if not isinstance(self._at, date):
            return {"since": self._at}
        back = timedelta(days=self._map.late_days) if self._late else timedelta(seconds=self._map.overlap_s)
        return {"since": self._at - back}

    def see(self, frame: pl.DataFrame) -> bool:
        """Move on to the newest watermark of some rows; tells whether all rows came in its order."""
        column = frame[self._map.watermark].drop_nulls() if self._map.watermark in frame.columns else pl.Series([])
        if len(column):
            self._ordered &= column.is_sorted() and (self._last is None or self._last <= _plain(column[0]))
            self._last = _plain(column.max())
            newest = self._not_ahead(self._last)
            if _kind(newest) != _kind(self._at) or newest > self._at:
                self._at = newest
        return self._ordered

    def _not_ahead(self, at: Any) -> Any:
        """A time, but at most the present: one from a clock that ran ahead would hide all rows until then."""
        if not isinstance(at, date):
            return at
        now = datetime.now(self._zone)
        if not isinstance(at, datetime):
            return min(at, now.date())
        return min(at, now if at.tzinfo else now.replace(tzinfo=None))

    def text(self) -> str | None:
        """What the next fetch is given."""
        if self._map.watermark is None:
            return None
        at = self._at.isoformat() if isinstance(self._at, date) else self._at
        return json.dumps({"kind": _kind(self._at)[0], "at": at, "day": self._day})


_KINDS: dict[str, Any] = {"time": datetime.fromisoformat, "day": date.fromisoformat, "plain": lambda value: value}


def _plain(value: Any) -> Any:
    """A watermark that JSON can keep: a number of a fixed scale as a whole one, or a float."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def _kind(value: Any) -> tuple[str, bool]:
    """What sort of watermark it is: those of one sort can be compared."""
    if isinstance(value, datetime):
        return "time", value.tzinfo is not None
    return ("day", False) if isinstance(value, date) else ("plain", False)
