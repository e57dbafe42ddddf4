"""The page of a site on the sample's rows: points, machines and what stands on it, as polars finds them in the lake."""

import json
import re
from datetime import timedelta

import polars as pl
import pytest

from metrics.queries import site as queries
from pages.components.answers import answer
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html
from tests.pages.page_numbers import cells, figures

pytestmark = pytest.mark.slow


def newest(lake, point: str) -> tuple:
    rows = lake.scan("reading", [AS_OF.date()]).filter(pl.col("point_id") == point, pl.col("ts") <= AS_OF)
    return rows.sort("ts").tail(1).collect().select("ts", "value").row(0)


@pytest.mark.parametrize(
    ("site", "point"), [("PS01", "PS01.S.level"), ("ZN05", "ZN05.D1.pressure"), ("WKS1", "WKS1.OUT.turbidity")]
)
def test_a_points_value_is_its_newest_reading(sample_page, sample_lake, site, point):
    html = shown_html(sample_page("site", site=site))
    line = next(line for line in html.split("<tr>") if f'data-v="{point}"' in line)
    shown = re.findall(r'data-v="([^"]*)"', line)
    moment, value = newest(sample_lake, point)
    assert float(shown[3]) == pytest.approx(value)
    if point.endswith(".level"):
        assert float(shown[6]) == 4.2, "a well's limit is its alarm level"
    assert any(one.startswith(f"{moment:%Y-%m-%dT%H:%M}") for one in shown)


def test_yesterdays_volume_of_a_station(sample_page, sample_lake):
    day = AS_OF.date() - timedelta(days=1)
    rows = sample_lake.scan("reading", [day]).filter(pl.col("point_id") == "PS01.S.flow").collect()
    html = shown_html(sample_page("site", site="PS01"))
    shown = float(re.search(r'data-figure="昨日水量" data-value="([^"]*)"', html)[1])
    assert shown == pytest.approx(24 * rows["value"].mean(), rel=1e-3)


def test_how_long_a_pump_ran_is_what_its_signal_says(sample_page, sample_lake, demonstration):
    sample_page("site", site="PS01")  # sets the lake
    spans = answer(queries.machine_states, AS_OF, "PS01")
    days = [AS_OF.date() - timedelta(days=1), AS_OF.date()]
    signals = sample_lake.scan("reading", days).filter(
        pl.col("ts") > AS_OF - timedelta(days=1), pl.col("ts") <= AS_OF, pl.col("quality") == "good"
    )
    for machine in ("a", "b", "c"):
        told = signals.filter(pl.col("point_id").str.starts_with(f"PS01.S.{machine}.")).collect()
        told = told.pivot("point_id", index="ts", values="value").sort("ts")
        on = told.filter(pl.col(f"PS01.S.{machine}.running") == 1, pl.col(f"PS01.S.{machine}.available") == 1)
        ran = spans.filter(pl.col("machine_id") == f"PS01.{machine}", pl.col("state") == "running")
        minutes = (ran["ends_at"] - ran["starts_at"]).dt.total_minutes().sum()
        assert minutes == pytest.approx(5 * on.height, abs=5)


def test_what_stands_on_a_works(sample_page, demonstration):
    html = shown_html(sample_page("site", site="WKS1"))
    fed = demonstration.sites.filter(pl.col("parent_id") == "WKS1")["site_id"]
    assert len(fed) > 5
    for site in fed:
        assert f"/site?site={site}&amp;" in html
    assert "indicator?id=finished_water_compliance&amp;site=WKS1" in html
    assert "indicator?id=pump_availability" not in html


def test_what_stands_on_a_network_is_a_table_of_sites_with_their_states(sample_page, demonstration):
    html = shown_html(sample_page("site", site="NET"))
    fed = demonstration.sites.filter(pl.col("parent_id") == "NET").height
    rows = cells(html, "NET-depends")
    assert len(rows) == fed
    assert {row[1] for row in rows} == {"以它为上级或水源"}
    abnormal = sum("正常" not in row[3] for row in rows)
    assert figures(html)["下级异常站点"] == abnormal
    assert "过程" not in re.findall("<h2>(.*?)</h2>", html), "where there is no point there is no course"
    drained = cells(shown_html(sample_page("site", site="PS06")), "PS06-depends")
    expected = demonstration.sites.filter(pl.col("drains_to") == "PS06")["name_zh"].sort().to_list()
    assert sorted(row[0] for row in drained if "污水流到它" in row[1]) == expected


