"""A question's declared inputs, read from the engine's views as at a moment: nothing after it is among them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from brain.fitted import fitted_at
from brain.question import Inputs, Need, Question
from data_sources.contracts import TABLES
from metrics.connection import fetch
from metrics.engine import Engine
from metrics.spans import HOUR, Span, span_frame
from metrics.view_columns import FILE_VIEWS, POLARS_TYPES, VIEW_COLUMNS

_MARTS = {"hourly": "hour", "daily": "day"}
"""Marts read point by point (all points of thirteen months would be too many) → what they are sorted by."""


def read_inputs(
    engine: Engine, needs: Mapping[str, Need], now: datetime, fitted: Mapping[str, Any] | None = None
) -> Inputs:
    """The rows of all `needs` as at `now`, sorted by key. Raises KeyError where there is no such view."""
    return Inputs(engine.utility, {name: _rows(engine, need, now) for name, need in needs.items()}, fitted or {})


def inputs_of(engine: Engine, question: Question, at: datetime) -> Inputs:
    """A question's inputs as at a moment, with what was fitted for it then."""
    needs = question.fit_inputs or question.inputs
    state = fitted_at(question, engine.lake, at, lambda moment: read_inputs(engine, needs, moment))
    return read_inputs(engine, question.inputs, at, state)


def age_s(inputs: Inputs, now: datetime) -> float:
    """Seconds from the end of the newest valid hour to `now`, of the oldest hourly input; 0 where there is none."""
    hours = [
        frame.filter("is_valid").select(pl.col("hour").max()) for frame in inputs.frames.values() if "hour" in frame
    ]
    oldest = pl.concat([pl.DataFrame(schema={"hour": POLARS_TYPES["TIMESTAMPTZ"]}), *hours])["hour"].min()
    return max((now - HOUR - oldest).total_seconds(), 0.0) if isinstance(oldest, datetime) else 0.0


def _rows(engine: Engine, need: Need, now: datetime) -> pl.DataFrame:
    span = _span(engine, need, now)
    if need.view in _MARTS:
        return _mart(engine, need, span)
    if need.view == "forecast":
        return _forecasts(engine, need, span)
    rows = _select(engine, need.view, span)
    rows = rows.filter(_where(need, rows))
    if need.view in FILE_VIEWS:
        return rows
    table = TABLES.get(need.view)
    own = table.own_time if table else None
    if own and isinstance(rows.schema[own], pl.Datetime):
        rows = rows.filter(pl.col(own).is_between(span.starts_at, now))
    if "valid_at" in rows.columns:
        rows = rows.filter(pl.col("valid_at") <= now + need.ahead)
    return rows.sort(table.key if table else rows.columns[:2])


def _forecasts(engine: Engine, need: Need, span: Span) -> pl.DataFrame:
    """Rows of table forecast under every model's name, where the view has only what is shown."""
    days = [span.first_day + timedelta(days=n) for n in range((span.last_day - span.first_day).days + 1)]
    columns = [name for name in VIEW_COLUMNS["forecast"] if name != "day"]
    only = pl.col("issued_at").is_between(span.starts_at, span.ends_at) & (
        pl.col("valid_at") <= span.ends_at + need.ahead
    )
    only &= _where(need, pl.DataFrame(schema=columns))
    return engine.lake.scan("forecast", days, only).select(columns).collect().sort(TABLES["forecast"].key)


def _mart(engine: Engine, need: Need, span: Span) -> pl.DataFrame:
    """Rows of a mart with what each point is; hours that have not ended are left out."""
    points = _select(engine, "points", span)
    points = points.filter(_where(need, points))
    wanted = VIEW_COLUMNS[need.view]
    own = {
        name: POLARS_TYPES[kind] for name, kind in wanted.items() if name == "point_id" or name not in points.columns
    }
    days = [span.first_day + timedelta(days=n) for n in range((span.last_day - span.first_day).days + 1)]
    frames = engine.marts.read(need.view, days, span.ends_at, points["point_id"].to_list())
    rows = pl.concat([pl.DataFrame(schema=own), *(frame.select(list(own)) for frame in frames)])
    if need.view == "hourly":
        rows = rows.filter(pl.col("hour").is_between(span.starts_at, span.ends_at - HOUR))
    of_a_point = ["point_id", *(name for name in wanted if name not in own)]
    return rows.join(points.select(of_a_point), on="point_id").select(list(wanted)).sort("point_id", _MARTS[need.view])


def _select(engine: Engine, view: str, span: Span) -> pl.DataFrame:
    if view not in VIEW_COLUMNS:
        raise KeyError(view)
    views, frame = engine.views(span.ends_at), span_frame([span])
    views.load([(frame, {view})])  # anew where a question asked before has written to it
    with views.connection(frame, {view}) as cursor:
        return fetch(cursor, f'SELECT * FROM "{view}"')  # noqa: S608 (a name of the closed list)


def _where(need: Need, rows: pl.DataFrame) -> pl.Expr:
    """What `need` keeps of these rows. Raises KeyError where it names a column that they don't have."""
    return pl.all_horizontal([pl.lit(value=True), *(pl.col(name).is_in(list(v)) for name, v in need.where.items())])


def _span(engine: Engine, need: Need, now: datetime) -> Span:
    starts_at = now - need.back
    first, today = engine.utility.day_of(starts_at), engine.utility.day_of(now)
    return Span(today, first, today, starts_at, now, (now - starts_at) // HOUR)
