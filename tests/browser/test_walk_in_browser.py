"""All pages in one open session, from one to the next, frozen at one moment: whole, in time, and nobody shut out."""

import csv
import io
import re

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from pages.components.page_list import PAGES
from pages.components.words import words_in
from tests.conftest import AS_OF

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AT = f"at={AS_OF:%Y-%m-%dT%H:%M:%SZ}"
BEHIND = [one for one in PAGES if one.path]
TABLETS = [(1366, 1024), (768, 1024), (1024, 768), (1024, 1366), (1366, 768), (768, 1366)]
NAMED = ("indicator", "site")
"""Pages whose title is what they show."""
CUT = """() => [...document.querySelectorAll(
    ".head a, .head h1, .heading h2, .figure :is(h3, .value, .told), .choices a, .missing p, .open a, .table th button"
  )].filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
  .map(e => e.textContent.slice(0, 60))"""
SMALL = """() => [...document.querySelectorAll(".stHtml :is(a, summary, button), .stMain button")]
  .filter(e => e.offsetParent).map(e => [e.textContent.slice(0, 40), e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5)).map(([text]) => text)"""


DRAWN = "before => (document.querySelector('[data-drawn]')?.dataset.drawn ?? before) !== before"


def settle(page, before: str | None = None) -> str:
    """Until the page has been drawn, anew where it stood `before`; returns the mark of this drawing."""
    page.wait_for_function(DRAWN, arg=before, timeout=120_000)
    page.wait_for_timeout(400)
    return page.get_attribute("[data-drawn]", "data-drawn")


def faults(page, width: int) -> list:
    """What is wrong with the page as it stands."""
    told = [("failed", page.inner_text(".failure"))] if page.query_selector(".failure") else []
    scrolled = page.evaluate("document.querySelector('.stMain').scrollWidth")
    told += [("wider than the screen", scrolled)] if scrolled > width else []
    told += [("cut off", text) for text in page.evaluate(CUT)]
    told += [("too small for a finger", text) for text in page.evaluate(SMALL)]
    found = Axe().run(page, context=".stMain", options={"resultTypes": ["violations"]}).response
    return told + [
        (one["id"], one["nodes"][0]["html"][:160])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("lang", "theme"), [("zh", "dark"), ("en", "light")])
def test_a_meeting_walks_through_all_pages(new_page, sample_site, lang, theme):
    """By the link to the next page; each at another size, each still frozen, in one language, without a new load."""
    page, wrong = new_page(*TABLETS[0]), []
    first = BEHIND[0]
    page.goto(f"{sample_site}/{first.path}?id={dict(first.face)['id']}&{AT}&as=computed&lang={lang}&theme={theme}")
    page.wait_for_selector(".head", timeout=60_000)
    mark = settle(page)
    loaded_at = page.evaluate("performance.timeOrigin")
    for place, entry in enumerate(BEHIND):
        width, height = TABLETS[(place + (lang == "en")) % len(TABLETS)]
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        if entry.path not in NAMED:
            assert page.inner_text(".head h1") == entry.name(words_in(lang))
        assert "2026-09-15 16:20" in page.inner_text(".head .frozen")
        assert f"lang={lang}" in page.url and f"theme={theme}" in page.url
        wrong += [(entry.path, width, *one) for one in faults(page, width)]
        if place + 1 < len(BEHIND):
            page.click(".head .next")
            mark = settle(page, mark)
    assert wrong == []
    assert page.evaluate("performance.timeOrigin") == loaded_at
    assert [one for one in page.complaints if "503" not in one] == []
    assert [url for url in page.asked if not url.startswith((sample_site, "data:", "blob:"))] == []


