"""Tables as people may take them away: local times, names beside ids, personal fields masked, cells made harmless."""

import io

import polars as pl
import xlsxwriter

from data_sources.contracts import TABLES
from data_sources.write import MASK
from pages.components.words import Words

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet would begin to calculate (CWE-1236)."""
PERSONAL = frozenset(column for table in TABLES.values() for column in table.personal)


def presentable(rows: pl.DataFrame, timezone: str, say: Words) -> pl.DataFrame:
    """Instants by the utility's clock, dates as dates, personal fields masked, columns named in words where there are.

    Columns that say nothing are left out.
    """
    masked = [
        pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) for name in PERSONAL & set(rows.columns)
    ]
    told = rows.select(name for name in rows.columns if rows[name].null_count() < rows.height or rows.is_empty())
    told = told.with_columns(one for one in masked if one.meta.output_name() in told.columns).with_columns(
        pl.col(pl.Datetime("us", "UTC")).dt.convert_time_zone(timezone), pl.col(pl.Date).dt.to_string("iso")
    )
    return told.rename({name: say("column", name) for name in told.columns})


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
