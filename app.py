"""What a user starts: makes sure there is a lake, serves the pages and the API, starts the embedded worker."""

import asyncio
import hmac
import ipaddress
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.starlette import App

from brain.acts import NoSuchAct, record
from data_sources import heartbeat
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT, BadInput
from data_sources.prometheus import exposition
from data_sources.settings import Settings
from data_sources.supervise import LONGEST_WAIT_S, Kept, ending
from metrics.queries.health import SNAPSHOT_OLD
from pages.components.compressed import CompressedStatic
from pages.components.first_paint import FirstPaint
from pages.components.frozen_memory import keep_frozen, load_pages
from pages.components.links import View, view_of
from pages.components.shared_html import newest_html
from pages.components.snapshot import lake_folder, newest_board, utility
from pages.components.wall import wall_html

COOKIE = "water_token"
LOOK_AT_WORKER_S = 0.5


def _age_s(moment: str | None) -> float | None:
    return None if moment is None else (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()


async def ready(request: Request) -> Response:
    """200 where a fresh snapshot is there, else 503; ages in seconds: of the snapshot, of the newest row that an
    indicator of it speaks of, of the worker's pulse.
    """
    board = newest_board() or {}
    newest = max(filter(None, (one["data_time"] for one in board.get("indicators", []))), default=None)
    snapshot_age, data_age = _age_s(board.get("made_at")), _age_s(newest)
    fine = snapshot_age is not None and snapshot_age <= SNAPSHOT_OLD.total_seconds()
    ages = {"snapshot_age_s": snapshot_age, "data_age_s": data_age, "worker_age_s": heartbeat.age_s(lake_folder())}
    body = {"ready": fine, **ages}
    return JSONResponse(body, status_code=200 if fine else 503)


async def metrics(request: Request) -> Response:
    """What a Prometheus server asks: sources and worker, from the files that the worker keeps."""
    age = _age_s((newest_board() or {}).get("made_at"))
    return Response(exposition(lake_folder(), age, datetime.now(UTC)), media_type=CONTENT_TYPE_PLAIN_0_0_4)


async def board(request: Request) -> Response:
    """The newest board as JSON; 503 where there is none yet."""
    newest = newest_board()
    return JSONResponse(newest) if newest else JSONResponse({"error": "no board yet"}, status_code=503)


async def board_fragment(request: Request) -> Response:
    """The newest board as HTML, for whoever puts it into a page of its own; 304 where it is still the same."""
    newest, view = newest_board(), _view(request)
    tag = f'"{newest["made_at"] if newest else "none"}/{view.lang}/{view.theme}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(newest_html(view, drawn_map=True), headers=headers)


async def wall(request: Request) -> Response:
    """The page of a wall display."""
    view = _view(request)
    page = wall_html(newest_board(), newest_html(view, drawn_map=True), view)
    return HTMLResponse(page, headers={"cache-control": "no-store"})


async def act(request: Request) -> Response:
    """Keep what a person did about an advice or an exception; only of pages of this server, as JSON."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return JSONResponse({"error": "acts are taken from this server's own pages only"}, status_code=403)
    try:
        given = Given.model_validate_json(await request.body())
        user = Settings().user
        act_id = await run_in_threadpool(
            record, Lake(lake_folder(), utility()), user, given.verb, given.subject, given.note, datetime.now(UTC)
        )
    except (ValidationError, NoSuchAct) as wrong:
        return JSONResponse({"error": str(wrong)}, status_code=400)
    return JSONResponse({"act_id": act_id})


class Given(BaseModel):
    """The body of an act."""

    model_config = ConfigDict(extra="forbid")

    verb: str
    subject: str
    note: str | None = None


def _view(request: Request) -> View:
    """Language and theme of the address; these two pages show the present only."""
    return replace(view_of(request.query_params, utility().languages), at=None)


class Fonts(StaticFiles):
    """The fonts, which a browser need not ask for again for a month."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """As Starlette's, with a time to keep."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["cache-control"] = "public, max-age=2592000"
        return answer


class TokenGate:
    """Wants WATER_TOKEN of everybody: as a Bearer header, a cookie, or once as ?token=, which becomes the cookie."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, redirect, or answer 401."""
        if scope["type"] not in ("http", "websocket") or not self.token:
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        header = connection.headers.get("authorization", "").removeprefix("Bearer ")
        if self._is_it(header) or self._is_it(connection.cookies.get(COOKIE, "")):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and self._is_it(connection.query_params.get("token", "")):
            answer = RedirectResponse(str(connection.url.remove_query_params("token")), status_code=303)
            answer.set_cookie(COOKIE, self.token, httponly=True, samesite="strict")
            await answer(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse("a token is needed", status_code=401)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 4401})

    def _is_it(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())


@asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[dict[str, Any]]:
    """Load what pages need and keep it out of the collector's sight; keep a worker as a child while serving."""
    load_pages()
    freezing = asyncio.create_task(keep_frozen())
    working = asyncio.create_task(_keep_worker()) if Settings().worker == "embedded" else None
    try:
        yield {}
    finally:
        freezing.cancel()
        if working is not None:
            working.cancel()
            await asyncio.wait([working])


async def _keep_worker() -> None:
    """A worker as a child until cancelled; one that dies comes again, and data health says so."""

    def died(code: int) -> None:
        print(f"the worker ended with {ending(code)}; it is started again", file=sys.stderr)
        with suppress(OSError):  # a full disk keeps no worker from coming again
            heartbeat.say_death(lake_folder(), ending(code))

    worker = Kept(_start_worker, died)
    try:
        while True:
            try:
                worker.keep()
            except OSError as error:  # no memory for another process
                print(f"the worker can't be started: {error}", file=sys.stderr)
                await asyncio.sleep(LONGEST_WAIT_S)
            await asyncio.sleep(LOOK_AT_WORKER_S)
    finally:
        worker.stop(signal.SIGTERM)


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(ROOT / "worker.py"), "--parent", str(os.getpid())], cwd=ROOT)


app = App(
    ROOT / "pages" / "main.py",
    lifespan=lifespan,
    routes=[
        Route("/api/ready", ready),
        Route("/metrics", metrics),
        Route("/api/board", board),
        Route("/api/board.html", board_fragment),
        Route("/api/act", act, methods=["POST"]),
        Route("/wall", wall),
        Mount("/fonts", Fonts(directory=ROOT / "pages" / "static" / "fonts")),
    ],
    middleware=[Middleware(TokenGate, token=Settings().token), Middleware(CompressedStatic), Middleware(FirstPaint)],
)


def refusal(settings: Settings) -> str | None:
    """Why these settings may not be served: another address than loopback without a token."""
    try:
        loopback = ipaddress.ip_address(settings.address).is_loopback
    except ValueError:
        loopback = settings.address == "localhost"
    if loopback or settings.token:
        return None
    return f"WATER_ADDRESS={settings.address} is no loopback address: set WATER_TOKEN, or leave it at 127.0.0.1"


def prepare_sample(lake: Lake) -> None:
    """Build the lake of a sample utility where there is none; its progress shows on stderr."""
    if not lake.utility.sample or lake.exists("reading"):
        return
    for module in ("sample_data", "metrics"):
        command = [sys.executable, "-m", module, "build"]
        if module == "sample_data":
            command += ["--utility", str(lake.utility.folder)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


class _Server(uvicorn.Server):
    """Says its address once it serves."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """As uvicorn's, then the one line."""
        await super().startup(sockets)
        if self.started:
            print(f"http://{self.config.host}:{self.config.port}", flush=True)


def main() -> int:
    """Serve until stopped; 2 where settings or the utility's folder are no good."""
    settings = Settings()
    problem = refusal(settings)
    try:
        served = load_utility(settings.utility)
    except BadInput as bad:
        problem = problem or str(bad)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    prepare_sample(Lake(settings.lake_of(served.id), served))
    _Server(uvicorn.Config(app, host=settings.address, port=settings.port, log_level="warning", access_log=False)).run()
    return 0


if __name__ == "__main__":
    os.chdir(Path(__file__).parent)
    sys.exit(main())
