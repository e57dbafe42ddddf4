"""`metrics lineage`: what one indicator stands on, from the catalogue file to sources and limits."""

from typing import Any

import polars as pl

from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.catalogue import Indicator
from metrics.limits import resolve_limits
from metrics.lineage import tables_read
from metrics.point_lineage import parameters_read, points_read
from metrics.sql_rules import relations

MART_OF_VIEW = {"hourly": "hourly", "daily": "daily", "latest": "latest", "site_energy": "daily"}
"""Views made of a mart."""
TOLD_OF_A_LIMIT = (
    "subject", "medium", "site_id", "kind", "value", "unit", "standard", "clause", "effective_from", "effective_to",
)  # fmt: skip


def lineage_of(indicator: Indicator, utility: Utility, lake: Lake) -> dict[str, Any]:
    """The JSON of `metrics lineage`: file, marts, tables, number of points, sources and limits of one indicator."""
    views, tables = relations(indicator.sql), tables_read(indicator.sql)
    points = utility.points.filter(pl.col("point_id").is_in(list(points_read(indicator.sql, utility))))
    sources = set(points["source"].drop_nulls())
    for table in tables - {"reading"}:
        if lake.exists(table):
            sources |= set(lake.scan(table).select("source").unique().collect()["source"])
    return {
        "id": indicator.id,
        "file": indicator.file,
        "marts": sorted({MART_OF_VIEW[view] for view in views & MART_OF_VIEW.keys()}),
        "tables": sorted(tables),
        "points": points.height,
        "sources": sorted(sources),
        "limits": limits_read(indicator, points, resolve_limits(utility)).select(TOLD_OF_A_LIMIT).to_dicts(),
    }


def limits_read(indicator: Indicator, points: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """The rows of `limits` an indicator depends on, of any date: its thresholds, its points' limits, its parameters.

    Columns as in limits.csv, dates as ISO text.
    """
    wanted = pl.col("subject").is_in([indicator.id, *parameters_read(indicator.sql)])
    if "point_limit" in relations(indicator.sql):
        judged = points.select(subject="quantity", medium=pl.col("medium").fill_null("")).unique()
        pairs = pl.struct("subject", pl.col("medium").fill_null("")).is_in(judged.to_struct().implode())
        wanted = wanted | pairs
    return limits.filter(wanted).with_columns(pl.col("effective_from", "effective_to").dt.to_string("iso"))
