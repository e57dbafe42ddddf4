"""Reports on a map: boundary and mains as grey lines, each report a mark, zones with a cluster of them named.

Drawn as SVG, so that nothing is asked of any tile server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from pages.components.geography import Geography, Plane, Position, plane_for
from pages.components.states import SHAPES

WIDTH, HEIGHT = 720.0, 520.0
MARK, NAME = 5.5, 20


@dataclass(frozen=True)
class Report:
    """A report: where (degrees), of which kind, what it says when pointed at."""

    lon: float
    lat: float
    kind: str
    text: str


@dataclass(frozen=True)
class Cluster:
    """A zone with unusually many reports: where, what is written there, the address it leads to."""

    lon: float
    lat: float
    text: str
    link: str


def report_map(
    reports: Sequence[Report], clusters: Sequence[Cluster], geography: Geography, kinds: Mapping[str, str], label: str
) -> str:
    """The map's HTML with its legend; `kinds` are the kinds of report in words, the first drawn full, others hollow.

    Empty where there is nothing to draw.
    """
    plane = plane_for(geography, [(one.lon, one.lat) for one in (*reports, *clusters)], WIDTH, HEIGHT)
    if plane is None:
        return ""
    full = next(iter(kinds), "")
    lines = [
        *(_line([plane.at(*place) for place in ring], "ring") for ring in geography.boundary),
        *(_line([plane.at(*place) for place in path], "main") for path in geography.mains),
    ]
    marks = [_mark(plane, one, "full" if one.kind == full else "hollow") for one in reports]
    names = [_name(plane, one) for one in clusters]
    return (
        f'<div class="reports"><svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{escape(label)}">'
        f"{''.join((*lines, *marks, *names))}</svg><p>{_legend(kinds, full)}</p></div>"
    )


def _line(places: Sequence[Position], kind: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline class="{kind}" points="{points}"></polyline>'


def _mark(plane: Plane, one: Report, kind: str) -> str:
    x, y = plane.at(one.lon, one.lat)
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{MARK}"><title>{escape(one.text)}</title></circle>'


def _name(plane: Plane, one: Cluster) -> str:
    x, y = plane.at(one.lon, one.lat)
    left = x > WIDTH / 2
    anchor, beside = ("end", -16) if left else ("start", 16)
    return (
        f'<a href="{one.link}" target="_self"><text class="mark" x="{x:.1f}" y="{y + 8:.1f}">{SHAPES["warning"]}</text>'
        f'<text class="name" x="{x + beside:.1f}" y="{y + 7:.1f}" text-anchor="{anchor}" font-size="{NAME}">'
        f"{escape(one.text)}</text></a>"
    )


def _legend(kinds: Mapping[str, str], full: str) -> str:
    return " ".join(
        f'<span><b class="{"full" if kind == full else "hollow"}"></b> {escape(words)}</span>'
        for kind, words in kinds.items()
    )
