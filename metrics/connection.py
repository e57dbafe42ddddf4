"""DuckDB connections: one for the product's own SQL, and the locked one on which catalogue SQL runs."""

import warnings
from collections.abc import Callable, Sequence

import duckdb
import polars as pl

Connection = duckdb.DuckDBPyConnection

# fetch_few takes the copy on purpose
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result makes an extra copy")


def own_connection(memory: str = "1200MB") -> Connection:
    """An in-memory DuckDB in UTC for SQL that ships with the product; `memory` bounds what it may take."""
    connection = duckdb.connect(":memory:", config={"memory_limit": memory, "preserve_insertion_order": False})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def locked_connection(files: Sequence[str] = (), prepare: Callable[[Connection], object] | None = None) -> Connection:
    """An in-memory DuckDB in UTC that may read exactly `files`, and whose settings nobody can change back.

    `prepare` runs before the lock, with free access. What it loads needs no file afterwards, so `files` can stay empty,
    which is safest: a COPY with USE_TMP_FILE false could write over a file that it may read. The time zone goes first,
    since nothing can be set later. One thread a query: they are small, many run at once, and planning is most of it.
    """
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    if prepare is not None:
        prepare(connection)
    connection.execute(f"SET allowed_paths = {_quoted(files)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def view_of_files(connection: Connection, name: str, files: Sequence[str]) -> None:
    """A view over parquet files whose columns may differ; the partition in their path is left out."""
    relation = connection.read_parquet(list(files), hive_partitioning=False, union_by_name=True)
    relation.create_view(name, replace=True)


def fetch(connection: Connection, select: str) -> pl.DataFrame:
    """What a SELECT returns, its instants in UTC as everywhere else."""
    return _in_utc(pl.DataFrame(connection.sql(select).to_arrow_table()))


def fetch_few(connection: Connection, select: str) -> pl.DataFrame:
    """As `fetch`, of a SELECT that returns few rows: planned once instead of twice, for a copy of its rows."""
    return _in_utc(pl.DataFrame(connection.execute(select).to_arrow_table()))


def _in_utc(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col(pl.Datetime("us", "*")).dt.convert_time_zone("UTC"))


def _quoted(files: Sequence[str]) -> str:
    return "[" + ", ".join("'" + file.replace("'", "''") + "'" for file in files) + "]"
