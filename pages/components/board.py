"""The board as HTML: the only renderer of it, for the page and for every other place that shows it. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from data_sources.vocabulary import MODULES
from pages.components.exception_list import exception_list
from pages.components.header import header
from pages.components.theme import theme_css
from pages.components.tile import tile
from pages.components.words import Words, words_in

FOLDER = Path(__file__).parent
STALE_REFRESHES = 6
"""A board that is this many refreshes old marks itself."""
LEAST_STALE_S = 30.0


def board_html(board: Mapping[str, Any] | None, lang: str, theme: str) -> str:
    """The board's JSON (None: there is none yet) as one HTML element with its style and script.

    `lang` is zh or en, `theme` dark or light. Names from data are escaped; nothing is computed but how it is written.
    """
    say = words_in(lang)
    style = f"<style>{_file('board.css')}</style>"
    if board is None:
        return f'{style}<div class="board nothing" style="{theme_css(theme)}">{_nothing(say)}</div>'
    stale_after = max(LEAST_STALE_S, STALE_REFRESHES * board["refresh_seconds"])
    return (
        f'{style}<div class="board" lang="{lang}" style="{theme_css(theme)}" '
        f'data-board-as-of="{escape(str(board["as_of"]))}" data-made-at="{escape(str(board["made_at"]))}" '
        f'data-stale-after="{stale_after:g}" data-stale="false">'
        f"{header(board, lang, theme, say)}"
        f"{exception_list(board, lang, say)}"
        f"{_tiles(board, lang, theme, say)}"
        f"</div><script>{_file('board.js')}</script>"
    )


def _tiles(board: Mapping[str, Any], lang: str, theme: str, say: Words) -> str:
    """Seven columns, one a module; a tile's place follows from its module and number, whatever it shows."""
    columns = []
    for column, module in enumerate(MODULES, 1):
        own = sorted((one for one in board["indicators"] if one["module"] == module), key=lambda one: one["tile"])
        columns.append(f'<h2 style="grid-column:{column}">{escape(say("module", module))}</h2>')
        for row, one in enumerate(own, 2):
            place = f"grid-column:{column};grid-row:{row}"
            columns.append(tile(one, lang, theme, say, board, place))
    return f'<section class="tiles">{"".join(columns)}</section>'


def _nothing(say: Words) -> str:
    return (
        f"<header><h1>{escape(say('empty', 'title'))}</h1></header>"
        f'<main><p class="far">{escape(say("empty", "waiting"))}</p>'
        f'<p class="small">{escape(say("empty", "import"))}</p></main>'
    )


@lru_cache(maxsize=4)
def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
