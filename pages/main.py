"""The navigation over the list of pages; a page that fails says so and leaves the others alone."""

from secrets import token_hex

import streamlit as st

from pages.components.guard import guarded
from pages.components.links import view_of
from pages.components.page_list import files
from pages.components.snapshot import utility
from pages.components.words import words_in

say = words_in(view_of(st.query_params.to_dict(), utility().languages).lang)
page = st.navigation(
    [
        st.Page(one.file, title=one.name(say), url_path=one.path or None, default=not one.path)
        for one in files()
    ],
    position="hidden",
)  # fmt: skip
st.set_page_config(page_title=f"{page.title} · {say('page', 'product')}", layout="wide")
with guarded(page.url_path):
    page.run()
if page.url_path:  # the board says itself when it stands
    st.html(f'<i hidden data-drawn="{token_hex(4)}"></i>')
