"""The page of the wall display: the board without any application around it, refreshing itself."""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from pages.components.links import View
from pages.components.theme import themes

FOLDER = Path(__file__).parent
REFRESH_S = 5.0
"""How often to ask while there is no board that says it."""


def wall_html(board: Mapping[str, Any] | None, inner: str, view: View) -> str:
    """A whole HTML document: `inner` is the board's HTML, exactly fitting, beside it the script that keeps it true."""
    settings = {
        "refreshMs": 1000 * (board["refresh_seconds"] if board else REFRESH_S),
        "timezone": board["timezone"] if board else "UTC",
        "source": f"/api/board.html?lang={view.lang}&theme={view.theme}",
    }
    return (
        f'<!doctype html><html lang="{view.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(board[f'name_{view.lang}']) if board else ''}</title>"
        f"<style>{_file('wall.css')}html{{background:{themes()[view.theme]['ground']}}}</style></head>"
        f'<body data-wall="{escape(json.dumps(settings))}"><div id="wall">{inner}</div>'
        f"<script>{_file('wall.js')}</script></body></html>"
    )


def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
