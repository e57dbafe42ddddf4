"""Opens pages without a browser, over the sample's lake, or over a small utility that has nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_sources.problems import ROOT
from tests.conftest import AS_OF
from tests.small_utility import write_small_utility

OpenPage = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def fresh_caches():
    st.cache_data.clear()
    st.cache_resource.clear()


def opened(path: str, **query: str) -> AppTest:
    """The page of an address, run once."""
    test = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=60)
    if path:
        test.switch_page(f"{path}.py")
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def shown_html(test: AppTest) -> str:
    """All HTML of a page that ran without an exception."""
    assert not test.exception
    return "\n".join(element.proto.body for element in test.get("html"))


@pytest.fixture
def sample_page(sample_lake, monkeypatch) -> OpenPage:
    """Opens pages of the demonstration utility, frozen at AS_OF unless told otherwise."""
    monkeypatch.setenv("WATER_UTILITY", str(ROOT / "sample_data" / "utility"))
    monkeypatch.setenv("WATER_LAKE", str(sample_lake.root))
    return lambda path, **query: opened(path, **{"at": AS_OF.isoformat(), **query})


@pytest.fixture
def silent_page(tmp_path: Path, monkeypatch) -> OpenPage:
    """Opens pages of the demonstration utility of which nothing was ever heard."""
    (tmp_path / "lake").mkdir()
    monkeypatch.setenv("WATER_UTILITY", str(ROOT / "sample_data" / "utility"))
    monkeypatch.setenv("WATER_LAKE", str(tmp_path / "lake"))
    return lambda path, **query: opened(path, **{"at": AS_OF.isoformat(), **query})


@pytest.fixture
def empty_page(tmp_path: Path, monkeypatch) -> OpenPage:
    """Opens pages of a small utility whose lake has no row and no snapshot."""
    lake = tmp_path / "lake"
    lake.mkdir()
    monkeypatch.setenv("WATER_UTILITY", str(write_small_utility(tmp_path / "tiny")))
    monkeypatch.setenv("WATER_LAKE", str(lake))
    return opened