def test_a_table_downloads_what_it_shows(new_page, sample_site):
    page = new_page(1366, 1024)
    page.goto(f"{sample_site}/module?id=distribution&kind=booster&{AT}&lang=en")
    page.wait_for_selector("[data-table=distribution-sites]", timeout=60_000)
    settle(page)
    heads = page.eval_on_selector_all("[data-table=distribution-sites] th button", "all => all.map(e => e.innerText)")
    shown = page.eval_on_selector_all(
        "[data-table=distribution-sites] tbody tr", "all => all.map(r => [...r.cells].map(c => c.dataset.v))"
    )
    with page.expect_download() as told:
        page.click(".st-key-distribution-sites-csv button, [class*=st-key-distribution-sites] button >> nth=0")
    rows = list(csv.reader(io.StringIO(told.value.path().read_text(encoding="utf-8-sig"))))
    with page.expect_download() as told:
        page.click("[class*=st-key-distribution-sites] button >> nth=1")
    sheet = openpyxl.load_workbook(io.BytesIO(told.value.path().read_bytes())).active
    assert len(rows) == len(shown) + 1 == sheet.max_row
    assert [re.sub(r"\W", "", one) for one in rows[0]] == [re.sub(r"\W", "", one) for one in heads]
    volume = next(at for at, head in enumerate(rows[0]) if head.startswith("yesterday"))
    for line, drawn, cells in zip(rows[1:], shown, list(sheet.values)[1:], strict=True):
        assert float(line[volume]) == pytest.approx(float(drawn[volume]))
        assert cells[volume] == pytest.approx(float(drawn[volume]))
        assert line[0] == cells[0]


@pytest.mark.parametrize("address", ["site?site=ZN05", "customers?"])
def test_a_chart_downloads_as_a_picture(new_page, sample_site, address):
    page = new_page(1024, 768)
    page.goto(f"{sample_site}/{address}&{AT}")
    page.wait_for_selector(".modebar-btn", state="attached", timeout=60_000)
    settle(page)
    width = page.eval_on_selector(".js-plotly-plot", "e => e.clientWidth")
    with page.expect_download() as told:
        page.click(".modebar-btn >> nth=0")
    picture = Image.open(io.BytesIO(told.value.path().read_bytes()))
    assert told.value.suggested_filename.endswith(".png") and picture.format == "PNG"
    assert picture.width == pytest.approx(2 * width, abs=4) and picture.height > 400
    assert len(picture.convert("RGB").getcolors(1 << 20)) > 3  # ground, axes, the line


def test_the_menu_and_the_search_lead_by_keyboard(new_page, sample_site):
    page = new_page(1024, 768)
    page.goto(f"{sample_site}/module?id=raw_water&{AT}")
    page.wait_for_selector(".menu summary", timeout=60_000)
    settle(page)
    page.focus(".menu summary")
    page.keyboard.press("Enter")
    links = page.eval_on_selector_all(".menu nav a", "all => all.map(e => e.getBoundingClientRect().height)")
    assert len(links) == len(PAGES) and min(links) >= 44
    page.keyboard.press("Escape")
    assert page.query_selector(".menu[open]") is None
    page.click(".st-key-find_box button")
    page.fill(".stPopoverBody input[type=text], [data-testid=stPopoverBody] input", "ZN05")
    page.keyboard.press("Enter")
    page.wait_for_selector(".found a", timeout=30_000)
    page.click(".found a >> nth=0")
    page.wait_for_function("document.querySelector('.head h1')?.textContent === '当湖五区'", timeout=60_000)
    assert "site=ZN05" in page.url and "at=2026-09-15" in page.url


def test_a_tap_on_a_heading_sorts_a_table(new_page, sample_site):
    page = new_page(1024, 768)
    page.goto(f"{sample_site}/supply_drainage?{AT}")
    page.wait_for_selector("[data-table=zones-by-loss]", timeout=60_000)
    settle(page)
    column = "all => all.map(r => Number(r.cells[2].dataset.v))"
    page.click("[data-table=zones-by-loss] th:nth-child(3) button")
    shares = page.eval_on_selector_all("[data-table=zones-by-loss] tbody tr", column)
    assert shares == sorted(shares) and len(shares) == 36
    page.click("[data-table=zones-by-loss] th:nth-child(3) button")
    assert page.eval_on_selector_all("[data-table=zones-by-loss] tbody tr", column) == shares[::-1]
