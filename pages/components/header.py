"""The board's first line: whose it is, as of when, today's volumes, how many groups report, and sample data named."""

from collections.abc import Mapping
from html import escape
from typing import Any

from pages.components.numbers import local, number
from pages.components.words import LANGUAGES, Words

WAN_M3 = 10_000.0
RELATIVE = ("seconds_ago", "minutes_ago", "hours_ago", "days_ago")


def header(board: Mapping[str, Any], lang: str, theme: str, say: Words) -> str:
    """The header's HTML. The age is filled in, and goes on ticking, in the browser."""
    marks = [("sample", board["sample"]), ("archive", board["clock"] == "data")]
    badges = "".join(f'<b class="badge">{escape(say("header", name))}</b>' for name, holds in marks if holds)
    other = next(one for one in LANGUAGES if one != lang)
    texts = " ".join(f'data-{name.replace("_", "-")}="{escape(say("header", name, n="{n}"))}"' for name in RELATIVE)
    return (
        "<header>"
        f"<h1>{escape(board[f'name_{lang}'])}</h1>{badges}"
        f"<p>{escape(say('header', 'as_of'))} <b>{local(board['as_of'], board['timezone'], '%m-%d %H:%M:%S')}</b> "
        f'<span class="age" {texts}></span><b class="stale-mark">▨ {escape(say("header", "stale"))}</b></p>'
        f"<p>{_today(board['today'], say)}</p>"
        f"<p>{escape(say('header', 'groups', **board['groups']))}</p>"
        f'<a class="language" href="?lang={other}&amp;theme={theme}" target="_self" hreflang="{other}">'
        f"{escape(say('language', other))}</a>"
        "</header>"
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
