"""What the page of one indicator asks: the rows behind its number, the rows behind one of those, readings, inputs."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import polars as pl

from metrics.connection import Connection, fetch
from metrics.engine import Engine
from metrics.evidence import evidence_sql
from metrics.indicator_lineage import limits_read
from metrics.lineage import tables_read
from metrics.point_lineage import points_read
from metrics.spans import Span, newest_span, span_frame
from metrics.sql_rules import relations
from metrics.thresholds import holds_on
from metrics.view_columns import FILE_VIEWS, SPAN_VIEWS, TABLE_VIEWS, VIEW_COLUMNS

MOST_ROWS = 1000
"""Rows of one view shown behind a row."""
LIMIT = (
    "subject", "medium", "site_id", "kind", "value", "unit", "in_force", "season_from", "season_to", "when_quantity",
    "when_max", "standard", "clause", "effective_from", "effective_to",
)  # fmt: skip
_NUMBERED = re.compile(r"(.+)_\d+")
_NO_KEYS = ("period", "received_at")
_HOUR = timedelta(hours=1)


def span_of(engine: Engine, indicator_id: str, as_of: datetime) -> Span:
    """The period and window that the indicator shows at `as_of`."""
    return newest_span(engine.catalogue.indicators[indicator_id], engine.utility, as_of)


@lru_cache(maxsize=128)
def points_of(engine: Engine, indicator_id: str) -> frozenset[str]:
    """The points whose values an indicator reads; an engine's catalogue and utility never change."""
    return points_read(engine.catalogue.indicators[indicator_id].sql, engine.utility)


def evidence(engine: Engine, indicator_id: str, as_of: datetime) -> pl.DataFrame:
    """The rows that the indicator's last aggregation adds up (columns of `evidence_sql`), those against it first."""
    indicator = engine.catalogue.indicators[indicator_id]
    needed = relations(indicator.sql)
    with engine.views(as_of).connection(span_frame([span_of(engine, indicator_id, as_of)]), needed) as cursor:
        rows = fetch(cursor, evidence_sql(indicator.sql, indicator.unit, indicator.direction))
    return _without_repeats(rows).sort("counts_against", descending=True, nulls_last=True, maintain_order=True)


def rows_behind(engine: Engine, indicator_id: str, as_of: datetime, row: Mapping[str, Any]) -> dict[str, pl.DataFrame]:
    """Of each view that the indicator reads, the rows that bear the same names and times as one row of its evidence.

    At most 1,000 rows a view; views that have nothing in common with the row are left out.
    """
    indicator = engine.catalogue.indicators[indicator_id]
    span, needed = span_of(engine, indicator_id, as_of), relations(indicator.sql)
    read = engine.utility.points.filter(pl.col("point_id").is_in(list(points_of(engine, indicator_id))))
    found = {}
    with engine.views(as_of).connection(span_frame([span]), needed) as cursor:
        for view in sorted(needed - SPAN_VIEWS.keys() - FILE_VIEWS.keys() - {"parameter"}):
            keys = _shared_keys(view, row) or _points_of(view, row, read, engine.utility.groups)
            if not keys:
                continue
            if "day" in VIEW_COLUMNS[view] and view not in TABLE_VIEWS:
                keys["day"] = keys.get("day", pl.date_range(span.first_day, span.last_day, eager=True).to_list())
            rows = _select(cursor, view, keys)
            if rows.height:
                found[view] = _without_empty(rows)
    return found


def readings(engine: Engine, point_id: str, first: datetime, last: datetime, as_of: datetime) -> pl.DataFrame:
    """The source rows of one point from `first` up to before `last`, as known at `as_of`.

    Columns ts, span_s, value, quality, source, received_at, batch_seq.
    """
    utility = engine.utility
    days = _days(utility.day_of(first), utility.day_of(last))
    rows = engine.lake.scan("reading", days).filter(
        pl.col("point_id") == point_id, pl.col("ts") >= first, pl.col("ts") < last, pl.col("ts") <= as_of
    )
    columns = ["ts", "span_s", "value", "quality", "source", "received_at", "batch_seq"]
    return rows.select(columns).sort("ts").collect()


