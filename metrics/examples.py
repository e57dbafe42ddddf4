"""Examples worked by hand, in the catalogue files: their rows in, their SELECT run and judged, what they expect out."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Self

import duckdb
import polars as pl

from data_sources.problems import Problem
from metrics.catalogue import Example, Expectation, Indicator
from metrics.example_rows import BadExample, ExampleDays, example_frames, frame_of
from metrics.judge import Judged, judge
from metrics.lineage import TABLE_OF_VIEW, tables_needed
from metrics.result import as_result
from metrics.spans import Span, closes_at, span_at, span_frame
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
    for example in indicator.examples:
        try:
            with Case(indicator, example, limits) as case:
                messages = list(case.failures(indicator.sql))
        except (BadExample, duckdb.Error, ValueError) as error:
            messages = [str(error)]
        problems += [Problem(indicator.file, example.line, "example", message) for message in messages]
    return problems


class Case:
    """One example made ready: its views, its periods, its thresholds; any SELECT can be held against it.

    Raises BadExample where its rows can't be read or a period it expects isn't there at its moment.
    """

    def __init__(self, indicator: Indicator, example: Example, limits: pl.DataFrame) -> None:
        self.indicator, self.example = indicator, example
        days = ExampleDays(example.timezone)
        frames = example_frames(example, days)
        as_of = example.as_of or max(closes_at(indicator, days, expected.period) for expected in example.expect)
        self.spans = _spans(indicator, example, days, as_of)
        frames["span"] = span_frame(self.spans.values())
        frames["moment"] = frame_of("moment", [{"as_of": as_of, "day": days.day_of(as_of)}])
        self.tables_present = all(_has_rows(table, frames) for table in tables_needed(indicator.sql))
        own = frames.get("limits", pl.DataFrame(schema={"subject": pl.String}))
        own = own.filter(pl.col("subject") == indicator.id)
        self.limits = own if own.height else limits
        self.connection = locked_memory()
        for name in relations(indicator.sql):
            self.connection.register(name, frames.get(name, frame_of(name, [])))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def failures(self, sql: str) -> Iterator[str]:
        """In words, what comes out of the SELECT otherwise than the example expects.

        Raises duckdb.Error where it doesn't run, ValueError where its columns break the contract.
        """
        rows = as_result(pl.DataFrame(self.connection.sql(sql).to_arrow_table()))
        for period, span in self.spans.items():
            of_period = rows.filter(pl.col("period") == period)
            judged = judge(
                self.indicator,
                of_period,
                thresholds_on(self.limits, self.indicator.id, span.last_day),
                tables_present=self.tables_present,
                baseline=self.example.baseline,
            )
            wanted = [expected for expected in self.example.expect if expected.period == period]
            differences = [one for expected in wanted for one in _differences(expected, judged)]
            if differences and of_period.is_empty():  # one cause, one line
                yield f"{period}: the SELECT returns no row; no row of the example passes its joins and conditions"
            else:
                yield from differences


def _spans(indicator: Indicator, example: Example, days: ExampleDays, as_of: datetime) -> dict[date, Span]:
    """The span of each period that the example expects something of."""
    spans = {}
    for period in {expected.period for expected in example.expect}:
        span = span_at(indicator, days, period, as_of)
        if span is None:
            raise BadExample(f"at {as_of:%Y-%m-%dT%H:%MZ} the period {period} is neither closed nor running")
        spans[period] = span
    return spans


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
