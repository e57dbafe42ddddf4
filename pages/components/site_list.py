"""The abnormal sites, worst first: what the map colours, as a list beside it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from pages.components.links import View
from pages.components.states import RANK, SHAPES
from pages.components.words import Words

SHOWN = 8

Site = Mapping[str, Any]


def ranked_sites(board: Mapping[str, Any]) -> list[Site]:
    """Sites that are not normal: by state, then in the order in which the exceptions name them."""
    places = {one["site_id"]: place for place, one in reversed(list(enumerate(board["exceptions"])))}
    abnormal = [site for site in board["sites"] if site["state"] != "normal"]
    return sorted(abnormal, key=lambda site: (RANK[site["state"]], places.get(site["site_id"], len(places))))


def site_list(sites: Sequence[Site], view: View, say: Words) -> str:
    """The list's HTML: shape, name, why; how many more there are."""
    if not sites:
        return f'<ol class="sites"><li class="small">{escape(say("map", "none"))}</li></ol>'
    rows = "".join(_row(site, view, say) for site in sites[:SHOWN])
    rest = len(sites) - SHOWN
    more = f'<li class="small more">{escape(say("exceptions", "more", n=rest))}</li>' if rest > 0 else ""
    return f'<ol class="sites">{rows}{more}</ol>'


def _row(site: Site, view: View, say: Words) -> str:
    state, reason = site["state"], site["reason"]
    why = say("reason", reason) if reason else say("state", state)
    return (
        f'<li data-site="{escape(site["site_id"])}" data-state="{state}"><i class="{state}">{SHAPES[state]}</i>'
        f'<a href="{view.link("site", site=site["site_id"])}" target="_self"><b>{escape(site[f"name_{view.lang}"])}</b>'
        f"<span>{escape(why)}</span></a></li>"
    )
