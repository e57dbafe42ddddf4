"""The views catalogue SQL reads, over a stretch of days as at a moment, in a locked DuckDB that can read no file."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import date, datetime, timedelta
from threading import Lock

import polars as pl

from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.connection import Connection, locked_connection
from metrics.mart_files import MartFiles
from metrics.spans import SPAN_SCHEMA
from metrics.stored import StoredTables, changed_at
from metrics.view_columns import DERIVED_VIEWS, FILE_VIEWS, MART_VIEWS, TABLE_VIEWS
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

MOVES = 12
"""Moments after which the database is opened anew: one that tables come to and go from all day takes more and more."""

Request = tuple[pl.DataFrame, Collection[str]]
"""The rows of view `span`, and the views wanted with them."""


class Views:
    """The views as at `as_of`. `load` what will be asked for, then take one `connection` an indicator.

    What is loaded stays for the next who asks, as long as neither the marts nor the tables it came from change; the
    utility's files and the lake's tables stay even as the moment moves on.
    """

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
        self.utility, self.lake, self.as_of, self.limits = utility, lake, as_of, limits
        self.today = utility.day_of(as_of)
        self.marts = marts or MartFiles(lake, utility)
        self.stored = stored or StoredTables(lake, utility)
        self._base: Connection | None = None
        self._days: dict[str, set[date]] = {}
        self._versions: dict[str, Hashable] = {}
        self._moves = 0
        self._one_at_a_time = Lock()

    def load(self, requests: Iterable[Request]) -> None:
        """Fill the views that these requests want, each over the days of the spans that want it."""
        wanted: dict[str, set[date]] = {}
        for span, needed in requests:
            days = days_of(span)
            for view in closure(needed):
                wanted.setdefault(view, set()).update(days)
        with self._one_at_a_time:
            if self._base is None:
                self._open()
            self._forget(view for view, seen in self._versions.items() if self._version(view) != seen)
            self._fill({view: days for view, days in wanted.items() if not self._has(view, days)})

    def connection(self, span: pl.DataFrame, needed: Collection[str]) -> Connection:
        """A cursor that sees the views with this `span`. Loads what was not loaded yet; what was, threads may share."""
        views, days = closure(needed), days_of(span)
        if self._base is None or not all(self._has(view, days) for view in views):
            self.load([(span, needed)])
        assert self._base is not None
        with self._one_at_a_time:
            cursor = self._base.cursor()
        if views & {*TABLE_VIEWS, "latest"}:
            set_moment(cursor, self.as_of, self.today)
        made_for_span(cursor, span.cast(SPAN_SCHEMA), views)
        return cursor

    def move_to(self, as_of: datetime) -> None:
        """Show another moment from here on."""
        self.as_of, self.today = as_of, self.utility.day_of(as_of)
        self._moves += 1
        if self._base is not None and self._moves % MOVES == 0:
            self._open_anew()
        self.close()
        if self._base is not None:
            self._set_moment(self._base)

    def close(self) -> None:
        """Let go of the marts' rows, which are many and of this moment; all else stays for the next who asks."""
        self._forget(MART_VIEWS)

    def _open(self) -> None:
        self._base = locked_connection()
        self._base.execute("CREATE SCHEMA stored")
        self._set_moment(self._base)

    def _open_anew(self) -> None:
        """Start over with an empty database; the old one goes with the last cursor that somebody still reads from."""
        with self._one_at_a_time:
            self._days.clear()
            self._versions.clear()
            self._open()

    def _set_moment(self, base: Connection) -> None:
        set_moment(base, self.as_of, self.today)
        typed(base, "moment", pl.DataFrame({"as_of": [self.as_of], "day": [self.today]}))

    def _forget(self, views: Iterable[str]) -> None:
        """Load these views anew when they are asked for again, and those that are made of others."""
        gone = set(views)
        for view in gone | (DERIVED_VIEWS.keys() if gone else set()):
            self._days.pop(view, None)
            self._versions.pop(view, None)
        if self._base is not None:
            for mart in gone & MART_VIEWS.keys():
                self._base.execute(f"DROP VIEW IF EXISTS {mart}")
                self._base.execute(f"DROP TABLE IF EXISTS stored.{mart}")

    def _has(self, view: str, days: set[date]) -> bool:
        return view in self._days and days <= self._days[view]

    def _version(self, view: str) -> Hashable:
        """What tells whether a view's rows are still those that were loaded."""
        if view in TABLE_VIEWS:
            return changed_at(self.lake, view)
        return (self.marts.stamp, changed_at(self.lake, "reading")) if view in MART_VIEWS else None

    def _fill(self, wanted: Mapping[str, set[date]]) -> None:
        """Load views, those that others are made of first; what was loaded of them is loaded again with the rest."""
        assert self._base is not None
        for view, days in wanted.items():
            self._days[view] = self._days.get(view, set()) | days
            self._versions[view] = self._version(view)
        for view in FILE_VIEWS.keys() & wanted.keys():
            typed(self._base, view, self._file_rows(view))
        fill_tables(self._base, {table: self._rows(table) for table in TABLE_VIEWS.keys() & wanted.keys()})
        for view in MART_VIEWS.keys() & wanted.keys():
            if view == "latest":
                fill_latest(self._base, self.marts.latest(self._days[view] | {self.today}, self.as_of))
            else:
                fill_mart(self._base, view, self.marts.read(view, self._days[view], self.as_of))
        fill_derived(self._base, {view: self._days[view] for view in wanted})

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
