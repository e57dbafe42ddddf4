"""The questions of board and pages beyond the indicators: SELECTs of queries/ over the views, as at one moment."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from metrics.connection import fetch, fetch_few
from metrics.engine import AT_ONCE, Engine
from metrics.spans import HOUR, Span, span_frame
from metrics.sql_rules import relations

YEAR = timedelta(weeks=52)
"""So long before, weekdays are the same."""
_FOLDER = Path(__file__).parent / "queries"


@lru_cache(maxsize=64)
def query(name: str) -> str:
    """The text of queries/<name>.sql."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def ask(
    engine: Engine, as_of: datetime, names: Sequence[str], over: Span | None = None, **blanks: Any
) -> dict[str, pl.DataFrame]:
    """The answers of these queries, by name; `blanks` are what they ask for with getvariable.

    View `span` is `over`, by default the business day with the 24 hours before `as_of`.
    """
    span = span_frame([over or day_span(engine, as_of)])
    views = engine.views(as_of)
    wanted = {name: relations(query(name)) for name in names}
    views.load((span, needed) for needed in wanted.values())

    def answer(name: str) -> pl.DataFrame:
        with views.connection(span, wanted[name]) as cursor:
            for blank, value in blanks.items():
                cursor.execute(f"SET VARIABLE {blank} = $value", {"value": value})
            return fetch_few(cursor, query(name))

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return dict(zip(wanted, pool.map(answer, wanted), strict=True))
    finally:
        views.close()


def ask_one(engine: Engine, as_of: datetime, name: str, over: Span | None = None, **blanks: Any) -> pl.DataFrame:
    """The answer of one query; as `ask`."""
    return ask(engine, as_of, [name], over, **blanks)[name]


def days_back(engine: Engine, as_of: datetime, days: int) -> Span:
    """The last so many times 24 hours up to `as_of`, as a stretch to ask about; its period is today."""
    today, starts_at = engine.utility.day_of(as_of), as_of - timedelta(days=days)
    return Span(today, engine.utility.day_of(starts_at), today, starts_at, as_of, 24 * days)


def days_before(engine: Engine, as_of: datetime, days: int) -> dict[str, Span]:
    """What `days_back` is compared with: as long a time right before it (previous), the same 52 weeks earlier
    (last_year).
    """
    return {
        "previous": days_back(engine, as_of - timedelta(days=days), days),
        "last_year": days_back(engine, as_of - YEAR, days),
    }


def ask_with(engine: Engine, as_of: datetime, name: str, **given: pl.DataFrame) -> pl.DataFrame:
    """The answer of a query that reads `given` frames beside the views."""
    span, needed = span_frame([day_span(engine, as_of)]), relations(query(name)) - given.keys()
    views = engine.views(as_of)
    try:
        with views.connection(span, needed) as cursor:
            for table, rows in given.items():
                cursor.register(table, rows)
            return fetch(cursor, query(name))
    finally:
        views.close()


def whole_day(engine: Engine, day: date) -> Span:
    """One business day from end to end."""
    starts_at, ends_at = engine.utility.day_start(day), engine.utility.day_start(day + timedelta(days=1))
    return Span(day, day, day, starts_at, ends_at, (ends_at - starts_at) // HOUR)


def day_span(engine: Engine, as_of: datetime) -> Span:
    """The last 24 clock hours, the running one in part; its period is today."""
    utility = engine.utility
    today = utility.day_of(as_of)
    whole = as_of.replace(minute=0, second=0, microsecond=0)
    starts_at = whole + (HOUR if whole < as_of else timedelta()) - 24 * HOUR
    return Span(today, utility.day_of(starts_at), today, starts_at, as_of, 24)
