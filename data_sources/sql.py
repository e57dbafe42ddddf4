"""SQL databases, by SQLAlchemy: rows of a query that are newer than a watermark, asked on schedule.

From SCADA historians, billing, U8, work orders, hall queues, meters: long tables (a reading a row) and wide ones (a
column a tag). Read only; a query is the DBA's own text with `:since` in it, nothing is reflected.
Sample: ('W1_FLOW', datetime(2026, 9, 15, 16, 20), 812.5, 192)
"""

import importlib
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeGuard

import polars as pl
import sqlglot
from pydantic import Field, field_validator, model_validator
from sqlalchemy import URL, Connection, CursorResult, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from data_sources.cells import one_line
from data_sources.connector import BEHIND, Source, SourceSettings, TableMap
from data_sources.hidden import filled, refuse_secret
from data_sources.import_map import headers_of
from data_sources.problems import FAILURES, Problem
from data_sources.spool import Raw
from data_sources.watermark import Watermark

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
    late_days: float = Field(
        1, ge=0, description="asked again once a day, and where nothing new comes, for rows that were written behind it"
    )

    @property
    def needed(self) -> set[str]:
        """The watermark."""
        return set() if self.watermark is None else {self.watermark}

    @property
    def always_whole(self) -> bool:
        """A query gives the same columns each time."""
        return True

    @model_validator(mode="after")
    def _together(self) -> "Map":
        if (self.watermark is None) != (SINCE not in self.query):
            raise ValueError("watermark and :since belong together: the query must ask for rows after it")
        return self


def fetch(source: Source, since: str | None) -> Iterator[Raw]:
    """Rows after the watermark, a batch after another; where nothing has moved it for long, those behind it, too.

    Where the rows come ordered by their watermark, each batch moves the cursor, else only the last one does.
    """
    at = Watermark(source, since)
    with _engine(source.settings).connect() as connection:
        yield from _after(connection, source.map, at)
        if at.stands_still():
            yield from _behind(connection, source.map, at)


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
        names = _names(connection.execute(text(how.query), Watermark(source, None).binds()))
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
        result = _asked(connection, source.map, Watermark(source, None).binds(), SAMPLE_ROWS)
        return as_frame(_names(result), result.fetchmany(SAMPLE_ROWS))


def columns_used(query: str, dialect: str) -> dict[str, list[str]]:
    """Table → its columns that a query names, as far as the query says whose a column is; {} where only the database
    itself can read the query.
    """
    used: dict[str, list[str]] = {}
    try:
        scopes = traverse_scope(sqlglot.parse_one(query, dialect=_SPOKEN.get(dialect, "")))
    except SqlglotError:
        return {}
    for scope in scopes:
        tables = {alias: found for alias, found in scope.sources.items() if _is_named(found)}
        for column in scope.columns:
            owner = tables.get(column.table) or (
                next(iter(tables.values())) if len(scope.sources) == 1 and tables else None
            )
            if owner is not None:
                name = owner.sql(dialect=_SPOKEN.get(dialect, "")).split(" AS ")[0]
                used.setdefault(name, [])
                used[name] += [column.name] if column.name not in used[name] else []
    return used


def _is_named(source: Any) -> TypeGuard[sqlglot.exp.Table]:
    """Whether a source of a query is a table that can be asked by its name; a function is none."""
    return isinstance(source, sqlglot.exp.Table) and isinstance(source.this, sqlglot.exp.Identifier)


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
        wants = f"; the query takes {', '.join(columns)} from it" if columns else ""
        return [how.problem("query", f"{table} can't be asked: {str(error.orig).strip().splitlines()[0]}{wants}")]
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


def _after(connection: Connection, how: Map, at: Watermark) -> Iterator[Raw]:
    held: Raw | None = None
    for names, rows in _batches(connection, how, at.binds()):
        if held is not None:
            yield held
        frame = as_frame(names, rows)
        ordered = at.see(frame)
        held = Raw(packed(frame), cursor=at.text() if ordered else None)
    if held is not None:
        yield Raw(held.payload, cursor=at.text())


def _behind(connection: Connection, how: Map, at: Watermark) -> Iterator[Raw]:
    held: Raw | None = None
    for names, rows in _batches(connection, how, at.binds_behind()):
        if held is not None:
            yield held
        held = Raw(packed(as_frame(names, rows)), BEHIND)
    if held is not None:
        yield Raw(held.payload, BEHIND, at.looked())


def _batches(
    connection: Connection, how: Map, binds: dict[str, Any]
) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
    result = _asked(connection, how, binds, ROWS_AT_ONCE)
    names = _names(result)
    for rows in result.partitions(ROWS_AT_ONCE):
        yield names, rows
