"""The pages on the sample's rows in a real browser: deep links, downloads, tablets, frozen moments, accessibility."""

import csv
import io
import json
import math
from xml.etree import ElementTree

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as TookTooLong
from pytest import approx

from data_sources.lake import Lake
from metrics.board import make_board
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from pages.components.geography import plane_seen
from tests.browser.conftest import wait_for_board
from tests.conftest import AS_OF

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AT = f"at={AS_OF:%Y-%m-%dT%H:%M:%SZ}"
TABLETS = [(1366, 1024, "zh", "dark"), (1024, 768, "en", "light"), (768, 1024, "zh", "light")]


def tiles(page) -> dict[str, tuple[str, float | None]]:
    shown = page.eval_on_selector_all(
        "#root .tile", "all => all.map(e => [e.dataset.indicator, e.dataset.state, e.dataset.value])"
    )
    return {indicator: (state, float(value) if value else None) for indicator, state, value in shown}


def in_json(board) -> dict[str, tuple[str, object]]:
    """As `tiles`; sums in another order may differ in their last digits."""
    return {
        one["id"]: (one["state"], None if one["value"] is None else approx(one["value"])) for one in board["indicators"]
    }


def open_board(new_page, address, query="", width=1920, height=1080):
    page = new_page(width, height)
    page.goto(f"{address}/?{query}")
    wait_for_board(page)
    return page


def test_the_eighteen_tiles_are_those_of_the_snapshot(new_page, sample_site, sample_lake):
    page = open_board(new_page, sample_site)
    board = json.loads((sample_lake.root / "board.json").read_text(encoding="utf-8"))
    assert len(board["indicators"]) == 18
    assert tiles(page) == in_json(board)


@pytest.mark.parametrize("query", ["lang=zh", "lang=en", f"{AT}&lang=en&theme=light", f"{AT}&as=computed&lang=zh"])
def test_nothing_is_cut_off_at_a_desk(new_page, sample_site, query):
    page = open_board(new_page, sample_site, query)
    assert page.eval_on_selector("#root .board nav", "nav => nav.getBoundingClientRect().right") <= 1920
    cut = page.eval_on_selector_all(
        "#root header, #root header > *, #root .tile :is(h3, p), #root .exception :is(.far, .small), #root .advice p",
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)",
    )
    assert cut == []


def test_a_frozen_board_says_which_it_is_and_does_not_age(new_page, sample_site, demonstration, sample_lake):
    page = open_board(new_page, sample_site, f"{AT}&as=shown&lang=en")
    assert "as shown then" in page.inner_text("#root .frozen")
    past = AS_OF.replace(day=AS_OF.day - 2)
    other = open_board(new_page, sample_site, f"at={past:%Y-%m-%dT%H:%M:%SZ}&as=computed&lang=en")
    assert "as computed now" in other.inner_text("#root .frozen")
    engine = Engine(demonstration, Lake(sample_lake.root, demonstration), load_catalogue(demonstration))
    assert tiles(other) == in_json(make_board(engine, past, past).model_dump(mode="json"))
    other.wait_for_timeout(4000)
    assert other.get_attribute("#root .board", "data-stale") == "false"


def test_from_a_tile_to_its_page_keeps_language_theme_and_moment(new_page, sample_site):
    page = open_board(new_page, sample_site, f"{AT}&lang=en&theme=light")
    page.click('#root .tile[data-indicator="pressure_compliance"]')
    page.wait_for_selector(".facts .value", timeout=30_000)
    assert page.inner_text(".head h1") == "Pressure compliance"
    for part in ("id=pressure_compliance", "lang=en", "theme=light", "at=2026-09-15T08%3A20%3A00Z"):
        assert part in page.url
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == "rgb(244, 246, 248)"
    page.click(".head .back")
    wait_for_board(page)
    assert "lang=en" in page.url


