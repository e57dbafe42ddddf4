"""Tables that people take away: harmless cells; read back they say the same. On the page: which of them scroll."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.table import limit_of
from pages.components.tables import FORMULA_STARTS, as_csv, as_xlsx, harmless


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_no_cell_begins_like_a_formula(cells):
    told = harmless(pl.DataFrame({"a": cells}))["a"].to_list()
    assert not any(cell.startswith(FORMULA_STARTS) for cell in told)
    assert [cell.removeprefix("'") for cell in told] == [cell.removeprefix("'") for cell in cells]


def test_csv_and_xlsx_say_the_same():
    rows = pl.DataFrame(
        {"名": ["=1+1", "@x", "井"], "n": [1.5, None, -2.0], "at": [datetime(2026, 9, 15, 8, tzinfo=UTC)] * 3}
    )
    text = as_csv(rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text)))
    assert read[1] == ["'=1+1", "1.5", "2026-09-15T08:00:00+00:00"]
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(rows))).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == ["名", "n", "at"]
    assert cells[1] == ["'=1+1", 1.5, "2026-09-15T08:00:00+00:00"]
    assert cells[3][1] == -2.0  # a number below zero stays one


@pytest.mark.parametrize(("height", "rows", "scrolls"), [(480, 10, False), (480, 11, True), (None, 300, False)])
def test_a_table_scrolls_only_where_a_row_would_be_hidden(height, rows, scrolls):
    assert ("max-height:480px" in limit_of(height, rows)) == scrolls
