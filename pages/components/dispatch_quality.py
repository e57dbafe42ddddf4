"""Online quality of sewage against its limits: a site a line, a quantity a column."""

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl

from data_sources.vocabulary import QUANTITIES
from pages.components.numbers import number
from pages.components.page import Page
from pages.components.states import SHAPES
from pages.components.table import Column

Row = Mapping[str, Any]


def quality_table(page: Page, rows: pl.DataFrame, name: str) -> str:
    """The table's HTML of `rows` (columns of quality_now); a reading past its limit has shape and colour."""
    quantities = rows["quantity"].unique(maintain_order=True).to_list()
    heads = "".join(_head(page, one) for one in quantities)
    body = []
    for (site_id,), own in rows.partition_by("site_id", as_dict=True, maintain_order=True).items():
        by_quantity = {row["quantity"]: row for row in own.to_dicts()}
        cells = "".join(_cell(page, by_quantity.get(quantity)) for quantity in quantities)
        link = f'<a href="{page.link("site", site=site_id)}" target="_self">{escape(page.named("sites", site_id))}</a>'
        body.append(f"<tr><td>{link}</td>{cells}</tr>")
    label = escape(page.say("sewage_quality", name))
    site = escape(page.say("sewage_quality", "site"))
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{label}"><table data-table="{escape(name)}">'
        f'<thead><tr><th scope="col">{site}</th>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
    )


def quality_columns(page: Page) -> list[Column]:
    """The columns of the same rows to download, a point a line."""
    words = {"quantity": "quantity"}
    names = ("site", "point_id", "quantity", "value", "unit", "min", "max", "state", "ts")
    headed = {"min": "low", "max": "high"}
    return [Column(name, page.say("column", headed.get(name, name)), words=words.get(name)) for name in names]


def quality_rows(page: Page, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their site's name and their unit."""
    sites = [page.named("sites", one) for one in rows["site_id"]]
    units = [page.say("unit", QUANTITIES[one]) for one in rows["quantity"]]
    return rows.with_columns(site=pl.Series(sites, dtype=pl.String()), unit=pl.Series(units, dtype=pl.String()))


def _head(page: Page, quantity: str) -> str:
    unit = escape(page.say("unit", QUANTITIES[quantity]))
    return f'<th scope="col">{escape(page.say("quantity", quantity))}<small>{unit}</small></th>'


def _cell(page: Page, row: Row | None) -> str:
    if row is None:
        return "<td></td>"
    state = row["state"]
    limits = (row["min"], row["max"])
    mark = "" if state == "normal" else f'<i class="{state}" title="{page.say("state", state)}">{SHAPES[state]}</i>'
    word = f" {escape(page.say('state', state))}" if state != "normal" else ""
    value = "" if row["value"] is None else repr(float(row["value"]))
    return (
        f'<td data-point="{escape(row["point_id"])}" data-state="{state}" data-v="{value}">'
        f"{number(row['value'], limits)}{mark}{word} <small>{escape(_limit(page, row))}</small></td>"
    )


def _limit(page: Page, row: Row) -> str:
    low, high = row["min"], row["max"]
    if low is not None and high is not None:
        return page.say("sewage_quality", "between", min=number(low), max=number(high))
    if high is not None:
        return page.say("sewage_quality", "at_most", max=number(high))
    return "" if low is None else page.say("sewage_quality", "at_least", min=number(low))
