"""The board in the very first answer: its HTML stands in the page until the live one is drawn over it.

Streamlit's page is empty until its script ran, a second or two; what it would show then is known at once.
"""

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.components.links import view_of
from pages.components.no_such_page import no_such_page_html
from pages.components.page_list import entry_of
from pages.components.shared_html import newest_html
from pages.components.snapshot import newest_board, utility

_GONE = """<script>(() => {
  // stays over the live board until that has its map too
  const first = document.getElementById("first"), there = (selector) => document.querySelector(selector) !== null;
  const look = new MutationObserver(() => {
    if (!there("#root .board") || (there("#first .plant") && !there("#root .st-key-plant_map canvas"))) return;
    look.disconnect();
    first.remove();
  });
  look.observe(document.getElementById("root"), { childList: true, subtree: true });
})();</script>"""
_ENTRY = re.compile(rb'<script type="module" crossorigin src="([^"]+)"></script>')
_LATER = rb"""<script>
  // the application starts once the board has been painted; a page in the background paints nothing and must not wait
  (() => {
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      const script = Object.assign(document.createElement("script"), { type: "module", crossOrigin: "", src: "\1" });
      document.head.append(script);
    };
    requestAnimationFrame(() => requestAnimationFrame(begin));
    setTimeout(begin, 400);
  })();
</script>"""
_SETTINGS = """<script>
  localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, '"%s"');
  // else Streamlit looks for its server below the page's own address first
  window.__streamlit = { BACKEND_BASE_URL: location.origin + "/", MAIN_PAGE_BASE_URL: location.origin + "/" };
</script>"""
_NO_CACHING = (b"etag", b"last-modified", b"cache-control", b"content-length", b"accept-ranges")


class FirstPaint:
    """Rewrites HTML documents: the theme of the address for Streamlit's own widgets; on the board also its numbers.

    Of an address that is no page's it says so. Stands inside whatever decides who may see them.
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
        request, path = Request(self.scope), self.scope["path"].strip("/")
        if entry_of(path, {}) is None:
            view = view_of(request.query_params, utility().languages)
            body, start = no_such_page_html(path, view).encode(), {**start, "status": 404}
        else:
            own, numbers = _before_end(request)
            body = bytes(self.body).replace(b"</body>", f"{own}{numbers}</body>".encode(), 1)
            body = _ENTRY.sub(_LATER, body, count=1) if numbers else body
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


def _before_end(request: Request) -> tuple[str, str]:
    """The settings of a page, and the numbers that it shows at once."""
    wanted: Mapping[str, Any] = request.query_params
    view = view_of(wanted, utility().languages)
    own = _SETTINGS % ("Light" if view.theme == "light" else "Dark")
    if request.url.path != "/" or view.at is not None or newest_board() is None:
        return own, ""
    return own, f'<div id="first">{newest_html(view, drawn_map=True)}</div>{_GONE}'
