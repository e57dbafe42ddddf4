"""Reports on a map: boundary and mains as a grey picture, each report a mark, zones with a cluster of them named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from pages.components.geography import Geography, Plane, Position, plane_for
from pages.components.map_labels import sides
from pages.components.plant_map import HEIGHT, WIDTH, picture
from pages.components.states import SHAPES


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
    reports: Sequence[Report],
    clusters: Sequence[Cluster],
    geography: Geography,
    kinds: Mapping[str, str],
    cluster: str,
    theme: str,
    alt: str,
) -> str:
    """The map's HTML with its legend; `kinds` are the kinds of report in words, the first drawn full, others hollow.

    `cluster` says what the mark of a cluster is, `alt` what the map shows. Empty where there is nothing to draw.
    """
    plane = plane_for(geography, [*_places(reports), *_places(clusters)], WIDTH, HEIGHT)
    if plane is None:
        return ""
    full = next(iter(kinds), "")
    marks = "".join(_mark(plane, one, "full" if one.kind == full else "hollow") for one in reports)
    ground = f'<img alt="{escape(alt)}" src="{picture(geography, plane, (), theme)}">'
    return (
        f'<div class="reports"><div class="plant">{ground}{marks}'
        f"{_names(plane, clusters)}</div><p>{_legend(kinds, full)}{_cluster_key(cluster) if clusters else ''}</p></div>"
    )


def _places(marks: Sequence[Report] | Sequence[Cluster]) -> list[Position]:
    return [(one.lon, one.lat) for one in marks]


def _mark(plane: Plane, one: Report, kind: str) -> str:
    return f'<i class="{kind}" style="{_style(plane, one)}" title="{escape(one.text)}"></i>'


def _names(plane: Plane, clusters: Sequence[Cluster]) -> str:
    named = sides([one.text for one in clusters], [plane.at(one.lon, one.lat) for one in clusters], plane)
    return "".join(
        f'<i class="warning" style="{_style(plane, one)}"><a href="{one.link}" target="_self" '
        f'title="{escape(one.text)}" aria-label="{escape(one.text)}">{SHAPES["warning"]}{_label(one, side)}</a></i>'
        for one, side in reversed(list(zip(clusters, named, strict=True)))
    )


def _label(one: Cluster, side: str | None) -> str:
    return f'<b class="{side}">{escape(one.text)}</b>' if side else ""


def _style(plane: Plane, one: Report | Cluster) -> str:
    x, y = plane.at(one.lon, one.lat)
    return f"left:{100 * x / WIDTH:.2f}%;top:{100 * y / HEIGHT:.2f}%"


def _legend(kinds: Mapping[str, str], full: str) -> str:
    return " ".join(
        f'<span><i class="{"full" if kind == full else "hollow"}"></i> {escape(words)}</span>'
        for kind, words in kinds.items()
    )


def _cluster_key(cluster: str) -> str:
    return f' <span><i class="warning">{SHAPES["warning"]}</i> {escape(cluster)}</span>'
