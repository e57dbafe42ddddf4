"""The board's first line: whose it is, as of when, today's volumes, how many groups report, and sample data named."""

from collections.abc import Mapping
from html import escape
from typing import Any

from pages.components.links import View
from pages.components.numbers import local, number
from pages.components.theme import themes
from pages.components.words import LANGUAGES, Words

WAN_M3 = 10_000.0
RELATIVE = ("seconds_ago", "minutes_ago", "hours_ago", "days_ago")
LOSSES = ("stale", "server", "worker")
"""What may be wrong with the screen itself; the browser finds out which."""


def header(board: Mapping[str, Any], view: View, say: Words) -> str:
    """The header's HTML. The age is filled in, and goes on ticking, in the browser."""
    marks = [("sample", board["sample"]), ("archive", board["clock"] == "data")]
    badges = "".join(f'<b class="badge">{escape(say("header", name))}</b>' for name, holds in marks if holds)
    return (
        "<header>"
        f"<h1>{escape(board[f'name_{view.lang}'])}</h1>{badges}"
        f"<p>{_moment(board, view, say)}</p>"
        f"<p>{_today(board['today'], say)}</p>"
        f"<p>{escape(say('header', 'groups', **board['groups']))}</p>"
        f"<nav>{_switches(view, say)}</nav>"
        "</header>"
    )


def _moment(board: Mapping[str, Any], view: View, say: Words) -> str:
    """As of when; of a frozen board the whole date and which of the two it is, of a live one its age and its marks."""
    if view.at is not None:
        when = local(board["as_of"], board["timezone"], "%Y-%m-%d %H:%M")
        live = escape(View(view.lang, view.theme).address(""))
        return (
            f'<b class="frozen">{escape(say("header", f"frozen_{view.how}", time=when))}</b>'
            f'<a href="{live}" target="_self">{escape(say("header", "live"))}</a>'
        )
    texts = " ".join(f'data-{name.replace("_", "-")}="{escape(say("header", name, n="{n}"))}"' for name in RELATIVE)
    losses = " ".join(f'data-{name}="{escape(say("header", name))}"' for name in LOSSES)
    return (
        f"{escape(say('header', 'as_of'))} <b>{local(board['as_of'], board['timezone'], '%m-%d %H:%M:%S')}</b> "
        f'<span class="age" {texts}></span><b class="stale-mark" role="status" {losses}></b>'
    )


def _switches(view: View, say: Words) -> str:
    lang = next(one for one in LANGUAGES if one != view.lang)
    theme = next(one for one in themes() if one != view.theme)
    to_lang = View(lang, view.theme, view.at, view.how).link("")
    to_theme = View(view.lang, theme, view.at, view.how).link("")
    return (
        f'<a class="language" href="{to_lang}" target="_self" hreflang="{lang}">{escape(say("language", lang))}</a>'
        f'<a class="theme" href="{to_theme}" target="_self">{escape(say("theme", theme))}</a>'
    )


def _today(today: Mapping[str, Any], say: Words) -> str:
    parts = [
        _volume("supplied", today, say),
        _volume("treated", today, say),
        f"{escape(say('header', 'rain'))} <b>{number(today['rain_mm'])}</b> mm",
    ]
    return " · ".join(parts)


def _volume(name: str, today: Mapping[str, Any], say: Words) -> str:
    """A volume so far, in 万m³, beside what the whole day was expected to bring."""
    volume, expected = today[f"{name}_m3"], today[f"{name}_expected_m3"]
    shown = number(None if volume is None else volume / WAN_M3)
    beside = "" if expected is None else f" / {number(expected / WAN_M3)}"
    return f"{escape(say('header', name))} <b>{shown}</b>{beside} {escape(say('unit', '万m³'))}"
