"""Maps as somebody wrote them, read and held to their table: every mistake with its line and what was expected."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from data_sources.contracts import TABLES
from data_sources.import_map import TAG, ColumnMap, ImportMap, canonical_unit, validated
from data_sources.problems import BadInput, Problem, shown_path
from data_sources.units import is_unit

Map = TypeVar("Map", bound=ImportMap)


def load_map(path: Path, table: str) -> ImportMap:
    """Read and check a map for a table. Raises BadInput with every mistake, its line and what was expected."""
    return checked_map(ImportMap, read_map(path), path, "", table)


def read_map(path: Path) -> dict[str, Any]:
    """What stands in a map's file. Raises BadInput where it can't be read."""
    shown = shown_path(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput([Problem(shown, 0, "", "no such file; the map of the import is expected here")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput([Problem(shown, 0, "", f"is not TOML: {error}")]) from error


def checked_map(kind: type[Map], content: Mapping[str, Any], path: Path, section: str, table: str) -> Map:
    """A map, as it stands in that section of a file, for a table. Raises BadInput with every mistake."""
    read = validated(kind, {**content, "path": path, "section": section}, path, section, "docs/import.md")
    if problems := _column_problems(read, table):
        raise BadInput(problems)
    return read


def _column_problems(read: ImportMap, table: str) -> list[Problem]:
    contract = TABLES[table].schema.columns()
    given = read.columns
    by_file = {TAG, "value"} if table == "reading" else set()
    known = set(contract) | by_file
    problems = [
        read.problem(f"columns.{name}", f"{table} has no such column; it has {', '.join(contract)}")
        for name in given
        if name not in known
    ]
    optional = {name for name, column in contract.items() if column.nullable}
    if table == "reading":
        optional |= {"quality", "span_s"} | ({"point_id", "value"} if read.shape == "wide" else set())
        optional |= {"point_id"} if TAG in given else set()
    elif read.shape == "wide":
        problems.append(read.problem("shape", 'only readings can be wide; expected "long"'))
    missing = sorted(set(contract) - optional - set(given))
    problems += [read.problem("columns", f"{name} is missing; {table} needs it") for name in missing]
    if read.shape == "wide" and table == "reading":
        surplus = sorted({"point_id", TAG, "value"} & set(given))
        problems += [read.problem(f"columns.{name}", "a wide file's headers say this") for name in surplus]
    for name, column in given.items():
        problems += _cell_problems(read, name, column)
    return problems


def _cell_problems(read: ImportMap, name: str, column: ColumnMap) -> list[Problem]:
    key = f"columns.{name}"
    if (column.column is None) == (column.value is None):
        return [read.problem(key, "expected a header of the file, or value = … for a constant")]
    if column.unit is not None and not is_unit(column.unit):
        return [read.problem(key, f"{column.unit!r} is no unit such as L/s, m³/h or °C")]
    if column.unit is not None and name != "value" and canonical_unit(name) is None:
        return [read.problem(key, "has no unit, so none can be converted")]
    return []
