"""The files of a utility's folder, read cell by cell so that every mistake has its line: CSV, TOML, GeoJSON."""

import csv
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

import polars as pl

from data_sources.problems import Problem

LINE = "line"
"""Beside a file's columns: the line a row stands on."""


@dataclass(frozen=True)
class Column:
    """What a cell of a column must be; `filled` ones may not be empty, and their column may not be left out."""

    dtype: pl.DataType
    parse: Callable[[str], Any]
    expected: str
    filled: bool = False


def _text(filled: bool = False) -> Column:
    return Column(pl.String(), str, "text", filled)


def _number(filled: bool = False) -> Column:
    return Column(pl.Float64(), _finite, "a number", filled)


def _whole(filled: bool = False) -> Column:
    return Column(pl.Int64(), int, "a whole number", filled)


def _date(filled: bool = False) -> Column:
    return Column(pl.Date(), date.fromisoformat, "a date such as 2026-07-01", filled)


def _clock(filled: bool = False) -> Column:
    return Column(pl.String(), _time_of_day, "a time such as 07:00, at most 24:00", filled)


def _month_day() -> Column:
    return Column(pl.String(), _in_a_year, "a month and day such as 11-01")


def _finite(cell: str) -> float:
    value = float(cell)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(cell)
    return value


def _time_of_day(cell: str) -> str:
    if cell != "24:00":
        time.fromisoformat(cell)
    if len(cell) != 5:
        raise ValueError(cell)
    return cell


def _in_a_year(cell: str) -> str:
    if len(cell) != 5:
        raise ValueError(cell)
    date.fromisoformat(f"2024-{cell}")
    return cell


TABLES: dict[str, dict[str, Column]] = {
    "sites.csv": {
        "site_id": _text(filled=True), "kind": _text(filled=True), "module": _text(filled=True),
        "name_zh": _text(filled=True), "name_en": _text(filled=True), "lon": _number(), "lat": _number(),
        "parent_id": _text(), "drains_to": _text(), "capacity_m3d": _number(), "connections": _number(),
        "users": _number(), "tags": _text(),
    },
    "groups.csv": {
        "group_id": _text(filled=True), "site_id": _text(filled=True), "kind": _text(filled=True),
        "name_zh": _text(filled=True), "name_en": _text(filled=True), "lon": _number(), "lat": _number(),
        "source": _text(),
    },
    "points.csv": {
        "point_id": _text(filled=True), "group_id": _text(filled=True), "quantity": _text(filled=True),
        "unit": _text(), "role": _text(), "medium": _text(), "machine_id": _text(), "to_site_id": _text(),
        "mode": _text(filled=True), "interval_s": _whole(), "hold_s": _whole(), "low": _number(), "high": _number(),
        "source": _text(filled=True), "tag": _text(filled=True), "name_zh": _text(), "name_en": _text(),
    },
    "machines.csv": {
        "machine_id": _text(filled=True), "site_id": _text(filled=True), "kind": _text(filled=True),
        "name_zh": _text(filled=True), "name_en": _text(filled=True), "rated_flow_m3h": _number(),
        "rated_head_m": _number(), "rated_kw": _number(),
    },
    "tariff.csv": {
        "effective_from": _date(filled=True), "months": _text(filled=True), "day_kind": _text(filled=True),
        "from": _clock(filled=True), "to": _clock(filled=True), "period": _text(filled=True),
        "price_cny_kwh": _number(filled=True),
    },
    "limits.csv": {
        "subject": _text(filled=True), "medium": _text(), "site_id": _text(), "point_id": _text(),
        "kind": _text(filled=True), "value": _number(filled=True), "unit": _text(), "when_quantity": _text(),
        "when_max": _number(), "standard": _text(filled=True), "clause": _text(), "effective_from": _date(),
        "effective_to": _date(), "season_from": _month_day(), "season_to": _month_day(),
    },
}  # fmt: skip
"""Every CSV file of a folder: its columns and what stands in them."""


def empty_table(name: str) -> pl.DataFrame:
    """A file's columns, and the line, without rows."""
    return pl.DataFrame(schema={column: one.dtype for column, one in TABLES[name].items()} | {LINE: pl.Int64()})


def read_csv(path: Path, name: str, shown: str, problems: list[Problem]) -> pl.DataFrame:
    """The typed rows of CSV file `name`, with their `line`; mistakes go to `problems`, their rows stay out."""
    columns = TABLES[name]
    text = read_text(path, shown, problems)
    if text is None:
        return empty_table(name)
    reader = csv.reader(text.splitlines(keepends=True))
    header = next(reader, [])
    if not _header_is_good(header, columns, shown, problems):
        return empty_table(name)
    rows = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            message = f"{len(cells)} cells where the header has {len(header)}"
            problems.append(Problem(shown, reader.line_num, "", message))
            continue
        row = _typed(dict(zip(header, cells, strict=True)), columns, shown, reader.line_num, problems)
        if row is not None:
            rows.append({**row, LINE: reader.line_num})
    return pl.DataFrame(rows, schema=empty_table(name).schema)


def read_toml(path: Path, shown: str, problems: list[Problem]) -> dict[str, Any]:
    """A TOML file as a dictionary; {} where it can't be read."""
    text = read_text(path, shown, problems)
    try:
        return tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(shown, _line_in(str(error)), "", f"not TOML: {error}"))
        return {}


def read_geojson(path: Path, shown: str, problems: list[Problem]) -> dict[str, Any] | None:
    """A GeoJSON file as a dictionary; None where it is none."""
    text = read_text(path, shown, problems)
    if text is None:
        return None
    try:
        read = json.loads(text)
    except json.JSONDecodeError as error:
        problems.append(Problem(shown, error.lineno, "", f"not JSON: {error.msg}"))
        return None
    if not isinstance(read, dict) or read.get("type") != "FeatureCollection" or "features" not in read:
        problems.append(Problem(shown, 1, "type", "expected a GeoJSON FeatureCollection"))
        return None
    return read


def read_text(path: Path, shown: str, problems: list[Problem]) -> str | None:
    """A UTF-8 file (a BOM is accepted) as text; None where it is missing or something else."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(shown, 0, "", "the file is missing"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(shown, line, "", "not UTF-8; save the file as UTF-8"))
    return None


def _header_is_good(header: list[str], columns: Mapping[str, Column], shown: str, problems: list[Problem]) -> bool:
    wrong = [
        Problem(shown, 1, name, "missing column") for name in columns if columns[name].filled and name not in header
    ]
    wrong += [
        Problem(shown, 1, name, f"unknown column; there are {', '.join(columns)}")
        for name in header
        if name not in columns
    ]
    wrong += [Problem(shown, 1, name, "comes twice") for name in dict.fromkeys(header) if header.count(name) > 1]
    problems += wrong
    return not wrong


def _typed(
    cells: Mapping[str, str], columns: Mapping[str, Column], shown: str, line: int, problems: list[Problem]
) -> dict[str, Any] | None:
    row: dict[str, Any] = dict.fromkeys(columns)
    good = True
    for name, raw in cells.items():
        cell, column = raw.strip(), columns[name]
        if not cell:
            if column.filled:
                problems.append(Problem(shown, line, name, f"empty, expected {column.expected}"))
                good = False
            continue
        try:
            row[name] = column.parse(cell)
        except ValueError:
            problems.append(Problem(shown, line, name, f"{cell!r}, expected {column.expected}"))
            good = False
    return row if good else None


def _line_in(message: str) -> int:
    _, _, rest = message.partition("at line ")
    number = rest.split(",")[0].strip()
    return int(number) if number.isdigit() else 1
