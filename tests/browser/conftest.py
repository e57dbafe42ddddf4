"""A real Chromium before a real server; a test says which board it shows."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.serving import serving
from tests.small_utility import write_small_utility

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium. Fails with one line where there is none."""
    path = shutil.which("chromium")
    assert path, "the browser tests need the Debian package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


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
    with serving(write_small_utility(base / "tiny"), lake) as address:
        yield address, lake


@pytest.fixture
def opened(browser: Browser, site: tuple[str, Path]) -> Iterator[Callable[..., Page]]:
    """Shows a board at a size; returns the page once its tiles are there, with what it asked for and complained of."""
    address, lake = site
    contexts = []

    def show(board: dict[str, Any], query: str = "", width: int = 1920, height: int = 1080) -> Page:
        now = datetime.now(UTC).isoformat()
        fresh = lake / "board.new"
        fresh.write_text(json.dumps({**board, "made_at": now, "as_of": now}), encoding="utf-8")
        fresh.replace(lake / "board.json")
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(f"{address}/{query}")
        page.wait_for_selector(".tile .spark", timeout=30_000)
        page.evaluate("document.fonts.ready")
        return page

    yield show
    for context in contexts:
        context.close()