def test_the_rows_that_count_against_it_download_as_they_are(new_page, sample_site):
    page = new_page(1366, 1024)
    page.goto(f"{sample_site}/indicator?id=hotline_answer_rate&{AT}")
    page.wait_for_selector("text=CSV", timeout=30_000)
    shown = page.inner_text(".facts .formula b")
    kept, calls = (int(part) for part in shown.split(" ×")[0].split(" ÷ "))
    with page.expect_download() as csv_download:
        page.get_by_text("CSV", exact=True).first.click()
    rows = list(csv.DictReader(io.StringIO(csv_download.value.path().read_text(encoding="utf-8-sig"))))
    assert len(rows) == (calls - kept or calls)
    with page.expect_download() as xlsx_download:
        page.get_by_text("XLSX", exact=True).first.click()
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_download.value.path().read_bytes())).active
    assert sheet.max_row == len(rows) + 1
    assert [cell.value for cell in sheet[1]] == list(rows[0])


def test_the_lineage_downloads_as_it_is_drawn(new_page, sample_site):
    page = new_page(1366, 1024)
    page.goto(f"{sample_site}/indicator?id=pressure_compliance&{AT}&lang=en")
    page.wait_for_selector(".stGraphVizChart svg text", timeout=30_000)
    with page.expect_download() as taken:
        page.get_by_text("Download picture, SVG").click()
    assert taken.value.suggested_filename == "pressure_compliance-lineage.svg"
    drawn = ElementTree.parse(taken.value.path()).getroot()
    told = [one.text for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "Pressure compliance" in told
    assert told == page.locator(".stGraphVizChart svg text").all_text_contents()


@pytest.mark.parametrize(("width", "height", "lang", "theme"), TABLETS)
def test_tablets_scroll_down_only_and_have_room_for_fingers(new_page, sample_site, width, height, lang, theme):
    page = open_board(new_page, sample_site, f"lang={lang}&theme={theme}", width, height)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    columns = page.eval_on_selector_all("#root .tile", "all => new Set(all.map(e => e.offsetLeft)).size")
    assert 2 <= columns <= 3
    small = page.eval_on_selector_all(
        "#root .board a", "all => all.map(e => [e.className, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)",
    )  # fmt: skip
    assert small == []
    cut = page.eval_on_selector_all(
        "#root .tile h3, #root .tile .value, #root .far",
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)",
    )
    assert cut == []


@pytest.mark.parametrize(("width", "height", "lang", "theme"), TABLETS)
def test_the_indicator_page_fits_tablets(new_page, sample_site, width, height, lang, theme):
    page = new_page(width, height)
    page.goto(f"{sample_site}/indicator?id=pressure_compliance&{AT}&lang={lang}&theme={theme}")
    page.wait_for_selector("[data-table=pressure_compliance-rows]", timeout=30_000)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith((sample_site, "data:", "blob:"))] == []


@pytest.mark.parametrize("path", ["/?", "/wall?", f"/indicator?id=pressure_compliance&{AT}&"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nobody_is_shut_out(new_page, sample_site, path, theme):
    page = new_page()
    page.goto(f"{sample_site}{path}theme={theme}")
    page.wait_for_selector(".facts .value" if "indicator" in path else ".board .tile", timeout=30_000)
    page.wait_for_timeout(2500)
    found = Axe().run(page, context=".board, .head, .facts" if "indicator" in path else ".board").response
    serious = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_mark_of_the_map_leads_to_its_site(new_page, sample_site, demonstration):
    page = open_board(new_page, sample_site, f"{AT}&as=computed&lang=en&theme=light")
    canvas = page.wait_for_selector(".st-key-plant_map canvas", timeout=30_000)
    box = canvas.bounding_box()
    plane = plane_seen(demonstration.map, box["width"], box["height"])
    placed = demonstration.sites.select("site_id", "lon", "lat").drop_nulls().rows()
    places = {site: plane.at(lon, lat) for site, lon, lat in placed}
    alone = max(places, key=lambda one: min(math.dist(places[one], at) for site, at in places.items() if site != one))
    x, y = places[alone]
    for _ in range(10):  # nothing tells when deck.gl has drawn what can be tapped
        page.mouse.click(box["x"] + x, box["y"] + y)
        try:
            page.wait_for_url("**/site?**", timeout=6000)
            break
        except TookTooLong:
            continue
    page.wait_for_selector(".head .back", timeout=30_000)
    for part in ("/site?", f"site={alone}", "lang=en", "theme=light", "at=2026-09-15T08%3A20%3A00Z"):
        assert part in page.url
