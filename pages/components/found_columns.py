"""A table of rows whose columns are known only when they are found: headed in words, sites by name, with downloads."""

from collections.abc import Sequence

import polars as pl

from data_sources.vocabulary import QUANTITIES
from pages.components.frozen import shared_engine
from pages.components.page import Page
from pages.components.table import Column, Row, show_table

WORDS = {
    "quality": "reading_quality", "quantity": "quantity", "role": "role", "kind": "threshold",
    "group_kind": "group_kind", "site_kind": "site_kind", "category": "call_category", "module": "module",
    "standard": "standard", "unit": "unit",
}  # fmt: skip
"""Columns whose values are codes → the section of words that says what they mean."""


def show_found(
    page: Page, rows: pl.DataFrame, name: str, height: int | None = 360, first: Sequence[Column] = ()
) -> None:
    """Draw the rows, `first` before their own columns; columns that say nothing are left out."""
    rows = with_subject_names(page, with_site_names(page, rows))
    told = [one for one in rows.columns if rows[one].null_count() < rows.height and one not in (c.name for c in first)]
    show_table(page, rows, [*first, *(_column(page, one) for one in told)], name, height)


def with_site_names(page: Page, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `site`, the name of their `site_id`, as first column."""
    if "site_id" not in rows.columns or rows["site_id"].fill_null("").eq("").all():
        return rows
    names = [page.named("sites", one) if one else None for one in rows["site_id"]]
    return rows.select(pl.Series("site", names, dtype=pl.String()), *rows.columns)


def with_subject_names(page: Page, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with what a limit is about (`subject`) in words: the board's indicators and quantities; else its id."""
    if "subject" not in rows.columns:
        return rows
    names = {one: page.say("quantity", one) for one in QUANTITIES}
    with shared_engine() as engine:
        names |= {id_: getattr(one.name, page.lang) for id_, one in engine.catalogue.indicators.items()}
    return rows.with_columns(pl.col("subject").replace(names))


def _column(page: Page, name: str) -> Column:
    def to_site(row: Row) -> str | None:
        return page.link("site", site=row["site_id"]) if row["site_id"] else None

    return Column(name, page.say("column", name), words=WORDS.get(name), link=to_site if name == "site" else None)
