"""One tile of the board: name, value, state, target, gap, comparison, bullet bar, trend, time of its data."""

from collections.abc import Mapping
from html import escape
from typing import Any

from pages.components.bullet import THRESHOLDS, bullet
from pages.components.numbers import number, short_time, signed
from pages.components.sparkline import sparkline
from pages.components.theme import themes
from pages.components.words import Words

SHAPES = {"alarm": "▲", "warning": "◆", "normal": "○", "unknown": "▨"}


def tile(one: Mapping[str, Any], lang: str, theme: str, say: Words, board: Mapping[str, Any], place: str) -> str:
    """A tile's HTML at a CSS `place` of the grid. `one` is an indicator of `board`; its texts are escaped."""
    state = one["state"]
    value = "" if one["value"] is None else repr(float(one["value"]))
    return (
        f'<article class="tile {state}" data-indicator="{escape(one["id"])}" data-state="{state}" '
        f'data-value="{value}" style="{place}">'
        f"<h3>{escape(one[f'short_{lang}'])}</h3>"
        f'<p class="value">{shown_value(one)}<small>{escape(say("unit", one["unit"]))}</small></p>'
        f'<p class="state"><i class="{state}">{SHAPES[state]}</i>{_state_words(one, say)}</p>'
        f"{bullet(one)}"
        f"{sparkline(one['trend'], one['band'], escape(say('tile', 'trend', n=len(one['trend']))), themes()[theme])}"
        f'<p class="small">{_target(one, say)}</p>'
        f'<p class="small">{_compare(one, say)}</p>'
        f'<p class="small">{_foot(one, lang, say, board)}</p>'
        "</article>"
    )


def shown_value(one: Mapping[str, Any]) -> str:
    """The value with as many digits as it takes to be told from its thresholds."""
    return number(one["value"], (one.get(kind) for kind in THRESHOLDS))


def _state_words(one: Mapping[str, Any], say: Words) -> str:
    """The state in words, and why where that says more; a warning from too few data says so."""
    state, reason = one["state"], one["reason"]
    text = say("reason", reason) if state == "unknown" and reason else say("state", state)
    partial = f" <em>{escape(say('tile', 'partial'))}</em>" if one["partial"] else ""
    better = "" if state == "unknown" else f"<u>{escape(say('tile', one['direction']))}</u>"
    return f"<span>{escape(text)}</span>{partial}{better}"


def _target(one: Mapping[str, Any], say: Words) -> str:
    aim = one["target"] if one["target"] is not None else one["warning"]
    parts = []
    if aim is not None:
        parts.append(f"{say('tile', 'target')} {number(aim)}")
    if one["gap"] is not None:
        parts.append(f"{say('tile', 'gap')} {signed(one['gap'], one['value'])}")
    return escape(" · ".join(parts))


def _compare(one: Mapping[str, Any], say: Words) -> str:
    """环比 and 同比 as differences."""
    parts = []
    for name in ("previous", "last_year"):
        other = one["compare"][name]
        known = other is not None and one["value"] is not None
        parts.append(f"{say('tile', name)} {signed(one['value'] - other, one['value']) if known else '–'}")
    return escape(" · ".join(parts))


def _foot(one: Mapping[str, Any], lang: str, say: Words, board: Mapping[str, Any]) -> str:
    if one["data_time"] is None:
        text = say("tile", "no_data_time")
    else:
        text = say("tile", "data_time", time=short_time(one["data_time"], board["as_of"], board["timezone"]))
    if one["beside"] is None:
        return escape(text)
    beside = f"{one[f'beside_{lang}']} {number(one['beside'])} {say('unit', one['beside_unit'])}"
    return f"{escape(beside.strip())} · {escape(text)}"
