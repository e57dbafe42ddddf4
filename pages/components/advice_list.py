"""The advice of the board: do what, by when, what it gains, how sure; three at most."""

from collections.abc import Mapping
from html import escape
from typing import Any

from pages.components.numbers import number, short_time
from pages.components.words import Words

SHOWN = 3


def advice_list(board: Mapping[str, Any], lang: str, say: Words) -> str:
    """The panel's HTML; where there is no advice it says what will stand here, and invents nothing."""
    advice = board["advice"][:SHOWN]
    title = f"<h2>{escape(say('advice', 'title'))}<span>{escape(say('advice', 'columns'))}</span></h2>"
    body = "".join(_entry(one, board, lang, say) for one in advice) or _none(say)
    return f'<section class="advice">{title}{body}</section>'


def _none(say: Words) -> str:
    return f'<p class="small none">{escape(say("advice", "none"))}</p>'


def _entry(one: Mapping[str, Any], board: Mapping[str, Any], lang: str, say: Words) -> str:
    return (
        f'<article data-advice="{escape(one["advice_id"])}"><p class="far">{escape(one[f"action_{lang}"])}</p>'
        f'<p class="small">{escape(_details(one, board, say))}</p></article>'
    )


def _details(one: Mapping[str, Any], board: Mapping[str, Any], say: Words) -> str:
    def clock(moment: str) -> str:
        return short_time(moment, board["as_of"], board["timezone"])

    parts = []
    if one["act_by"] is not None:
        parts.append(say("advice", "act_by", time=clock(one["act_by"])))
    if one["gain"] is not None:
        parts.append(say("advice", "gain", gain=number(one["gain"]), unit=say("unit", one["gain_unit"] or "1")))
    parts.append(say("advice", "confidence", n=number(100 * one["confidence"])))
    parts.append(say("advice", "expires", time=clock(one["expires_at"])))
    return " · ".join([*parts, say("advice_status", one["status"])])
