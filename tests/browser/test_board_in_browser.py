"""What people see: exact fit, seven columns, calm colours, Chinese glyphs from here, no request to anywhere else."""

import io

import numpy as np
import pytest
from PIL import Image

from data_sources.vocabulary import MODULES
from tests.pages import boards

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def boxes(page, selector):
    return page.eval_on_selector_all(
        selector,
        "all => all.map(e => ({...e.getBoundingClientRect().toJSON(), id: e.dataset.indicator, "
        "text: e.scrollWidth - e.clientWidth}))",
    )


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_the_board_fits_exactly(opened, width, height):
    page = opened(boards.alarming(), width=width, height=height)
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [width, height]
    for box in boxes(page, ".tile, .exception, .board header"):
        assert box["left"] >= 0
        assert box["top"] >= 0
        assert box["right"] <= width
        assert box["bottom"] <= height


def test_eighteen_tiles_in_seven_columns(opened):
    tiles = boxes(opened(boards.board()), ".tile")
    assert len(tiles) == 18
    assert len({round(tile["left"]) for tile in tiles}) == len(MODULES)
    assert len({round(tile["width"]) for tile in tiles}) == 1


def test_tiles_stay_where_they_are_whatever_they_show(opened):
    calm = {box["id"]: (round(box["left"]), round(box["top"])) for box in boxes(opened(boards.board()), ".tile")}
    for other in (boards.alarming(), boards.knowing_nothing()):
        now = {box["id"]: (round(box["left"]), round(box["top"])) for box in boxes(opened(other), ".tile")}
        assert now == calm


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_far_text_is_large_and_not_cut_off(opened, query):
    page = opened(boards.board(), query)
    sizes = page.eval_on_selector_all(
        ".tile h3, .tile .value, .tile .state span, .far",
        "all => all.map(e => [e.className || e.tagName, parseFloat(getComputedStyle(e).fontSize)])",
    )
    assert {kind for kind, size in sizes if size < (40 if kind == "value" else 28)} == set()
    cut = page.eval_on_selector_all(
        ".tile h3, .tile .value", "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
    )
    assert cut == []


def test_nothing_is_asked_of_another_host_and_nothing_complains(opened, site):
    page = opened(boards.alarming())
    page.wait_for_timeout(1500)
    address, _ = site
    allowed = (address, address.replace("http", "ws"), "data:", "blob:")
    assert [url for url in page.asked if not url.startswith(allowed)] == []
    assert page.complaints == []


def test_chinese_comes_from_the_font_served_here(opened, site):
    page = opened(boards.board())
    page.wait_for_timeout(1000)
    assert page.evaluate("document.fonts.check('28px \"Noto Sans SC\"', '水务漏损')") is True
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert any("Noto Sans SC" in family for family in loaded)
    assert any("/fonts/noto-sans-sc-" in url for url in page.asked)


def coloured_share(page) -> float:
    """Share of the pixels that are neither grey nor bluish grey."""
    _, saturation, value = np.moveaxis(np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("HSV")), 2, 0)
    return float(((saturation > 150) & (value > 90)).mean())


def test_colour_means_abnormal(opened):
    calm = coloured_share(opened(boards.board()))
    assert calm < 0.02
    assert coloured_share(opened(boards.alarming())) > calm + 0.0005


def test_english_at_a_switch(opened):
    page = opened(boards.board())
    page.click(".language")
    page.wait_for_function("document.querySelector('.board h1')?.textContent === 'Tiny Water'", timeout=20_000)
    assert "Leakage rate" in page.inner_text(".tiles")
    assert page.url.endswith("lang=en&theme=dark")


def test_the_age_ticks(opened):
    page = opened(boards.board())
    page.wait_for_function("document.querySelector('.age').textContent.includes('秒前')")
    before = page.inner_text(".age")
    page.wait_for_function("before => document.querySelector('.age').textContent !== before", arg=before, timeout=5000)


def test_an_old_snapshot_is_marked_in_the_browser(opened):
    board = boards.board(refresh_seconds=1.0)
    page = opened(board)
    assert page.get_attribute(".board", "data-stale") == "false"
    assert page.inner_text(".stale-mark") == ""
    page.evaluate("document.querySelector('.board').dataset.madeAt = new Date(Date.now() - 31000).toISOString()")
    page.wait_for_selector('.board[data-stale="true"]', timeout=5000)
    assert page.is_visible(".stale-mark")


@pytest.mark.parametrize(("width", "height"), [(768, 1024), (1366, 768)])
def test_a_tablet_scrolls_down_but_not_sideways(opened, width, height):
    page = opened(boards.board(), width=width, height=height)
    assert page.evaluate("document.querySelector('.board').scrollWidth") <= width
    assert max(box["right"] for box in boxes(page, ".tile")) <= width


def test_hostile_names_stay_text(opened):
    page = opened(boards.hostile())
    assert page.evaluate("document.querySelectorAll('.board script').length") == 0
    assert page.inner_text(".board h1") == boards.HOSTILE
