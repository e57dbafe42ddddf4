"""The exceptions of the board: what, where, since when, how far past the limit, whose; worst first, five at most."""

from collections.abc import Mapping
from html import escape
from typing import Any

from pages.components.numbers import local, number
from pages.components.tile import SHAPES
from pages.components.words import Words

SHOWN = 5
NAMED = 6
"""Unknown indicators named in the line that says how many there are."""


def exception_list(board: Mapping[str, Any], lang: str, say: Words) -> str:
    """The panel's HTML; without exceptions it says whether all is normal, or how much is unknown and why."""
    found = board["exceptions"]
    names = {site["site_id"]: site[f"name_{lang}"] for site in board["sites"]}
    if not found:
        return f'<section class="exceptions calm">{_calm(board, lang, say)}</section>'
    cards = "".join(_card(one, board, names, lang, say) for one in found[:SHOWN])
    rest = len(found) - SHOWN
    more = f'<p class="more">{escape(say("exceptions", "more", n=rest))}</p>' if rest > 0 else ""
    return f'<section class="exceptions">{cards}{more}</section>'


def _calm(board: Mapping[str, Any], lang: str, say: Words) -> str:
    unknown = [one for one in board["indicators"] if one["state"] == "unknown"]
    if not unknown:
        text = say("exceptions", "all_normal", n=len(board["indicators"]))
        return f'<p class="far"><i class="normal">○</i>{escape(text)}</p>'
    which = say("exceptions", "between").join(
        say("exceptions", "which", name=one[f"short_{lang}"], reason=say("reason", one["reason"] or "no_source"))
        for one in unknown[:NAMED]
    )
    return (
        f'<p class="far"><i class="unknown">▨</i>{escape(say("exceptions", "none", n=len(unknown)))}</p>'
        f'<p class="small">{escape(which)}</p>'
    )


def _card(one: Mapping[str, Any], board: Mapping[str, Any], names: Mapping[str, str], lang: str, say: Words) -> str:
    state = one["state"]
    blinking = " unseen" if state == "alarm" and not one["acknowledged"] else ""
    return (
        f'<article class="exception {state}{blinking}" data-exception="{escape(one["subject"])}" data-state="{state}">'
        f'<p class="far"><i class="{state}">{SHAPES[state]}</i><span>{escape(_what(one, board, lang, say))}</span></p>'
        f'<p class="far where">{escape(names.get(one["site_id"] or "", say("exceptions", "everywhere")))}</p>'
        f'<p class="small">{escape(_details(one, board["timezone"], say))}</p>'
        "</article>"
    )


def _what(one: Mapping[str, Any], board: Mapping[str, Any], lang: str, say: Words) -> str:
    args, code = one["args"], one["code"]
    if code == "indicator_state":
        tile = next((tile for tile in board["indicators"] if tile["id"] == one["subject"]), None)
        name = tile[f"short_{lang}"] if tile else one["subject"]
        unit = say("unit", args["unit"])
        return say("exceptions", code, name=name, value=f"{number(args['value'])} {unit}".strip())
    if code in ("point_limit", "early_warning"):
        return say("exceptions", code, quantity=say("quantity", args["quantity"]), value=number(args["value"]))
    if code == "few_data":
        return say("exceptions", code, validity=number(100 * args["validity"]))
    return say("exceptions", code, subject=one["subject"])


def _details(one: Mapping[str, Any], timezone: str, say: Words) -> str:
    parts = [say("exceptions", "since", time=local(one["since"], timezone))]
    if one["distance"] is not None:
        past = one["code"] == "indicator_state"
        shown = number(one["distance"]) if past else number(100 * one["distance"])
        parts.append(say("exceptions", "steps" if past else "past", n=shown))
    if one["count"] > 1:
        parts.append(say("exceptions", "points" if one["code"] == "source_silent" else "count", n=one["count"]))
    if one["acknowledged"]:
        parts.append(say("exceptions", "acknowledged"))
    return " · ".join([*parts, say("exceptions", "owner", owner=one["owner"])])
