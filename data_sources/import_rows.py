"""Rows of any table from the cells of a file: each column by its map, what can't be read set apart with the reason."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from data_sources import cells as read
from data_sources.contracts import TABLES
from data_sources.import_map import ColumnMap, ImportMap, canonical_unit, headers_of
from data_sources.problems import BadInput, shown_path
from data_sources.tabular import ROW, is_workbook
from data_sources.units import compatible, convert
from data_sources.utility import Utility
from data_sources.vocabulary import QUANTITIES
from data_sources.write import MASK

SITES = ("site_id", "place_id")
"""Columns that name a site, which must be one of the utility's."""
_WORDS = {
    pl.Datetime: "a time",
    pl.Date: "a date",
    pl.Float64: "a number",
    pl.Int64: "a whole number",
    pl.Boolean: "true or false",
}
"""What a cell of a type is called."""


@dataclass
class Unread:
    """Rows of a file that never became rows of the table: row → reasons, and the cells that stood there."""

    masked: frozenset[str] = frozenset()
    parts: list[pl.DataFrame] = field(default_factory=list)

    def add(self, cells: pl.DataFrame, reason: pl.Series) -> None:
        """Set apart the rows of `cells` (with `row`) where `reason` isn't empty."""
        bad = cells.with_columns(reason.alias("reason")).filter(pl.col("reason") != "")
        if bad.is_empty():
            return
        shown = [
            json.dumps(
                {k: MASK if k in self.masked and v is not None else v for k, v in row.items()},
                ensure_ascii=False,
                default=str,
            )
            for row in bad.drop(ROW, "reason").iter_rows(named=True)
        ]
        self.parts.append(bad.select(ROW, "reason", payload=pl.Series(shown, dtype=pl.String)))

    def frame(self) -> pl.DataFrame:
        """row, reason, payload (JSON of the cells, personal ones masked)."""
        none = pl.DataFrame(schema={ROW: pl.Int64, "reason": pl.String, "payload": pl.String})
        return pl.concat([none, *self.parts])

    def __len__(self) -> int:
        return sum(part.height for part in self.parts)


class Cells:
    """The cells of a file as its map reads them, column by column: text, or of a type where the file has types."""

    def __init__(self, how: ImportMap, timezone: str, text: pl.DataFrame, file: Path) -> None:
        self.how = how
        self.zone = how.timezone or timezone
        self.workbook = is_workbook(file)
        self.used = {header for column in how.columns.values() for header in headers_of(column)}
        if absent := {name: column for name, column in how.columns.items() if not self._there(text, column)}:
            names = ", ".join(name for name in text.columns if name != ROW)
            raise BadInput(
                [
                    how.problem(
                        f"columns.{name}", f"{shown_path(file)} has no column {column.column!r}; it has {names}"
                    )
                    for name, column in absent.items()
                ]
            )
        empty = pl.col(pl.String).replace(dict.fromkeys((*how.missing, ""), None))
        self.text = text.with_columns(empty).filter(~pl.all_horizontal(pl.all().exclude(ROW).is_null()))

    def cell(self, name: str) -> pl.Series | None:
        """The cells that a column of the table comes from, words already mapped; None where the map doesn't say."""
        column = self.how.columns.get(name)
        if column is None:
            return None
        headers = headers_of(column)
        if not headers:
            return pl.Series(name, [str(column.value)]).new_from_index(0, self.text.height)
        words = (self.text[headers[0]] if len(headers) == 1 else self._joined(headers)).alias(name)
        return words.cast(pl.String).replace(column.map) if column.map else words

    def typed(self, name: str, dtype: pl.DataType, series: pl.Series | None = None) -> tuple[pl.Series, pl.Series]:
        """A column of the table in its type, and for each row why it couldn't be read ('' where it could)."""
        text = self.cell(name)
        if text is None:
            return pl.Series(name, [None], dtype=dtype).new_from_index(0, self.text.height), self._fine()
        column = self.how.columns[name]
        value, expected = self._parsed(text, dtype, column, series)
        if column.unit is not None and (canonical := canonical_unit(name)) is not None:
            if not compatible(column.unit, canonical):
                raise BadInput([self.how.problem(f"columns.{name}", f"{column.unit} can't be turned into {canonical}")])
            value = convert(value, column.unit, canonical).cast(dtype)
        lost = text.is_not_null() & value.is_null()
        reason = pl.format(f"{name}: expected {expected}, found '{{}}'", text)
        return value, pl.select(pl.when(lost).then(reason).otherwise(pl.lit("")))[:, 0]

    def numbers(self, text: pl.Series) -> pl.Series:
        """Cells as numbers, as the map says they are written."""
        return read.numbers(text, self.how.decimal, self.workbook) if text.dtype == pl.String else read.floats(text)

    def _parsed(
        self, text: pl.Series, dtype: pl.DataType, column: ColumnMap, series: pl.Series | None
    ) -> tuple[pl.Series, str]:
        if text.dtype != pl.String:
            return read.of_type(text, dtype, self.zone, series), _WORDS.get(type(dtype), "text")
        constant = column.value is not None
        decimal = "." if constant else self.how.decimal
        if isinstance(dtype, pl.Datetime):
            shape = f"a time {column.format}" if column.format else "an ISO 8601 time"
            return read.times(text, self.zone, column.format, series), f"{shape} that exists in {self.zone}"
        if isinstance(dtype, pl.Date):
            return read.dates(text, column.format), f"a date {column.format or 'such as 2026-07-01'}"
        if isinstance(dtype, pl.Float64):
            return read.numbers(text, decimal, self.workbook), "a number"
        if isinstance(dtype, pl.Int64):
            return read.whole_numbers(text, decimal, self.workbook), "a whole number"
        if isinstance(dtype, pl.Boolean):
            return read.booleans(text), "true or false"
        return text, "text"

    def _joined(self, headers: tuple[str, ...]) -> pl.Series:
        """Cells that belong together (year, month, day) with spaces between; 2014.0, as some write, is 2014."""
        parts = [pl.col(header).cast(pl.String).str.replace(r"^(\d+)\.0+$", "$1") for header in headers]
        return self.text.select(pl.concat_str(parts, separator=" "))[:, 0]

    def _fine(self) -> pl.Series:
        return pl.Series([""]).new_from_index(0, self.text.height)

    def _there(self, text: pl.DataFrame, column: ColumnMap) -> bool:
        return all(header in text.columns and header != ROW for header in headers_of(column))


