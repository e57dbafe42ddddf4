"""The frame of a page behind the board: what its address asks for, and its head with the way to all other pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from data_sources.utility import Utility
from pages.components.ending import end_page
from pages.components.find import find_box
from pages.components.frozen import frozen_board
from pages.components.links import SHOWN, View, moment_text, view_of
from pages.components.numbers import local
from pages.components.page_list import PAGES, Entry, entry_of, neighbours
from pages.components.snapshot import newest_board
from pages.components.snapshot import utility as shown_utility
from pages.components.theme import theme_css, themes
from pages.components.words import LANGUAGES, Words, words_in

FOLDER = Path(__file__).parent
LOOK_EVERY_S = 15.0
"""How often an open page looks whether there is a newer snapshot."""
OLD = timedelta(minutes=1)
"""A page whose snapshot is this much older than the newest one says so, or follows."""
OF_THE_VIEW = ("at", "as", "lang", "theme")


@dataclass(frozen=True)
class Page:
    """A page as its address asks for it. `moment` is what it shows: None where there is no snapshot yet.

    `wanted` are the address's own choices; whoever shows the page with others links to `here(…)`.
    """

    path: str
    wanted: Mapping[str, str]
    view: View
    utility: Utility
    say: Words
    moment: datetime | None
    opened: Mapping[str, Any] | None = None

    @property
    def at(self) -> datetime:
        """The moment that the page shows; whoever has opened the page has one."""
        assert self.moment is not None
        return self.moment

    @property
    def lang(self) -> str:
        """Zh or en."""
        return self.view.lang

    def link(self, path: str, **choices: str | None) -> str:
        """The address of a page as somebody who looks like this sees it, ready for an HTML attribute."""
        return self.view.link(path, **choices)

    def here(self, **choices: str | None) -> str:
        """The address of this page with some choices changed (None: left out), ready for an HTML attribute."""
        return self.view.link(self.path, **{**self.wanted, **choices})

    @property
    def board(self) -> Mapping[str, Any] | None:
        """The snapshot of the page's moment: of a frozen one as shown or computed, else that which stood at opening."""
        return frozen_board(self.view)[0] if self.view.at is not None else self.opened

    def named(self, rows_of: str, id_: str) -> str:
        """The name in words of a site, group, point or machine (`rows_of` is the utility's file); else its id."""
        return _names(self.utility.folder, rows_of, self.lang).get(id_, id_)

    def time(self, moment: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
        """An instant by the utility's clock."""
        return local(moment, self.utility.timezone, form)


def page_of_address(path: str) -> Page:
    """The page at `path`, as the browser's address asks for it; its moment stays still while it is open."""
    address = st.query_params.to_dict()
    utility = shown_utility()
    view = view_of(address, utility.languages)
    wanted = {name: value for name, value in address.items() if name not in OF_THE_VIEW}
    opened = None if view.at else _opened(path, wanted)
    at = view.at if opened is None else datetime.fromisoformat(opened["as_of"])
    return Page(path, wanted, view, utility, words_in(view.lang), at, opened)


def open_page(path: str, *, follows: bool = False) -> Page:
    """The page at `path` with its head drawn. Where there is no snapshot yet, says how to get one and stops.

    A page that `follows` shows the newest snapshot by itself; the others offer it.
    """
    page = page_of_address(path)
    entry = entry_of(path, page.wanted)
    page_head(page, entry.name(page.say) if entry else path, follows=follows)
    if page.moment is None:
        st.info(page.say("empty", "import"))
        end_page()
    return page


def page_head(page: Page, title: str, *, follows: bool = False) -> None:
    """Draw the head: way back, title, what is frozen, menu, search, moment, next and previous, language and theme."""
    with st.container(key="page_head", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_head(page, title), width="stretch", unsafe_allow_javascript=True)
        if page.moment is not None:
            find_box(page.view, page.utility)
            moment_chooser(page)
    if page.moment is not None and page.view.at is None:
        _newer(page.moment, page.utility.timezone, page.say, follows)


def moment_chooser(page: Page) -> None:
    """Lets somebody freeze the page at another past moment, by the utility's clock. A frozen page says its own."""
    utility, say = page.utility, page.say
    here = page.at.astimezone(utility.zone)
    form = "%m-%d %H:%M" if here.year == datetime.now(utility.zone).year else "%Y-%m-%d %H:%M"
    since = f"{say('header', 'as_of')} {page.time(page.at, form)}"
    label = since if page.view.at is None else say("page", "other_moment")
    with st.popover(label, key="moment_box"), st.form("moment", border=False):
        day = st.date_input(say("page", "day"), here.date())
        time = st.time_input(say("page", "time"), here.time().replace(second=0, microsecond=0))
        if st.form_submit_button(say("page", "freeze")):
            at = datetime.combine(day, time, utility.zone)
            st.query_params.update({"at": moment_text(at), "as": SHOWN})
            st.rerun()


def page_css(theme: str) -> str:
    """The style of all pages, with the theme's colours."""
    return f".stApp{{{theme_css(theme)}}}{_file('page.css')}{_file('map.css')}"


def _opened(path: str, wanted: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The snapshot that stood when this page (this face of its file) was opened."""
    face = (path, wanted.get("id"))
    kept = st.session_state.get("opened")
    if kept is None or kept[0] != face or kept[1] is None:
        kept = st.session_state["opened"] = face, newest_board()
    board: Mapping[str, Any] | None = kept[1]
    return board


@st.fragment(run_every=LOOK_EVERY_S)
def _newer(at: datetime, timezone: str, say: Words, follows: bool) -> None:
    """Where there is a newer snapshot: show it, or offer to."""
    board = newest_board()
    if board is None or datetime.fromisoformat(board["as_of"]) - at < OLD:
        return
    label = say("page", "newer", time=local(board["as_of"], timezone, "%H:%M"))
    if follows or st.button(label, key="newer", type="tertiary"):
        del st.session_state["opened"]
        st.rerun()


def _head(page: Page, title: str) -> str:
    view, say = page.view, page.say
    lang = next(one for one in LANGUAGES if one != view.lang)
    theme = next(one for one in themes() if one != view.theme)
    sample = f'<b class="badge">{escape(say("header", "sample"))}</b>' if page.utility.sample else ""
    to_lang = replace(view, lang=lang).link(page.path, **page.wanted)
    to_theme = replace(view, theme=theme).link(page.path, **page.wanted)
    before, after = neighbours(page.path, page.wanted)
    return (
        f'<style>{page_css(view.theme)}</style><div class="head" lang="{view.lang}">'
        f"{_menu(page)}"
        f'<a class="back" href="{view.link("")}" target="_self">← {escape(say("page", "board"))}</a>'
        f'<h1>{escape(title)}</h1>{sample}{_frozen(page)}<nav aria-label="{escape(say("page", "walk"))}">'
        f"{_step(page, before, 'previous')}{_step(page, after, 'next')}"
        f'<a href="{to_lang}" target="_self" hreflang="{lang}">{escape(say("language", lang))}</a>'
        f'<a href="{to_theme}" target="_self" data-reload>{escape(say("theme", theme))}</a>'
        f"</nav></div><script>{_file('page.js')}</script>"
    )


def _menu(page: Page) -> str:
    """All pages, folded away."""
    here = entry_of(page.path, page.wanted)
    links = "".join(
        f'<a href="{page.link(one.path, **dict(one.face))}" target="_self"'
        f"{' aria-current=page' if one == here else ''}>{escape(one.name(page.say))}</a>"
        for one in PAGES
    )
    label = escape(page.say("page", "menu"))
    return f'<details class="menu"><summary>☰ {label}</summary><nav aria-label="{label}">{links}</nav></details>'


def _step(page: Page, to: Entry | None, way: str) -> str:
    if to is None or not to.path:  # the board has its own way back
        return ""
    name = escape(to.name(page.say))
    text = f"‹ {name}" if way == "previous" else f"{name} ›"
    label = f"{escape(page.say('page', way))}: {name}"
    address = page.link(to.path, **dict(to.face))
    return f'<a class="{way}" href="{address}" target="_self" aria-label="{label}">{text}</a>'


def _frozen(page: Page) -> str:
    """That the page is frozen, and the way back to now."""
    if page.view.at is None:
        return ""
    when = page.time(page.view.at)
    live = View(page.view.lang, page.view.theme).link(page.path, **page.wanted)
    return (
        f'<b class="frozen">{escape(page.say("page", "frozen", time=when))}</b>'
        f'<a href="{live}" target="_self">{escape(page.say("header", "live"))}</a>'
    )


@lru_cache(maxsize=16)
def _names(_folder: Path, rows_of: str, lang: str) -> dict[str, str]:
    rows = getattr(shown_utility(), rows_of)
    return dict(rows.select(f"{rows_of.removesuffix('s')}_id", f"name_{lang}").drop_nulls().rows())


@lru_cache(maxsize=4)
def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
