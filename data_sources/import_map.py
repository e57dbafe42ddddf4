"""The map of an import: which column of a file is which of a table, and how its cells are written (docs/import.md)."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data_sources.cells import one_line
from data_sources.problems import BadInput, Problem, shown_path

TAG = "tag"
"""A column of long readings that names the point by its source's tag instead of point_id."""
COLUMN_UNITS = {
    "_m3": "m^3", "_m3h": "m^3/h", "_mm": "mm", "_c": "degC", "_m": "m", "_km": "km", "_kwh": "kWh",
    "_s": "s", "_days": "day", "_h": "h",
}  # fmt: skip
"""The unit that a column's name ends in."""


class ColumnMap(BaseModel):
    """Where one column of the table comes from: a column of the file, several that belong together, or a constant."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    column: str | tuple[str, ...] | None = None
    value: str | int | float | bool | date | datetime | None = None
    format: str | None = Field(None, description="strptime layout of times and dates; ISO 8601 where not given")
    unit: str | None = Field(None, description="the file's unit; converted to the table's")
    map: dict[str, str] | None = Field(None, description="the file's words → the table's")


class ImportMap(BaseModel):
    """A map as it stands in its TOML file, checked; `path` is that file, for messages, `section` where in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: Path
    section: str = ""
    source: str
    shape: Literal["wide", "long"] = "long"
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    missing: tuple[str, ...] = ()
    timezone: str | None = None
    sheet: str | None = None
    columns: dict[str, ColumnMap]

    @field_validator("columns", mode="before")
    @classmethod
    def _a_header_alone(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        return {name: {"column": given} if isinstance(given, str) else given for name, given in columns.items()}

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        try:
            " ".encode(name)  # a codec alone isn't enough: hex is one, and none of text
        except (LookupError, UnicodeError) as error:
            raise ValueError(f"{name!r} is no encoding such as utf-8 or gbk") from error
        return name

    @field_validator("delimiter")
    @classmethod
    def _one_byte(cls, mark: str) -> str:
        if len(mark) != 1 or not mark.isascii():
            raise ValueError(f"{mark!r} is no delimiter; expected one ASCII character such as , or ;")
        return mark

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None and name not in available_timezones():
            raise ValueError(f"{name!r} is no time zone such as Asia/Shanghai")
        return name

    def problem(self, key: str, message: str) -> Problem:
        """A mistake in this map, at the line where `key` (source, columns.ts) is set."""
        key = _within(self.section, key)
        return Problem(shown_path(self.path), line_of(self.path, key), key, message)


Model = TypeVar("Model", bound=BaseModel)


def validated(kind: type[Model], content: Mapping[str, Any], path: Path, section: str, docs: str) -> Model:
    """The content of a section of a TOML file as that model. Raises BadInput with every mistake and its line."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise BadInput([_as_problem(path, section, docs, detail) for detail in error.errors()]) from error


def _as_problem(path: Path, section: str, docs: str, detail: Any) -> Problem:
    key = _within(section, ".".join(str(part) for part in detail["loc"][:3]))
    said = {
        "extra_forbidden": f"unknown key; the keys are those of {docs}",
        "missing": f"missing; {docs} says what it is",
    }
    message = said.get(detail["type"], detail["msg"].removeprefix("Value error, "))
    return Problem(shown_path(path), line_of(path, key), key, message)


def _within(section: str, key: str) -> str:
    return f"{section}.{key}" if section else key


def canonical_unit(column: str) -> str | None:
    """The unit that a column's name ends in (rain_mm: mm); None where it ends in none."""
    endings = [ending for ending in COLUMN_UNITS if column.endswith(ending)]
    return COLUMN_UNITS[max(endings, key=len)] if endings else None


def headers_of(column: ColumnMap) -> tuple[str, ...]:
    """The headers to look for; none for a constant."""
    given = column.column
    return () if given is None else tuple(map(one_line, (given,) if isinstance(given, str) else given))


def line_of(path: Path, key: str) -> int:
    """The line that sets a key; that of its section where it stands in none; 0 where neither is there."""
    section, wanted, found = "", key.split("."), 0
    for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        text = line.strip()
        if text.startswith("["):
            section = text.strip("[]").strip()
            if section == wanted[0] or section == ".".join(wanted[:2]):
                found = number
            continue
        name = text.partition("=")[0].strip().strip("\"'")
        if [*filter(None, section.split(".")), name] == wanted[: section.count(".") + 2 if section else 1]:
            return number
    return found
