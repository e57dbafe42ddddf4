"""Finding a page, an indicator, a site or a point by name or id."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import chain
from pathlib import Path

import streamlit as st

from data_sources.utility import Utility
from metrics.catalogue import load_catalogue
from pages.components.links import View
from pages.components.page_list import PAGES, Entry, entry_of
from pages.components.snapshot import utility as shown_utility
from pages.components.words import LANGUAGES, words_in

MOST = 12


@dataclass(frozen=True)
class Found:
    """Something that has a page: its kind (page, indicator, site, point), id, names by language, address."""

    kind: str
    id: str
    names: tuple[str, ...]
    path: str
    choices: tuple[tuple[str, str], ...]

    def rank(self, text: str) -> int | None:
        """How well a text in lower case fits: 0 is the id or name itself; None: not at all."""
        words = [self.id.lower(), *(name.lower() for name in self.names)]
        if text in words:
            return 0
        if any(word.startswith(text) for word in words):
            return 1
        if any(text in word for word in words):
            return 2
        return 3 if all(any(part in word for word in words) for part in text.split()) else None


def find(utility: Utility, text: str) -> list[Found]:
    """What fits a text, the best first; pages, indicators and sites before points. Nothing for no text."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    everything = chain(_pages(), _indicators(utility), _places(utility.folder))
    ranked = [(rank, one) for one in everything if (rank := one.rank(wanted)) is not None]
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0])]


def find_box(view: View, utility: Utility) -> None:
    """The search box, folded away, with what it found as links."""
    with st.popover(words_in(view.lang)("find", "title"), key="find_box"):
        _search(view, utility)


@st.fragment
def _search(view: View, utility: Utility) -> None:
    say = words_in(view.lang)
    text = st.text_input(say("find", "label"), key="find", placeholder=say("find", "example"))
    found = find(utility, text or "")
    place = LANGUAGES.index(view.lang)
    links = "".join(
        f'<a href="{view.link(one.path, **dict(one.choices))}" target="_self">'
        f"<span>{escape(say('find', one.kind))}</span><b>{escape(one.names[place])}</b>"
        f"<small>{escape(one.id)}</small></a>"
        for one in found[:MOST]
    )
    rest = len(found) - MOST
    more = f"<p>{escape(say('exceptions', 'more', n=rest))}</p>" if rest > 0 else ""
    none = f"<p>{escape(say('find', 'none'))}</p>" if text and not found else ""
    st.html(f'<nav class="found" aria-label="{escape(say("find", "title"))}">{links}{more}{none}</nav>')


@lru_cache(maxsize=1)
def _pages() -> tuple[Found, ...]:
    def found(entry: Entry) -> Found:
        names = tuple(entry.name(words_in(lang)) for lang in LANGUAGES)
        return Found("page", "/".join((entry.path, *(face for _, face in entry.face))), names, entry.path, entry.face)

    return tuple(map(found, PAGES))


def _indicators(utility: Utility) -> Iterator[Found]:
    """Those of the files as they are now: one that somebody has just written is found."""
    for one in load_catalogue(utility).indicators.values():
        yield Found("indicator", one.id, (one.name.zh, one.name.en), "indicator", (("id", one.id),))


@lru_cache(maxsize=4)
def _places(_folder: Path) -> tuple[Found, ...]:
    return tuple(_sites_and_points(shown_utility()))


def _sites_and_points(utility: Utility) -> Iterator[Found]:
    if entry_of("site", {}) is None:
        return
    for site_id, *own in utility.sites.select("site_id", *_NAMES).iter_rows():
        yield Found("site", site_id, tuple(name or site_id for name in own), "site", (("site", site_id),))
    placed = utility.points.join(utility.groups.select("group_id", "site_id"), on="group_id")
    for point_id, site_id, tag, *own in placed.select("point_id", "site_id", "tag", *_NAMES).iter_rows():
        shown = tuple(name or tag or point_id for name in own)
        yield Found("point", point_id, shown, "site", (("site", site_id), ("point", point_id)))


_NAMES = [f"name_{lang}" for lang in LANGUAGES]
