"""The advice of the board: do what, by when, what it gains, how sure; three at most."""

import re
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from pages.components.deeds import OF_ADVICE, deeds
from pages.components.links import View
from pages.components.numbers import instant, near_time, number
from pages.components.words import Words

SHOWN = 3
OLD_S = 7200
"""Inputs older than this lower an advice's confidence, so their age is said."""
_COLON = re.compile(r"：|: ")


def advice_list(board: Mapping[str, Any], view: View, say: Words) -> str:
    """The panel's HTML; of a live board with buttons. Where there is no advice it says so, and invents nothing."""
    advice = board["advice"][:SHOWN]
    title = f"<h2>{escape(say('advice', 'title'))}<span>{escape(say('advice', 'columns'))}</span></h2>"
    body = "".join(_entry(one, board, view, say) for one in advice) or _none(board, say)
    return f'<section class="advice">{title}{body}</section>'


def _none(board: Mapping[str, Any], say: Words) -> str:
    """That nothing is better is known only where there is a plan to compare with."""
    words = say("advice", "none" if board["sewage"]["plan"] else "no_plan")
    return f'<p class="small none">{escape(words)}</p>'


def _entry(one: Mapping[str, Any], board: Mapping[str, Any], view: View, say: Words) -> str:
    what, _ = parted(one[f"action_{view.lang}"])
    buttons = deeds(OF_ADVICE[one["status"]], one["advice_id"], say) if view.at is None else ""
    details = advice_details(one, board["as_of"], board["timezone"], say)
    link = view.link("dispatch", advice=one["advice_id"]) + "#advice"
    return (
        f'<article data-advice="{escape(one["advice_id"])}">'
        f'<p class="far"><a href="{link}" target="_self">{escape(what)}</a></p>'
        f'<p class="small"><span>{escape(details)}</span>{buttons}</p></article>'
    )


def parted(action: str) -> tuple[str, str]:
    """What to do, and how and why: what stands before and after the first colon."""
    parts = _COLON.split(action, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def advice_details(one: Mapping[str, Any], as_of: datetime | str, timezone: str, say: Words) -> str:
    """By when, what it gains, how sure, how old its inputs are if that counts, until when, and what was done."""

    def clock(moment: datetime | str) -> str:
        return near_time(moment, as_of, timezone)

    parts = []
    if one["act_by"] is not None:
        late = instant(one["act_by"]) < instant(as_of)
        parts.append(say("advice", "was_due" if late else "act_by", time=clock(one["act_by"])))
    if one["gain"] is not None:
        parts.append(say("advice", "gain", gain=number(one["gain"]), unit=say("unit", one["gain_unit"] or "1")))
    parts.append(say("advice", "confidence", n=number(100 * one["confidence"])))
    if one["inputs_age_s"] >= OLD_S:
        parts.append(say("advice", "age", n=round(one["inputs_age_s"] / 60)))
    parts.append(say("advice", "expires", time=clock(one["expires_at"])))
    if one["status"] != "open":
        parts.append(say("advice_status", one["status"]))
    return " · ".join(parts)
