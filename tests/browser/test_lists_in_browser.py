"""Meters, stock, customers, quality water in a real browser: downloads say what the page says, nothing is cut off."""

import csv
import io
import re

import openpyxl
import pytest

from data_sources.write import MASK
from tests.conftest import AS_OF

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AT = f"at={AS_OF:%Y-%m-%dT%H:%M:%SZ}"
PAGES = {"meters": "meters-in-store", "stock": "stock-moves", "customers": "channels", "quality_water": "zones"}
"""Each page, and its last table: where it stands, the page is whole."""


def shown(new_page, address, path, query="", width=1366, height=1024):
    page = new_page(width, height)
    page.goto(f"{address}/{path}?{AT}&{query}")
    page.wait_for_selector(f'[data-table="{PAGES[path]}"]', timeout=60_000)
    page.wait_for_selector(f".st-key-downloads-{PAGES[path]} button", timeout=60_000)
    return page


def taken(page, table: str, kind: str) -> bytes:
    with page.expect_download() as download:
        page.locator(f".st-key-downloads-{table}").get_by_text(kind, exact=True).click()
    assert download.value.suggested_filename == f"{table}.{kind.lower()}"
    return download.value.path().read_bytes()


def test_the_stock_downloads_as_it_is_shown(new_page, sample_site):
    page = shown(new_page, sample_site, "stock", "lang=en")
    rows = list(csv.DictReader(io.StringIO(taken(page, "stock-all", "CSV").decode("utf-8-sig"))))
    assert len(rows) == page.locator('[data-table="stock-all"] tbody tr').count()
    value = float(page.locator('[data-figure="Value in stock"]').get_attribute("data-value"))
    assert sum(float(row["value (CNY)"]) for row in rows) == pytest.approx(value)
    sheet = openpyxl.load_workbook(io.BytesIO(taken(page, "stock-all", "XLSX"))).active
    assert [cell.value for cell in sheet[1]] == list(rows[0])
    assert sheet.max_row == len(rows) + 1


def test_the_list_of_meters_downloads_whole_and_masked(new_page, sample_site):
    page = shown(new_page, sample_site, "meters", "list=in_use&lang=en")
    count = int(re.search(r"in use \((\d+)\)", page.locator("h2", has_text="List").inner_text())[1])
    rows = list(csv.DictReader(io.StringIO(taken(page, "meters", "CSV").decode("utf-8-sig"))))
    assert len(rows) == count > 300  # more than are drawn
    assert {row["account"] for row in rows} == {MASK}


def test_a_tapped_count_lists_its_meters_and_stands_in_the_address(new_page, sample_site):
    page = shown(new_page, sample_site, "meters", "lang=en")
    page.locator(".stage a", has_text="in store").click()
    page.wait_for_selector("h2:has-text('List: in store')", timeout=30_000)
    assert "list=received" in page.url
    assert AT in page.url.replace("%3A", ":")
    page.go_back()
    page.wait_for_selector("h2:has-text('List: due in 30 days')", timeout=30_000)


def test_failed_verifications_lead_to_their_meters(new_page, sample_site):
    page = shown(new_page, sample_site, "meters", "lang=en")
    rows = list(csv.DictReader(io.StringIO(taken(page, "meters-lots", "CSV").decode("utf-8-sig"))))
    worst = page.locator('[data-table="meters-lots"] tbody tr').first
    assert worst.locator("td").nth(0).inner_text() == rows[0]["lot"]
    worst.locator("td").nth(3).locator("a").click()
    page.wait_for_selector("h2:has-text('List: failed, one year')", timeout=30_000)
    page.wait_for_timeout(500)  # the download's button is drawn after the heading
    listed = list(csv.DictReader(io.StringIO(taken(page, "meters", "CSV").decode("utf-8-sig"))))
    assert len(listed) == int(rows[0]["failed"]) > 0
    assert {row["lot"] for row in listed} == {rows[0]["lot"]}


def test_what_is_drawn_as_words_downloads_as_words(new_page, sample_site):
    page = shown(new_page, sample_site, "customers", "lang=en")
    rows = list(csv.DictReader(io.StringIO(taken(page, "calls-by-category", "CSV").decode("utf-8-sig"))))
    drawn = page.locator('[data-table="calls-by-category"] tbody td:first-child').all_inner_texts()
    assert [row["category"] for row in rows] == drawn
    assert drawn[0] == "all categories"


def test_the_list_of_indicators_fits_a_desk(new_page, sample_site):
    page = new_page(1920, 1080)
    page.goto(f"{sample_site}/catalogue?{AT}&lang=en")
    page.wait_for_selector('[data-table="indicators"]', timeout=60_000)
    assert page.eval_on_selector(".table", "one => one.scrollWidth - one.clientWidth") <= 0
    assert page.locator(".path").first.inner_text() == "raw_water/raw_water_compliance.sql"
    assert page.locator(".path").first.get_attribute("title") == "metrics/catalog/raw_water/raw_water_compliance.sql"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "height", "lang"), [(768, 1024, "en"), (1366, 1024, "en")])
def test_nothing_is_cut_off_and_nothing_asked_elsewhere(new_page, sample_site, path, width, height, lang):
    page = shown(new_page, sample_site, path, f"lang={lang}&theme=light", width, height)
    # charts take their width once they are drawn
    page.wait_for_function("document.querySelector('.stMain').scrollWidth <= innerWidth", timeout=30_000)
    cut = page.eval_on_selector_all(
        ".figure h3, .figure > p, .stage, .stage a, .heading h2, .missing",
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)",
    )
    assert cut == []
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith((sample_site, "data:", "blob:"))] == []
