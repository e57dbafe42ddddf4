"""Refused rows as a sheet that somebody corrects, and the way back in: through the same import as every other file."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from data_sources.contracts import TABLES
from data_sources.importer import ImportReport, import_file
from data_sources.lake import Lake
from data_sources.problems import BadInput, Problem, shown_path
from data_sources.tabular import ROW, is_workbook, read_text
from data_sources.units import conversion
from data_sources.utility import Utility
from data_sources.vocabulary import QUANTITIES
from data_sources.write import MASK

FILE_ROW = "file_row"
"""Where a refused row stood in the file it came from; `row` itself is a word of the import's own."""
FROM_OUTSIDE = (
    "reading", "lab_sample", "weather", "sale", "water_balance", "call", "hall_ticket", "work_order", "meter",
    "meter_event", "stock_item", "stock_move", "action_item",
)  # fmt: skip
"""Tables that a file from outside may fill; the others the product writes itself."""
_APOSTROPHE = r"^'([=+\-@\t\r])"
_UNSAFE = re.compile(r"[^\w.\-]+")


def correction_sheet(rows: pl.DataFrame, table: str, utility: Utility) -> pl.DataFrame:
    """Refused rows (row, reason, payload) with their fields as columns, a line each, the reason in front.

    Values of readings are in their point's own unit, as the import expects them. Personal fields stay masked.
    """
    lines = []
    for row, reason, payload in rows.select("row", "reason", "payload").iter_rows():
        told = json.loads(payload)
        for fields in told if isinstance(told, list) else [told]:
            lines.append({FILE_ROW: row, "reason": reason, **(fields if isinstance(fields, dict) else {})})
    names = list(dict.fromkeys(name for line in lines for name in line))
    ordered = [FILE_ROW, "reason", *(name for name in TABLES[table].columns if name in names)]
    ordered += [name for name in names if name not in ordered]
    sheet = pl.DataFrame({name: _column([line.get(name) for line in lines]) for name in ordered})
    return _in_own_units(sheet, utility) if table == "reading" and {"point_id", "value"} <= set(names) else sheet


def correction_problem(columns: list[str], table: str) -> str | None:
    """Why a file with these headers needs a map of its own; None where its columns are those of the table."""
    needed = {name for name, column in TABLES[table].schema.columns().items() if not column.nullable}
    missing = sorted(needed - set(columns))
    return ", ".join(missing) or None


def import_correction(
    lake: Lake, name: str, content: bytes, table: str, source: str, own_map: bytes | None = None
) -> ImportReport:
    """Import a file that somebody gives to a page: by its own map (TOML), or by headers that are the table's columns.

    Raises BadInput where the table takes no files, the file can't be read, or its columns don't fit.
    """
    if table not in FROM_OUTSIDE:
        raise BadInput([Problem(table, 0, "", f"takes no files; expected one of {', '.join(FROM_OUTSIDE)}")])
    with TemporaryDirectory() as folder:
        file, how = Path(folder) / _safe(name), Path(folder) / "map.toml"
        file.write_bytes(content)
        try:
            if own_map is not None:
                how.write_bytes(own_map)
            else:
                file = _prepared(file, table, source, how)
            return import_file(lake, lake.utility, file, table, how)
        except BadInput as bad:
            shown = {shown_path(file): name, shown_path(how): how.name}
            raise BadInput([_as_given(problem, shown) for problem in bad.problems]) from bad


def _prepared(file: Path, table: str, source: str, how: Path) -> Path:
    """The file as CSV without apostrophes before formulas, beside the map (`how`) that its headers are."""
    cells = read_text(file).drop(ROW)
    if missing := correction_problem(cells.columns, table):
        message = f"{table} needs {missing}; name the columns as those of the table, or give a map of its own"
        raise BadInput([Problem(shown_path(file), 1, "", message)])
    if is_workbook(file):
        file = file.with_suffix(".csv")
    cells.with_columns(pl.all().str.replace(_APOSTROPHE, "$1")).write_csv(file)
    how.write_text(_map_of(cells.columns, table, source), encoding="utf-8")
    return file


def _as_given(problem: Problem, shown: Mapping[str, str]) -> Problem:
    """A problem with the names (`shown`) that its files were given by, in place of where they lay for a moment."""
    file, message = problem.file, problem.message
    for path, name in shown.items():
        file, message = file.replace(path, name), message.replace(path, name)
    return Problem(file, problem.line, problem.column, message)


def _map_of(columns: list[str], table: str, source: str) -> str:
    """The map of a file whose headers are the table's columns; a masked cell is an empty one."""
    used = [name for name in TABLES[table].columns if name in columns]
    lines = [f"source = {json.dumps(source)}", f"missing = [{json.dumps(MASK)}]", "[columns]"]
    return "\n".join([*lines, *(f"{name} = {json.dumps(name)}" for name in used)])


def _safe(name: str) -> str:
    """A file's name without anything that could lead out of its folder."""
    return _UNSAFE.sub("_", Path(name).name).lstrip(".")[-100:] or "file.csv"


def _column(values: list[object]) -> pl.Series:
    """Numbers where all are, else text."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return pl.Series(values, dtype=pl.Int64 if all(isinstance(value, int) for value in known) else pl.Float64)
    return pl.Series([None if value is None else str(value) for value in values], dtype=pl.String)


def _in_own_units(sheet: pl.DataFrame, utility: Utility) -> pl.DataFrame:
    if not sheet["value"].dtype.is_numeric():
        return sheet
    units = {}
    for point_id, quantity, unit in utility.points.select("point_id", "quantity", "unit").iter_rows():
        units[point_id] = conversion(unit or QUANTITIES[quantity], QUANTITIES[quantity])
    known = [units.get(point_id, (1.0, 0.0)) for point_id in sheet["point_id"]]
    factor, offset = pl.Series([one[0] for one in known]), pl.Series([one[1] for one in known])
    return sheet.with_columns(value=(sheet["value"] - offset) / factor)
