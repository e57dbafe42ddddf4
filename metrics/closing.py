"""Closed periods into table indicator: those it lacks, and those whose inputs changed, many to one SELECT."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from data_sources.contracts import PARTITIONED, TABLES
from metrics.catalogue import Indicator
from metrics.day_ledger import write_parquet
from metrics.judge import Judged
from metrics.lineage import tables_needed
from metrics.result import NO_ROWS
from metrics.spans import Span, closed_periods, closed_span, span_frame
from metrics.sql_rules import relations
from metrics.views import Views

if TYPE_CHECKING:
    from metrics.engine import Engine

DAYS_AT_ONCE = 62
"""The days that the periods of one SELECT may end in: two months of hours of 1,500 points are 2.2 million rows."""

_RECORD = "closed.parquet"
_RECORD_SCHEMA = {"indicator_id": pl.String(), "period": pl.Date(), "inputs": pl.String()}
_ROW_SCHEMA = TABLES["indicator"].columns
_BASELINE = ("site_id", "period", "value", "valid", "expected")
Record = dict[tuple[str, date], str]
Stale = list[tuple[Indicator, Span, str]]


def close_periods(engine: "Engine", as_of: datetime, progress: Callable[[int, int], None]) -> int:
    """Compute and write what `Engine.close_periods` says; returns how many periods that were."""
    record = _read_record(engine.lake.marts) if engine.lake.exists("indicator") else {}
    stale = sorted(_stale(engine, as_of, record), key=lambda one: (one[1].last_day, one[0].id))
    done = 0
    for some in _stretches(stale):
        rows = _computed(engine, some, as_of)
        engine.lake.write("indicator", rows, source="metrics")
        record |= {(indicator.id, span.period): key for indicator, span, key in some}
        _write_record(engine.lake.marts, record)
        done += len(some)
        progress(done, len(stale))
    return done


def first_day(engine: "Engine", indicator: Indicator) -> date | None:
    """The first day of which a table that the indicator needs has a row; where those have no time, of any reading."""
    days = [_first_row(engine, table) for table in tables_needed(indicator.sql) if TABLES[table].own_time]
    known = [day for day in days if day is not None]
    return min(known) if known else _first_row(engine, "reading")


def _first_row(engine: "Engine", table: str) -> date | None:
    if table == "reading":
        return min(engine.marts.days(), default=None)
    if table in PARTITIONED:
        return min(engine.lake.fingerprints(table), default=None)
    rows, own = engine.stored.rows(table, date.min, date.max), str(TABLES[table].own_time)
    # a month's row has its first day in `month`, and the day after it in `day`
    day = rows["month" if own == "month" else "day"].min()
    return day if isinstance(day, date) else None


def _stale(engine: "Engine", as_of: datetime, record: Record) -> Iterator[tuple[Indicator, Span, str]]:
    inputs = engine.inputs()
    for indicator in engine.catalogue.indicators.values():
        first = first_day(engine, indicator)
        if first is None:
            continue
        for period in closed_periods(indicator, engine.utility, first, as_of):
            span = closed_span(indicator, engine.utility, period)
            key = inputs.key(indicator, span)
            if record.get((indicator.id, period)) != key:
                yield indicator, span, key


def _stretches(stale: Stale) -> Iterator[Stale]:
    """Pieces small enough for one pass, oldest first: what is judged by its own median needs the periods before it."""
    piece: Stale = []
    for one in stale:
        if piece and (one[1].last_day - piece[0][1].last_day).days >= DAYS_AT_ONCE:
            yield piece
            piece = []
        piece.append(one)
    if piece:
        yield piece


def _computed(engine: "Engine", some: Stale, as_of: datetime) -> pl.DataFrame:
    """The rows of table indicator of these periods."""
    spans: dict[str, list[Span]] = {}
    for indicator, span, _ in some:
        spans.setdefault(indicator.id, []).append(span)
    views, now = engine.views(as_of), datetime.now(UTC)
    views.load((span_frame(asked), relations(engine.catalogue.indicators[id_].sql)) for id_, asked in spans.items())
    rows: list[dict[str, Any]] = []
    try:
        for id_, asked in spans.items():
            for judged in _verdicts(engine, views, engine.catalogue.indicators[id_], asked, as_of):
                rows += [_row(id_, one, now) for one in (judged, *judged.sites)]
    finally:
        views.close()
    return pl.DataFrame(rows, schema=_ROW_SCHEMA)


def _verdicts(
    engine: "Engine", views: Views, indicator: Indicator, spans: list[Span], as_of: datetime
) -> Iterator[Judged]:
    found = engine.select_or_nothing(views, indicator, spans).partition_by("period", as_dict=True)
    relative = engine.is_relative(indicator)
    history = engine.history([indicator.id], as_of).select(_BASELINE) if relative else None
    nothing = pl.DataFrame(schema=NO_ROWS)
    for span in spans:
        judged = engine.judged(indicator, found.get((span.period,), nothing), span, history)
        yield replace(judged, period=span.period)
        if history is not None:
            fresh = pl.DataFrame(
                [_row(indicator.id, one, views.as_of) for one in (judged, *judged.sites)], schema=_ROW_SCHEMA
            )
            history = pl.concat([history.filter(pl.col("period") != span.period), fresh.select(_BASELINE)])


def _row(indicator_id: str, judged: Judged, now: datetime) -> dict[str, Any]:
    """A verdict as a row of table indicator. Events have no count of what was expected: they are all there."""
    events = judged.expected is None and judged.valid is None
    return {
        "indicator_id": indicator_id,
        "site_id": judged.site_id,
        "period": judged.period,
        "computed_at": now,
        "numerator": judged.numerator,
        "denominator": judged.denominator,
        "value": judged.value,
        "valid": 1.0 if events else judged.valid or 0.0,
        "expected": 1.0 if events else judged.expected or 0.0,
        "target": judged.thresholds.target,
        "state": judged.state,
        "reason": judged.reason,
    }


def _read_record(marts: Path) -> Record:
    path = marts / _RECORD
    if not path.exists():
        return {}
    return {(id_, period): key for id_, period, key in pl.read_parquet(path, glob=False).rows()}


def _write_record(marts: Path, record: Record) -> None:
    rows = [(*place, key) for place, key in record.items()]
    write_parquet(pl.DataFrame(rows, schema=_RECORD_SCHEMA, orient="row"), marts / _RECORD)
