"""Parts that pages share: tables, figures, the list of pages, the search; pure, and safe with hostile names."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import polars as pl
import pytest

from data_sources.load import load_utility
from data_sources.problems import ROOT
from pages.components.alike import told_apart
from pages.components.blocks import Figure, figures_html, term
from pages.components.board_parts import exceptions_about, indicators_past
from pages.components.find import find
from pages.components.links import View
from pages.components.page import Page
from pages.components.page_list import DECLARED, PAGES, entry_of
from pages.components.sankey import basis_key, sankey
from pages.components.table import MOST_ROWS, Column, in_order, table_html, taken_away
from pages.components.tables import as_csv, as_xlsx
from pages.components.timeline import state_timeline, strip
from pages.components.words import words_in
from tests.pages import boards
from tests.pages.boards import AS_OF, HOSTILE


@pytest.fixture(scope="module")
def utility():
    return load_utility(ROOT / "sample_data" / "utility")


@pytest.fixture
def page(utility, monkeypatch):
    monkeypatch.setenv("WATER_UTILITY", str(utility.folder))
    return Page("stock", {"kind": HOSTILE}, View("zh", "dark"), utility, words_in("zh"), AS_OF)


ROWS = pl.DataFrame(
    {
        "name": ["=1+1", HOSTILE, "third"],
        "state": ["alarm", "normal", "unknown"],
        "m3": [12345.678, None, 0.04567],
        "at": [AS_OF, AS_OF - timedelta(days=1), None],
        "caller": ["13800001111", "13800002222", None],
    },
    schema_overrides={"at": pl.Datetime("us", "UTC")},
)
COLUMNS = [Column(name, name) for name in ("name", "state", "at", "caller")]
COLUMNS.insert(2, Column("m3", "volume", "m^3"))


def test_a_table_shows_words_units_and_states_and_masks_people(page):
    html = table_html(page, ROWS, COLUMNS, "rows")
    assert "<small>m³</small>" in html
    assert '<i class="alarm">▲</i> 报警' in html
    assert '>12<span class="k">346</span>' in html and 'data-v="12345.678"' in html
    assert "2026-09-15 16:20" in html
    assert "1380000" not in html and "***" in html
    assert HOSTILE not in html


def test_a_table_takes_away_what_it_shows_without_formulas_or_people(page):
    listed = ROWS.with_columns(hours=pl.Series([[1.0, 0.5], [], None], dtype=pl.List(pl.Float64())))
    rows = taken_away(page, listed, [*COLUMNS, Column("hours", "hours")])
    assert rows.columns == ["name", "state", "volume (m³)", "at", "caller", "hours"]
    assert rows["hours"].to_list() == ["1.0 0.5", "", None]
    csv = as_csv(rows).decode("utf-8-sig")
    assert csv.splitlines()[1].startswith("'=1+1,报警,12345.678,2026-09-15T16:20:00+08:00,***")
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(rows))).active
    assert sheet["A2"].value == "'=1+1" and sheet["A2"].data_type == "s"
    assert sheet["C2"].value == 12345.678
    assert "13800001111" not in csv


@pytest.mark.parametrize(
    ("sort", "names", "way", "then"),
    [
        (None, ["=1+1", HOSTILE, "third"], None, "m3"),
        ("m3", ["third", "=1+1", HOSTILE], "ascending", "-m3"),  # what is unknown stands last, whichever way
        ("-m3", ["=1+1", "third", HOSTILE], "descending", None),
        ("-state", [HOSTILE, "third", "=1+1"], None, "m3"),  # by rank: the worst first, going up
        ("no_such", ["=1+1", HOSTILE, "third"], None, "m3"),
    ],
)
def test_a_tapped_heading_sorts_what_is_shown_and_what_is_taken_away(page, sort, names, way, then):
    asked = replace(page, wanted={} if sort is None else {"sort.rows": sort})
    assert in_order(asked, ROWS, "rows")["name"].to_list() == names
    assert in_order(asked, ROWS, "others")["name"].to_list() == ROWS["name"].to_list()
    html = table_html(asked, ROWS, COLUMNS, "rows")
    head = re.search(r'<th data-kind="number" scope="col"(.*?)><a href="(.*?)"', html)
    assert head[1] == (f' aria-sort="{way}"' if way else "")
    assert dict(parse_qsl(urlsplit(unescape(head[2])).query)).get("sort.rows") == then


def test_a_long_table_says_how_much_of_it_is_shown(page):
    rows = pl.DataFrame({"n": list(range(MOST_ROWS + 7))})
    html = table_html(page, rows, [Column("n", "n")], "long")
    assert html.count("<tr>") == MOST_ROWS + 1
    assert f"共 {MOST_ROWS + 7} 行" in html


def test_figures_compare_amounts_in_per_cent_and_percentages_in_points(page):
    html = figures_html(page, [
        Figure("supplied", 110.0, "m^3", compared=True, previous=100.0, last_year=None),
        Figure("share", 96.5, "%", state="warning", compared=True, previous=98.0, last_year=96.5),
        Figure(HOSTILE, None, means="what it is"),
    ])  # fmt: skip
    assert "环比 +10 %" in html and "同比 –" in html
    assert "<span>环比 −1.5</span> <span>同比 ±0</span>" in html
    assert '<i class="warning">◆</i> 预警' in html
    assert 'class="figure unknown"' in html and HOSTILE not in html
    assert "what it is" in html


def test_a_terms_meaning_opens_at_a_tap():
    assert term("ILI", "<leak>").startswith('<details class="term"><summary>ILI</summary>')
    assert "<leak>" not in term("ILI", "<leak>")


def test_an_address_keeps_what_its_page_wants(page):
    assert page.here(kind=None, days="7") == "/stock?days=7&amp;lang=zh&amp;theme=dark"
    assert HOSTILE not in page.here() and '"' not in page.here()
    frozen = Page("stock", {}, View("en", "light", datetime(2026, 9, 1, tzinfo=UTC)), page.utility, page.say, AS_OF)
    assert frozen.link("meters") == "/meters?at=2026-09-01T00%3A00%3A00Z&amp;as=shown&amp;lang=en&amp;theme=light"


@pytest.mark.parametrize(
    ("text", "kind", "id_"),
    [("ZN05", "site", "ZN05"), ("当湖五区", "site", "ZN05"), ("leakage_rate", "indicator", "leakage_rate"),
     ("供排一体", "page", "supply_drainage"), ("PS01.S.level", "point", "PS01.S.level"),
     ("Treatment", "page", "module/treatment"), ("ps01 level", "point", "PS01.S.level"), ("pressure %", None, None),
     ("PS01'", None, None)],
)  # fmt: skip
def test_the_search_finds_by_name_and_id_in_both_languages(page, utility, text, kind, id_):
    best = next(((one.kind, one.id) for one in find(utility, text)), (None, None))
    assert best == (kind, id_)


def test_the_search_finds_nothing_for_nothing(page, utility):
    assert find(utility, "  ") == find(utility, HOSTILE) == []
    assert len(find(utility, "a")) > 12


def test_the_list_has_every_page_there_is_in_the_declared_order():
    on_disk = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__", "main"}
    assert on_disk == {one.file.stem for one in PAGES}
    assert [one for one in DECLARED if one in PAGES] == list(PAGES)
    assert entry_of("module", {"id": "nonsense"}) == entry_of("module", {})
    assert entry_of("nonsense", {}) is None


def test_a_strip_says_in_words_what_it_draws():
    html = strip([1.0, 0.5, None, 0.0], '2 of 4 "valid"')
    assert "var(--spark) 0.00% 25.00%" in html and "var(--warning) 25.00% 50.00%" in html
    assert 'aria-label="2 of 4 &quot;valid&quot;"' in html


def test_a_timeline_has_one_line_a_machine_from_the_top():
    hour = timedelta(hours=1)
    spans = pl.DataFrame(
        {
            "name": ["A", "A", "B"],
            "state": ["running", "stopped", "running"],
            "starts_at": [AS_OF, AS_OF + hour, AS_OF],
            "ends_at": [AS_OF + hour, AS_OF + 3 * hour, AS_OF + 2 * hour],
        }
    )
    states = {"running": ("runs", "spark"), "stopped": ("stands", "band"), "unavailable": ("broken", "warning")}
    figure = state_timeline(spans, states, AS_OF, AS_OF + timedelta(hours=4), "dark")
    bars = {bar.name: bar for bar in figure.data}
    assert list(bars["runs"].x) == [3_600_000, 7_200_000]
    assert list(bars["stands"].y) == ["A"]
    assert [one.marker.line.width for one in figure.data] == [0, 1, 0]  # the tint of bands alone is lost on the ground
    assert list(bars["broken"].x) == [None]  # the legend has it all the same
    assert list(figure.layout.yaxis.categoryarray) == ["B", "A"]


def test_a_sankey_draws_what_can_be_seen():
    rows = [("a <b>", "mid", 1000.0, "metered"), ("mid", "end", 999.6, "billed"), ("mid", "lost", 0.4, "difference")]
    streams = pl.DataFrame(rows, schema=["source", "target", "m3", "basis"], orient="row")
    words = {"metered": "M", "billed": "B", "difference": "D"}
    trace = sankey(streams, lambda node: node, lambda m3: f"{m3:.0f}", words, "dark").data[0]
    assert list(trace.link.value) == [1000.0, 999.6]
    assert list(trace.node.label) == ["a &lt;b&gt;<br>1000", "mid<br>1000", "end<br>1000"]
    assert "M</span>" in basis_key(words, "m³", "dark") and ">m³</span>" in basis_key(words, "m³", "dark")


def test_names_that_stand_once_stay_and_others_bear_their_ids():
    assert told_apart(["a", "b", "a"], ["1", "2", "3"]) == ["a · 1", "b", "a · 3"]


def test_an_alarm_of_an_indicator_stands_with_the_sites_that_it_is_about():
    judged = [{"site_id": "Z1", "value": 32.5, "state": "alarm"}, {"site_id": "Z2", "value": 2.0, "state": "normal"}]
    tiles = [boards.tile("net_night_flow", state="alarm", sites=judged), boards.tile("pressure_compliance")]
    alarm = boards.exception(subject="net_night_flow", site_id=None, code="indicator_state")
    board = boards.board(indicators=tiles, exceptions=[alarm])
    found = {site: exceptions_about(board, {site}, indicators_past(board, site)) for site in ("Z1", "Z2")}
    assert [one["subject"] for one in found["Z1"]] == ["net_night_flow"]
    assert found["Z2"] == []
