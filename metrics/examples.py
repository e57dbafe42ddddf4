"""Examples worked by hand, in the catalogue files: their rows in, their SELECT run and judged, what they expect out."""

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl

from data_sources.problems import Problem
from metrics.catalogue import Example, Expectation, Indicator
from metrics.example_rows import BadExample, ExampleDays, example_frames, frame_of
from metrics.judge import Judged, judge
from metrics.lineage import TABLE_OF_VIEW, tables_needed
from metrics.result import as_result
from metrics.spans import closes_at, span_at, span_frame
from metrics.sql_rules import relations
from metrics.thresholds import KINDS, thresholds_on


def locked_memory() -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB in UTC that can read no file and whose settings can't be changed back."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def run_examples(indicator: Indicator, limits: pl.DataFrame) -> list[Problem]:
    """Every example's rows through its SELECT; a problem for each expectation not met, at the example's line.

    `limits` are the shipped rows of limits.csv: they give the thresholds, unless the example has rows of view
    `limits` for the indicator itself.
    """
    problems = []
    with locked_memory() as connection:
        for example in indicator.examples:
            try:
                problems += [
                    Problem(indicator.file, example.line, "example", message)
                    for message in _failures(connection, indicator, example, limits)
                ]
            except (BadExample, duckdb.Error, ValueError) as error:
                problems.append(Problem(indicator.file, example.line, "example", str(error)))
    return problems


def _failures(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, example: Example, limits: pl.DataFrame
) -> Iterator[str]:
    days = ExampleDays(example.timezone)
    frames = example_frames(example, days)
    as_of = example.as_of or max(closes_at(indicator, days, expected.period) for expected in example.expect)
    spans = {expected.period: span_at(indicator, days, expected.period, as_of) for expected in example.expect}
    open_ = [period for period, span in spans.items() if span is None]
    if open_:
        raise BadExample(f"at {as_of:%Y-%m-%dT%H:%MZ} the period {open_[0]} is neither closed nor running")
    known = {period: span for period, span in spans.items() if span is not None}
    frames["span"] = span_frame(known.values())
    frames["moment"] = frame_of("moment", [{"as_of": as_of, "day": days.day_of(as_of)}])
    rows = _select(connection, indicator.sql, frames)
    present = all(_has_rows(table, frames) for table in tables_needed(indicator.sql))
    own = frames.get("limits", pl.DataFrame(schema={"subject": pl.String})).filter(pl.col("subject") == indicator.id)
    for period, span in known.items():
        judged = judge(
            indicator,
            rows.filter(pl.col("period") == period),
            thresholds_on(own if own.height else limits, indicator.id, span.last_day),
            tables_present=present,
            baseline=example.baseline,
        )
        for expected in example.expect:
            if expected.period == period:
                yield from _differences(expected, judged)


def _select(connection: duckdb.DuckDBPyConnection, sql: str, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """What the SELECT returns over views that hold exactly these rows; a view without rows is there, and empty."""
    names = relations(sql)
    for name in names:
        connection.register(name, frames.get(name, frame_of(name, [])))
    try:
        return as_result(pl.DataFrame(connection.sql(sql).to_arrow_table()))
    finally:
        for name in names:
            connection.unregister(name)


def _has_rows(table: str, frames: dict[str, pl.DataFrame]) -> bool:
    views = {table} | {view for view, of in TABLE_OF_VIEW.items() if of == table}
    return any(frames[view].height for view in views & frames.keys())


def _differences(expected: Expectation, judged: Judged) -> Iterator[str]:
    found = next((one for one in (judged, *judged.sites) if one.site_id == expected.site_id), None)
    where = f"{expected.period} {expected.site_id or 'headline'}"
    if found is None:
        yield f"{where}: no such row; there are {', '.join(sorted(site.site_id for site in judged.sites)) or 'none'}"
        return
    if expected.rows is not None and expected.rows != len(judged.sites):
        yield f"{where}: {len(judged.sites)} sites have rows, expected {expected.rows}"
    for name, wanted in expected.named.items():
        value = getattr(found.thresholds if name in KINDS else found, name)
        if not _same(wanted, value):
            yield f"{where}: {name} is {_shown(value)}, expected {_shown(wanted)}"


def _same(wanted: Any, value: Any) -> bool:
    """Equal; a number to as many decimals as the example writes, a whole number exactly."""
    if isinstance(wanted, float) and isinstance(value, int | float):
        decimals = len(repr(wanted).partition(".")[2]) if wanted != int(wanted) else 0
        tolerance = 0.5 * 10**-decimals * (1 + 1e-9) if decimals else 1e-9 * max(1.0, abs(wanted))
        return abs(value - wanted) <= tolerance
    return bool(wanted == value)


def _shown(value: Any) -> str:
    return "empty" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
