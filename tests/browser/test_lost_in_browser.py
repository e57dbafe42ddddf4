"""Board and wall mark themselves within ten seconds of losing worker or server, and clear the mark on return."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from data_sources.heartbeat import beating
from tests.browser.conftest import put_board
from tests.pages import boards
from tests.serving import free_port, serving
from tests.small_utility import write_small_utility

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WITHIN_MS = 10_000


@pytest.fixture
def place(tmp_path):
    lake = tmp_path / "lake"
    lake.mkdir()
    put_board(lake, boards.board())
    return write_small_utility(tmp_path / "tiny"), lake


def keep_fresh(lake):
    """What a worker does while it lives."""
    put_board(lake, json.loads((lake / "board.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", ["", "wall"])
def test_a_stopped_worker_is_marked(new_page, place, path):
    folder, lake = place
    with serving(folder, lake) as address, ExitStack() as worker:
        worker.enter_context(beating(lake))
        page = new_page()
        page.goto(f"{address}/{path}")
        page.wait_for_selector('.board[data-stale="false"] .tile', timeout=30_000)
        page.wait_for_timeout(3000)
        keep_fresh(lake)
        assert page.get_attribute(".board", "data-stale") == "false"
        worker.close()
        page.wait_for_selector('.board[data-stale="true"] .stale-mark:has-text("后台已停")', timeout=WITHIN_MS)
        worker.enter_context(beating(lake))
        page.wait_for_selector('.board[data-stale="false"]', timeout=WITHIN_MS)


@pytest.mark.parametrize("path", ["", "wall"])
def test_a_lost_server_is_marked_and_forgiven(new_page, place, path):
    folder, lake = place
    port = free_port()
    with beating(lake):
        with serving(folder, lake, port) as address:
            page = new_page()
            page.goto(f"{address}/{path}")
            page.wait_for_selector('.board[data-stale="false"] .tile', timeout=30_000)
            page.wait_for_timeout(3000)
        page.wait_for_selector('.board[data-stale="true"] .stale-mark:has-text("与服务器失联")', timeout=WITHIN_MS)
        assert page.is_visible(".stale-mark")
        keep_fresh(lake)
        with serving(folder, lake, port):
            page.wait_for_selector('.board[data-stale="false"]', timeout=30_000)


def test_the_wall_shows_a_new_board_and_has_no_application_around_it(new_page, place):
    folder, lake = place
    with serving(folder, lake) as address, beating(lake):
        page = new_page()
        page.goto(f"{address}/wall?lang=en&theme=light")
        page.wait_for_selector(".board .tile")
        assert page.locator("#root, .stApp").count() == 0
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [1920, 1080]
        assert page.get_attribute(".tile", "data-state") == "normal"
        put_board(lake, boards.alarming())
        page.wait_for_selector('.tile[data-state="alarm"]', timeout=8000)
        assert page.complaints == []
        assert {url for url in page.asked if not url.startswith((address, "data:"))} == set()
        made = datetime.fromisoformat(page.get_attribute(".board", "data-made-at"))
        assert (datetime.now(UTC) - made).total_seconds() < 30


@pytest.mark.parametrize("path", ["", "wall"])
def test_a_lost_network_is_marked(new_page, place, path):
    folder, lake = place
    with serving(folder, lake) as address, beating(lake):
        page = new_page()
        page.goto(f"{address}/{path}")
        page.wait_for_selector('.board[data-stale="false"] .tile', timeout=30_000)
        page.wait_for_timeout(3000)
        page.context.set_offline(True)
        page.wait_for_selector('.board[data-stale="true"] .stale-mark:has-text("与服务器失联")', timeout=WITHIN_MS)
        page.context.set_offline(False)
        keep_fresh(lake)
        page.wait_for_selector('.board[data-stale="false"]', timeout=30_000)


def test_the_wall_moves_a_little_and_loads_itself_anew_at_night(new_page, place):
    folder, lake = place
    with serving(folder, lake) as address, beating(lake):
        page = new_page()
        # 00:30 in Shanghai, the clock of the board
        page.clock.install(time=datetime(2026, 9, 14, 16, 30, tzinfo=UTC))
        page.goto(f"{address}/wall")
        page.wait_for_selector(".board .tile")
        assert page.evaluate("getComputedStyle(document.querySelector('#wall')).animationName") == "drift"
        page.evaluate("window.same = true")
        page.clock.fast_forward("02:00")
        page.wait_for_timeout(1500)
        assert page.evaluate("window.same") is True
        page.clock.fast_forward("02:40:00")
        page.wait_for_function("window.same === undefined", timeout=15_000)
