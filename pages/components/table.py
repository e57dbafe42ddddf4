"""A table on a page: numbers with units, states as shape and word, links; sorted by a tap; CSV and XLSX."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from data_sources.write import MASK
from pages.components.numbers import apart, number
from pages.components.page import Page
from pages.components.states import RANK, SHAPES
from pages.components.tables import PERSONAL, as_csv, as_xlsx

MOST_ROWS = 300
"""Rows drawn; all go into the download."""
ROW_HIGH = 45
"""A row and the line below it, px (page.css)."""
MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A column of a table: which one of the frame, its heading, its unit ("m³/h", as canonical units are written).

    `digits` are decimals, where three significant digits are not what is wanted.
    `words` is the section of words.toml that says what its values mean; `link` the address (an HTML attribute's text) a
    cell leads to; `draw` a cell's HTML where it is a picture. A column named `state` shows shape, word and colour.
    """

    name: str
    label: str
    unit: str = ""
    digits: int | None = None
    words: str | None = None
    link: Callable[[Row], str | None] | None = None
    draw: Callable[[Row], str] | None = None


def show_table(
    page: Page,
    rows: pl.DataFrame,
    columns: Sequence[Column],
    name: str,
    height: int | None = 480,
    most: int = MOST_ROWS,
) -> None:
    """Draw the table and, below it, its downloads `<name>.csv` and `<name>.xlsx`.

    Rows stand in the frame's order until somebody taps a heading: then in that column's, which the address tells.
    """
    st.html(table_html(page, rows, columns, name, height, most))
    show_downloads(page, rows, columns, name)


def show_downloads(page: Page, rows: pl.DataFrame, columns: Sequence[Column], name: str) -> None:
    """The rows as `<name>.csv` and `<name>.xlsx`, under the columns' headings."""
    with st.container(horizontal=True, key=f"downloads.{name}"):
        shown = taken_away(page, in_order(page, rows, name), columns)
        for kind, made in (("csv", as_csv), ("xlsx", as_xlsx)):
            file = f"{name}.{kind}"
            st.download_button(kind.upper(), partial(made, shown), file, MIME[kind], key=file, on_click="ignore")


def table_html(
    page: Page,
    rows: pl.DataFrame,
    columns: Sequence[Column],
    name: str,
    height: int | None = None,
    most: int = MOST_ROWS,
) -> str:
    """The table's HTML; `data-table` is its name, `data-v` of a cell the value it is sorted by."""
    heads = "".join(_head(page, rows, column, name) for column in columns)
    numbers = [column.name in rows.columns and rows[column.name].dtype.is_numeric() for column in columns]
    body = "".join(
        f"<tr>{''.join(_cell(page, row, *one) for one in zip(columns, numbers, strict=True))}</tr>"
        for row in in_order(page, rows, name).head(most).iter_rows(named=True)
    )
    rest = rows.height - most
    told = escape(page.say("table", "rest", shown=most, n=rows.height))
    more = f'<p class="rest">{told}</p>' if rest > 0 else ""
    limit = limit_of(height, min(rows.height, most))
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{escape(name)}"{limit}>'
        f'<table data-table="{escape(name)}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{more}'
    )


def limit_of(height: int | None, rows: int) -> str:
    """The attribute that makes a table scroll in `height` px; none where only its head would have to: a last row cut in
    two looks like a fault.
    """
    return "" if height is None or rows * ROW_HIGH <= height else f' style="max-height:{height}px"'


