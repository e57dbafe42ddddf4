"""Everything the page of one indicator shows at one moment, asked of the engine in one go and kept for all viewers."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import polars as pl

from data_sources.utility import Utility
from metrics import compare
from metrics.catalogue import Indicator, load_catalogue
from metrics.engine import Engine
from metrics.judge import Judged
from metrics.queries import indicator as queries
from metrics.spans import Span
from metrics.sql_rules import relations
from metrics.stored import changed_at
from metrics.view_columns import SPAN_VIEWS
from pages.components.frozen import shared_engine


@dataclass(frozen=True)
class Facts:
    """One indicator at `as_of`: its verdict, its period, its closed values, the rows behind it, what it reads.

    `history` has period, value, state of the headline, oldest first; `evidence`, `inputs` and `limits` are those of
    metrics.queries.indicator; `views` what its SELECT names.
    """

    indicator: Indicator
    as_of: datetime
    judged: Judged
    span: Span
    previous: float | None
    last_year: float | None
    band: tuple[float, float] | None
    history: pl.DataFrame
    evidence: pl.DataFrame
    inputs: pl.DataFrame
    limits: pl.DataFrame
    views: tuple[str, ...]


def indicator_facts(indicator_id: str, as_of: datetime) -> Facts:
    """The facts as at a moment. Raises KeyError where there is no such indicator."""
    with shared_engine() as engine:
        return _facts(engine, indicator_id, as_of, _versions(engine))


def first_tile(utility: Utility) -> str:
    """The indicator of a page whose address names none."""
    return load_catalogue(utility).tiles[0].id


def rows_behind(indicator_id: str, as_of: datetime, row: dict[str, object]) -> dict[str, pl.DataFrame]:
    """The rows of each view behind one row of the evidence."""
    with shared_engine() as engine:
        return queries.rows_behind(engine, indicator_id, as_of, row)


def source_rows(indicator_id: str, point_id: str, as_of: datetime, row: dict[str, object]) -> pl.DataFrame:
    """The readings of a point over the stretch that one row of the evidence covers."""
    with shared_engine() as engine:
        first, last = queries.stretch_of(engine, indicator_id, as_of, row)
        return queries.readings(engine, point_id, first, last, as_of)


def _versions(engine: Engine) -> Hashable:
    return engine.marts.stamp, changed_at(engine.lake, "indicator"), id(engine.limits)


@lru_cache(maxsize=64)
def _facts(engine: Engine, indicator_id: str, as_of: datetime, _versions: Hashable) -> Facts:
    indicator = engine.catalogue.indicators[indicator_id]
    judged = engine.evaluate(as_of, [indicator_id])[indicator_id]
    history = engine.history([indicator_id], as_of)
    past, span = compare.past_of(indicator, history), queries.span_of(engine, indicator_id, as_of)
    period: date = judged.period or span.period
    return Facts(
        indicator=indicator,
        as_of=as_of,
        judged=judged,
        span=span,
        previous=compare.previous(past, period),
        last_year=compare.year_before(past, period),
        band=compare.band(past, period),
        history=history.filter(pl.col("site_id") == "").select("period", "value", "state"),
        evidence=queries.evidence(engine, indicator_id, as_of),
        inputs=queries.inputs(engine, indicator_id, as_of),
        limits=queries.limits(engine, indicator_id, span.last_day),
        views=tuple(sorted(relations(indicator.sql) - SPAN_VIEWS.keys())),
    )
