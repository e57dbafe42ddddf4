"""The navigation: whoever adds a page adds its line here."""

from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent

page = st.navigation(
    [
        st.Page(FOLDER / "board.py", title="智慧水务", default=True),
        st.Page(FOLDER / "indicator.py", title="指标", url_path="indicator"),
    ],
    position="hidden",
)
st.set_page_config(page_title="智慧水务", layout="wide")
page.run()
