"""Choices of a page that stand in its address, so that a link shows what its sender saw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

import streamlit as st

from pages.components.page import Page


@dataclass(frozen=True)
class Period:
    """A stretch of time that a page shows: half-open, in UTC; `days` are the business days it touches."""

    id: str
    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date


PERIODS = {
    "24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90),
    "13m": timedelta(days=396),
}  # fmt: skip
"""What a period chooser may offer, all ending at the page's moment."""


def choose_period(page: Page, offered: Sequence[str], default: str) -> Period:
    """Lets somebody choose among PERIODS; the choice is `period` in the address."""
    id_ = choose(page, "period", {one: page.say("choice", one) for one in offered}, default)
    starts_at = page.at - PERIODS[id_]
    return Period(id_, starts_at, page.at, page.utility.day_of(starts_at), page.utility.day_of(page.at))


def choose(page: Page, name: str, options: Mapping[str, str], default: str) -> str:
    """A few options (id → words) side by side as links; the choice is `name` in the address."""
    chosen = wanted_of(page, name, options, default)
    links = "".join(
        f'<a href="{page.here(**{name: one})}" target="_self"{" aria-current=true" if one == chosen else ""}>'
        f"{escape(words)}</a>"
        for one, words in options.items()
    )
    st.html(f'<nav class="choices" data-choice="{escape(name)}">{links}</nav>')
    return chosen


def select(
    page: Page, name: str, label: str, options: Sequence[str], words: Callable[[str], str], none: str | None = None
) -> str | None:
    """One of many options by a box that can be typed into, or none of them; the choice is `name` in the address.

    `none` says what no choice means: all of them, where it isn't given.
    """
    key, wanted = f"choice.{name}", page.wanted.get(name)

    def carry() -> None:
        chosen = st.session_state[key]
        if chosen is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = chosen

    # the address is right, also where a link has changed it since the box was drawn
    st.session_state[key] = wanted if wanted in options else None
    chosen: str | None = st.selectbox(
        label,
        options,
        None,
        format_func=words,
        key=key,
        on_change=carry,
        placeholder=none or page.say("choice", "all"),
    )
    return chosen


def wanted_of(page: Page, name: str, options: Mapping[str, str], default: str) -> str:
    """What the address asks for, where that is one of the options."""
    wanted = page.wanted.get(name, default)
    return wanted if wanted in options else default
