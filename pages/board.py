"""The board: the newest snapshot, drawn again at each refresh."""

import streamlit as st

from data_sources.load import load_utility
from data_sources.settings import Settings
from pages.components.board import board_html
from pages.components.snapshot import newest_board
from pages.components.theme import themes
from pages.components.words import LANGUAGES

utility = load_utility(Settings().utility)
wanted = st.query_params
lang = wanted.get("lang") if wanted.get("lang") in LANGUAGES else utility.languages[0]
theme = wanted.get("theme") if wanted.get("theme") in themes() else next(iter(themes()))


@st.fragment(run_every=utility.refresh_seconds)
def show() -> None:
    """The board as it is now."""
    st.html(board_html(newest_board(), str(lang), str(theme)), unsafe_allow_javascript=True)


show()