def stretch_of(engine: Engine, indicator_id: str, as_of: datetime, row: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """From when to when a row of the evidence reaches: its hour, its day, else the indicator's whole window."""
    if isinstance(row.get("hour"), datetime):
        return row["hour"], row["hour"] + _HOUR
    if isinstance(row.get("day"), date):
        return engine.utility.day_start(row["day"]), engine.utility.day_start(row["day"] + timedelta(days=1))
    span = span_of(engine, indicator_id, as_of)
    return span.starts_at, span.ends_at


def inputs(engine: Engine, indicator_id: str, as_of: datetime) -> pl.DataFrame:
    """What the indicator reads, by input (readings of a source, or a table) with the time of its newest row.

    Columns input, source, points (NULL of a table), newest (UTC).
    """
    indicator = engine.catalogue.indicators[indicator_id]
    schema = pl.Schema(
        {"input": pl.String(), "source": pl.String(), "points": pl.Int64(), "newest": pl.Datetime("us", "UTC")}
    )
    read = list(points_of(engine, indicator_id))
    view = engine.views(as_of)
    with view.connection(span_frame([span_of(engine, indicator_id, as_of)]), {"latest"}) as cursor:
        heard = fetch(cursor, "SELECT point_id, ts FROM latest")
    points = engine.utility.points.filter(pl.col("point_id").is_in(read)).join(heard, on="point_id", how="left")
    by_source = points.group_by("source").agg(points=pl.len().cast(pl.Int64), newest=pl.col("ts").max())
    rows = [by_source.select(input=pl.lit("reading"), source="source", points="points", newest="newest")]
    for table in sorted(tables_read(indicator.sql) - {"reading"}):
        stored = engine.lake.scan(table).group_by("source").agg(newest=pl.col("received_at").max()).collect()
        rows.append(stored.select(input=pl.lit(table), source="source", points=pl.lit(None), newest="newest"))
    return pl.concat([frame.cast(schema) for frame in rows]).sort("input", "source")


def limits(engine: Engine, indicator_id: str, day: date) -> pl.DataFrame:
    """The rows of limits that the indicator can be judged by (columns `LIMIT`), with `in_force`: whether they hold on
    `day` by date and season. Those that need another quantity to be low (when_quantity) hold only while it is.
    """
    indicator = engine.catalogue.indicators[indicator_id]
    read = list(points_of(engine, indicator_id))
    dated = engine.limits.with_columns(in_force=holds_on(day))
    found = limits_read(indicator, engine.utility.points.filter(pl.col("point_id").is_in(read)), dated)
    return found.select(LIMIT).sort("in_force", "subject", "kind", descending=[True, False, False])


def _select(cursor: Connection, view: str, keys: Mapping[str, Any]) -> pl.DataFrame:
    """Rows of a view whose columns equal the keys, or are among them where a key is a list."""
    where = [f'list_contains(${n}, "{n}")' if isinstance(key, list) else f'"{n}" = ${n}' for n, key in keys.items()]
    sql = f'SELECT * FROM "{view}" WHERE {" AND ".join(where)} LIMIT {MOST_ROWS}'  # noqa: S608 (own names)
    rows = pl.DataFrame(cursor.sql(sql, params=dict(keys)).to_arrow_table())
    return rows.with_columns(pl.col(pl.Datetime("us", "*")).dt.convert_time_zone("UTC"))


def _shared_keys(view: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Names and times that a view has in common with a row. A point says more than its site, and stands alone."""
    columns = VIEW_COLUMNS[view]
    known = {name: row[name] for name in columns if row.get(name) not in (None, "") and name not in _NO_KEYS}
    if "point_id" in known:
        return {name: known[name] for name in ("point_id", "hour", "day") if name in known}
    named = {name: key for name, key in known.items() if name.endswith("_id")}
    timed = {name: key for name, key in known.items() if columns[name] in ("DATE", "TIMESTAMPTZ")}
    return named | timed if named or timed.keys() - {"day"} else {}


def _points_of(view: str, row: Mapping[str, Any], read: pl.DataFrame, groups: pl.DataFrame) -> dict[str, Any]:
    """The points of the row's site that the indicator reads, or all that it reads where the row has no site."""
    if "point_id" not in VIEW_COLUMNS[view]:
        return {}
    placed = read.join(groups.select("group_id", "site_id"), on="group_id")
    own = placed.filter(pl.col("site_id") == row["site_id"]) if row.get("site_id") else placed
    return {"point_id": own["point_id"].to_list()} if own.height else {}


def _without_repeats(rows: pl.DataFrame) -> pl.DataFrame:
    """Without the second and third columns of one name that say the same, and those that say nothing."""
    first = {name: found[1] for name in rows.columns if (found := _NUMBERED.fullmatch(name))}
    same = [n for n, of in first.items() if of in rows.columns and (of == "period" or _agree(rows, of, n))]
    return _without_empty(rows.drop(same), keep=("counts_against", "adds_numerator", "adds_denominator"))


def _agree(rows: pl.DataFrame, one: str, other: str) -> bool:
    """Whether two columns never contradict each other."""
    return rows[one].dtype == rows[other].dtype and not (rows[one] != rows[other]).any()


def _without_empty(rows: pl.DataFrame, keep: tuple[str, ...] = ()) -> pl.DataFrame:
    return rows.select(name for name in rows.columns if name in keep or rows[name].null_count() < rows.height)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