def test_a_strange_site_is_said_not_thrown(sample_page):
    html = shown_html(sample_page("site", site='<b>"'))
    assert "没有这个站点" in html
    assert '"<b>' not in html


def test_a_chosen_site_goes_into_the_address(sample_page, demonstration):
    test = sample_page("site", site="PS01")
    test.selectbox[0].set_value("PS02").run()
    assert test.query_params["site"] in ("PS02", ["PS02"])
    name = demonstration.sites.filter(pl.col("site_id") == "PS02")["name_zh"][0]
    assert f"<h1>{name}</h1>" in shown_html(test)


def test_where_no_point_reports_it_is_unknown_how_many_are_past_a_limit(sample_page):
    shown = [shown_html(sample_page("site", site="PS01", at=at)) for at in (AS_OF.isoformat(), "2020-01-01T00:00Z")]
    assert [re.findall('data-figure="超限测点" data-value="(.*?)"', html) for html in shown] == [["0.0"], [""]]
    assert "均无限值" not in shown[1], "its points have limits, only no value"


def test_past_a_limit_is_counted_of_the_points_that_have_one_and_unknown_where_none_has(sample_page):
    sample_page("site", site="PS01")  # sets the lake
    points = answer(queries.points, AS_OF, "PS01")
    limited = points.filter(pl.col("value").is_not_null(), pl.col("high").is_not_null() | pl.col("low").is_not_null())
    assert 0 < limited.height < points.height
    assert f"共 {limited.height} 个有限值" in shown_html(sample_page("site", site="PS01"))
    html = shown_html(sample_page("site", site="RG01"))
    assert figures(html)["在报测点"] > 0
    assert 'data-figure="超限测点" data-value=""' in html and "在报测点均无限值" in html


def test_where_nothing_is_measured_nobody_says_that_nothing_is_wrong(sample_page):
    shown = [shown_html(sample_page("site", site=site)) for site in ("PS01", "NET")]
    assert ["没有数据，无从判断" in html for html in shown] == [False, True]
    assert "没有未结异常" not in shown[1]


def test_a_sites_state_is_told_and_unknown_where_nobody_tells_anything(sample_page, demonstration):
    shown = {site: shown_html(sample_page("site", site=site)) for site in ("PS01", "NET")}
    told = {site: re.search("<dt>状态</dt><dd>(.*?)</dd>", html)[1] for site, html in shown.items()}
    assert {site: re.sub("<.*?>", "", one) for site, one in told.items()} == {"PS01": "○ 正常", "NET": "▨ 未知"}
    groups = dict(demonstration.groups.filter(site_id="PS01").select("group_id", "name_zh").rows())
    assert {row[0] for row in cells(shown["PS01"], "PS01-points")} == set(groups.values())


def test_what_flows_stands_before_what_it_is_like_and_points_called_alike_bear_their_ids(sample_page):
    html = shown_html(sample_page("site", site="PS06"))
    titles = [re.sub(" <.*", "", one) for one in re.findall("<h3>(.*?)</h3>", html)]
    courses = [one for one in titles if "·" in one or one == "pH"]
    assert courses[0].startswith("流量") and courses[1].startswith("液位")
    marks = {row[1]: row[3] for row in cells(html, "PS06-points")}
    assert {marks["A泵 · 可用"], marks["A泵 · 运行"]} <= {"✓", "✗"}
    charts = [json.loads(one.proto.spec) for one in sample_page("site", site="ZN05").get("plotly_chart")]
    legends = [trace["name"] for one in charts for trace in one["data"]]
    alike = [name for name in legends if name.startswith("测压点")]
    assert len(set(alike)) == len(alike) > 1


def test_the_first_site_shown_is_one_with_points(sample_page, demonstration):
    first = demonstration.groups["site_id"][0]
    name = demonstration.sites.filter(pl.col("site_id") == first)["name_zh"][0]
    assert f"<h1>{name}</h1>" in shown_html(sample_page("site"))
