"""The page of 优水入户 on the sample's rows: numbers as polars finds them, what is late, zones of one measure."""

from datetime import date, timedelta

import polars as pl
import pytest

from pages.components.action_bar import action_bar
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html
from tests.pages.page_numbers import cells, figures


def zones_of(utility) -> pl.DataFrame:
    pilot = pl.col("tags").fill_null("").str.split(" ").list.contains("pilot")
    return utility.sites.filter(kind="zone").select("site_id", "name_zh", "connections", is_pilot=pilot)


@pytest.mark.slow
def test_its_numbers_are_those_of_the_rows(sample_page, sample_lake, demonstration):
    html = shown_html(sample_page("quality_water"))
    zones = zones_of(demonstration)
    calls = sample_lake.scan("call").filter(
        pl.col("started_at") >= AS_OF - timedelta(days=30), pl.col("started_at") < AS_OF,
        pl.col("category").is_in(["quality", "low_pressure", "no_water"]),
    ).collect()  # fmt: skip
    for is_pilot, name in ((True, "试点区投诉"), (False, "其他分区投诉")):
        own = zones.filter(is_pilot=is_pilot)
        told = calls.filter(pl.col("site_id").is_in(own["site_id"].implode())).height
        assert figures(html)[name] == pytest.approx(1000 * told / own["connections"].sum())
    items = sample_lake.scan("action_item").filter(pl.col("updated_at") <= AS_OF).sort("updated_at").collect()
    newest = items.group_by("item_id").last()
    theme = newest.filter(theme="管网更新")
    assert figures(html)["管网更新"] == pytest.approx(100 * theme["progress"].mean())
    overdue = newest.filter(pl.col("due_on") < date(2026, 9, 15), pl.col("progress") < 1)
    rows = cells(html, "actions")
    assert [row[2] for row in rows if row[1] == "逾期"] == overdue["title_zh"].to_list() != []
    assert rows[0][0] == "▲ 报警"
    assert len(rows) == newest.height


@pytest.mark.slow
def test_the_quality_of_the_pilot_zones(sample_page, sample_lake, demonstration):
    html = shown_html(sample_page("quality_water", measure="free_chlorine"))
    zones = zones_of(demonstration).filter("is_pilot")["site_id"]
    points = demonstration.points.join(demonstration.groups.select("group_id", "site_id"), on="group_id")
    own = points.filter(pl.col("site_id").is_in(zones.implode()), quantity="free_chlorine", role="network")["point_id"]
    last = AS_OF.replace(minute=0)
    readings = sample_lake.scan("reading").filter(
        pl.col("point_id").is_in(own.implode()), pl.col("ts") >= last - timedelta(days=7, hours=-1), pl.col("ts") < last
    ).collect()  # fmt: skip
    row = next(row for row in cells(html, "pilot") if row[:2] == ["余氯 mg/L", "试点区"])
    assert float(row[2]) == pytest.approx(readings["value"].mean(), rel=0.01)
    assert float(row[-1]) == own.len()
    assert "aria-current=true>余氯" in html
    # what isn't a measure is the first one
    assert "aria-current=true>浊度" in shown_html(sample_page("quality_water", measure="gold"))


def test_an_action_along_time():
    row = {
        "starts_on": date(2026, 1, 1),
        "due_on": date(2026, 4, 11),
        "progress": 0.5,
        "expected": 0.8,
        "state": "warning",
    }
    html = action_bar(row, date(2026, 1, 1), date(2026, 7, 20), date(2026, 4, 11), '50 % "done"')
    # 100 of 200 days: half the axis; half of that is done, four fifths were expected; today is its due date
    assert 'class="action warning"' in html
    assert '<b style="left:0.0%;width:50.0%"></b>' in html
    assert '<b class="done" style="left:0.0%;width:25.0%"></b>' in html
    assert '<b class="mark" style="left:40.0%"></b>' in html
    assert '<b class="today" style="left:50.0%"></b>' in html
    assert "&quot;done&quot;" in html