def in_order(page: Page, rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows of the table `name` as its address sorts them (`sort.<name>` is a column, or `-` and a column)."""
    wanted = page.wanted.get(f"sort.{name}", "")
    column, down = wanted.removeprefix("-"), wanted.startswith("-")
    if column not in rows.columns or rows[column].dtype.is_nested():
        return rows
    is_state = column == "state" and rows["state"].is_in(list(RANK)).all()
    by = pl.col("state").replace_strict(RANK, default=None) if is_state else pl.col(column)
    return rows.sort(by, descending=down, nulls_last=True, maintain_order=True)


def taken_away(page: Page, rows: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """What a download holds: the table's columns under their headings, unrounded, states and codes in words."""
    found: dict[str, pl.Series] = {}
    for column in columns:
        if column.name in rows.columns:
            found[_heading(page, column)] = _plain(page, rows[column.name], column)
    return pl.DataFrame(found)


def _plain(page: Page, values: pl.Series, column: Column) -> pl.Series:
    if column.name in PERSONAL:
        return pl.Series([None if value is None else MASK for value in values], dtype=pl.String())
    if isinstance(values.dtype, pl.List):  # files of a table know no lists
        return values.list.eval(pl.element().cast(pl.String())).list.join(" ")
    if isinstance(values.dtype, pl.Datetime):
        return values.dt.convert_time_zone(page.utility.timezone)
    words = "state" if column.name == "state" and column.words is None else column.words
    if words is not None:
        return pl.Series(
            [None if value is None else page.say(words, str(value)) for value in values], dtype=pl.String()
        )
    return values


def _heading(page: Page, column: Column) -> str:
    unit = page.say("unit", column.unit) if column.unit else ""
    return f"{column.label} ({unit})" if unit else column.label


def _head(page: Page, rows: pl.DataFrame, column: Column, name: str) -> str:
    """A heading; a tap sorts by it, another one the other way round, a third one as the page had it."""
    dtype = rows.schema.get(column.name, pl.Null())
    unit = page.say("unit", column.unit) if column.unit else ""
    inner = escape(column.label) + (f"<small>{escape(unit)}</small>" if unit else "")
    kind = "number" if dtype.is_numeric() else "text"
    if dtype.is_nested() or dtype == pl.Null():
        return f'<th data-kind="{kind}" scope="col"><span>{inner}</span></th>'
    key, wanted = f"sort.{name}", page.wanted.get(f"sort.{name}", "")
    down = f"-{column.name}"
    way, then = {column.name: ("ascending", down), down: ("descending", None)}.get(wanted, (None, column.name))
    address = page.here(**{key: then})
    sort = f' aria-sort="{way}"' if way else ""
    return f'<th data-kind="{kind}" scope="col"{sort}><a href="{address}" target="_self">{inner}</a></th>'


def _cell(page: Page, row: Row, column: Column, is_number: bool) -> str:
    value = row.get(column.name)
    if column.name in PERSONAL:
        value = None if value is None else MASK
    shown = column.draw(row) if column.draw else _shown(page, value, column)
    address = column.link(row) if column.link else None
    inner = f'<a href="{address}" target="_self">{shown}</a>' if address else shown
    kind = ' class="number"' if is_number else ""
    return f'<td data-v="{escape(_sorted_by(value, column))}"{kind}>{inner}</td>'


def _shown(page: Page, value: Any, column: Column) -> str:
    if value is None:
        return "–"
    if column.name == "state" and column.words is None:
        return f'<i class="{escape(value)}">{SHAPES[value]}</i> {escape(page.say("state", value))}'
    if column.words is not None:
        return escape(page.say(column.words, str(value)))
    if isinstance(value, bool):
        return escape(page.say("table", "yes" if value else "no"))
    if isinstance(value, int | float):
        return apart(
            number(value)
            if column.digits is None
            else f"{round(value, column.digits) + 0.0:.{column.digits}f}".replace("-", "−")
        )
    if isinstance(value, datetime):
        return escape(page.time(value))
    return escape(value.isoformat() if isinstance(value, date) else str(value))


def _sorted_by(value: Any, column: Column) -> str:
    if value is None:
        return ""
    if column.name == "state" and column.words is None:
        return str(RANK[value])
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return repr(float(value)) if isinstance(value, float) else str(value)


def marked(state: str, page: Page) -> str:
    """A state's HTML: shape, word, colour."""
    return _shown(page, state, Column("state", ""))
