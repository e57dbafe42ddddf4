"""Sewage dispatch in a real browser: every station on one screen, a storm dragged through, a download as shown."""

import csv
import io

import pytest

from tests.conftest import AS_OF

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AT = f"at={AS_OF:%Y-%m-%dT%H:%M:%SZ}&as=computed"


@pytest.fixture
def dispatch(new_page, sample_site):
    """The page at 1920 × 1080, once everything stands."""
    page = new_page(1920, 1080)
    page.goto(f"{sample_site}/dispatch?{AT}")
    page.wait_for_selector(".quality", timeout=60_000)
    page.wait_for_timeout(500)
    return page


def test_all_stations_stand_on_one_screen(dispatch):
    lines = dispatch.eval_on_selector_all(
        ".stations >> nth=0",
        "all => [...all[0].children].map(e => [e.dataset.level, e.getBoundingClientRect().bottom])",
    )
    assert len(lines) == 64
    assert max(bottom for _, bottom in lines) <= 1080
    cut = dispatch.eval_on_selector_all(
        ".stations b, .stations span",
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)",
    )
    assert cut == []


def test_a_storm_is_dragged_through_and_the_address_says_where(dispatch):
    before = dispatch.inner_text(".hour")
    dispatch.focus("[data-testid=stSlider] input")
    dispatch.keyboard.press("ArrowLeft")
    dispatch.wait_for_function(
        "before => document.querySelector('.hour').innerText !== before", arg=before, timeout=30_000
    )
    assert "hour=2026-" in dispatch.url
    assert dispatch.complaints == []


def test_a_storm_is_dragged_through_by_mouse(dispatch):
    before = dispatch.inner_text(".hour")
    dispatch.locator("[data-testid=stSlider]").evaluate("e => e.scrollIntoView({block: 'center'})")
    thumb = dispatch.locator("[data-testid=stSlider] [role=group] [style*=translate]").bounding_box()
    x, y = thumb["x"] + thumb["width"] / 2, thumb["y"] + thumb["height"] / 2
    dispatch.mouse.move(x, y)
    dispatch.mouse.down()
    dispatch.mouse.move(x - 500, y, steps=5)
    dispatch.mouse.up()
    dispatch.wait_for_function(
        "before => document.querySelector('.hour').innerText !== before", arg=before, timeout=30_000
    )
    assert "hour=2026-" in dispatch.url
    assert dispatch.complaints == []


def test_a_box_that_has_the_focus_shows_it(dispatch):
    for box in ("stSelectbox", "stNumberInput"):
        own = dispatch.locator(f".stMain [data-testid={box}] input").first
        before = own.evaluate("e => getComputedStyle(e).outlineStyle")
        own.focus()
        assert (before, own.evaluate("e => getComputedStyle(e).outlineStyle")) == ("none", "solid"), box


def test_the_stations_download_as_they_are_listed(dispatch):
    shown = dispatch.eval_on_selector(
        ".stations >> nth=0", "list => [...list.children].map(e => Number(e.dataset.level))"
    )
    dispatch.click("details summary:has-text('泵站明细')")
    with dispatch.expect_download() as told:
        dispatch.click("[class*='st-key-downloads-sewage-stations'] button >> nth=0")
    rows = list(csv.DictReader(io.StringIO(told.value.path().read_text(encoding="utf-8-sig"))))
    assert [float(row["液位 (m)"]) for row in rows] == pytest.approx(shown)
