"""Static files compressed once: the browser's part of Streamlit is some megabytes of script, the same for everybody."""

import gzip

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER = "/static/"
KINDS = (b"javascript", b"text/css", b"json", b"svg", b"wasm")


class CompressedStatic:
    """Answers files under /static/ gzipped to whoever takes that, and keeps what it compressed.

    They carry a hash in their name, so a kept one never ages.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: dict[str, tuple[Message, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, else pass on and keep what comes back."""
        if not _takes_gzip(scope):
            await self.app(scope, receive, send)
            return
        path, start, body = scope["path"], None, bytearray()

        async def take(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                if not _is_compressible(message):
                    await send(message)
                return
            if start is None or not _is_compressible(start):
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                self._kept[path] = _compressed(start, bytes(body))
                await _answer(self._kept[path], send)

        if path in self._kept:
            await _answer(self._kept[path], send)
        else:
            await self.app(scope, receive, take)


def _takes_gzip(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(FOLDER):
        return False
    headers = Request(scope).headers
    return "gzip" in headers.get("accept-encoding", "") and "range" not in headers and "if-none-match" not in headers


def _is_compressible(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    kind = headers.get(b"content-type", b"")
    return start["status"] == 200 and b"content-encoding" not in headers and any(one in kind for one in KINDS)


def _compressed(start: Message, body: bytes) -> tuple[Message, bytes]:
    small = gzip.compress(body, 6)
    kept = [one for one in start["headers"] if one[0].lower() not in (b"content-length", b"accept-ranges")]
    fixed = [
        (b"content-encoding", b"gzip"),
        (b"vary", b"accept-encoding"),
        (b"content-length", str(len(small)).encode()),
    ]
    return {**start, "headers": [*kept, *fixed]}, small


async def _answer(kept: tuple[Message, bytes], send: Send) -> None:
    start, body = kept
    await send(start)
    await send({"type": "http.response.body", "body": body})
