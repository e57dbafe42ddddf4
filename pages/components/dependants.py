"""What stands on a site: indicators that read its points; sites that belong or drain to it or are metered with it."""

from collections.abc import Mapping, Sequence
from html import escape

import polars as pl
import streamlit as st

from pages.components.blocks import show_heading
from pages.components.board_parts import show_map, site_states
from pages.components.page import Page
from pages.components.side_by_side import side_by_side
from pages.components.states import RANK
from pages.components.table import Column, show_table

RELATIONS = ("fed", "drained", "neighbours")
"""How one site may stand on another."""
HEIGHT = 440

Standing = Mapping[str, Sequence[str]]
"""What metrics.queries.site.depends_on found."""


def show_dependants(page: Page, site_id: str, standing: Standing) -> None:
    """Links to the indicators; the sites as a table with their states, and on the map."""
    say = page.say
    show_heading(page, say("site_page", "depends"), say("site_page", "depends_means"))
    if standing["indicators"]:
        name = escape(say("site_page", "indicators"))
        links = _indicators(page, site_id, standing["indicators"])
        st.html(f'<div class="facts"><dl><dt>{name}</dt><dd>{links}</dd></dl></div>')
    sites = dependent_sites(page, standing)
    if sites.is_empty():
        if not standing["indicators"]:
            st.html(f'<p class="quiet">{escape(say("site_page", "nothing"))}</p>')
        return
    columns = [
        Column("name", say("site_page", "site"), link=lambda row: page.link("site", site=row["site_id"])),
        Column("relation", say("site_page", "relation")),
        Column("kind", say("site_page", "kind"), words="site_kind"),
        Column("state", say("site_page", "state")),
        Column("reason", say("site_page", "reason"), words="reason"),
    ]
    told = [column for column in columns if sites[column.name].null_count() < sites.height]
    left, right = side_by_side("depends", [3, 2])
    with left:
        show_table(page, sites, told, f"{site_id}-depends", HEIGHT)
    with right:
        if page.board is not None:
            show_map(page, page.board, set(sites["site_id"]))


def dependent_sites(page: Page, standing: Standing) -> pl.DataFrame:
    """The sites that stand on this one, worst first: site_id, name, relation (in words), kind, state, reason."""
    related: dict[str, list[str]] = {}
    for relation in RELATIONS:
        for one in standing[relation]:
            related.setdefault(one, []).append(page.say("site_page", relation))
    rows = [(one, page.named("sites", one), " · ".join(told)) for one, told in related.items()]
    schema = {"site_id": pl.String(), "name": pl.String(), "relation": pl.String()}
    sites = pl.DataFrame(rows, schema=schema, orient="row")
    sites = sites.join(page.utility.sites.select("site_id", "kind"), on="site_id", how="left")
    sites = sites.join(site_states(page.board), on="site_id", how="left")
    return sites.sort(pl.col("state").replace_strict(RANK, default=len(RANK), return_dtype=pl.Int64), "site_id")


def _indicators(page: Page, site_id: str, ids: Sequence[str]) -> str:
    board = page.board
    names = {} if board is None else {one["id"]: one[f"name_{page.lang}"] for one in board["indicators"]}
    return " · ".join(
        f'<a href="{page.link("indicator", id=one, site=site_id)}" target="_self">{escape(names.get(one, one))}</a>'
        for one in ids
    )
