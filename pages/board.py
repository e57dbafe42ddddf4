"""The board: the newest snapshot, drawn again at each refresh; or one past moment, frozen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from data_sources.load import load_utility
from data_sources.settings import Settings
from pages.components.board import board_html
from pages.components.deck_map import deck_map
from pages.components.frozen import frozen_board
from pages.components.geography import geography_of
from pages.components.links import View, view_of
from pages.components.plant_map import located
from pages.components.site_list import ranked_sites
from pages.components.snapshot import newest_board

folder = Settings().utility
utility = load_utility(folder)
geography = geography_of(folder)
view = view_of(st.query_params.to_dict(), utility.languages)


def draw(board: Mapping[str, Any] | None, view: View) -> None:
    """The board, and over the place it leaves the live map."""
    st.html(board_html(board, view), unsafe_allow_javascript=True)
    if board is not None and located(board["sites"]):
        deck = deck_map(board, ranked_sites(board), geography, utility.map, view.lang, view.theme)
        with st.container(key="plant_map"):
            st.pydeck_chart(deck, key="deck", height="stretch")


@st.fragment(run_every=utility.refresh_seconds)
def show_now() -> None:
    """The board as it is now."""
    draw(newest_board(), view)


if view.at is None:
    show_now()
else:
    board, how = frozen_board(view)
    draw(board, replace(view, how=how))
