"""Tables as people may take them away: as CSV and XLSX, with cells made harmless."""

import io

import polars as pl
import xlsxwriter

from data_sources.contracts import TABLES

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet would begin to calculate (CWE-1236)."""
PERSONAL = frozenset(column for table in TABLES.values() for column in table.personal)


def harmless(rows: pl.DataFrame) -> pl.DataFrame:
    """Text cells that a spreadsheet would take for a formula get an apostrophe before them."""
    return rows.with_columns(
        pl.when(pl.col(name).str.slice(0, 1).is_in(list(FORMULA_STARTS)))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, dtype in rows.schema.items()
        if dtype == pl.String()
    )


def as_csv(rows: pl.DataFrame) -> bytes:
    """UTF-8 with a mark at its start, so that spreadsheets read Chinese; instants in ISO 8601 with their offset."""
    return b"\xef\xbb\xbf" + harmless(_iso(rows)).write_csv().encode()


def as_xlsx(rows: pl.DataFrame) -> bytes:
    """A workbook of one sheet; text stays text."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        harmless(_iso(rows)).write_excel(book, autofit=True)
    return held.getvalue()


def _iso(rows: pl.DataFrame) -> pl.DataFrame:
    """Instants as text: a spreadsheet knows no offsets."""
    return rows.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
        for name, dtype in rows.schema.items()
        if isinstance(dtype, pl.Datetime)
    )
