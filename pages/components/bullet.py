"""A bullet bar: where the value stands between target, warning and alarm."""

from collections.abc import Mapping
from typing import Any

THRESHOLDS = ("target", "warning", "alarm", "warning_low", "warning_high", "alarm_low", "alarm_high")
MARGIN = 0.15
"""Room beyond the outermost mark, as a share of the range."""


def bullet(tile: Mapping[str, Any]) -> str:
    """An HTML bar with a mark a threshold; an empty bar where there is nothing to compare."""
    marks = {kind: tile[kind] for kind in THRESHOLDS if tile.get(kind) is not None}
    value = tile["value"]
    if value is None or not marks:
        return '<div class="bullet"></div>'
    numbers = [value, *marks.values()]
    low, high = min(numbers), max(numbers)
    room = (high - low) or abs(high) * 0.1 or 1.0
    low, high = low - MARGIN * room, high + MARGIN * room

    def at(number: float) -> float:
        return 100 * (number - low) / (high - low)

    ticks = "".join(
        f'<i class="{kind.split("_")[0]}" style="left:{at(number):.1f}%"></i>' for kind, number in marks.items()
    )
    return f'<div class="bullet"><b class="{tile["state"]}" style="width:{at(value):.1f}%"></b>{ticks}</div>'
