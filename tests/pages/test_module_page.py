"""The page of a module on the sample's rows: its numbers as polars finds them in the lake."""

import json
import re
from datetime import timedelta

import polars as pl
import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.vocabulary import MODULES
from metrics.catalogue import load_catalogue
from tests.conftest import AS_OF
from tests.linked_lake import linked_lake
from tests.metrics.lake_rows import write
from tests.pages import boards
from tests.pages.conftest import opened, shown_html
from tests.pages.page_numbers import cells as texts
from tests.pages.page_numbers import figures
from tests.pages.test_stock_page import stock_of
from tests.small_utility import write_small_utility

pytestmark = pytest.mark.slow
YESTERDAY = AS_OF.date() - timedelta(days=1)
FLOWS = {
    "raw_water": ("太浦河引水", [f"SRC1.P{pump}.flow" for pump in "abcd"]),
    "production": ("一水厂", ["WKS1.OUT.flow"]),
    "distribution": ("当湖五区", ["ZN05.D1.flow", "ZN05.D2.flow"]),
    "sewage": ("新仓1号枢纽", ["PS01.S.flow"]),
    "treatment": ("东片污水厂", ["WW1.INF.flow"]),
}
"""A site of each module that has points, and the meters of what passes it."""


def cells(html: str, table: str, name: str) -> list[str]:
    """What stands, to be sorted by, in the line of a table whose first cell's text is `name`."""
    body = re.search(rf'data-table="{table}".*?<tbody>(.*?)</tbody>', html, re.S)
    assert body, f"there is no table {table}"
    line = next(line for line in body[1].split("<tr>") if f">{name}<" in line)
    return re.findall(r'data-v="([^"]*)"', line)


def mean_flow(lake, points: list[str], day) -> float:
    """Σ of the means over the day of points sampled every five minutes, m³/h; each reading weighs the same."""
    rows = lake.scan("reading", [day]).filter(
        pl.col("point_id").is_in(points), pl.col("quality").is_in(["good", "manual"])
    )
    return rows.group_by("point_id").agg(pl.col("value").mean()).collect()["value"].sum()


@pytest.mark.parametrize("module", FLOWS)
def test_a_modules_numbers_are_those_of_its_readings(sample_page, sample_lake, demonstration, module):
    """Yesterday's volume of a site; how many points report, of how many; how many sites there are."""
    html = shown_html(sample_page("module", id=module))
    name, flows = FLOWS[module]
    volumes = [float(one) for one in cells(html, f"{module}-sites", name) if re.fullmatch(r"\d+\.\d+", one)]
    expected = 24 * mean_flow(sample_lake, flows, YESTERDAY)
    assert any(one == pytest.approx(expected, rel=1e-3) for one in volumes)
    sites = demonstration.sites.filter(pl.col("module") == module)
    groups = demonstration.groups.filter(pl.col("site_id").is_in(sites["site_id"].to_list()))
    points = demonstration.points.filter(pl.col("group_id").is_in(groups["group_id"].to_list()))
    days = [AS_OF.date() - timedelta(days=n) for n in range(4)]
    recent = sample_lake.scan("reading", days).filter(
        pl.col("point_id").is_in(points["point_id"].to_list()), pl.col("ts") <= AS_OF
    )
    newest = recent.group_by("point_id").agg(pl.col("ts").max()).collect().join(points, on="point_id")
    fresh = newest.filter(AS_OF - pl.col("ts") <= pl.duration(seconds=3 * pl.col("interval_s")))
    assert f'data-figure="在报测点" data-value="{float(fresh.height)!r}"' in html
    assert f"共 {points.height} 个测点" in html
    assert f"共 {sites.height} 个站点" in html


