"""A trend of thirty periods as a small SVG: the line, the normal band behind it, a dot at the end, gaps left open."""

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, PAD = 240.0, 44.0, 4.0


def sparkline(trend: Sequence[Mapping[str, Any]], band: Sequence[float] | None, label: str) -> str:
    """SVG of `trend` (period, value, state) over its normal `band`; `label` is what a reader that can't see hears."""
    values = [point["value"] for point in trend]
    known = [value for value in values if value is not None]
    if not known:
        return _svg("", label)
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
        parts.append(f'<rect class="usual" x="0" y="{top:.1f}" width="{WIDTH:g}" height="{height:.1f}"/>')
    for run in _runs(values):
        path = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in run)
        parts.append(f'<polyline points="{path}"/>')
    if values[-1] is not None:
        state = trend[-1]["state"]
        end, height_of = x(len(values) - 1), y(values[-1])
        parts.append(f'<path class="{state}" d="M{end:.1f} {height_of:.1f}h0.01"/>')
    return _svg("".join(parts), label)


def _svg(body: str, label: str) -> str:
    frame = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none"'
    return f'<svg class="spark" {frame} role="img" aria-label="{label}">{body}</svg>'


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches of known values, with their places."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]
