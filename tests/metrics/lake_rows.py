"""Rows written into a table of a small lake, for the tests of what is asked of it."""

import polars as pl

from data_sources.contracts import TABLES


def write(lake, table, *rows):
    """Write rows that give some of the table's columns; none may be refused."""
    names = {name for row in rows for name in row}
    schema = {name: dtype for name, dtype in TABLES[table].columns.items() if name in names}
    report = lake.write(
        table, pl.DataFrame([{n: row.get(n) for n in schema} for row in rows], schema=schema), source="t"
    )
    assert report.rows_quarantined == 0
