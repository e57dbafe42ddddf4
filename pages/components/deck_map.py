"""The live plant map: boundary and mains as grey lines, sites as marks, abnormal ones coloured, shaped and named.

Drawn by deck.gl without a base map, so that nothing is asked of any tile server. A mark can be picked: it carries its
`site_id`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pydeck
from pydeck.types import String

from data_sources.utility import MapView
from pages.components.geography import Geography, plane_seen
from pages.components.map_labels import BESIDE, sides
from pages.components.plant_map import HEIGHT, located
from pages.components.states import SHAPES
from pages.components.theme import themes

NARROWEST = 490.0
"""The map's width on an upright tablet: a name that has room there has it everywhere."""

Site = Mapping[str, Any]


def deck_map(
    board: Mapping[str, Any], abnormal: Sequence[Site], geography: Geography, look: MapView, lang: str, theme: str
) -> pydeck.Deck:
    """The map of a board's sites, seen as `look` says. `abnormal` are those to colour, the most important first."""
    colours = {name: _rgb(colour) for name, colour in themes()[theme].items()}
    normal = [_place(site, lang) for site in located(board["sites"]) if site["state"] == "normal"]
    marks = _marks(located(abnormal), look, lang, colours)
    layers = [
        _lines("boundary", geography.boundary, colours["line"], 1.5),
        _lines("mains", geography.mains, colours["line"], 1),
        pydeck.Layer(
            "ScatterplotLayer", normal, id="normal", get_position="place", get_fill_color=colours["spark"],
            get_radius=2.5, radius_units=String("pixels"), pickable=True,
        ),
        _texts("marks", marks[::-1], "shape", 22, get_color="colour", pickable=True),
        _texts(
            "names", [mark for mark in marks if mark["anchor"]], "name", 19, get_color=colours["text"],
            get_text_anchor="anchor", get_pixel_offset="offset",
        ),
    ]  # fmt: skip
    return pydeck.Deck(
        layers=layers,
        initial_view_state=pydeck.ViewState(longitude=look.lon, latitude=look.lat, zoom=look.zoom),
        map_provider=None,
        tooltip={"text": "{name}"},
    )


def _texts(name: str, rows: list[dict[str, Any]], text: str, size: float, **more: Any) -> pydeck.Layer:
    return pydeck.Layer(
        "TextLayer", rows, id=name, get_position="place", get_text=text, get_size=size, character_set=String("auto"),
        font_family=String("Noto Sans SC, sans-serif"), get_alignment_baseline=String("center"), **more,
    )  # fmt: skip


def _marks(
    abnormal: Sequence[Site], look: MapView, lang: str, colours: Mapping[str, list[int]]
) -> list[dict[str, Any]]:
    """Shape and colour of each mark, and where its name stands; its anchor is None where the name has no room."""
    plane = plane_seen(look, NARROWEST, HEIGHT)
    places = [plane.at(site["lon"], site["lat"]) for site in abnormal]
    named = sides([site[f"name_{lang}"] for site in abnormal], places, plane)
    return [
        {
            **_place(site, lang),
            "shape": SHAPES[site["state"]],
            "colour": colours[site["state"]],
            "anchor": {"right": "start", "left": "end", None: None}[side],
            "offset": [-BESIDE if side == "left" else BESIDE, 0],
        }
        for site, side in zip(abnormal, named, strict=True)
    ]


def _lines(name: str, lines: Sequence[Sequence[tuple[float, float]]], colour: list[int], width: float) -> pydeck.Layer:
    rows = [{"path": [list(place) for place in line], "name": ""} for line in lines]
    return pydeck.Layer(
        "PathLayer", rows, id=name, get_path="path", get_color=colour, get_width=width, width_units=String("pixels")
    )


def _place(site: Site, lang: str) -> dict[str, Any]:
    return {"place": [site["lon"], site["lat"]], "name": site[f"name_{lang}"], "site_id": site["site_id"]}


def _rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
