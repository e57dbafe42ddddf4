"""The exceptions of the board: where, what, since when, how far past the limit, whose; worst first, five at most."""

from collections.abc import Mapping
from html import escape
from typing import Any

from data_sources.vocabulary import QUANTITIES
from pages.components.deeds import deeds
from pages.components.links import View
from pages.components.numbers import number, short_time
from pages.components.states import SHAPES
from pages.components.words import Words

SHOWN = 5
NAMED = 6
"""Unknown indicators named in the line that says how many there are."""


def exception_list(board: Mapping[str, Any], view: View, say: Words) -> str:
    """The panel's HTML; without exceptions it says whether all is normal, or how much is unknown and why."""
    found = board["exceptions"]
    names = {site["site_id"]: site[f"name_{view.lang}"] for site in board["sites"]}
    rest = len(found) - SHOWN
    count = say("exceptions", "title", n=len(found))
    more = say("exceptions", "more", n=rest) if rest > 0 else say("exceptions", "columns")
    title = f"<h2>{escape(count)}<span>{escape(more)}</span></h2>"
    if not found:
        return f'<section class="exceptions calm">{title}{_calm(board, view.lang, say)}</section>'
    entries = "".join(_entry(one, board, names, view, say) for one in found[:SHOWN])
    return f'<section class="exceptions">{title}{entries}</section>'


def _calm(board: Mapping[str, Any], lang: str, say: Words) -> str:
    unknown = [one for one in board["indicators"] if one["state"] == "unknown"]
    if not unknown:
        text = say("exceptions", "all_normal", n=len(board["indicators"]))
        return f'<p class="far"><i class="normal">○</i>{escape(text)}</p>'
    which = say("exceptions", "between").join(
        say("exceptions", "which", name=one[f"short_{lang}"], reason=say("reason", one["reason"] or "no_source"))
        for one in unknown[:NAMED]
    )
    which += "…" if len(unknown) > NAMED else ""
    return (
        f'<p class="far"><i class="unknown">▨</i>{escape(say("exceptions", "none", n=len(unknown)))}</p>'
        f'<p class="small">{escape(which)}</p>'
    )


def _entry(one: Mapping[str, Any], board: Mapping[str, Any], names: Mapping[str, str], view: View, say: Words) -> str:
    state = one["state"]
    blinking = " unseen" if state == "alarm" and not one["acknowledged"] else ""
    text = escape(headline(one, board, names, view.lang, say))
    text = f'<a href="{link_of(one, view)}" target="_self">{text}</a>'
    asked = view.at is None and not one["acknowledged"]
    buttons = deeds(("acknowledge",), one["id"], say) if asked else ""
    return (
        f'<article class="exception {state}{blinking}" data-exception="{escape(one["subject"])}" data-state="{state}">'
        f'<p class="far"><i class="{state}">{SHAPES[state]}</i><span>{text}</span>{buttons}</p>'
        f'<p class="small">{escape(details(one, board, say))}</p>'
        "</article>"
    )


def link_of(one: Mapping[str, Any], view: View) -> str:
    """Where an exception is looked into, ready for an HTML attribute: its indicator, its site, or the state of data."""
    if one["code"] == "indicator_state":
        return view.link("indicator", id=one["subject"])
    return view.link("health") if one["site_id"] is None else view.link("site", site=one["site_id"])


def headline(one: Mapping[str, Any], board: Mapping[str, Any], names: Mapping[str, str], lang: str, say: Words) -> str:
    """Where and what, in one line."""
    args, code = one["args"], one["code"]
    where = names.get(one["site_id"] or "", "")
    if code == "indicator_state":
        tile = next((tile for tile in board["indicators"] if tile["id"] == one["subject"]), None)
        return say("exceptions", code, name=tile[f"short_{lang}"] if tile else one["subject"])
    if code in ("point_limit", "early_warning"):
        return say("exceptions", code, where=where, quantity=say("quantity", args["quantity"])).strip()
    if code == "few_data":
        return say("exceptions", code, where=where).strip()
    return say("exceptions", code, subject=one["subject"])


def details(one: Mapping[str, Any], board: Mapping[str, Any], say: Words) -> str:
    """How much, how far past the limit, since when, whose."""
    args, code = one["args"], one["code"]
    parts = []
    if code == "few_data":
        parts.append(say("exceptions", "validity", n=number(100 * args["validity"])))
    elif "value" in args:
        unit = args["unit"] if "unit" in args else QUANTITIES[args["quantity"]]
        parts.append(f"{number(args['value'])} {say('unit', unit)}".strip())
    if one["distance"] is not None:
        steps = code == "indicator_state"
        shown = number(one["distance"]) if steps else number(100 * one["distance"])
        parts.append(say("exceptions", "steps" if steps else "past", n=shown))
    if one["count"] > 1:
        parts.append(say("exceptions", "points" if code == "source_silent" else "count", n=one["count"]))
    parts.append(say("exceptions", "since", time=short_time(one["since"], board["as_of"], board["timezone"])))
    if one["acknowledged"]:
        parts.append(say("exceptions", "acknowledged"))
    return " · ".join([*parts, one["owner"]])
