"""The newest board's HTML, made once for all viewers of one language and theme."""

from collections.abc import Mapping
from threading import Lock
from typing import Any

from pages.components.board import board_html
from pages.components.geography import geography_of
from pages.components.links import View
from pages.components.snapshot import newest_board, utility

_LOCK = Lock()
_KEPT: dict[tuple[View, bool], tuple[Mapping[str, Any] | None, str]] = {}
"""View and whether the map is drawn → the snapshot (the very object) and its HTML. Views of the present are few."""


def newest_html(view: View, drawn_map: bool) -> str:
    """`board_html` of the newest snapshot; with the drawn map, or with a place left for the live one."""
    board = newest_board()
    with _LOCK:
        kept = _KEPT.get((view, drawn_map))
        if kept is None or kept[0] is not board:
            geography = geography_of(utility()) if drawn_map else None
            kept = board, board_html(board, view, geography)
            _KEPT[view, drawn_map] = kept
        return kept[1]
