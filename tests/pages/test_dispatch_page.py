"""The page of sewage dispatch on the sample's rows: its numbers as polars finds them, its choices, its storms."""

import re
from datetime import datetime, timedelta

import polars as pl
import pytest

from metrics.queries.dispatch import Storm
from pages.components.dispatch_figures import with_full_works
from pages.components.dispatch_storm import legend_lines, storm_chart
from pages.components.links import View
from pages.components.numbers import number
from pages.components.page import Page
from pages.components.theme import themes
from pages.components.words import words_in
from sample_data.events import events
from tests.browser.pictures import moment_in_cycle
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def told(sample_lake):
    """The rows of two days, straight from the files of the lake."""
    days = [AS_OF.date() - timedelta(days=n) for n in range(2)]
    rows = sample_lake.scan("reading", days).filter(pl.col("ts") <= AS_OF).collect()
    points = sample_lake.utility.points.join(sample_lake.utility.groups.select("group_id", "site_id"), on="group_id")
    return rows.join(points.select("point_id", "site_id", "quantity", "role"), on="point_id")


@pytest.fixture(scope="module")
def storm_moment(demonstration):
    storm = events("storm")[0]
    return moment_in_cycle(demonstration, storm.cycle_day, storm.hour + storm.hours / 2, AS_OF)


def newest(rows, quantity, role=None):
    """Site → the newest value told of a quantity, of one point a site."""
    chosen = rows.filter(pl.col("quantity") == quantity, pl.lit(role is None) | (pl.col("role") == role))
    return dict(chosen.sort("ts").group_by("site_id").agg(pl.col("value").last()).rows())


@pytest.mark.slow
def test_levels_flows_and_pumps_are_those_of_the_rows(sample_page, sample_lake, told):
    html = shown_html(sample_page("dispatch"))
    listed = html.split('class="hour"')[0]
    levels = newest(told, "level", "well")
    shown = dict(re.findall(r'data-station="(\w+)" data-state="\w+" data-level="([\d.]+)"', listed))
    assert {site: float(level) for site, level in shown.items()} == {site: levels[site] for site in shown}
    assert len(shown) == 64
    # every well's alarm level is 4.2 m in the sample: the nearest is the highest, and comes first
    heights = [float(level) for level in re.findall(r'data-level="([\d.]+)"', listed)]
    assert heights == sorted((levels[site] for site in shown), reverse=True)
    inflow = newest(told, "flow", "influent")
    for site, value in inflow.items():
        assert f'data-value="{value!r}"' in html, site
    pumps = told.filter(quantity="available").sort("ts").group_by("point_id").agg(pl.col("value").last())
    assert f'data-figure="不可用水泵" data-value="{float((pumps["value"] == 0).sum())!r}"' in html
    flow = newest(told, "flow", "discharge")["PS01"]
    assert f'data-drains="PS01" data-flow="{flow!r}"' in html


@pytest.mark.slow
def test_a_works_at_a_glance_tells_what_goes_out_how_good_it_is_and_how_old_that_is(sample_page, told, demonstration):
    html = shown_html(sample_page("dispatch", **{"as": "computed"}))
    effluent = newest(told, "flow", "effluent")
    for site, name in demonstration.sites.filter(kind="wwtp").select("site_id", "name_zh").rows():
        beside = re.search(rf'data-figure="{name}".*?class="told">(.*?)</p>', html, re.S)[1]
        assert f"出水 {number(effluent[site])} m³/h" in beside
        judged = re.findall(rf'data-point="{site}\.EFF\.\w+" data-state="(\w+)"', html)
        kept = f"出水 {len(judged)} 项在限内"
        assert judged and (kept in beside) == (set(judged) == {"normal"})
        newest_at = told.filter(site_id=site)["ts"].max()
        assert f"{(AS_OF - newest_at) // timedelta(minutes=1)} 分钟前" in beside


