"""The page of meters on the sample's rows: numbers as polars finds them, from a count to its list, accounts masked."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl

import polars as pl
import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.write import MASK
from pages.components.stage_flow import Part, Stage, stage_flow
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html
from tests.pages.page_numbers import cells, figures

TODAY = date(2026, 9, 15)


@pytest.mark.slow
def test_its_numbers_are_those_of_the_rows(sample_page, sample_lake):
    html = shown_html(sample_page("meters"))
    meters = sample_lake.scan("meter").collect()
    installed = meters.filter(pl.col("state").is_in(["in_use", "expired"]))
    soon = installed.filter(pl.col("verified_until").is_between(TODAY, TODAY + timedelta(days=29)))
    assert figures(html)["在装水表"] == installed.height
    assert figures(html)["30 天内到期"] == soon.height > 0
    assert figures(html)["超期在装"] == installed.filter(pl.col("verified_until") < TODAY).height
    events = sample_lake.scan("meter_event").filter(pl.col("happened_at") >= AS_OF - timedelta(days=365)).collect()
    counts = dict(events.group_by("event").len().rows())
    share = 100 * counts["verified"] / (counts["verified"] + counts["failed"])
    assert figures(html)["近一年检定合格率"] == pytest.approx(share)
    every = cells(html, "meters-due")[0]
    assert every[0] == "合计"
    assert float(every[1]) == installed.height
    in_store = {row[0]: row[1] for row in cells(html, "meters-in-store")}
    assert f">在库待安装 {in_store['待安装']}</p>" in html
    assert f">不合格 {counts['failed']} 只</p>" in html
    for state, count in meters.group_by("state").len().rows():
        assert re.search(rf"list={state}[^>]*>.*?<b>{count}</b>", html), state


@pytest.mark.slow
def test_a_count_leads_to_its_list(sample_page, sample_lake):
    html = shown_html(sample_page("meters", list="received", lot="no such"))
    assert 'data-table="meters"' not in html  # that lot is not in store
    received = sample_lake.scan("meter").filter(state="received").collect()
    html = shown_html(sample_page("meters", list="received"))
    assert f"在库，{received.height} 只" in html
    assert {row[0] for row in cells(html, "meters")} <= set(received["meter_id"])
    # an address that asks for what there is not gets what is due next
    assert "30 天内到期，" in shown_html(sample_page("meters", list="stolen", dn="x"))


@pytest.mark.slow
def test_every_count_leads_to_as_many_meters(sample_page, sample_lake):
    """The counts of the verifications and of the store, each followed by its own address."""
    html = shown_html(sample_page("meters"))
    for table, column in (("meters-lots", 3), ("meters-makers", 3), ("meters-in-store", 1)):
        body = re.search(rf'data-table="{table}".*?<tbody>(.*?)</tbody>', html, re.S)[1]
        cell = re.findall(r"<td[^>]*>(.*?)</td>", body, re.S)[column]
        address, count = re.search(r'href="/meters\?([^"#]+)#list" target="_self">(\d+)', cell).groups()
        wanted = dict(parse_qsl(unescape(address)))
        told = shown_html(sample_page("meters", **{**wanted, "lang": "en"}))
        assert re.search(rf"<h2>List: [^<]* \({count}\)</h2>", told), address
        assert len(cells(told, "meters")) == int(count) > 0
    assert ">All in store, to be installed</a>" in shown_html(
        sample_page("meters", list="to_install", age="under_30", lang="en")
    )


@pytest.mark.slow
def test_accounts_are_masked(sample_page, sample_lake):
    html = shown_html(sample_page("meters", list="in_use"))
    accounts = sample_lake.scan("meter").filter(pl.col("account").is_not_null()).collect()["account"]
    assert {row[-1] for row in cells(html, "meters")} == {MASK}
    assert not any(account in html for account in accounts.unique().to_list()[:2000])


def test_a_register_without_events_is_enough(empty_page, tmp_path):
    lake = Lake(tmp_path / "lake", load_utility(tmp_path / "tiny"))
    own = {"meter_id": "M1", "dn_mm": 20, "q3_m3h": 4.0, "kind": "smart", "maker": "<A>", "lot": "L", "state": "in_use"}
    lake.write("meter", pl.DataFrame([own]), source="register")
    html = shown_html(empty_page("meters", at=datetime.now(UTC).isoformat(), **{"as": "computed"}, list="installed"))
    row = cells(html, "meters")[0]
    assert row[:5] == ["M1", "20", "在用", "–", "–"]  # nothing says since when, nor until when
    assert row[7] == "&lt;A&gt;"
    assert figures(html)["超期在装"] == 1  # without a date it is not known to be verified
    assert figures(html)["近一年检定合格率"] is None


def test_a_stage_links_its_parts_and_marks_what_is_late():
    html = stage_flow([Stage("<use>", 3, [Part("late", 1, "/meters?list=expired", True, "warning")], ["30 d"])], "life")
    assert "&lt;use&gt;" in html
    assert '<a href="/meters?list=expired" target="_self" class="warning" aria-current=true>' in html
    assert '<p class="passed"><span>30 d</span></p>' in html
