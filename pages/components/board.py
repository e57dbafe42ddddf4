"""The board as HTML: the only renderer of it, for the page and for every other place that shows it. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from data_sources.vocabulary import MODULES
from pages.components.advice_list import advice_list
from pages.components.exception_list import exception_list
from pages.components.geography import Geography
from pages.components.header import header
from pages.components.links import View
from pages.components.plant_map import located, plant_map
from pages.components.sewage_panel import sewage_panel
from pages.components.site_list import ranked_sites, site_list
from pages.components.theme import theme_css
from pages.components.tile import tile
from pages.components.words import Words, words_in

FOLDER = Path(__file__).parent
STALE_REFRESHES = 6
"""A board that is this many refreshes old marks itself."""
LEAST_STALE_S = 30.0


def board_html(board: Mapping[str, Any] | None, view: View, geography: Geography | None = None) -> str:
    """The board's JSON (None: there is none yet) as one HTML element with its style and script.

    Draws the map on `geography`; without one its place stays empty, for a live map that is laid over it. Names from
    data are escaped; nothing is computed but how it is written.
    """
    say = words_in(view.lang)
    style = f"<style>{_file('board.css')}{_file('map.css')}</style>"
    colours = theme_css(view.theme)
    if board is None:
        return f'{style}<div class="board nothing" lang="{view.lang}" style="{colours}">{_nothing(say)}</div>'
    return (
        f'{style}<div class="board" lang="{view.lang}" style="{colours}" '
        f'data-board-as-of="{escape(str(board["as_of"]))}" data-stale="false"{_freshness(board, view)}>'
        f"{header(board, view, say)}"
        f'<div class="now"><div class="act">{exception_list(board, view, say)}'
        f"{advice_list(board, view, say)}</div>"
        f"{_where(board, view, geography, say)}"
        f"{sewage_panel(board, view.lang, view.theme, say)}</div>"
        f"{_tiles(board, view, say)}"
        f"</div><script>{_file('board.js')}{_file('deeds.js')}</script>"
    )


def _freshness(board: Mapping[str, Any], view: View) -> str:
    """What the browser needs to mark a live board as stale; a frozen one doesn't age."""
    if view.at is not None:
        return ""
    stale_after = max(LEAST_STALE_S, STALE_REFRESHES * board["refresh_seconds"])
    return f' data-made-at="{escape(str(board["made_at"]))}" data-stale-after="{stale_after:g}"'


def _where(board: Mapping[str, Any], view: View, geography: Geography | None, say: Words) -> str:
    abnormal = ranked_sites(board)
    if not located(board["sites"]):
        drawn = f'<p class="small none">{escape(say("map", "no_places"))}</p>'
    else:
        drawn = "" if geography is None else plant_map(board, abnormal, geography, view.lang, view.theme)
    title = f"<h2>{escape(say('map', 'title', n=len(abnormal)))}</h2>"
    return (
        f'<section class="where"><div class="map" role="img" aria-label="{escape(say("map", "label"))}">{drawn}</div>'
        f"<div>{title}{site_list(abnormal, view, say)}</div></section>"
    )


def _tiles(board: Mapping[str, Any], view: View, say: Words) -> str:
    """Seven columns, one a module; a tile's place follows from its module and number, whatever it shows."""
    columns = []
    for column, module in enumerate(MODULES, 1):
        own = sorted((one for one in board["indicators"] if one["module"] == module), key=lambda one: one["tile"])
        page = f'<a href="{view.link("module", id=module)}" target="_self">{escape(say("module", module))}</a>'
        columns.append(f'<h2 style="grid-column:{column}">{page}</h2>')
        for row, one in enumerate(own, 2):
            place = f"grid-column:{column};grid-row:{row}"
            columns.append(tile(one, view, say, board, place))
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
