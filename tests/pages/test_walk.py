"""Every page of the list, frozen: ordinary, when something is wrong, with nothing known, of a utility without a row,
without a snapshot; in both languages.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pages.components.page_list import PAGES, Entry, neighbours
from pages.components.words import LANGUAGES, words_in
from sample_data.events import events
from tests.browser.pictures import moment_in_cycle
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html

BEHIND = [one for one in PAGES if one.path]
UNKNOWN = re.compile(r'data-missing|data-state="unknown"|class="unknown"')
ABNORMAL = re.compile(r'data-state="(alarm|warning)"|class="[^"]*(alarm|warning)"')
GOOD = re.compile(r'<i class="normal">○</i>[^<]*|data-state="normal"')
WRONG = {
    "module/distribution": ("burst", {}), "module/treatment": ("effluent_near_miss", {}),
    "module/customer": ("hotline_peak", {}), "module/assets": ("stock_out", {}), "meters": ("expired_lot", {}),
    "stock": ("stock_out", {}), "customers": ("hotline_peak", {}), "health": ("communication_gap", {}),
    "indicator": ("storm", {"id": "overflow_risk_stations"}), "site": ("storm", {"site": "PS20"}),
}  # fmt: skip
"""What is wrong that concerns a page, and what of it is shown; the storm elsewhere."""
CALM = ("module/raw_water", "module/production", "supply_drainage", "forecasts", "scores")
"""In the sample nothing goes wrong in the first two: test_module_page.py lays down a snapshot where it does. The others
say how much, and judge nothing.
"""
of_every_page = pytest.mark.parametrize("entry", BEHIND, ids=lambda one: "/".join((one.path, *dict(one.face).values())))


def drawn(test, entry: Entry, lang: str) -> str:
    """The page's HTML, which is whole: its head, no failure, no text with blanks unfilled or words missing."""
    html = shown_html(test)
    assert 'class="failure"' not in html, "the page failed: see the log above"
    assert f'<div class="head" lang="{lang}">' in html
    if entry.path not in ("indicator", "site"):  # their title is what they show
        assert f"<h1>{entry.name(words_in(lang))}</h1>" in html
    text = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", html, flags=re.S)
    assert not re.search(r"\{\w+\}|\bNone\b|\bnan\b", text)
    return html


@pytest.mark.slow
@of_every_page
@pytest.mark.parametrize("lang", LANGUAGES)
def test_on_an_ordinary_day(sample_page, entry, lang):
    html = drawn(sample_page(entry.path, **dict(entry.face), lang=lang), entry, lang)
    assert {"zh": "定格 2026-09-15 16:20", "en": "Frozen 2026-09-15 16:20"}[lang] in html


@pytest.mark.slow
@of_every_page
def test_when_something_is_wrong_in_english(sample_page, demonstration, entry):
    name = "/".join((entry.path, *dict(entry.face).values()))
    kind, shown = WRONG.get(name, ("storm", {}))
    event = events(kind)[0]
    at = moment_in_cycle(demonstration, event.cycle_day, event.hour + event.hours / 2, AS_OF)
    choices = {**dict(entry.face), **shown, "at": at.isoformat(), "lang": "en", "theme": "light"}
    html = drawn(sample_page(entry.path, **choices), entry, "en")
    assert (ABNORMAL.search(html) is None) == (name in CALM)


@pytest.mark.slow
@of_every_page
def test_where_nothing_is_known_nothing_is_called_good(silent_page, entry):
    html = drawn(silent_page(entry.path, **dict(entry.face)), entry, "zh")
    assert UNKNOWN.search(html)
    assert GOOD.findall(html) == []


@pytest.mark.slow
@of_every_page
def test_without_a_row_it_says_what_is_missing(empty_page, entry):
    an_hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    html = drawn(empty_page(entry.path, **dict(entry.face), at=an_hour_ago), entry, "zh")
    assert UNKNOWN.search(html)


@of_every_page
def test_without_a_snapshot_it_says_how_to_get_one(empty_page, entry):
    test = empty_page(entry.path, **dict(entry.face))
    shown_html(test)
    assert "import" in test.info[0].value


def test_next_and_previous_follow_the_list():
    for place, entry in enumerate(PAGES):
        before, after = neighbours(entry.path, dict(entry.face))
        assert before == (PAGES[place - 1] if place else None)
        assert after == (PAGES[place + 1] if place + 1 < len(PAGES) else None)


def test_a_page_that_fails_says_so_and_leaves_the_others(sample_page, monkeypatch):
    monkeypatch.setattr("pages.components.indicator_facts.indicator_facts", lambda *_: 1 / 0)
    html = shown_html(sample_page("indicator", id="pressure_compliance"))
    assert 'class="failure"' in html
    assert "ZeroDivisionError" not in html
    monkeypatch.undo()
