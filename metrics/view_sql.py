"""How each view is filled: rows and SQL of marts/ → tables and views of a DuckDB connection. `stored` holds what they
are made of.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from metrics.connection import Connection
from metrics.day_marts import mart_sql
from metrics.view_columns import DERIVED_VIEWS, POLARS_TYPES, VIEW_COLUMNS

STANDS_ON = {
    "hourly": {"points"},
    "daily": {"points"},
    "latest": {"points"},
    "point_limit": {"points", "limits", "daily"},
    "parameter": {"limits"},
    "state_at": {"latest"},
    "risk_at": {"risk"},
    "energy_points": {"points"},
    "site_energy": {"energy_points", "daily"},
    "sold": {"sale"},
    "drains": {"sites"},
    "sewer_forecast": {"sites", "forecast"},
    "works_capacity": {"sites", "parameter"},
    "well_alarm": {"points", "parameter"},
    "meter": {"meter_event"},
}
"""View → those it is made of."""

OF_A_SPAN = ("state_at", "risk_at")
"""Made for each span anew; all others are the same for all who ask at that moment."""

_BY_DAY = ("point_limit", "sold", "well_alarm")
"""Made for the days asked for, which they find in needed_days."""

_OF_A_POINT = ("group_kind", "site_id", "site_kind", "quantity", "role", "medium", "machine_id", "to_site_id")
_LATEST = {
    "point_id": pl.String(),
    "day": pl.Date(),
    "ts": pl.Datetime("us", "UTC"),
    "quality": pl.String(),
    "us": pl.Int64(),
    "raw_value": pl.Float64(),
    "span_s": pl.Int64(),
    "good_us": pl.Int64(),
    "good_value": pl.Float64(),
}
_VIEW = re.compile(r"CREATE OR REPLACE VIEW (\w+) AS\n(.*?);", re.DOTALL)


def closure(views: Collection[str]) -> set[str]:
    """These views and all they are made of."""
    found, waiting = set[str](), set(views)
    while waiting:
        view = waiting.pop()
        found.add(view)
        waiting |= STANDS_ON.get(view, set()) - found
    return found


@lru_cache(maxsize=1)
def as_of_sql() -> Mapping[str, str]:
    """Table → the SELECT of marts/as_of.sql that shows it as at a moment."""
    return dict(_VIEW.findall(mart_sql("as_of")))


def typed(base: Connection, view: str, rows: pl.DataFrame) -> None:
    """A table with exactly the columns of a view."""
    schema = {column: POLARS_TYPES[kind] for column, kind in VIEW_COLUMNS[view].items()}
    _table(base, view, rows.select(pl.col(column).cast(kind) for column, kind in schema.items()))


def fill_tables(base: Connection, tables: Mapping[str, pl.DataFrame]) -> None:
    """The lake's current rows by table, and over them the views of what they were at as_of."""
    for table, rows in tables.items():
        _table(base, f'stored."{table}"', rows)
    for table in tables:
        base.execute(f'CREATE OR REPLACE VIEW "{table}" AS {as_of_sql()[table]}')


def fill_mart(base: Connection, mart: str, frames: list[pl.DataFrame]) -> None:
    """Mart hourly or daily, with what each point is."""
    schema = {c: POLARS_TYPES[kind] for c, kind in VIEW_COLUMNS[mart].items() if c not in _OF_A_POINT}
    _table(base, f"stored.{mart}", pl.concat([pl.DataFrame(schema=schema), *(rows.select(*schema) for rows in frames)]))
    point = ", ".join(f"points.{name}" for name in _OF_A_POINT)
    joined = f"SELECT rows.*, {point} FROM stored.{mart} AS rows JOIN points USING (point_id)"  # noqa: S608 (own names)
    base.execute(f"CREATE OR REPLACE VIEW {mart} AS {joined}")


def fill_latest(base: Connection, rows: pl.DataFrame | None) -> None:
    """Mart latest at the ends of days, and the view of the newest one."""
    _table(base, "stored.latest", pl.DataFrame(schema=_LATEST) if rows is None else rows.select(*_LATEST))
    base.execute(f"CREATE OR REPLACE VIEW latest AS {mart_sql('latest_at')}")


def fill_derived(base: Connection, days: Mapping[str, Iterable[date]]) -> None:
    """The views made of others, each over the days that want it; in their order, for one stands on another."""
    for view in [one for one in DERIVED_VIEWS if one in days and one not in OF_A_SPAN]:
        if view in _BY_DAY:
            base.register("needed_days", pl.DataFrame({"day": sorted(days[view])}, schema={"day": pl.Date()}))
        base.execute(f"CREATE OR REPLACE TABLE {view} AS {mart_sql(view)}")


def set_moment(connection: Connection, as_of: datetime, today: date) -> None:
    """What the SQL of marts/ asks with getvariable; each cursor has its own."""
    connection.execute(f"SET VARIABLE as_of = TIMESTAMPTZ '{as_of.isoformat()}'; SET VARIABLE today = DATE '{today}'")


def made_for_span(cursor: Connection, span: pl.DataFrame, views: Collection[str]) -> None:
    """View `span`, and those of `views` that depend on it."""
    cursor.register("span", span)
    for view in sorted(set(views) & set(OF_A_SPAN)):
        cursor.execute(f"CREATE TEMP TABLE {view} AS {mart_sql(view)}")


def _table(base: Connection, name: str, rows: pl.DataFrame) -> None:
    base.register("rows_of_table", rows)
    base.execute(f"CREATE OR REPLACE TABLE {name} AS FROM rows_of_table")
    base.unregister("rows_of_table")
