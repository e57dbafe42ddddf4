"""A real Chromium before a real server; a test says which board it shows."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from data_sources.heartbeat import beating
from data_sources.lake import Lake
from metrics.board import make_board, write_board
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from tests.browser.chrome import chromium
from tests.conftest import AS_OF
from tests.serving import serving
from tests.small_utility import write_small_utility


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The address of a server, and the lake whose snapshot it shows."""
    base = tmp_path_factory.mktemp("browser")
    lake = base / "lake"
    lake.mkdir()
    with beating(lake), serving(write_small_utility(base / "tiny"), lake) as address:
        yield address, lake


@pytest.fixture(scope="session")
def sample_site(demonstration, sample_lake) -> Iterator[str]:
    """A server over the sample's lake, whose snapshot is that of the lake's last moment."""
    lake = Lake(sample_lake.root, demonstration)
    write_board(lake, make_board(Engine(demonstration, lake, load_catalogue(demonstration)), AS_OF, datetime.now(UTC)))
    with beating(lake.root), serving(demonstration.folder, lake.root) as address:
        yield address


def put_board(lake: Path, board: dict[str, Any]) -> None:
    """Make this the newest snapshot, as of now."""
    now = datetime.now(UTC).isoformat()
    fresh = lake / "board.new"
    fresh.write_text(json.dumps({**board, "made_at": now, "as_of": now}), encoding="utf-8")
    fresh.replace(lake / "board.json")


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages of a size that remember what they asked for and complained of."""
    contexts = []

    def make(width: int = 1920, height: int = 1080) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()


def wait_for_board(page: Page) -> None:
    """Until the live board stands where the first paint was, with its fonts."""
    page.wait_for_selector("#root .board .tile .spark", timeout=30_000)
    page.wait_for_selector("#first", state="detached", timeout=30_000)
    page.evaluate("document.fonts.ready")


@pytest.fixture
def opened(new_page: Callable[..., Page], site: tuple[str, Path]) -> Callable[..., Page]:
    """Shows a board at a size; returns the page once its tiles are there."""
    address, lake = site

    def show(board: dict[str, Any], query: str = "", width: int = 1920, height: int = 1080) -> Page:
        put_board(lake, board)
        page = new_page(width, height)
        page.goto(f"{address}/{query}")
        wait_for_board(page)
        return page

    return show
