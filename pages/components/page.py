"""The frame of a page behind the board: way back, title, frozen moment, language and theme; type of the whole house."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from data_sources.utility import Utility
from pages.components.links import SHOWN, View
from pages.components.numbers import local
from pages.components.theme import theme_css, themes
from pages.components.words import LANGUAGES, Words

FOLDER = Path(__file__).parent


def page_head(
    title: str, page: str, choices: Mapping[str, str | None], view: View, utility: Utility, say: Words
) -> None:
    """Draw the head. `page` and `choices` are the page's own address, so that a switch keeps them."""
    lang = next(one for one in LANGUAGES if one != view.lang)
    theme = next(one for one in themes() if one != view.theme)
    sample = f'<b class="badge">{escape(say("header", "sample"))}</b>' if utility.sample else ""
    st.html(
        f'<style>{_css()}</style><div class="head" lang="{view.lang}" style="{theme_css(view.theme)}">'
        f'<a class="back" href="{view.link("")}" target="_self">← {escape(say("page", "board"))}</a>'
        f"<h1>{escape(title)}</h1>{sample}{_frozen(page, choices, view, utility, say)}<nav>"
        f'<a href="{replace(view, lang=lang).link(page, **choices)}" target="_self">{escape(say("language", lang))}</a>'
        f'<a href="{replace(view, theme=theme).link(page, **choices)}" target="_self">{escape(say("theme", theme))}</a>'
        "</nav></div>"
    )


def moment_chooser(
    shown: datetime, page: str, choices: Mapping[str, str | None], view: View, utility: Utility, say: Words
) -> None:
    """Lets somebody freeze the page at another past moment, by the utility's clock."""
    here = shown.astimezone(utility.zone)
    label = say("page", "moment", time=local(shown, utility.timezone, "%Y-%m-%d %H:%M"))
    with st.popover(label), st.form("moment", border=False):
        day = st.date_input(say("page", "day"), here.date())
        time = st.time_input(say("page", "time"), here.time().replace(second=0, microsecond=0))
        if st.form_submit_button(say("page", "freeze")):
            at = datetime.combine(day, time, utility.zone)
            go_to(replace(view, at=at, how=SHOWN).address(page, **choices))


def go_to(address: str) -> None:
    """Send the browser to another address of the product."""
    st.html(f"<script>location.assign({address!r})</script>", unsafe_allow_javascript=True)


def _frozen(page: str, choices: Mapping[str, str | None], view: View, utility: Utility, say: Words) -> str:
    if view.at is None:
        return ""
    when = local(view.at, utility.timezone, "%Y-%m-%d %H:%M")
    live = View(view.lang, view.theme).link(page, **choices)
    return (
        f'<b class="frozen">{escape(say("page", "frozen", time=when))}</b>'
        f'<a href="{live}" target="_self">{escape(say("header", "live"))}</a>'
    )


@lru_cache(maxsize=1)
def _css() -> str:
    return (FOLDER / "page.css").read_text(encoding="utf-8")
