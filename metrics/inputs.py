"""What a closed period's numbers were computed from, as one word: where it changes, the period is computed again."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha1

import polars as pl

from data_sources.contracts import PARTITIONED, TABLES
from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.catalogue import Indicator
from metrics.day_ledger import content_hash
from metrics.lineage import TABLE_OF_VIEW, tables_read
from metrics.mart_files import MartFiles
from metrics.spans import Span
from metrics.sql_rules import relations
from metrics.stored import StoredTables
from metrics.view_sql import closure
from metrics.views import LOOK_BACK

_DAY = timedelta(days=1)
_OF_LIMITS = {"limits", "parameter", "point_limit"}
_OF_READINGS = {view for view, table in TABLE_OF_VIEW.items() if table == "reading"} | {"reading"}


class Inputs:
    """The inputs of periods, as they are now. Make one for each pass: it remembers what it has read."""

    def __init__(
        self, utility: Utility, lake: Lake, limits: pl.DataFrame, marts: MartFiles, stored: StoredTables
    ) -> None:
        self.utility, self.lake, self.stored = utility, lake, stored
        frames = (utility.sites, utility.groups, utility.points, utility.machines, utility.tariff)
        self._files = "/".join(content_hash(frame) for frame in frames)
        self._content = {day: entry.content for day, entry in marts.ledger.items()}
        self._limits = list(
            zip(
                limits["subject"],
                limits["effective_from"].fill_null(date.min),
                limits["effective_to"].fill_null(date.max),
                limits.drop("line", strict=False).hash_rows(seed=1),
                strict=True,
            )
        )
        self._tables: dict[str, Callable[[Span], str]] = {}

    def key(self, indicator: Indicator, span: Span) -> str:
        """One word for the indicator's file, the utility's files, and the limits, marts and tables of the span."""
        views = closure(relations(indicator.sql))
        parts = [indicator.sql, indicator.unit, indicator.direction, indicator.sites, self._files]
        parts += self._limits_of(None if views & _OF_LIMITS else indicator.id, span)
        if views & _OF_READINGS:
            parts += [self._content.get(day, "") for day in _days(span.first_day, span.last_day)]
        for table in sorted(tables_read(indicator.sql) - {"reading"}):
            if table not in self._tables:
                self._tables[table] = self._table(table)
            parts.append(self._tables[table](span))
        return sha1("\n".join(parts).encode(), usedforsecurity=False).hexdigest()

    def _limits_of(self, subject: str | None, span: Span) -> list[str]:
        """The rows of a subject (None: all) that hold on some day of the span."""
        return [
            str(row)
            for of, first, last, row in self._limits
            if (subject is None or of == subject) and first <= span.last_day and last >= span.first_day
        ]

    def _table(self, table: str) -> Callable[[Span], str]:
        if table in PARTITIONED:
            words, back = self.lake.fingerprints(table), LOOK_BACK.get(table, timedelta())
            return lambda span: "/".join(
                words[day] for day in _days(span.first_day - back, span.last_day) if day in words
            )
        rows = self.stored.rows(table, date.min, date.max)
        columns = rows.select(list(TABLES[table].columns))
        own = TABLES[table].own_time
        if own is None:
            word = content_hash(columns)
            return lambda span: word
        return _up_to(rows["day"] if columns.schema[own] == pl.Date() else rows[own], columns, self.utility)


def _up_to(own: pl.Series, columns: pl.DataFrame, utility: Utility) -> Callable[[Span], str]:
    """A hash of all rows that existed at a span's end: it stays as new rows come."""
    ordered = pl.DataFrame({"own": own, "row": columns.hash_rows(seed=1)}).sort("own")
    times, sums = ordered["own"].to_list(), ordered["row"].cum_sum().to_list()
    by_day = own.dtype == pl.Date()

    def word(span: Span) -> str:
        end: date | datetime = utility.day_of(span.ends_at) if by_day else span.ends_at
        count = bisect_right(times, end)
        return f"{count}-{sums[count - 1]:x}" if count else ""

    return word


def _days(first: date, last: date) -> list[date]:
    return [first + n * _DAY for n in range((last - first).days + 1)]
