"""The page of the customer centre on the sample's rows: numbers as polars finds them, peaks, clusters, masks."""

import re
from datetime import timedelta

import polars as pl
import pytest

from data_sources.write import MASK
from pages.components.geography import Geography
from pages.components.report_map import Cluster, Report, report_map
from sample_data.events import events
from tests.browser.pictures import moment_in_cycle
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html
from tests.pages.page_numbers import cells, figures

BEGUN = AS_OF.replace(minute=0) - timedelta(hours=23)
"""The last 24 clock hours, the running one in part."""


@pytest.mark.slow
def test_its_numbers_are_those_of_the_rows(sample_page, sample_lake):
    html = shown_html(sample_page("customers"))
    calls = sample_lake.scan("call").filter(pl.col("started_at") < AS_OF).collect()
    hotline = calls.filter(channel="hotline")
    ended = hotline.filter(pl.col("ended_at") >= BEGUN, pl.col("ended_at") < AS_OF)
    quick = ended.filter(pl.col("answered_at") - pl.col("started_at") <= timedelta(seconds=20))
    shown = figures(html)
    assert shown["96390 接通率"] == pytest.approx(100 * quick.height / ended.height)
    assert shown["24 小时来电"] == hotline.filter(pl.col("started_at") >= BEGUN).height
    assert shown["放弃"] == ended.filter(pl.col("answered_at").is_null()).height
    month = AS_OF - timedelta(days=30)
    repeated = calls.filter(pl.col("repeat_of").is_not_null(), pl.col("started_at") >= month)
    assert shown["重复诉求"] == repeated.height > 0
    told = calls.filter(pl.col("category").is_in(["leak", "no_water"]), pl.col("started_at") >= BEGUN)
    assert shown["漏水与停水"] == told.height > 0
    due = sample_lake.scan("work_order").filter(pl.col("due_at") >= month, pl.col("due_at") < AS_OF).collect()
    assert sum(float(row[1]) for row in cells(html, "orders-by-kind")) == due.height
    recent = calls.filter(pl.col("started_at") >= month)
    tickets = sample_lake.scan("hall_ticket").filter(pl.col("taken_at") >= month, pl.col("taken_at") < AS_OF).collect()
    shares = {row[0]: row for row in cells(html, "channels")}
    every = recent.height + tickets.height
    assert float(shares["营业厅"][1]) == tickets.height
    assert float(shares["微信"][2]) == pytest.approx(100 * recent.filter(channel="wechat").height / every, rel=0.01)
    hall = cells(html, next(iter(re.findall(r'data-table="(windows-[^"]+)"', html))))[0]
    assert float(hall[7]) == pytest.approx(tickets["rating"].mean(), rel=0.01)


@pytest.mark.slow
def test_callers_are_masked(sample_page, sample_lake):
    html = shown_html(sample_page("customers"))
    callers = sample_lake.scan("call").select(pl.col("caller").drop_nulls().unique()).collect()["caller"]
    assert {row[-1] for row in cells(html, "repeated")} == {MASK}
    assert not set(callers.to_list()) & set(re.findall(r"\d{11}", html))


@pytest.mark.slow
def test_a_peak_is_told_from_chance(sample_page, demonstration):
    peak = events("hotline_peak")[0]
    at = moment_in_cycle(demonstration, peak.cycle_day, peak.hour + 0.9 * peak.hours, AS_OF)
    html = shown_html(sample_page("customers", at=at.isoformat(), lang="en"))
    rows = {row[0]: row for row in cells(html, "calls-by-category")}
    assert rows["no water"][-1] == "◆ warning"
    assert rows["bill"][-1] == "○ normal"
    assert '<div class="figure warning" data-figure="Calls, 24 h"' in html
    # the whole town calls: many zones have a cluster, and each leads to its page
    assert len(re.findall(r'<i class="warning" style="left', html)) > 5
    assert 'href="/site?site=ZN' in html


@pytest.mark.slow
def test_a_burst_is_a_cluster_of_its_zone(sample_page, demonstration):
    burst = events("burst")[1]
    at = moment_in_cycle(demonstration, burst.cycle_day, burst.hour + burst.hours / 2, AS_OF)
    html = shown_html(sample_page("customers", at=at.isoformat()))
    first = cells(html, "report-zones")[0]
    zone = dict(demonstration.sites.select("site_id", "name_zh").rows())[burst.site_id]
    assert first[:2] == ["◆ 预警", zone]
    assert int(first[2]) == int(first[3]) + int(first[4]) >= 6


@pytest.mark.slow
def test_one_category_alone(sample_page):
    html = shown_html(sample_page("customers", category="leak"))
    assert "逐小时来电：漏水" in html
    assert "逐小时来电：" not in shown_html(sample_page("customers", category="<script>"))


def test_the_map_of_reports_escapes_what_it_says():
    reports = [Report(121.0, 30.7, "leak", "<b>"), Report(121.1, 30.8, "no_water", "x")]
    clusters = [Cluster(121.05, 30.75, "Z & 1", "/site?site=Z1")]
    html = report_map(reports, clusters, Geography(), {"leak": "L"}, "many & near", "dark", '"where"')
    assert "<b>" not in html.replace('<b class="right">', "").replace('<b class="left">', "")
    assert "Z &amp; 1" in html
    assert 'alt="&quot;where&quot;"' in html
    assert html.count('<i class="full" style') == 1
    assert html.count('<i class="hollow" style') == 1
    assert "many &amp; near" in html
    assert "many" not in report_map(reports, [], Geography(), {"leak": "L"}, "many", "dark", "")
    assert report_map([], [], Geography(), {"leak": "L"}, "many", "dark", '"where"') == ""
