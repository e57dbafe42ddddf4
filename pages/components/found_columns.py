"""A table of rows whose columns are known only when they are found: headed in words, sites by name, with downloads."""

import re
from collections.abc import Sequence

import polars as pl

from data_sources.vocabulary import QUANTITIES
from pages.components.frozen import shared_engine
from pages.components.page import Page
from pages.components.table import Column, Row, show_table
from pages.components.words import LANGUAGES, all_words

WORDS = {
    "quality": "reading_quality", "quantity": "quantity", "role": "role", "medium": "medium", "mode": "point_mode",
    "group_kind": "group_kind", "site_kind": "site_kind", "category": "call_category", "channel": "call_channel",
    "when_quantity": "quantity", "module": "module", "standard": "standard", "unit": "unit",
}  # fmt: skip
"""Columns whose values are codes → the section of words that says what they mean."""
KINDS = ("threshold", "site_kind", "order_kind", "meter_kind", "stock_kind", "stock_category", "meter_state")
"""A kind, category or state is whatever its table calls so: the section that knows all its values says it."""
OF_A_TABLE = ("kind", "category", "state")
LAST = (
    "standard", "clause", "site_id", "machine_id", "group_id", "to_site_id", "unit", "mode", "interval_s", "low",
    "high", "source", "tag", "name", "group_kind", "site_kind", "module", "quantity", "role", "medium", "local_hour",
    "covered_s", "due_s", "lon", "lat", "parent_id", "drains_to", "tags", "received_at", "batch_seq",
)  # fmt: skip
"""What only describes a row stands behind what was measured, counted and judged."""
IN_UNIT = ("value", "mean", "min", "max", "last", "warning_min", "warning_max")
"""Columns in the unit of the one point that all rows are about."""
_AGAIN = re.compile(r"(.+)_\d")
_LAST_SPACE = re.compile(r" (?=\S{1,3}$)")
"""Before a unit or a number at the end of a heading: no place to break it."""


def show_found(
    page: Page,
    rows: pl.DataFrame,
    name: str,
    height: int | None = 360,
    first: Sequence[Column] = (),
    of_point: str = "",
) -> None:
    """Draw the rows, `first` before their own columns; columns that say nothing are left out.

    Where all rows are about one point (`of_point`, or the only point_id), its numbers have its unit.
    """
    rows = _in_one_language(page, with_subject_names(page, with_site_names(page, rows)))
    told = [one for one in rows.columns if rows[one].null_count() < rows.height and one not in (c.name for c in first)]
    of_points = "mode" in rows.columns  # there the unit is what the source reports in, else that of the value before it
    last = [one for one in LAST if one != "unit" or of_points]
    ordered = sorted(told, key=lambda one: last.index(one) + 1 if one in last else 0)
    unit = _unit(page, of_point, rows)
    show_table(page, rows, [*first, *(_column(page, rows, one, unit) for one in ordered)], name, height)


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


def _in_one_language(page: Page, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `name` instead of name_zh and name_en: the reader's, or what there is."""
    own, *others = sorted((f"name_{one}" for one in LANGUAGES), key=lambda one: one != f"name_{page.lang}")
    found = [one for one in (own, *others) if one in rows.columns]
    if not found or "name" in rows.columns:
        return rows
    return rows.with_columns(name=pl.coalesce(found)).drop(found)


def _unit(page: Page, point_id: str, rows: pl.DataFrame) -> str:
    """The canonical unit of the one point that the rows are about; "" where they are about several, or none."""
    ids = {point_id} if point_id else set(rows["point_id"].unique()) if "point_id" in rows.columns else set()
    quantities = page.utility.points.filter(pl.col("point_id").is_in(list(ids)))["quantity"].to_list()
    return QUANTITIES.get(quantities[0], "") if len(ids) == len(quantities) == 1 else ""


def _column(page: Page, rows: pl.DataFrame, name: str, unit: str) -> Column:
    def to_site(row: Row) -> str | None:
        return page.link("site", site=row["site_id"]) if row["site_id"] else None

    again = _AGAIN.fullmatch(name)  # a second column of one name, from another view
    of = again[1] if again else name
    label = page.say("column", of) + (f" {int(name[-1]) + 1}" if again else "")
    words = _section_of(rows[name]) if of in OF_A_TABLE else WORDS.get(of)
    in_unit = unit if of in IN_UNIT else ""
    label = _LAST_SPACE.sub("\N{NO-BREAK SPACE}", label)
    return Column(name, label, in_unit, words=words, link=to_site if name == "site" else None)


def _section_of(values: pl.Series) -> str | None:
    codes = set(values.drop_nulls().cast(pl.String()))
    return next((one for one in KINDS if codes <= all_words()[one].keys()), "threshold")
