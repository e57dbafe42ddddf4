"""The server: routes, the token, loopback, one line with its address."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from app import refusal
from data_sources import heartbeat
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from data_sources.settings import Settings
from pages.components.page_list import PAGES
from tests.pages import boards
from tests.serving import serving
from tests.small_utility import write_small_utility


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    base = tmp_path_factory.mktemp("app")
    lake = base / "lake"
    lake.mkdir()
    now = datetime.now(UTC)
    fresh = boards.board(made_at=now, as_of=now)
    fresh["indicators"][3]["data_time"] = (now - timedelta(minutes=10)).isoformat()
    (lake / "board.json").write_text(json.dumps(fresh), encoding="utf-8")
    return write_small_utility(base / "tiny"), lake


@pytest.fixture(scope="module")
def address(folders):
    with serving(*folders) as started:
        yield started


def test_ready_with_a_fresh_snapshot(address):
    answer = requests.get(f"{address}/api/ready", timeout=5)
    assert answer.status_code == 200
    body = answer.json()
    assert body["ready"] is True
    assert 0 <= body["snapshot_age_s"] < 60
    assert 600 <= body["data_age_s"] < 660  # of the rows, though the board was made just now


def test_metrics_for_prometheus(address):
    answer = requests.get(f"{address}/metrics", timeout=5)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    age = re.search(r"^water_snapshot_age_seconds ([\d.]+)$", answer.text, re.MULTILINE)
    assert 0 <= float(age[1]) < 60


def test_the_board_as_json(address):
    document = requests.get(f"{address}/api/board", timeout=5).json()
    assert document["utility"] == "tiny"
    assert len(document["indicators"]) == 18


def test_fonts_are_served_from_here(address):
    sheet = requests.get(f"{address}/fonts/noto-sans-sc.css", timeout=5)
    assert sheet.headers["content-type"].startswith("text/css")
    assert "unicode-range" in sheet.text
    assert "http" not in sheet.text
    font = requests.get(f"{address}/fonts/noto-sans-sc-118-wght-normal.woff2", timeout=5)
    assert font.content[:4] == b"wOF2"
    assert "max-age=" in font.headers["cache-control"]


def test_scripts_come_compressed_and_to_be_kept(address):
    page = requests.get(f"{address}/indicator", timeout=5).text
    script = re.search(r'src="\./(static/js/index[^"]+)"', page)[1]
    for _ in range(2):  # the second time from what was kept
        answer = requests.get(f"{address}/{script}", timeout=5)
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        assert "function" in answer.text
    plain = requests.get(f"{address}/{script}", headers={"accept-encoding": "identity"}, timeout=5)
    assert "content-encoding" not in plain.headers
    assert plain.text == answer.text


def test_the_first_answer_has_the_numbers(address, folders):
    page = requests.get(address, params={"lang": "en", "theme": "light"}, timeout=5)
    assert page.text.count("data-indicator=") == 18
    assert "Tiny Water" in page.text
    assert '"Light"' in page.text
    assert len(page.content) == int(page.headers["content-length"])
    assert page.headers["cache-control"] == "no-store"
    # a page behind the board, and a frozen board, have their own numbers
    for other in ("/indicator", "/?at=2026-09-15T08:00:00Z"):
        assert "data-indicator=" not in requests.get(f"{address}{other}", timeout=5).text


def test_the_boards_html_is_sent_once(address):
    first = requests.get(f"{address}/api/board.html", params={"lang": "en"}, timeout=5)
    assert first.text.count("data-indicator=") == 18
    tag = {"if-none-match": first.headers["etag"]}
    assert requests.get(f"{address}/api/board.html", params={"lang": "en"}, headers=tag, timeout=5).status_code == 304
    assert requests.get(f"{address}/api/board.html", params={"lang": "zh"}, headers=tag, timeout=5).status_code == 200


def test_the_wall_stands_alone(address):
    page = requests.get(f"{address}/wall", timeout=5).text
    assert page.count("data-indicator=") == 18
    assert "streamlit" not in page.lower()


def test_a_page_of_the_app(address):
    answer = requests.get(address, timeout=5)
    assert answer.status_code == 200
    assert "<title>" in answer.text


def test_an_address_that_is_no_page_says_so_and_leads_to_all_pages(address):
    answer = requests.get(f"{address}/%3Cb%3Estocks?lang=en&theme=light", timeout=5)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text and "/&lt;b&gt;stocks" in answer.text
    assert answer.text.count('href="/') == len(PAGES)
    assert "没有这一页" in requests.get(f"{address}/stocks", timeout=5).text


def test_without_a_snapshot_it_is_not_ready(tmp_path):
    lake = tmp_path / "lake"
    lake.mkdir()
    with serving(write_small_utility(tmp_path / "tiny"), lake) as started:
        ready = requests.get(f"{started}/api/ready", timeout=5)
        board = requests.get(f"{started}/api/board", timeout=5)
    assert (ready.status_code, ready.json()) == (
        503,
        {"ready": False, "snapshot_age_s": None, "data_age_s": None, "worker_age_s": None},
    )
    assert board.status_code == 503


def test_with_a_token_every_request_needs_it(folders):
    with serving(*folders, WATER_TOKEN="s3cret") as started:
        url = f"{started}/api/board"
        assert requests.get(url, timeout=5).status_code == 401
        assert requests.get(started, timeout=5).status_code == 401
        assert requests.get(f"{started}/fonts/noto-sans-sc.css", timeout=5).status_code == 401
        assert requests.get(url, headers={"Authorization": "Bearer wrong"}, timeout=5).status_code == 401
        assert requests.get(url, headers={"Authorization": "Bearer s3cret"}, timeout=5).status_code == 200
        session = requests.Session()
        first = session.get(url, params={"token": "s3cret", "lang": "en"}, timeout=5, allow_redirects=False)
        assert first.status_code == 303
        assert "token" not in first.headers["location"]
        assert "lang=en" in first.headers["location"]
        assert "HttpOnly" in first.headers["set-cookie"]
        assert session.get(url, timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("address", "token", "refused"),
    [
        ("127.0.0.1", "", False),
        ("::1", "", False),
        ("localhost", "", False),
        ("0.0.0.0", "", True),
        ("192.168.1.5", "", True),
        ("0.0.0.0", "long enough", False),
        ("board.example", "", True),
    ],
)
def test_another_address_than_loopback_needs_a_token(monkeypatch, address, token, refused):
    monkeypatch.setenv("WATER_ADDRESS", address)
    monkeypatch.setenv("WATER_TOKEN", token)
    assert (refusal(Settings()) is not None) == refused


def test_it_ends_with_one_line_where_it_may_not_serve(folders):
    environment = {**os.environ, "WATER_UTILITY": str(folders[0]), "WATER_ADDRESS": "0.0.0.0"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py")], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "WATER_TOKEN" in done.stderr.splitlines()[-1]
    assert done.stdout == ""


def test_an_act_is_kept_with_its_user(folders, address):
    sent = {"verb": "acknowledge", "subject": "point_limit/W1/2026-09-15T08:00:00Z"}
    answer = requests.post(f"{address}/api/act", json=sent, timeout=20)
    assert answer.status_code == 200, answer.text
    utility = load_utility(folders[0])
    (row,) = Lake(folders[1], utility).scan("act").filter(act_id=answer.json()["act_id"]).collect().to_dicts()
    assert (row["user"], row["verb"], row["subject"], row["note"]) == (Settings().user, *sent.values(), None)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ('{"verb": "decline", "subject": "A1"}', {}, 400),
        ('{"verb": "start_pump", "subject": "A1"}', {}, 400),
        ('{"verb": "accept", "subject": "A1", "user": "somebody else"}', {}, 400),
        ("not json", {}, 400),
        ('{"verb": "accept", "subject": "A1"}', {"origin": "http://elsewhere.example"}, 403),
    ],
)
def test_an_act_that_makes_no_sense_or_comes_from_elsewhere_is_refused(address, body, headers, status):
    answer = requests.post(f"{address}/api/act", data=body, headers=headers, timeout=5)
    assert answer.status_code == status
    assert answer.json()["error"]


def worker_of(lake: Path, *but: int) -> int:
    """The process that holds the worker's lock, as soon as it is another than these."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        holder = (lake / "worker.lock").read_text() if (lake / "worker.lock").exists() else ""
        if holder and int(holder) not in but:
            return int(holder)
        time.sleep(0.1)
    raise AssertionError("no such worker")


@pytest.mark.slow
def test_a_worker_that_is_killed_comes_again_and_ends_with_the_server(tmp_path):
    lake = tmp_path / "lake"
    with serving(write_small_utility(tmp_path / "tiny"), lake, WATER_WORKER="embedded"):
        first = worker_of(lake)
        assert heartbeat.death(lake) is None
        os.kill(first, signal.SIGKILL)
        second = worker_of(lake, first)
        _, how = heartbeat.death(lake)
        assert how == "SIGKILL"
        os.kill(second, signal.SIGKILL)
        worker_of(lake, first, second)
    assert (lake / "worker.lock").read_text() == ""
    assert heartbeat.age_s(lake) is None
