"""The views catalogue SQL reads, over a stretch of days as at a moment, in a locked DuckDB that can read no file."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from threading import Lock

import polars as pl

from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.connection import Connection, locked_connection
from metrics.mart_files import MartFiles
from metrics.spans import SPAN_SCHEMA
from metrics.stored import StoredTables
from metrics.view_columns import FILE_VIEWS, MART_VIEWS, TABLE_VIEWS
from metrics.view_sql import (
    closure,
    fill_derived,
    fill_latest,
    fill_mart,
    fill_tables,
    made_for_span,
    set_moment,
    typed,
)

LOOK_BACK = {"forecast": timedelta(days=7), "weather": timedelta(days=7)}
"""How much earlier than a span something issued for it may be."""

Request = tuple[pl.DataFrame, Collection[str]]
"""The rows of view `span`, and the views wanted with them."""


class Views:
    """The views as at `as_of`. `load` what will be asked for, then take one `connection` an indicator."""

    def __init__(
        self,
        utility: Utility,
        lake: Lake,
        as_of: datetime,
        limits: pl.DataFrame,
        *,
        marts: MartFiles | None = None,
        stored: StoredTables | None = None,
    ) -> None:
        self.utility, self.as_of, self.limits = utility, as_of, limits
        self.today = utility.day_of(as_of)
        self.marts = marts or MartFiles(lake, utility)
        self.stored = stored or StoredTables(lake, utility)
        self._base: Connection | None = None
        self._days: dict[str, set[date]] = {}
        self._one_at_a_time = Lock()

    def load(self, requests: Iterable[Request]) -> None:
        """Fill the views that these requests want, each over the days of the spans that want it."""
        self.close()
        for span, needed in requests:
            days = days_of(span)
            for view in closure(needed):
                self._days.setdefault(view, set()).update(days)
        self._base = locked_connection(prepare=self._fill)

    def connection(self, span: pl.DataFrame, needed: Collection[str]) -> Connection:
        """A cursor that sees the views with this `span`. Loads what was not loaded yet; what was, threads may share."""
        days = days_of(span)
        if self._base is None or any(not days <= self._days.get(view, set()) for view in closure(needed)):
            self.load([(span, needed)])
        assert self._base is not None
        with self._one_at_a_time:
            cursor = self._base.cursor()
        views = closure(needed)
        if views & {*TABLE_VIEWS, "latest"}:
            set_moment(cursor, self.as_of, self.today)
        made_for_span(cursor, span.cast(SPAN_SCHEMA), views)
        return cursor

    def close(self) -> None:
        """Let go of the memory."""
        if self._base is not None:
            self._base.close()
        self._base, self._days = None, {}

    def _fill(self, base: Connection) -> None:
        base.execute("CREATE SCHEMA stored")
        set_moment(base, self.as_of, self.today)
        typed(base, "moment", pl.DataFrame({"as_of": [self.as_of], "day": [self.today]}))
        for view in FILE_VIEWS.keys() & self._days.keys():
            typed(base, view, self._file_rows(view))
        fill_tables(base, {table: self._rows(table) for table in TABLE_VIEWS.keys() & self._days.keys()})
        for view in MART_VIEWS.keys() & self._days.keys():
            if view == "latest":
                fill_latest(base, self.marts.latest(self._days[view] | {self.today}, self.as_of))
            else:
                fill_mart(base, view, *self.marts.read(view, self._days[view], self.as_of))
        fill_derived(base, self._days)

    def _rows(self, table: str) -> pl.DataFrame:
        first, last = min(self._days[table]), max(self._days[table])
        return self.stored.rows(table, first - LOOK_BACK.get(table, timedelta()), last)

    def _file_rows(self, view: str) -> pl.DataFrame:
        """Rows of the utility's files; points with what their group and site are."""
        rows: pl.DataFrame = self.limits if view == "limits" else getattr(self.utility, view)
        if view != "points":
            return rows
        groups = self.utility.groups.select("group_id", "site_id", group_kind="kind")
        sites = self.utility.sites.select("site_id", site_kind="kind")
        return rows.join(groups, on="group_id", how="left").join(sites, on="site_id", how="left")


def days_of(span: pl.DataFrame) -> set[date]:
    """All days between a span's first and last ones."""
    if span.is_empty():
        return set()
    first, last = span["first_day"].min(), span["last_day"].max()
    assert isinstance(first, date) and isinstance(last, date)
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}
