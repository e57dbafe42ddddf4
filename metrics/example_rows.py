"""An example's rows: text blocks of a catalogue header → typed frames with every column of their view."""

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from data_sources.contracts import TABLES
from metrics.catalogue import Example
from metrics.view_columns import MART_VIEWS, POLARS_TYPES, VIEW_COLUMNS

MADE_BY_THE_ENGINE = ("span", "moment")
Row = dict[str, Any]


class BadExample(ValueError):
    """An example's rows can't be read; says which view, column and cell."""


class ExampleDays:
    """Business days of an example: from midnight to midnight in its time zone."""

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)

    def day_of(self, moment: datetime) -> date:
        """The day an aware moment falls on."""
        return moment.astimezone(self.zone).date()

    def day_start(self, day: date) -> datetime:
        """When a day begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def example_frames(example: Example, days: ExampleDays) -> dict[str, pl.DataFrame]:
    """Every view that the example writes, typed, with the columns it leaves out filled or null."""
    unknown = [name for name in example.views if name not in VIEW_COLUMNS or name in MADE_BY_THE_ENGINE]
    if unknown:
        raise BadExample(f"{', '.join(unknown)}: no such view, or one that as_of and expect make")
    rows = {name: _read(name, text) for name, text in example.views.items()}
    sites = {row["site_id"]: row for row in rows.get("sites", [])}
    points = {row["point_id"]: row for row in rows.get("points", [])}
    for row in points.values():
        _fill(row, {"site_kind": sites.get(row.get("site_id"), {}).get("kind")})
    for name, group in rows.items():
        for row in group:
            _fill(row, _implied(name, row, points, days))
    return {name: frame_of(name, group) for name, group in rows.items()}


def frame_of(view: str, rows: list[Row]) -> pl.DataFrame:
    """Rows as a frame with all columns of a view."""
    schema = {column: POLARS_TYPES[kind] for column, kind in VIEW_COLUMNS[view].items()}
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


def _fill(row: Row, values: Mapping[str, Any]) -> None:
    for column, value in values.items():
        if row.get(column) is None:
            row[column] = value


def _implied(view: str, row: Row, points: Mapping[str, Row], days: ExampleDays) -> Row:
    """What the engine would put beside what the row says: its point's columns, its day, its local hour."""
    implied: Row = {}
    if view in MART_VIEWS:
        point = points.get(row.get("point_id", ""), {})
        implied |= {column: point.get(column) for column in MART_VIEWS[view] if column in point}
    if view == "hourly" and row.get("hour"):
        hour = row["hour"].astimezone(days.zone)
        implied |= {"day": hour.date(), "local_hour": hour.hour, "due_s": 3600}
    own_time = TABLES[view].own_time if view in TABLES else None
    if own_time and isinstance(row.get(own_time), datetime):
        implied["day"] = days.day_of(row[own_time])
    return implied


def _read(view: str, text: str) -> list[Row]:
    """The rows of one block: a header line, then values; an empty cell is null, `a..b` is one row a step."""
    lines = [[cell.strip() for cell in line] for line in csv.reader(str(text).strip().splitlines()) if line]
    header, body = (lines[0], lines[1:]) if lines else ([], [])
    strangers = [column for column in header if column not in VIEW_COLUMNS[view]]
    if strangers:
        raise BadExample(f"{view} has no column {', '.join(strangers)}")
    rows: list[Row] = []
    for number, cells in enumerate(body, start=1):
        if len(cells) != len(header):
            raise BadExample(f"{view}, row {number}: {len(cells)} values for {len(header)} columns")
        rows += _expanded(view, number, dict(zip(header, cells, strict=True)))
    return rows


def _expanded(view: str, number: int, cells: dict[str, str]) -> list[Row]:
    """One line's rows: one, or as many as its ranges have steps (hours of an instant, days, months of `month`)."""
    steps: dict[str, list[Any]] = {}
    for column, cell in cells.items():
        kind = VIEW_COLUMNS[view][column]
        try:
            ends = [_value(kind, end) for end in (cell.split("..") if kind in ("DATE", "TIMESTAMPTZ") else [cell])]
        except (ValueError, KeyError) as error:
            raise BadExample(f"{view}, row {number}: {column} {cell!r} is not a {kind}") from error
        steps[column] = _range(column, *ends) if len(ends) == 2 else ends
    most = max(map(len, steps.values()))
    if any(len(values) not in (1, most) for values in steps.values()):
        raise BadExample(f"{view}, row {number}: its ranges have different lengths")
    return [{column: values[i % len(values)] for column, values in steps.items()} for i in range(most)]


def _range(column: str, first: Any, last: Any) -> list[Any]:
    values = [first]
    while values[-1] < last:
        values.append(_next(column, values[-1]))
    return values


def _next(column: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value + timedelta(hours=1)
    if column == "month":
        return (value.replace(day=1) + timedelta(days=32)).replace(day=1)
    return value + timedelta(days=1)


def _value(kind: str, cell: str) -> Any:
    if cell == "":
        return None
    if kind == "TIMESTAMPTZ":
        moment = datetime.fromisoformat(cell)
        if moment.tzinfo is None:
            raise ValueError(cell)
        return moment.astimezone(UTC)
    convert: dict[str, Any] = {
        "VARCHAR": str,
        "DOUBLE": float,
        "BIGINT": int,
        "DATE": date.fromisoformat,
        "BOOLEAN": {"true": True, "false": False}.__getitem__,
    }
    return convert[kind](cell)
