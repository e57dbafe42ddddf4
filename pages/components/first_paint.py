"""The board in the very first answer: its HTML stands in the page until the live one is drawn over it.

Streamlit's page is empty until its script ran, a second or two; what it would show then is known at once.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_sources.load import load_utility
from data_sources.settings import Settings
from pages.components.board import board_html
from pages.components.geography import geography_of
from pages.components.links import view_of
from pages.components.snapshot import newest_board

_GONE = """<script>(() => {
  const first = document.getElementById("first"), live = () => document.querySelector("#root .board");
  const look = new MutationObserver(() => { if (live()) { look.disconnect(); first.remove(); } });
  look.observe(document.getElementById("root"), { childList: true, subtree: true });
})();</script>"""
_SETTINGS = """<script>
  localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, '"%s"');
  // else Streamlit looks for its server below the page's own address first
  window.__streamlit = { BACKEND_BASE_URL: location.origin + "/", MAIN_PAGE_BASE_URL: location.origin + "/" };
</script>"""
_NO_CACHING = (b"etag", b"last-modified", b"cache-control", b"content-length", b"accept-ranges")


class FirstPaint:
    """Rewrites HTML documents: the theme of the address for Streamlit's own widgets; on the board also its numbers.

    Stands inside whatever decides who may see them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a document on its way out is held until it is whole."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        unwanted = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"range")
        plain = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in unwanted]}
        await self.app(plain if _asks_for_page(scope) else scope, receive, _Rewriting(scope, send).take)


class _Rewriting:
    """One answer: collected and rewritten where it is an HTML document, else passed on as it comes."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.send = scope, send
        self.start: Message | None = None
        self.body = bytearray()

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _asks_for_page(self.scope) and _is_document(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        body = bytes(self.body).replace(b"</body>", _before_end(Request(self.scope)).encode() + b"</body>", 1)
        kept = [(name, value) for name, value in start["headers"] if name.lower() not in _NO_CACHING]
        fixed = [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
        await self.send({**start, "headers": [*kept, *fixed]})
        await self.send({"type": "http.response.body", "body": body})


def _asks_for_page(scope: Scope) -> bool:
    """Whether somebody wants a page: not an API answer, a file, or what Streamlit asks itself."""
    path = scope["path"].strip("/")
    return "/" not in path and "." not in path and path != "wall"


def _is_document(start: Message) -> bool:
    headers = dict(start["headers"])
    return start["status"] == 200 and headers.get(b"content-type", b"").startswith(b"text/html")


def _before_end(request: Request) -> str:
    wanted: Mapping[str, Any] = request.query_params
    folder = Settings().utility
    view = view_of(wanted, load_utility(folder).languages)
    own = _SETTINGS % ("Light" if view.theme == "light" else "Dark")
    board = newest_board()
    if request.url.path != "/" or view.at is not None or board is None:
        return own
    return f'{own}<div id="first">{board_html(board, view, geography_of(folder))}</div>{_GONE}'
