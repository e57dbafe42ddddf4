"""The engine: runs the catalogue's SELECTs over the views, judges what they return, and keeps closed periods."""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import duckdb
import polars as pl

from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.catalogue import Catalogue, Indicator
from metrics.closing import close_periods
from metrics.connection import fetch_few
from metrics.inputs import Inputs
from metrics.judge import Judged, judge
from metrics.limits import resolve_limits
from metrics.lineage import tables_needed
from metrics.mart_files import MartFiles
from metrics.result import NO_ROWS, as_result
from metrics.spans import Span, last_closed, newest_span, span_at, span_frame
from metrics.sql_rules import relations
from metrics.stored import StoredTables
from metrics.thresholds import own_medians, thresholds_on
from metrics.views import Views

HISTORY_DAYS = 1200
"""How far back `history` reaches: 30 months of trend with those a year before."""

AT_ONCE = 2
"""SELECTs that run at once: most of their time is planning, which takes one core each."""

log = logging.getLogger(__name__)


class Engine:
    """One utility's indicators over its lake. Keeps what doesn't change between two refreshes."""

    def __init__(self, utility: Utility, lake: Lake, catalogue: Catalogue) -> None:
        self.utility, self.lake, self.catalogue = utility, lake, catalogue
        self.limits = resolve_limits(utility)
        self.marts, self.stored = MartFiles(lake, utility), StoredTables(lake, utility)
        self._views: Views | None = None
        self._by_subject: tuple[pl.DataFrame, dict[str, pl.DataFrame]] | None = None
        self._on_day: dict[str, tuple[pl.DataFrame, date, pl.DataFrame]] = {}
        self._present: set[str] = set()
        self._closed: dict[str, tuple[date, str, Judged]] = {}
        self._history: dict[tuple[str, ...], tuple[pl.DataFrame | None, list[date], pl.DataFrame]] = {}

    def rows(self, indicator_id: str, as_of: datetime, periods: Collection[date] | None = None) -> pl.DataFrame:
        """What the indicator's SELECT returns at `as_of` for `periods`, or for the newest one.

        Periods that have neither closed nor are running have no rows. Raises KeyError where there is no such indicator.
        """
        indicator = self.catalogue.indicators[indicator_id]
        if periods is None:
            spans = [newest_span(indicator, self.utility, as_of)]
        else:
            found = (span_at(indicator, self.utility, period, as_of) for period in sorted(set(periods)))
            spans = [span for span in found if span is not None]
        return self.select(self.views(as_of), indicator, spans)

    def evaluate(self, as_of: datetime, ids: Iterable[str] | None = None) -> dict[str, Judged]:
        """The verdict on each indicator's newest period: the running one where it is current, else the last closed."""
        chosen = [self.catalogue.indicators[id_] for id_ in (self.catalogue.indicators if ids is None else ids)]
        spans = {indicator.id: newest_span(indicator, self.utility, as_of) for indicator in chosen}
        inputs = self.inputs()
        keys = {i.id: inputs.key(i, spans[i.id]) for i in chosen if i.shows == "closed"}
        verdicts = {id_: judged for id_, key in keys.items() if (judged := self._kept(id_, spans[id_], key))}
        waiting = [indicator for indicator in chosen if indicator.id not in verdicts]
        views = self.views(as_of)
        views.load((span_frame([spans[i.id]]), relations(i.sql)) for i in waiting)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            rows = pool.map(lambda i: self.select_or_nothing(views, i, [spans[i.id]]), waiting)
            for indicator, found in zip(waiting, rows, strict=True):
                verdicts[indicator.id] = self._verdict(indicator, found, spans[indicator.id], as_of)
        self._closed |= {id_: (spans[id_].period, key, verdicts[id_]) for id_, key in keys.items()}
        return {indicator.id: verdicts[indicator.id] for indicator in chosen}

    def close_periods(self, as_of: datetime, progress: Callable[[int, int], None] | None = None) -> int:
        """Compute the closed periods that table indicator lacks, or whose inputs changed; returns how many.

        `progress(done, total)` counts periods.
        """
        return close_periods(self, as_of, progress or (lambda done, total: None))

    def history(self, ids: Iterable[str], as_of: datetime) -> pl.DataFrame:
        """The rows of table indicator of these indicators: periods closed at `as_of`, of the 1,200 days before it."""
        today = self.utility.day_of(as_of)
        rows = self.stored.rows("indicator", today - timedelta(days=HISTORY_DAYS), today)
        wanted = tuple(id_ for id_ in ids if id_ in self.catalogue.indicators)
        closed = [last_closed(self.catalogue.indicators[id_], self.utility, as_of) for id_ in wanted]
        kept_from, kept_until, told = self._history.get(wanted, (None, [], rows))
        if kept_from is not rows or kept_until != closed:
            told = self._closed_until(rows, wanted, closed)
            self._history[wanted] = rows, closed, told
        return told

    def _closed_until(self, rows: pl.DataFrame, wanted: Sequence[str], closed: Sequence[date]) -> pl.DataFrame:
        newest = pl.DataFrame(
            {"indicator_id": wanted, "newest": closed}, schema={"indicator_id": pl.String(), "newest": pl.Date()}
        )
        kept = rows.join(newest, on="indicator_id").filter(pl.col("period") <= pl.col("newest"))
        return kept.drop("newest").sort("indicator_id", "period", "site_id")

    def views(self, as_of: datetime) -> Views:
        """The views as at a moment; all who ask share them, so ask about one moment at a time."""
        if self._views is None or self._views.limits is not self.limits:
            self._views = Views(self.utility, self.lake, as_of, self.limits, marts=self.marts, stored=self.stored)
        elif self._views.as_of != as_of:
            self._views.move_to(as_of)
        return self._views

    def inputs(self) -> Inputs:
        """What closed periods would be computed from now."""
        return Inputs(self.utility, self.lake, self.limits, self.marts, self.stored)

    def select(self, views: Views, indicator: Indicator, spans: Sequence[Span]) -> pl.DataFrame:
        """What the indicator's SELECT returns over these spans. Raises duckdb.Error or ValueError where it fails."""
        needed = relations(indicator.sql)
        with views.connection(span_frame(spans), needed) as cursor:
            return as_result(fetch_few(cursor, indicator.sql))

    def select_or_nothing(self, views: Views, indicator: Indicator, spans: Sequence[Span]) -> pl.DataFrame:
        """As `select`, but a SELECT that fails spoils only its own tile, and says so in the log."""
        try:
            return self.select(views, indicator, spans)
        except (duckdb.Error, ValueError) as error:
            log.error("%s: %s", indicator.file, error)
            return pl.DataFrame(schema=NO_ROWS)

    def judged(
        self, indicator: Indicator, rows: pl.DataFrame, span: Span, history: pl.DataFrame | None = None
    ) -> Judged:
        """The verdict on one span's rows; `history` are its closed values, where its limits ask for them."""
        return judge(
            indicator,
            rows,
            self._thresholds(indicator, span.last_day),
            tables_present=all(self._exists(table) for table in tables_needed(indicator.sql)),
            baseline=None if history is None else own_medians(history, span.period),
        )

    def is_relative(self, indicator: Indicator) -> bool:
        """Whether the indicator is judged by its own median."""
        return any(kind.endswith("_ratio") for kind in self._limits_of(indicator)["kind"])

    def _thresholds(self, indicator: Indicator, day: date) -> pl.DataFrame:
        """Those of one day; the last day asked for is kept, since refreshes ask for the same one again."""
        limits, kept = self._limits_of(indicator), self._on_day.get(indicator.id)
        if kept is None or kept[0] is not limits or kept[1] != day:
            kept = limits, day, thresholds_on(limits, indicator.id, day)
            self._on_day[indicator.id] = kept
        return kept[2]

    def _limits_of(self, indicator: Indicator) -> pl.DataFrame:
        if self._by_subject is None or self._by_subject[0] is not self.limits:
            parts = self.limits.partition_by("subject", as_dict=True)
            self._by_subject = self.limits, {str(key): rows for (key,), rows in parts.items()}
        return self._by_subject[1].get(indicator.id, self.limits.clear())

    def _exists(self, table: str) -> bool:
        """Whether the lake has a row of the table; once it has, it is not asked again."""
        if table not in self._present and self.lake.exists(table):
            self._present.add(table)
        return table in self._present

    def _kept(self, indicator_id: str, span: Span, key: str) -> Judged | None:
        period, kept_key, judged = self._closed.get(indicator_id, (None, "", None))
        return judged if (period, kept_key) == (span.period, key) else None

    def _verdict(self, indicator: Indicator, rows: pl.DataFrame, span: Span, as_of: datetime) -> Judged:
        history = self.history([indicator.id], as_of) if self.is_relative(indicator) else None
        return self.judged(indicator, rows, span, history)