def test_the_customers_numbers_are_those_of_calls_and_orders(sample_page, sample_lake, demonstration):
    html = shown_html(sample_page("module", id="customer"))
    calls = sample_lake.scan("call").filter(
        pl.col("channel") == "hotline", pl.col("ended_at") < AS_OF,
        pl.col("ended_at") >= AS_OF.replace(minute=0) - timedelta(hours=23),
    ).collect()  # fmt: skip
    quick = calls.filter((pl.col("answered_at") - pl.col("started_at")) <= timedelta(seconds=20))
    assert figures(html)["96390 接通率"] == pytest.approx(100 * quick.height / calls.height)
    month = pl.col("due_at").is_between(AS_OF - timedelta(days=30), AS_OF, closed="left")
    due = sample_lake.scan("work_order").filter(month).collect()
    kept = due.filter(pl.col("closed_at") <= pl.col("due_at"))
    assert figures(html)["工单按时办结率"] == pytest.approx(100 * kept.height / due.height)
    assert f"共 {demonstration.sites.filter(module='customer').height} 个站点" in html


def test_the_assets_numbers_are_those_of_meters_and_stock(sample_page, sample_lake, demonstration):
    html = shown_html(sample_page("module", id="assets"))
    installed = sample_lake.scan("meter").filter(pl.col("state").is_in(["in_use", "expired"])).collect()
    valid = installed.filter(pl.col("verified_until") >= AS_OF.date())
    assert figures(html)["水表检定有效率"] == pytest.approx(100 * valid.height / installed.height)
    critical = sample_lake.scan("stock_item").filter("critical").collect()
    held = [stock_of(sample_lake, item, AS_OF) for item in critical["item_id"]]
    enough = sum(stock >= least for stock, least in zip(held, critical["safety_stock"], strict=True))
    assert figures(html)["关键物资保障率"] == pytest.approx(100 * enough / critical.height)
    assert f"共 {demonstration.sites.filter(module='assets').height} 个站点" in html


def test_hours_past_a_limit_are_those_of_the_readings(sample_page, sample_lake, demonstration):
    """The sample's burst: hours of low pressure of two points, within 30 days."""
    html = shown_html(sample_page("module", id="distribution", days="30"))
    assert "distribution-past-limit" in html
    point = re.search(r'point=(ZN\d+\.[^&"]*pressure)', html)[1]
    days = [AS_OF.date() - timedelta(days=n) for n in range(31)]
    rows = sample_lake.scan("reading", days).filter(
        pl.col("point_id") == point, pl.col("quality").is_in(["good", "manual"]),
        pl.col("ts") >= AS_OF - timedelta(days=30), pl.col("ts") < AS_OF,
    )  # fmt: skip
    hours = rows.group_by(pl.col("ts").dt.truncate("1h")).agg(pl.col("value").mean(), n=pl.len()).collect()
    low = hours.filter(pl.col("n") >= 10, pl.col("value") < 0.14)
    body = re.search(r'data-table="distribution-past-limit".*?<tbody>(.*?)</tbody>', html, re.S)[1]
    line = next(line for line in body.split("<tr>") if point in line)
    assert re.findall(r'data-v="([^"]*)"', line)[3] == str(low.height)
    assert low.height > 0


def test_a_module_without_measured_points_lists_its_indicators_periods_past_a_limit(tmp_path, monkeypatch):
    utility = load_utility(write_small_utility(tmp_path / "tiny"))
    lake = Lake(tmp_path / "lake", utility)
    days = [AS_OF.date() - timedelta(days=n) for n in (1, 2, 50)]
    common = {"indicator_id": "hotline_answer_rate", "site_id": "", "computed_at": AS_OF, "numerator": 1.0}
    common |= {"denominator": 2.0, "valid": 2.0, "expected": 2.0}
    states = zip(days, (50.0, 97.0, 40.0), ("alarm", "normal", "alarm"), strict=True)
    write(lake, "indicator", *({**common, "period": day, "value": value, "state": s} for day, value, s in states))
    monkeypatch.setenv("WATER_UTILITY", str(utility.folder))
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    html = shown_html(opened("module", id="customer", at=AS_OF.isoformat(), period="30d"))
    (row,) = texts(html, "customer-periods-past")
    assert row == [str(days[0]), "96390 接通率", "▲ 报警", "50", "%"]
    assert "/customers?" in html
    assert "customer-periods-past" not in shown_html(opened("module", id="sewage", at=AS_OF.isoformat()))


