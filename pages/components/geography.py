"""Where things lie on a plant map: boundary and mains of the utility's folder, and a plane on which they are drawn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from data_sources.utility import MapView, Utility

Position = tuple[float, float]
MARGIN = 0.06
"""Room around what is held, as a share of the frame."""
TILE = 512.0
A_POINT = 1e-6
"""Degrees (a tenth of a metre) that are no extent."""


@dataclass(frozen=True)
class Geography:
    """Lines of a map in degrees (WGS 84): rings of the boundary, paths of the mains. Both may be empty."""

    boundary: tuple[tuple[Position, ...], ...] = ()
    mains: tuple[tuple[Position, ...], ...] = ()


@dataclass(frozen=True)
class Plane:
    """A map drawn flat in a frame of `width` × `height`: degrees → place in the frame, north up, not distorted."""

    west: float
    north: float
    per_degree: float
    squeeze: float
    left: float
    top: float
    width: float
    height: float

    def at(self, lon: float, lat: float) -> Position:
        """Where a place is drawn."""
        return (
            self.left + (lon - self.west) * self.squeeze * self.per_degree,
            self.top + (self.north - lat) * self.per_degree,
        )


def geography_of(utility: Utility) -> Geography:
    """The maps of a utility's folder: geo/boundary.geojson and geo/mains.geojson, where they are."""
    return Geography(tuple(_lines(utility.geo.get("boundary"))), tuple(_lines(utility.geo.get("mains"))))


def plane_for(geography: Geography, places: Iterable[Position], width: float, height: float) -> Plane | None:
    """The plane that holds all `places` (lon, lat) and the largest ring of the boundary; None without either.

    Smaller rings may lie beyond the frame: islands far out would make the town small.
    """
    held = [*places, *max(geography.boundary, key=_extent, default=())]
    if not held:
        return None
    lons, lats = [lon for lon, _ in held], [lat for _, lat in held]
    squeeze = cos(radians((min(lats) + max(lats)) / 2))
    across, along = (max(lons) - min(lons)) * squeeze, max(lats) - min(lats)
    room = 1 - 2 * MARGIN
    scales = [room * frame / extent for frame, extent in ((width, across), (height, along)) if extent > A_POINT]
    per_degree = min(scales, default=1.0)
    return Plane(
        west=min(lons),
        north=max(lats),
        per_degree=per_degree,
        squeeze=squeeze,
        left=(width - across * per_degree) / 2,
        top=(height - along * per_degree) / 2,
        width=width,
        height=height,
    )


def plane_seen(look: MapView, width: float, height: float) -> Plane:
    """The plane on which a web map of this view draws (Web Mercator, tiles of 512 px; flat enough for a town)."""
    squeeze = cos(radians(look.lat))
    per_degree = TILE * 2**look.zoom / 360 / squeeze
    return Plane(
        west=look.lon - width / 2 / per_degree / squeeze,
        north=look.lat + height / 2 / per_degree,
        per_degree=per_degree,
        squeeze=squeeze,
        left=0.0,
        top=0.0,
        width=width,
        height=height,
    )


def _extent(ring: Sequence[Position]) -> float:
    """The area of the box around a ring, in square degrees."""
    lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
    return (max(lons) - min(lons)) * (max(lats) - min(lats))


def _lines(collection: Mapping[str, Any] | None) -> Iterator[tuple[Position, ...]]:
    """All lines and rings of a GeoJSON feature collection."""
    for feature in (collection or {}).get("features", []):
        yield from _lines_of((feature.get("geometry") or {}).get("coordinates") or [])


def _lines_of(coordinates: Sequence[Any]) -> Iterator[tuple[Position, ...]]:
    if not coordinates or not isinstance(coordinates[0], Sequence):
        return
    if isinstance(coordinates[0][0], Sequence):
        for part in coordinates:
            yield from _lines_of(part)
    else:
        yield tuple((float(lon), float(lat)) for lon, lat, *_ in coordinates)
