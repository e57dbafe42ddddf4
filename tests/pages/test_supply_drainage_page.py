"""Supply and drainage on the sample's rows: the day's water and energy as polars adds them up from the lake."""

import re
from datetime import date, timedelta

import polars as pl
import pytest

from metrics.queries import supply_drainage as queries
from pages.components.answers import answer
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html
from tests.pages.test_module_page import mean_flow

pytestmark = pytest.mark.slow
YESTERDAY = AS_OF.date() - timedelta(days=1)
RETURNED = 0.85
"""return_factor of metrics/limits.csv."""


@pytest.fixture
def html(sample_page):
    return shown_html(sample_page("supply_drainage"))


def figure(html: str, name: str) -> float:
    return float(re.search(rf'data-figure="{name}" data-value="([^"]*)"', html)[1])


def flow(lake, demonstration, kind: str, role: str) -> float:
    """m³ of yesterday of all flow points with this role at sites of this kind."""
    sites = demonstration.sites.filter(pl.col("kind") == kind)["site_id"].to_list()
    groups = demonstration.groups.filter(pl.col("site_id").is_in(sites))["group_id"].to_list()
    points = demonstration.points.filter(
        pl.col("group_id").is_in(groups), pl.col("quantity") == "flow", pl.col("role") == role
    )
    return 24 * mean_flow(lake, points["point_id"].to_list(), YESTERDAY)


def sold(lake) -> float:
    month = lake.scan("sale").filter(pl.col("month") == date(2026, 8, 1)).collect()
    return month["volume_m3"].sum() / 31


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("取水", "source", "raw"),
        ("出厂供水", "works", "finished"),
        ("污水进厂", "wwtp", "influent"),
        ("出水", "wwtp", "effluent"),
    ],
)
def test_the_days_water_is_that_of_its_meters(html, sample_lake, demonstration, name, kind, role):
    assert figure(html, name) == pytest.approx(flow(sample_lake, demonstration, kind, role), rel=2e-3)


def test_what_was_sold_lost_and_came_in_by_itself(html, sample_lake, demonstration):
    supplied = flow(sample_lake, demonstration, "works", "finished")
    influent = flow(sample_lake, demonstration, "wwtp", "influent")
    assert figure(html, "售水") == pytest.approx(sold(sample_lake))
    assert figure(html, "产销差") == pytest.approx(supplied - sold(sample_lake), rel=1e-2)
    assert figure(html, "入流入渗") == pytest.approx(influent - RETURNED * sold(sample_lake), rel=2e-2)


def test_no_node_of_the_balance_loses_water(sample_page, demonstration):
    sample_page("supply_drainage")
    streams = queries.balance(demonstration, answer(queries.days, AS_OF)).streams
    into = streams.group_by("target").agg(pl.col("m3").sum()).rename({"target": "node"})
    out = streams.group_by("source").agg(pl.col("m3").sum()).rename({"source": "node"})
    between = into.join(out, on="node")
    assert between.height >= 10
    assert between.filter((pl.col("m3") - pl.col("m3_right")).abs() > 1).is_empty()


def test_energy_of_a_step_is_its_meters_difference(html, sample_lake, demonstration):
    """Intake: totalisers at the sources over the day, by the water taken in."""
    first, last = (demonstration.day_start(day) for day in (YESTERDAY, YESTERDAY + timedelta(days=1)))
    rows = sample_lake.scan("reading", [YESTERDAY, AS_OF.date()]).filter(
        pl.col("point_id").is_in(["SRC1.E.energy", "SRC2.E.energy"]), pl.col("ts") >= first, pl.col("ts") <= last
    )
    used = rows.group_by("point_id").agg(pl.col("value").max() - pl.col("value").min()).collect()["value"].sum()
    taken = flow(sample_lake, demonstration, "source", "raw")
    body = re.search(r'data-table="steps".*?<tbody>(.*?)</tbody>', html, re.S)[1]
    shown = re.findall(r'data-v="([^"]*)"', body.split("<tr>")[1])
    assert shown[0] == "intake"
    assert float(shown[2]) == pytest.approx(used, rel=1e-3)
    assert float(shown[3]) == pytest.approx(1000 * used / taken, rel=3e-3)


def test_a_zone_loses_what_came_in_and_was_not_sold(html, sample_lake):
    body = re.search(r'data-table="zones-by-loss".*?<tbody>(.*?)</tbody>', html, re.S)[1]
    line = next(line for line in body.split("<tr>") if "site=ZN05" in line)
    shown = re.findall(r'data-v="([^"]*)"', line)
    came = 24 * mean_flow(sample_lake, ["ZN05.D1.flow", "ZN05.D2.flow"], YESTERDAY)
    month = sample_lake.scan("sale").filter(pl.col("month") == date(2026, 8, 1), pl.col("site_id") == "ZN05").collect()
    assert float(shown[1]) == pytest.approx(came - month["volume_m3"].sum() / 31, abs=0.01 * came)
    losses = [float(one) for one in re.findall(r'<td data-v="[^"]*"><a .*?<td data-v="([^"]*)"', body)]
    assert losses == sorted(losses, reverse=True)
