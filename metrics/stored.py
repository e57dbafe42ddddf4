"""The lake's tables as frames: the current rows with the columns of their view, kept until the table changes."""

from datetime import date, timedelta

import polars as pl

from data_sources.contracts import PARTITIONED, TABLES
from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.view_columns import POLARS_TYPES, VIEW_COLUMNS

_SEEN = {"forecast": pl.col("model") == "shown"}
"""Rows of a table that a view shows: method and baseline beside what is shown are read by the brain's scores alone."""
_KEPT = 60
"""Tables and stretches of days kept at once."""


def changed_at(lake: Lake, table: str) -> int | None:
    """When a table last had a commit, in ns; None where it has none. A look at its log's folder: quick, asked often."""
    log = lake.root / table / "_delta_log"
    return log.stat().st_mtime_ns if log.exists() else None


class StoredTables:
    """Reads a table once after each commit."""

    def __init__(self, lake: Lake, utility: Utility) -> None:
        self.lake, self.utility = lake, utility
        self._kept: dict[tuple[str, date | None, date | None], tuple[int | None, pl.DataFrame]] = {}

    def rows(self, table: str, first: date, last: date) -> pl.DataFrame:
        """The current rows; of a partitioned table those of the days `first` to `last`. Empty where there is none."""
        days = (first, last) if table in PARTITIONED else (None, None)
        version = changed_at(self.lake, table)
        kept = self._kept.get((table, *days))
        if kept is None or kept[0] != version:
            self._forget(table, version)
            kept = (version, self._read(table, first, last))
            self._kept[(table, *days)] = kept
        return kept[1]

    def _forget(self, table: str, version: int | None) -> None:
        """Let go of what a commit made old: the stretches of a day that is over are never asked for again."""
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        for key in [key for key, (seen, _) in self._kept.items() if key[0] == table and seen != version]:
            del self._kept[key]

    def _read(self, table: str, first: date, last: date) -> pl.DataFrame:
        schema = {column: POLARS_TYPES[kind] for column, kind in VIEW_COLUMNS[table].items()}
        if table in PARTITIONED:
            wanted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
            rows = self.lake.scan(table, wanted, _SEEN.get(table))
        else:
            rows = self.lake.scan(table).with_columns(self._day(table))
        return rows.select(pl.col(column).cast(kind) for column, kind in schema.items()).collect()

    def _day(self, table: str) -> pl.Expr:
        """The business day of a row's own time; of a month's row, the first day after it."""
        own = TABLES[table].own_time
        if own is None:
            return pl.lit(None, pl.Date()).alias("day")
        if TABLES[table].columns[own] == pl.Date():
            return pl.col(own).dt.offset_by("1mo").alias("day")
        return self.utility.day_expr(own).alias("day")
