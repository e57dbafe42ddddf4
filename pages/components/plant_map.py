"""The plant map as plain HTML: boundary and mains as a grey picture, sites as marks, abnormal ones shaped and named."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote

from pages.components.geography import Geography, Plane, Position, plane_for
from pages.components.map_labels import sides
from pages.components.states import SHAPES
from pages.components.theme import themes

WIDTH, HEIGHT = 600.0, 440.0
"""The frame in CSS pixels at 1080p; everything in it is placed in per cent."""
Site = Mapping[str, Any]


def plant_map(
    board: Mapping[str, Any],
    abnormal: Sequence[Site],
    geography: Geography,
    lang: str,
    theme: str,
    link: Callable[[Site], str] | None = None,
) -> str:
    """The map's HTML, where a site has a place. `abnormal` are those to colour, the most important first.

    `link` gives the address, ready for an HTML attribute, that the mark of a site leads to.
    """
    sites = located(board["sites"])
    plane = plane_of(sites, geography)
    assert plane is not None, "a map needs a site with a place"
    normal = tuple(plane.at(site["lon"], site["lat"]) for site in sites if site["state"] == "normal")
    marks = _marks(located(abnormal), plane, lang, link)
    return f'<div class="plant"><img alt="" src="{picture(geography, plane, normal, theme)}">{marks}</div>'


def located(sites: Sequence[Site]) -> list[Site]:
    """Those whose place is known."""
    return [site for site in sites if site["lon"] is not None and site["lat"] is not None]


def plane_of(sites: Sequence[Site], geography: Geography) -> Plane | None:
    """The plane of the map's frame on which these sites are drawn; None where nothing has a place."""
    return plane_for(geography, [(site["lon"], site["lat"]) for site in sites], WIDTH, HEIGHT)


@lru_cache(maxsize=8)
def picture(geography: Geography, plane: Plane, normal: tuple[Position, ...], theme: str) -> str:
    """The address of the grey picture: boundary, mains, and small marks at the places `normal` of the frame."""
    colours = themes()[theme]
    shapes = [
        *(_path([plane.at(*at) for at in ring], colours["line"], colours["panel"]) for ring in geography.boundary),
        *(_path([plane.at(*at) for at in line], colours["line"], "none") for line in geography.mains),
        *(f'<rect x="{x - 2:.1f}" y="{y - 2:.1f}" width="4" height="4" fill="{colours["spark"]}"/>' for x, y in normal),
    ]
    frame = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'
    return "data:image/svg+xml," + quote(f"<svg {frame}>{''.join(shapes)}</svg>")


def _path(places: Sequence[Position], stroke: str, fill: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="{fill}" stroke="{stroke}" stroke-width="1.2"/>'


def _marks(abnormal: Sequence[Site], plane: Plane, lang: str, link: Callable[[Site], str] | None) -> str:
    """Marks, the most important one on top, with their names where there is room."""
    at = [plane.at(site["lon"], site["lat"]) for site in abnormal]
    named = sides([site[f"name_{lang}"] for site in abnormal], at, plane)
    marks = []
    for site, (x, y), side in zip(abnormal, at, named, strict=True):
        name, state = escape(site[f"name_{lang}"]), site["state"]
        label = f'<b class="{side}">{name}</b>' if side else ""
        marks.append(
            f'<i class="{state}" style="left:{100 * x / WIDTH:.2f}%;top:{100 * y / HEIGHT:.2f}%" title="{name}">'
            f"{_linked(f'{SHAPES[state]}{label}', name, site, link)}</i>"
        )
    return "".join(reversed(marks))


def _linked(mark: str, name: str, site: Site, link: Callable[[Site], str] | None) -> str:
    return mark if link is None else f'<a href="{link(site)}" target="_self" aria-label="{name}">{mark}</a>'
