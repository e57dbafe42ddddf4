"""A trend of thirty periods as a small picture: the line, its normal band behind it, a dot at the end, gaps left open.

The SVG stands in an <img>: Streamlit takes inline SVG out of a page's HTML.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

WIDTH, HEIGHT, PAD = 240.0, 44.0, 4.0


def sparkline(
    trend: Sequence[Mapping[str, Any]], band: Sequence[float] | None, label: str, colours: Mapping[str, str]
) -> str:
    """The picture of `trend` (period, value, state) over its normal `band`, in a theme's colours.

    `label`, escaped already, is what somebody who can't see it hears.
    """
    values = [point["value"] for point in trend]
    known = [value for value in values if value is not None]
    if not known:
        return _picture("", label)
    low, high = min([*known, *(band or [])]), max([*known, *(band or [])])
    room = (high - low) or abs(high) * 0.02 or 1.0

    def x(place: int) -> float:
        return PAD + (WIDTH - 2 * PAD) * place / max(1, len(values) - 1)

    def y(value: float) -> float:
        return HEIGHT - PAD - (HEIGHT - 2 * PAD) * (value - low) / room if high > low else HEIGHT / 2

    parts = []
    if band:
        top, bottom = y(band[1]), y(band[0])
        height = max(2.0, bottom - top)
        parts.append(f'<rect fill="{colours["band"]}" y="{top:.1f}" width="{WIDTH:g}" height="{height:.1f}"/>')
    for run in _runs(values):
        path = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in run)
        parts.append(f'<polyline points="{path}" fill="none" {_stroke(colours["spark"], 1.8)}/>')
    if values[-1] is not None:
        state = trend[-1]["state"]
        colour = colours[state if state in ("warning", "alarm") else "spark"]
        end, height_of = x(len(values) - 1), y(values[-1])
        parts.append(f'<path d="M{end:.1f} {height_of:.1f}h0.01" stroke-linecap="round" {_stroke(colour, 7)}/>')
    return _picture("".join(parts), label)


def _stroke(colour: str, width: float) -> str:
    return f'stroke="{colour}" stroke-width="{width:g}" vector-effect="non-scaling-stroke"'


def _picture(body: str, label: str) -> str:
    frame = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none"'
    return f'<img class="spark" alt="{label}" src="data:image/svg+xml,{quote(f"<svg {frame}>{body}</svg>")}">'


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches of known values, with their places."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]