@pytest.mark.parametrize("module", MODULES)
def test_the_figures_are_those_of_the_board(sample_page, sample_lake, module):
    html = shown_html(sample_page("module", id=module, **{"as": "computed"}))
    board = shown_html(sample_page("", **{"as": "computed"}))
    own = re.findall(r'data-indicator="(\w+)" data-state="(\w+)" data-value="([^"]*)"', board)
    shown = re.findall(
        r'class="figure (\w+)" data-figure="[^"]*" data-value="([^"]*)"><h3><a href="/indicator\?id=(\w+)', html
    )
    assert {(id_, state, value) for state, value, id_ in shown} <= set(own)
    assert len(shown) in (2, 3)


@pytest.mark.parametrize("module", MODULES)
def test_a_frozen_snapshots_alarms_stand_on_their_modules_page(
    sample_lake, demonstration, tmp_path, monkeypatch, module
):
    lake = linked_lake(sample_lake, tmp_path / "lake")
    tiles = [boards.tile(one.id, state="alarm", gap=-1.5) for one in load_catalogue().tiles]
    own = next(one for one in tiles if one["module"] == module)
    subject = {"subject": own["id"], "site_id": None, "code": "indicator_state"}
    about = {"args": {"value": 1.0, "unit": own["unit"], "gap": -1.5, "reason": None}, "count": 1}
    kept = boards.board(utility=demonstration.id, as_of=AS_OF, made_at=AS_OF, indicators=tiles,
                        exceptions=[boards.exception(**subject, **about)])  # fmt: skip
    row = pl.DataFrame({"as_of": [AS_OF], "version": ["1"], "json": [json.dumps(kept)]})
    lake.write("board", row.with_columns(pl.col("as_of").cast(pl.Datetime("us", "UTC"))), source="metrics")
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    html = shown_html(opened("module", at=AS_OF.isoformat(), id=module))
    assert html.count('<div class="figure alarm"') == sum(one["module"] == module for one in tiles)
    assert f'data-exception="{own["id"]}" data-state="alarm"' in html


def test_where_no_period_could_be_computed_it_says_so(tmp_path, monkeypatch):
    utility = load_utility(write_small_utility(tmp_path / "tiny"))
    lake = Lake(tmp_path / "lake", utility)
    unknown = {"indicator_id": "supply_vs_forecast", "site_id": "", "computed_at": AS_OF, "state": "unknown"}
    unknown |= {"valid": 0.0, "expected": 1.0}
    write(lake, "indicator", *({**unknown, "period": AS_OF.date() - timedelta(days=n)} for n in (1, 2)))
    monkeypatch.setenv("WATER_UTILITY", str(utility.folder))
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    html = shown_html(opened("module", id="production", at=AS_OF.isoformat()))
    assert "日供水量偏差 的各个周期都未知" in html
    assert "日供水量偏差 还没有算好的周期" not in html
    assert "出厂水达标率 还没有算好的周期" in html


def test_the_heading_counts_the_open_exceptions(sample_page):
    for module in ("sewage", "distribution"):
        html = shown_html(sample_page("module", id=module))
        many = html.count("<li data-exception=")
        assert f"<h2>未结异常{f' {many}' if many else ''}</h2>" in html


def test_a_strange_module_is_the_first(sample_page):
    html = shown_html(sample_page("module", id="nonsense"))
    assert "<h1>原水</h1>" in html


def test_a_map_of_one_place_on_no_ground_says_what_it_lacks(empty_page):
    at = AS_OF.isoformat()
    told = {
        module: shown_html(empty_page("module", id=module, at=at))
        for module in ("production", "distribution", "assets")
    }
    assert "只有一个站点有坐标" in told["production"]
    assert 'class="plant"' in told["distribution"]
    assert "站点分布" not in told["assets"], "a module without sites has nothing to place"


def test_a_site_of_which_nobody_tells_anything_is_unknown(empty_page):
    html = shown_html(empty_page("module", id="customer", at=AS_OF.isoformat()))
    assert [row[1] for row in texts(html, "customer-sites")] == ["▨ 未知"]
    assert figures(html)["异常站点"] is None


def test_where_no_hour_is_known_it_says_how_hours_come_in(empty_page):
    html = shown_html(empty_page("module", id="treatment", at=AS_OF.isoformat()))
    hours = html.split("<h2>超限与近限小时</h2>")[1]
    assert "没有数据，无从判断" in hours and "小时从第一份读数起计" in hours and "走势" not in hours