def test_a_works_over_its_capacity_is_a_warning_everywhere():
    works = pl.DataFrame({"site_id": ["A", "B", "C", "D"], "share": [1.1, 1.1, 0.9, None]})
    states = {"A": ("normal", None), "B": ("alarm", "limit"), "C": ("normal", None), "D": ("normal", None)}
    assert with_full_works(states, works) == {**states, "A": ("warning", None)}
    assert with_full_works({}, works) == {}, "what is not known to be normal stays unknown"


@pytest.mark.slow
def test_quality_stands_beside_its_limit(sample_page, told):
    test = sample_page("dispatch")
    html = shown_html(test)
    cod = told.filter(point_id="PS01.S.cod").sort("ts")["value"][-1]
    assert f'data-point="PS01.S.cod" data-state="normal" data-v="{cod!r}"' in html
    assert "≤ 500" in html
    assert 'scope="col">COD<small>mg/L</small>' in html
    downloads = [button.proto.id for button in test.get("download_button")]
    assert [one.rpartition("-")[2] for one in downloads[-2:]] == ["quality.csv", "quality.xlsx"]


@pytest.mark.slow
def test_rain_and_wells_over_their_alarm_in_a_storm(sample_page, sample_lake, storm_moment):
    html = shown_html(sample_page("dispatch", at=storm_moment.isoformat()))
    rows = sample_lake.scan("reading", [storm_moment.date(), (storm_moment + 8 * HOUR).date()]).collect()
    gauges = sample_lake.utility.points.filter(quantity="rainfall")["point_id"]
    hour = storm_moment.replace(minute=0, second=0) - HOUR
    rain = rows.filter(pl.col("point_id").is_in(gauges.implode()), pl.col("ts") >= hour, pl.col("ts") < hour + HOUR)
    mean = rain.group_by("point_id").agg(pl.col("value").sum())["value"].mean()
    shown = float(re.search(r'data-figure="近一小时雨量" data-value="([\d.]+)"', html)[1])
    assert shown == pytest.approx(mean)
    wells = sample_lake.utility.points.filter(quantity="level", role="well")["point_id"]
    levels = rows.filter(pl.col("point_id").is_in(wells.implode()), pl.col("ts") <= storm_moment).sort("ts")
    over = (levels.group_by("point_id").agg(pl.col("value").last())["value"] >= 4.2).sum()
    assert float(re.search(r'data-figure="达到报警液位" data-value="([\d.]+)"', html)[1]) == over


@pytest.mark.slow
def test_the_planted_storms_are_found_and_one_can_be_looked_at(sample_page, sample_lake):
    test = sample_page("dispatch")
    (box,) = [one for one in test.selectbox if one.key == "choice.storm"]
    truth = pl.read_parquet(sample_lake.root / "truth.parquet").filter(kind="storm").filter(pl.col("ended_at") < AS_OF)
    first = sample_lake.scan("reading").select(pl.col("ts").min()).collect().item()
    planted = truth.filter(pl.col("started_at") > first).sort("started_at")
    zone = sample_lake.utility.zone
    found = [datetime.strptime(one.split(" · ")[0], "%Y-%m-%d %H:%M").replace(tzinfo=zone) for one in box.options]
    places = []
    for started, ended in planted.select("started_at", "ended_at").iter_rows():
        near = [place for place, moment in enumerate(found) if started - 12 * HOUR <= moment <= ended]
        assert near, started
        places += near
    box.select_index(places[-1]).run()
    html = shown_html(test)
    assert int(re.search(r'data-hour-over="(\d+)"', html)[1]) > 0
    assert test.select_slider


@pytest.mark.slow
def test_the_address_carries_order_and_area(sample_page):
    html = shown_html(sample_page("dispatch", sort="flow", works="WW1", lang="en", theme="light"))
    listed = re.findall(r'data-station="(\w+)"', html.split('class="hour"')[0])
    assert 0 < len(listed) < 64
    flows = [float(one) for one in re.findall(r"</span><span>([\d.]+)</span></a></li>", html)][: len(listed)]
    assert flows == sorted(flows, reverse=True)
    assert "aria-current=true>largest flow" in html
    assert "aria-current=true>East sewage works" in html