def rows_of(
    how: ImportMap, utility: Utility, text: pl.DataFrame, file: Path, table: str
) -> tuple[pl.DataFrame, Unread, set[str]]:
    """Rows of any table but reading: (rows with their number in the file, what couldn't be read, headers used)."""
    contract = TABLES[table]
    cells = Cells(how, utility.timezone, text, file)
    columns, reasons = [], []
    for name, dtype in contract.columns.items():
        value, reason = cells.typed(name, dtype, _series(cells, contract.key, name))
        columns.append(value.alias(name))
        reasons.append(reason.alias(name))
    rows = pl.DataFrame([cells.text[ROW], *columns])
    if table == "lab_sample" and how.columns["value"].unit is not None:
        rows = rows.with_columns(value=_from_lab_unit(rows, how))
    for name in set(SITES) & set(contract.columns):
        strange = rows[name].is_not_null() & ~rows[name].is_in(utility.sites["site_id"].implode())
        said = pl.format(f"{name}: '{{}}' is not in sites.csv", rows[name])
        reasons.append(pl.select(pl.when(strange).then(said).otherwise(pl.lit("")))[:, 0].alias(f"of {name}"))
    why = pl.DataFrame(reasons).select(
        pl.concat_str(pl.all().replace("", None), separator="; ", ignore_nulls=True).alias("why")
    )["why"]
    personal = {how.columns[name] for name in contract.personal if name in how.columns}
    unread = Unread(frozenset(header for column in personal for header in headers_of(column)))
    unread.add(cells.text.select(ROW, *sorted(cells.used)), why)
    return rows.filter(why == ""), unread, cells.used


def _series(cells: Cells, key: list[str], name: str) -> pl.Series | None:
    """What tells the series apart whose rows follow one another in time: the rest of the key that `name` is of."""
    others = [text for other in key if other != name and (text := cells.cell(other)) is not None]
    if name not in key or not others:
        return None
    return pl.select(pl.concat_str(others, separator="\n", ignore_nulls=True).alias("series"))["series"]


def _from_lab_unit(rows: pl.DataFrame, how: ImportMap) -> pl.Series:
    """Values in the map's one unit, each in the canonical unit of its quantity."""
    unit = str(how.columns["value"].unit)
    value: pl.Expr = pl.col("value")
    for quantity in rows["quantity"].drop_nulls().unique():
        canonical = QUANTITIES.get(quantity)
        if canonical is None:
            continue  # the contract will say so
        if not compatible(unit, canonical):
            raise BadInput([how.problem("columns.value", f"{unit} is no unit of {quantity}; expected as {canonical}")])
        value = pl.when(pl.col("quantity") == quantity).then(convert(pl.col("value"), unit, canonical)).otherwise(value)
    return rows.select(value.alias("value"))["value"]
