"""The board: the newest snapshot, drawn again at each refresh; or one past moment, frozen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import streamlit as st

from pages.components.board import board_html
from pages.components.deck_map import deck_map
from pages.components.frozen import frozen_board
from pages.components.geography import geography_of
from pages.components.links import view_of
from pages.components.plant_map import located
from pages.components.shared_html import newest_html
from pages.components.site_list import ranked_sites
from pages.components.snapshot import newest_board
from pages.components.snapshot import utility as shown_utility

utility = shown_utility()
geography = geography_of(utility)
view = view_of(st.query_params.to_dict(), utility.languages)


def draw_map(board: Mapping[str, Any] | None) -> None:
    """The live map, which the browser lays over the place that the board leaves for it."""
    if board is not None and located(board["sites"]):
        deck = deck_map(board, ranked_sites(board), geography, utility.map, view.lang, view.theme)
        with st.container(key="plant_map"):
            picked = st.pydeck_chart(deck, key="deck", height="stretch", on_select="rerun")
        show_picked(picked["selection"]["objects"])


def show_picked(objects: Mapping[str, list[dict[str, Any]]]) -> None:
    """Go to the page of the site whose mark was tapped; by keyboard the list beside the map leads there."""
    for one in (one for layer in objects.values() for one in layer):
        address = view.address("site", site=one["site_id"])
        st.switch_page("site.py", query_params=dict(parse_qsl(urlsplit(address).query)))


@st.fragment(run_every=utility.refresh_seconds)
def show_now() -> None:
    """The board as it is now; the map, which costs most, is drawn again only where a site's state changed."""
    st.html(newest_html(view, drawn_map=False), unsafe_allow_javascript=True)
    if st.session_state.setdefault("on_map", on_map(newest_board())) != on_map(newest_board()):
        del st.session_state["on_map"]
        st.rerun()


def on_map(board: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """What the map shows: the abnormal sites in their order, with their states."""
    return [] if board is None else [(site["site_id"], site["state"]) for site in ranked_sites(board)]


if view.at is None:
    show_now()
    draw_map(newest_board())
else:
    board, how = frozen_board(view)
    st.html(board_html(board, replace(view, how=how)), unsafe_allow_javascript=True)
    draw_map(board)
