"""The pages of forecasts and scores: their numbers against rows worked by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from brain.demand import shown
from brain.score_table import all_scores, verdicts
from brain.scores import SCHEMA
from brain.status import Outcome, write_status
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from tests.conftest import AS_OF
from tests.linked_lake import linked_lake
from tests.pages.conftest import opened, shown_html
from tests.pages.page_numbers import cells, figures

pytestmark = pytest.mark.slow
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = datetime(2026, 9, 14, 16, tzinfo=UTC)
"""The business day of AS_OF begins."""
OFF = {0.025: -2.0, 0.1: -1.0, 0.5: 0.0, 0.9: 1.0, 0.975: 2.0}


def issue(site: str, at: datetime, hours: int, value: float) -> pl.DataFrame:
    rows = [
        {"series": f"{site}/demand", "valid_at": at + n * HOUR, "quantile": q, "value": value + shift}
        for n in range(hours)
        for q, shift in OFF.items()
    ]
    return pl.DataFrame(rows).with_columns(issued_at=pl.lit(at), model=pl.lit("shown"), inputs_age_s=pl.lit(0.0))


@pytest.fixture(scope="module")
def lake(sample_lake, tmp_path_factory):
    """The sample with a forecast of the network (100 m³/h, issued the evening before yesterday, then 200 this noon) and
    one of a zone, and a score.
    """
    made = linked_lake(sample_lake, tmp_path_factory.mktemp("forecasts") / "lake")
    then, noon = TODAY - DAY - 6 * HOUR, TODAY + 12 * HOUR
    rows = [issue("NET", then, 168, 100.0), issue("NET", noon, 168, 200.0), issue("ZN01", then, 168, 10.0)]
    late = issue("NET", TODAY - DAY, 168, 9999.0)  # issued as yesterday begins: too late to be judged by it
    made.write("forecast", pl.concat([*rows, late]), source="test")
    fact = {
        "question": "water_demand", "model": "boosting", "metric": "pinball_24h", "window_start": TODAY - 30 * DAY,
        "window_end": TODAY, "value": 2.0, "baseline": "last_week", "baseline_value": 1.5, "n": 720,
    }  # fmt: skip
    made.write("score", pl.DataFrame([fact], schema=SCHEMA), source="test")
    write_status(made, {"water_demand": Outcome("water_demand", noon, "baseline", "no weather", "last_week", 1.0)})
    return made


@pytest.fixture(scope="module")
def engine(lake, demonstration):
    return Engine(demonstration, lake, load_catalogue(demonstration))


def test_the_next_24_hours_are_those_of_the_newest_issue(engine):
    table = shown.sites_table(engine, AS_OF)
    assert shown.series_list(engine, AS_OF) == ["NET", "ZN01"]
    # AS_OF is 16:20, four hours after the issue of noon: 24 whole hours of 200 from 16:00 on
    assert table["next_24h_m3"].to_list() == [24 * 200.0, 24 * 10.0]


def test_yesterday_is_judged_by_what_was_issued_before_it(engine):
    beside = shown.yesterday(engine, AS_OF, "NET")
    came = shown.came(engine, AS_OF, "NET").filter(pl.col("valid_at").is_between(TODAY - DAY, TODAY, closed="left"))
    assert beside.height == came.height == 24
    assert beside["p50"].unique().to_list() == [100.0]
    row = shown.sites_table(engine, AS_OF).row(0, named=True)
    assert row["came_m3"] == pytest.approx(came["value"].sum())
    assert row["off_pct"] == pytest.approx((came["value"].sum() / 2400 - 1) * 100)
    assert row["inside_pct"] == 0  # the network takes thousands


def test_what_came_is_what_left_the_works(engine, lake):
    hour = datetime(2026, 9, 15, 2, tzinfo=UTC)
    points = engine.utility.points.filter(pl.col("point_id").str.contains(r"^WKS\d\.OUT\.flow$"))["point_id"]
    rows = lake.scan("reading", [engine.utility.day_of(hour)]).filter(pl.col("point_id").is_in(points.to_list()))
    inside = rows.filter(pl.col("ts").is_between(hour, hour + HOUR, closed="left")).collect()
    mean = inside.group_by("point_id").agg(pl.col("value").mean())["value"].sum()
    assert shown.came(engine, AS_OF, "NET").filter(valid_at=hour)["value"][0] == pytest.approx(mean, rel=1e-3)


def test_a_method_that_lost_is_not_shown(engine):
    verdict = verdicts(engine, AS_OF).filter(question="water_demand").row(0, named=True)
    assert (verdict["shown"], verdict["is_method"]) == ("last_week", False)
    own = all_scores(engine, AS_OF).filter(pl.col("is_public").not_())
    assert own.select("metric", "value", "baseline_value").rows() == [("pinball_24h", 2.0, 1.5)]
    before = verdicts(engine, TODAY - HOUR).filter(question="water_demand").row(0, named=True)
    assert (before["shown"], before["value"]) == ("boosting", None)


def test_the_page_of_forecasts_says_what_the_rows_say(lake, monkeypatch):
    """The network's next 24 hours, and its last day and yesterday as its works' meters read them."""
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    html = shown_html(opened("forecasts", at=AS_OF.isoformat()))
    told = figures(html)
    rows = lake.scan("reading", [AS_OF.date() - n * DAY for n in range(3)]).collect()
    out = rows.filter(pl.col("point_id").str.contains(r"^WKS\d\.OUT\.flow$"))
    hours = out.group_by("point_id", hour=pl.col("ts").dt.truncate("1h")).agg(pl.col("value").mean())
    taken = hours.group_by("hour").agg(pl.col("value").sum()).sort("hour")
    now = AS_OF.replace(minute=0)
    last = taken.filter(pl.col("hour").is_between(now - DAY, now, closed="left"))
    assert last.height == 24
    assert told["未来 24 小时"] == 24 * 200.0
    assert told["过去 24 小时"] == pytest.approx(last["value"].sum(), rel=1e-3)
    before = taken.filter(pl.col("hour").is_between(TODAY - DAY, TODAY, closed="left"))["value"].sum()
    assert told["昨日偏差"] == pytest.approx((before / 2400 - 1) * 100, rel=1e-3)
    network = cells(html, "demand-sites")[0]
    assert float(network[4]) == pytest.approx(before, rel=5e-3)


def test_the_page_of_scores_says_what_the_rows_say(lake, monkeypatch):
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    html = shown_html(opened("scores", at=AS_OF.isoformat(), lang="en"))
    kept = lake.scan("score").collect().row(0, named=True)
    (own,) = cells(html, "scores-own")
    assert [float(own[place]) for place in (3, 4, 6)] == [kept["value"], kept["baseline_value"], kept["n"]]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_show_them(lake, monkeypatch, lang):
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    html = shown_html(opened("forecasts", at=AS_OF.isoformat(), lang=lang))
    assert 'data-value="4800.0"' in html
    html = shown_html(opened("forecasts", at=AS_OF.isoformat(), lang=lang, site="ZN01"))
    assert 'data-value="240.0"' in html
    html = shown_html(opened("scores", at=AS_OF.isoformat(), lang=lang))
    assert {"zh": "上周同期 · 基线", "en": "last week repeated · Baseline"}[lang] in html
    assert "no weather" in html
