"""Parts of a snapshot for pages: what it says of sites as frames, exceptions as a list, sites on the map."""

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from pages.components.blocks import Figure, show_heading
from pages.components.exception_list import details, headline, link_of
from pages.components.frozen import shared_engine
from pages.components.geography import geography_of
from pages.components.page import Page
from pages.components.plant_map import located, plant_map
from pages.components.site_list import ranked_sites
from pages.components.states import RANK, SHAPES
from pages.components.tile import aim

FEW = 12
"""So many sites have room for their names on a map, normal ones too."""

Board = Mapping[str, Any]


def indicator_figure(page: Page, one: Mapping[str, Any]) -> Figure:
    """An indicator of a snapshot as a figure that leads to its page."""
    reason = page.say("reason", one["reason"]) if one["reason"] else ""
    return Figure(
        one[f"name_{page.lang}"], one["value"], one["unit"], " · ".join(filter(None, (reason, aim(one, page.say)))),
        one["state"], page.link("indicator", id=one["id"]), _definition(page, one["id"]), compared=True,
        previous=one["compare"]["previous"], last_year=one["compare"]["last_year"],
    )  # fmt: skip


def _definition(page: Page, indicator_id: str) -> str:
    """In plain words; nothing where the catalogue no longer has the indicator."""
    with shared_engine() as engine:
        found = engine.catalogue.indicators.get(indicator_id)
    return "" if found is None else str(getattr(found.definition, page.lang))


def site_states(board: Board | None) -> pl.DataFrame:
    """What a snapshot says of its sites: site_id, state, reason. Without a snapshot nothing."""
    schema = {"site_id": pl.String(), "state": pl.String(), "reason": pl.String()}
    rows = [] if board is None else [{name: site[name] for name in schema} for site in board["sites"]]
    return pl.DataFrame(rows, schema=schema)


def site_values(one: Mapping[str, Any]) -> pl.DataFrame:
    """What an indicator of a snapshot says of sites: site_id, and its value under the indicator's id."""
    rows = [(site["site_id"], site["value"]) for site in one["sites"]]
    return pl.DataFrame(rows, schema={"site_id": pl.String(), one["id"]: pl.Float64()}, orient="row")


def indicators_past(board: Board, site_id: str) -> set[str]:
    """The indicators of a snapshot that warn or alarm of this site."""
    return {
        one["id"]
        for one in board["indicators"]
        for site in one["sites"]
        if site["site_id"] == site_id and site["state"] in ("warning", "alarm")
    }


def exceptions_about(board: Board, sites: Collection[str], indicators: Collection[str]) -> list[Mapping[str, Any]]:
    """The exceptions of these sites and indicators, worst first."""
    return [
        one
        for one in board["exceptions"]
        if one["site_id"] in sites or (one["code"] == "indicator_state" and one["subject"] in indicators)
    ]


def show_exceptions_heading(page: Page, many: int) -> None:
    """The heading over a list of exceptions, with their number where there are any."""
    title = page.say("exceptions", "open_heading")
    show_heading(page, f"{title} {many}" if many else title)


def show_exceptions(page: Page, board: Board, found: Sequence[Mapping[str, Any]], *, is_known: bool) -> None:
    """Exceptions as a list that leads to what they are about; where there is none it says so, or that nobody knows."""
    names = {site["site_id"]: site[f"name_{page.lang}"] for site in board["sites"]}
    entries = "".join(
        f'<li data-exception="{escape(one["subject"])}" data-state="{one["state"]}">'
        f'<a href="{link_of(one, page.view)}" target="_self"><i class="{one["state"]}">{SHAPES[one["state"]]}</i> '
        f"{escape(headline(one, board, names, page.lang, page.say))}</a>"
        f"<small>{escape(details(one, board, page.say))}</small></li>"
        for one in found
    )
    state, word = ("normal", "none_open") if is_known else ("unknown", "nothing_known")
    none = f'<li><i class="{state}">{SHAPES[state]}</i> {escape(page.say("exceptions", word))}</li>'
    label = escape(page.say("exceptions", "open_list"))
    st.html(f'<ol class="open" tabindex="0" aria-label="{label}">{entries or none}</ol>')


def show_map(page: Page, board: Board, sites: Collection[str]) -> None:
    """These sites of a snapshot on the map of the utility's folder; where none has a place it says how to give one.

    The abnormal ones are marked and lead to their pages; all of them where there are only a few.
    """
    own = [site for site in board["sites"] if site["site_id"] in sites]
    part = {**board, "sites": own}
    placed, ground = located(own), geography_of(page.utility)
    if not placed or (len(placed) == 1 and not ground.boundary and not ground.mains):
        st.html(f'<p class="quiet">{escape(page.say("map", "no_ground" if placed else "no_places"))}</p>')
        return
    marked = sorted(own, key=lambda site: RANK[site["state"]]) if len(own) <= FEW else ranked_sites(part)
    drawn = plant_map(
        part, marked, ground, page.lang, page.view.theme,
        lambda site: page.link("site", site=site["site_id"]),
    )  # fmt: skip
    st.html(f'<div class="map" role="group" aria-label="{escape(page.say("map", "label"))}">{drawn}</div>')
