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
    ".head a, .head h1, .heading h2, .figure :is(h3, .value, .told), .choices a, .missing p, .open a, .table th > *"
  )].filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline")
  .concat([...document.querySelectorAll(".stMain *")].filter(e => e.offsetParent && e.innerText?.trim()
    && e.scrollWidth > e.clientWidth + 1 && /hidden|clip/.test(getComputedStyle(e).overflowX)))
  .map(e => e.textContent.slice(0, 60))"""
SMALL = """() => [...document.querySelectorAll(".stHtml :is(a, summary, button), .stMain :is(button, .modebar-btn)")]
  .filter(e => e.offsetParent).map(e => [e.textContent.slice(0, 40), e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5)).map(([text]) => text)"""
TABLES = r"""() => [...document.querySelectorAll("[class*=st-key-downloads-]")].filter(e => e.checkVisibility())
  .map(e => {
    const name = [...e.classList].find(one => one.startsWith("st-key-downloads-")).slice(17);
    const table = [...document.querySelectorAll("table[data-table]")]
      .find(one => one.dataset.table.replace(/[^\w-]/g, "-") === name);
    return [name, table && [...table.tHead.rows[0].cells].map(cell => cell.innerText),
      table && [...table.tBodies[0].rows].map(row => [...row.cells].map(c => c.className ? c.dataset.v : null))];
  })"""
"""Tables with downloads: name, headings, and of each cell that shows a number the number."""

DRAWN = "before => (document.querySelector('[data-drawn]')?.dataset.drawn ?? before) !== before"


def settle(page, before: str | None = None) -> str:
    """Until the page has been drawn, anew where it stood `before`; returns the mark of this drawing."""
    page.wait_for_function(DRAWN, arg=before, timeout=120_000)
    page.wait_for_timeout(400)
    return page.get_attribute("[data-drawn]", "data-drawn")


def read(path, kind: str) -> list[list[str]]:
    """The cells of a downloaded file as text."""
    if kind == "CSV":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active
    return [["" if one is None else str(one) for one in row] for row in sheet.values]


def downloads(page, kind: str) -> list:
    """Each table's file of that kind beside the table: what is wrong with it."""
    wrong = []
    for name, heads, shown in page.evaluate(TABLES):
        with page.expect_download() as told:
            page.click(f"[class*='st-key-{name}-{kind.lower()}'] button")
        rows = read(told.value.path(), kind)
        if heads is None:
            wrong += [("empty file", name)] if len(rows) < 2 else []
            continue
        if [re.sub(r"\W", "", one) for one in rows[0]] != [re.sub(r"\W", "", one) for one in heads]:
            wrong.append((name, rows[0], heads))
        if len(rows) - 1 < len(shown):
            wrong.append((name, len(rows) - 1, len(shown)))
        for line, cells in zip(rows[1:], shown, strict=False):
            pairs = [(one, cell) for one, cell in zip(line, cells, strict=True) if cell is not None]
            wrong += [(name, *pair) for pair in pairs if not same(*pair)]
    return wrong


def same(told: str, shown: str) -> bool:
    """Whether two texts are the same number, or both none."""
    return told == shown if not told or not shown else float(told) == pytest.approx(float(shown))


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
    """By the link to the next page; each at another size, each still frozen, in one language, without a new load; what
    its tables give to take away is what they show.
    """
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
        kind = "CSV" if lang == "zh" else "XLSX"
        wrong += [(entry.path, width, *one) for one in (*faults(page, width), *downloads(page, kind))]
        if place + 1 < len(BEHIND):
            page.click(".head .next")
            mark = settle(page, mark)
    assert wrong == []
    assert page.evaluate("performance.timeOrigin") == loaded_at
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith((sample_site, "data:", "blob:"))] == []


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


def test_a_tap_on_a_heading_sorts_a_table_for_whoever_gets_the_address(new_page, sample_site):
    page = new_page(1024, 768)
    page.goto(f"{sample_site}/supply_drainage?{AT}")
    page.wait_for_selector("[data-table=zones-by-loss]", timeout=60_000)
    mark = settle(page)
    shares = "all => all.map(r => Number(r.cells[2].dataset.v))"
    up = sorted(page.eval_on_selector_all("[data-table=zones-by-loss] tbody tr", shares))
    assert len(up) == 36
    for order in (up, up[::-1]):
        page.click("[data-table=zones-by-loss] th:nth-child(3) a")
        mark = settle(page, mark)
        assert page.eval_on_selector_all("[data-table=zones-by-loss] tbody tr", shares) == order
    other = new_page(1024, 768)
    other.goto(page.url)
    other.wait_for_selector("[data-table=zones-by-loss]", timeout=60_000)
    assert other.eval_on_selector_all("[data-table=zones-by-loss] tbody tr", shares) == up[::-1]
    assert other.get_attribute("[data-table=zones-by-loss] th:nth-child(3)", "aria-sort") == "descending"