@pytest.mark.slow
def test_what_is_supposed_stands_in_the_address(sample_page):
    asked = {"rain_mm": "50", "rain_h": "99", "out": "PS01.a,<b>", "half": "WW1"}
    test = sample_page("dispatch", **asked)
    shown_html(test)
    assert test.number_input(key="what_if.mm").value == 50
    assert test.number_input(key="what_if.hours").value == 6  # 99 hours are not asked about: the usual ones are
    assert (test.multiselect(key="what_if.pumps").value, test.multiselect(key="what_if.works").value) == (
        ["PS01.a"],
        ["WW1"],
    )
    test.number_input(key="what_if.mm").set_value(20)
    test.multiselect(key="what_if.works").set_value([])
    next(one for one in test.button if one.label == "计算").click().run()
    told = {name: test.query_params.get(name) for name in asked}
    assert told == {"rain_mm": "20", "rain_h": "6", "out": "PS01.a", "half": None}


@pytest.mark.slow
def test_it_says_that_there_is_no_forecast(sample_page):
    assert 'data-forecast="none"' in shown_html(sample_page("dispatch"))


def hours_of(*values, start=AS_OF - 3 * HOUR):
    return [start + n * HOUR for n in range(len(values))]


def storm_of(rain=(), works=(), wells=()):
    """A storm of one works that takes 100 m³/h and one well whose alarm level is 4 m."""
    utc = pl.Datetime("us", "UTC")
    return Storm(
        AS_OF - 3 * HOUR,
        AS_OF,
        pl.DataFrame({"valid_at": hours_of(*rain), "mm": rain}, schema={"valid_at": utc, "mm": pl.Float64}),
        pl.DataFrame(
            {"site_id": "T1", "valid_at": hours_of(*works), "observed": works, "capacity_m3h": 100.0},
            schema={"site_id": pl.String, "valid_at": utc, "observed": pl.Float64, "capacity_m3h": pl.Float64},
        ),
        pl.DataFrame(
            {"site_id": "P1", "hour": hours_of(*wells), "level_m": wells, "alarm_level": 4.0}
            | {"nearness": [one / 4 for one in wells]},
            schema={"site_id": pl.String, "hour": utc}
            | dict.fromkeys(("level_m", "alarm_level", "nearness"), pl.Float64),
        ),
    )


def chart(storm, utility):
    page = Page("dispatch", {}, View("en", "light"), utility, words_in("en"), AS_OF)
    return storm_chart(page, storm, pl.DataFrame(), AS_OF)


def test_a_storms_chart_colours_what_passes_the_whole(tiny_utility):
    figure = chart(storm_of((1.0, 9.0, 0.0), (50.0, 120.0, 90.0), (2.0, 3.0, 4.4)), tiny_utility)
    rain, works, over_works, wells, over_wells = figure.data
    assert list(rain.y) == [1.0, 9.0, 0.0]
    assert list(works.y) == [50.0, 120.0, 90.0]
    assert (list(over_works.y), over_works.line.color) == ([None, 120.0, None], themes()["light"]["warning"])
    assert list(wells.y) == [50.0, 75.0, pytest.approx(110)]
    groups = [trace.legendgrouptitle.text for trace in (rain, works, wells)]
    assert groups == ["rain mm/h", "inflow ÷ capacity %", "level ÷ alarm %"]
    assert legend_lines(figure) == 2, "a title and a line"
    assert (over_wells.y[2], over_wells.line.color) == (pytest.approx(110), themes()["light"]["alarm"])


def test_a_storms_chart_has_no_room_for_what_is_unknown(tiny_utility):
    alone = chart(storm_of(rain=(1.0, 2.0)), tiny_utility)
    assert len(alone.data) == 1
    assert alone.layout.height < chart(storm_of((1.0, 2.0), (50.0, 60.0)), tiny_utility).layout.height
    assert chart(storm_of(), tiny_utility) is None


def test_a_utility_without_sewage_rows_says_what_to_bring(empty_page):
    html = shown_html(empty_page("dispatch", at=(AS_OF).isoformat()))
    assert "雨量站" in html
    assert 'data-station="P1" data-state="unknown" data-level=""' in html
