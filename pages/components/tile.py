"""One tile of the board: name, value, state, target, gap, comparison, bullet bar, trend, time of its data."""

from collections.abc import Mapping
from html import escape
from typing import Any

from pages.components.bullet import THRESHOLDS, bullet
from pages.components.links import View
from pages.components.numbers import number, short_time, signed
from pages.components.sparkline import sparkline
from pages.components.states import SHAPES
from pages.components.theme import themes
from pages.components.words import Words


def tile(one: Mapping[str, Any], view: View, say: Words, board: Mapping[str, Any], place: str) -> str:
    """A tile's HTML at a CSS `place` of the grid, a link to its page. `one` is an indicator of `board`."""
    state = one["state"]
    value = "" if one["value"] is None else repr(float(one["value"]))
    label = escape(say("tile", "trend", n=len(one["trend"])))
    beside = _beside(one, view.lang, say)
    told = [aim(one, say), "" if state == "unknown" else beside]
    return (
        f'<a class="tile {state}" data-indicator="{escape(one["id"])}" data-state="{state}" '
        f'data-value="{value}" style="{place}" href="{view.link("indicator", id=one["id"])}" target="_self">'
        f"<h3>{escape(one[f'short_{view.lang}'])}</h3>"
        f'<p class="value">{shown_value(one)}<small>{escape(say("unit", one["unit"]))}</small>'
        f"{sparkline(one['trend'], one['band'], label, themes()[view.theme])}</p>"
        f'<div class="state"><i class="{state}">{SHAPES[state]}</i><span>{escape(_state_words(one, say))}</span>'
        f'<p class="small">{"<br>".join(escape(line) for line in told if line)}</p></div>'
        f"{bullet(one)}"
        f'<p class="small foot">{_compare(one, beside, say)}<span>{_time(one, say, board)}</span></p>'
        "</a>"
    )


def shown_value(one: Mapping[str, Any]) -> str:
    """The value with as many digits as it takes to be told from its thresholds."""
    return number(one["value"], (one.get(kind) for kind in THRESHOLDS))


def _state_words(one: Mapping[str, Any], say: Words) -> str:
    """The state in words; of an unknown one why."""
    state, reason = one["state"], one["reason"]
    return say("reason", reason) if state == "unknown" and reason else say("state", state)


def aim(one: Mapping[str, Any], say: Words) -> str:
    """What is aimed at, and the signed gap to it."""
    aim, low, high = one["target"], one["warning_low"], one["warning_high"]
    aim = one["warning"] if aim is None else aim
    if aim is not None:
        direction = one["direction"]
        text = say("tile", "aim" if direction == "band" else f"aim_{direction}", aim=number(aim))
    elif low is not None and high is not None:
        text = say("tile", "aim_band", low=number(low), high=number(high))
    else:
        return ""
    gap = "" if one["gap"] is None else say("tile", "gap", gap=signed(one["gap"], one["value"]))
    return f"{text} {gap}".strip()


def _beside(one: Mapping[str, Any], lang: str, say: Words) -> str:
    """The number that belongs beside, with its name."""
    if one["beside"] is None:
        return ""
    return f"{one[f'beside_{lang}']} {number(one['beside'])} {say('unit', one['beside_unit'])}".strip()


def _compare(one: Mapping[str, Any], beside: str, say: Words) -> str:
    """环比 and 同比 as differences; of an unknown value there are none, and what is known beside takes their place."""
    if one["state"] == "unknown" and beside:
        return escape(beside)
    parts = []
    for name in ("previous", "last_year"):
        other = one["compare"][name]
        known = other is not None and one["value"] is not None
        parts.append(f"{say('tile', name)} {signed(one['value'] - other, one['value']) if known else '–'}")
    return escape(" · ".join(parts))


def _time(one: Mapping[str, Any], say: Words, board: Mapping[str, Any]) -> str:
    """When the data is from, and that it is partial where it is."""
    if one["data_time"] is None:
        return escape(say("tile", "no_data_time"))
    time = short_time(one["data_time"], board["as_of"], board["timezone"])
    return escape(f"{say('tile', 'partial')} {time}" if one["partial"] else time)
