"""The board's page runs on a frozen snapshot: ordinary, alarming, knowing nothing, absent, in English."""

import json

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_sources.problems import ROOT
from tests.pages import boards
from tests.small_utility import write_small_utility


@pytest.fixture(autouse=True)
def fresh_caches():
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def lake_folder(tmp_path, monkeypatch):
    folder = tmp_path / "lake"
    folder.mkdir()
    monkeypatch.setenv("WATER_UTILITY", str(write_small_utility(tmp_path / "tiny")))
    monkeypatch.setenv("WATER_LAKE", str(folder))
    return folder


def page(**query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=30)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def html(test: AppTest) -> str:
    assert not test.exception
    (element,) = test.get("html")
    return element.proto.body


@pytest.mark.parametrize(
    ("make", "state"),
    [(boards.board, "normal"), (boards.alarming, "alarm"), (boards.knowing_nothing, "unknown")],
)
def test_the_page_shows_the_snapshot(lake_folder, make, state):
    (lake_folder / "board.json").write_text(json.dumps(make()), encoding="utf-8")
    shown = html(page())
    assert shown.count("data-indicator=") == 18
    assert f'data-state="{state}"' in shown


def test_english_and_light_by_the_address(lake_folder):
    (lake_folder / "board.json").write_text(json.dumps(boards.board()), encoding="utf-8")
    shown = html(page(lang="en", theme="light"))
    assert "Tiny Water" in shown
    assert "--ground:#f4f6f8" in shown


def test_strange_parameters_are_the_defaults(lake_folder):
    (lake_folder / "board.json").write_text(json.dumps(boards.board()), encoding="utf-8")
    shown = html(page(lang="<b>", theme="<b>"))
    assert "小镇水务" in shown
    assert "--ground:#10161e" in shown


def test_without_a_snapshot_the_page_says_so(lake_folder):
    assert "尚无画面" in html(page())


def test_a_new_snapshot_is_shown(lake_folder):
    path = lake_folder / "board.json"
    path.write_text(json.dumps(boards.board()), encoding="utf-8")
    test = page()
    assert 'data-state="alarm"' not in html(test)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(boards.alarming()), encoding="utf-8")
    fresh.replace(path)
    assert 'data-state="alarm"' in html(test.run())
