"""优水入户 on a small lake: progress and complaints worked by hand; then on the sample, as polars counts it."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from data_sources.lake import Lake
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries import quality_water
from tests.conftest import AS_OF
from tests.metrics.lake_rows import write

NOW = datetime(2026, 3, 15, 8, 20, tzinfo=UTC)


@pytest.fixture
def engine(tiny_utility, tiny_lake):
    return Engine(tiny_utility, tiny_lake, load_catalogue(tiny_utility))


def item(item_id, starts_on, due_on, progress, updated=datetime(2026, 3, 1, 1, tzinfo=UTC)):
    return {
        "item_id": item_id,
        "programme": "优水入户",
        "theme": "T",
        "title_zh": item_id,
        "owner": "O",
        "starts_on": starts_on,
        "due_on": due_on,
        "progress": progress,
        "updated_at": updated,
    }


def test_what_is_late(engine, tiny_lake):
    year = date(2026, 1, 1), date(2026, 4, 11)  # 100 days, of which 59 had gone when it was reported
    write(
        tiny_lake,
        "action_item",
        item("even", *year, 0.59),
        item("behind", *year, 0.58),
        item("behind", *year, 0.9, NOW + timedelta(days=1)),
        item("overdue", date(2025, 1, 1), date(2026, 3, 14), 0.99),
        item("today", date(2025, 1, 1), date(2026, 3, 15), 0.99),
        item("done", date(2025, 1, 1), date(2026, 3, 1), 1.0),
        item("next", date(2026, 4, 1), date(2026, 5, 1), 0.0),
    )
    rows = {row["item_id"]: row for row in quality_water.actions(engine, NOW).iter_rows(named=True)}
    assert {name: row["step"] for name, row in rows.items()} == {
        "even": "on_track",
        "behind": "behind",
        "overdue": "overdue",
        "today": "on_track",
        "done": "done",
        "next": "to_come",
    }
    assert (rows["behind"]["expected"], rows["behind"]["ahead"]) == (pytest.approx(0.59), pytest.approx(-0.01))
    assert (rows["overdue"]["days_left"], rows["today"]["days_left"], rows["done"]["days_left"]) == (-1, 0, None)
    assert list(rows)[:2] == ["overdue", "behind"]
    theme = quality_water.themes(engine, NOW).row(0, named=True)
    assert (theme["items"], theme["done"], theme["overdue"], theme["behind"], theme["state"]) == (6, 1, 1, 1, "alarm")
    assert theme["progress"] == pytest.approx(100 * (0.59 + 0.58 + 0.99 + 0.99 + 1) / 6)
    # a report of tomorrow isn't known today
    assert quality_water.actions(engine, NOW + timedelta(days=2)).filter(item_id="behind")["step"].item() == "on_track"


def test_complaints_per_thousand_connections(engine, tiny_lake):
    def call(call_id, days_ago, category="quality"):
        at = NOW - timedelta(days=days_ago)
        return {"call_id": call_id, "channel": "hotline", "category": category, "started_at": at, "site_id": "Z1"}

    write(
        tiny_lake,
        "call",
        call("1", 1),
        call("2", 29.9, "no_water"),
        call("3", 30.1),
        call("4", 2, "bill"),
        call("5", 370, "low_pressure"),
        call("6", 61),
    )
    group, zone = quality_water.complaints(engine, NOW).rows(named=True)
    assert (zone["site_id"], zone["is_pilot"], zone["complaints"]) == ("Z1", True, 2)
    # 4,000 connections
    assert (zone["per_1000"], zone["previous_per_1000"], zone["last_year_per_1000"]) == (0.5, 0.25, None)
    assert (group["site_id"], group["complaints"], group["per_1000"]) == (None, 2, 0.5)
    told = quality_water.zones(engine, NOW).compared.select(
        "quantity", "is_pilot", "mean", "previous", "last_year", "points"
    )
    assert told.rows() == [("per_1000", True, 0.5, 0.25, None, None)]


def test_without_a_call_in_the_lake_complaints_are_unknown(engine):
    for row in quality_water.complaints(engine, NOW).rows(named=True):
        assert (row["complaints"], row["per_1000"]) == (None, None)


def test_zones_and_their_means(engine, tiny_lake):
    hour = datetime(2026, 3, 15, 1, tzinfo=UTC)
    rows = [
        {"point_id": "N.pressure", "ts": hour + timedelta(minutes=5 * n), "span_s": 0, "value": 0.3, "quality": "good"}
        for n in range(12)
    ]
    write(tiny_lake, "reading", *rows)
    # a point of the network itself belongs to no zone
    assert quality_water.quality(engine, NOW).is_empty()
    assert quality_water.zones(engine, NOW).compared.is_empty()
    zone = quality_water.zones(engine, NOW).each.row(0, named=True)
    assert (zone["site_id"], zone["is_pilot"], zone["pressure"], zone["per_1000"]) == ("Z1", True, None, None)


def test_an_empty_lake_has_no_quality(engine):
    assert quality_water.quality(engine, NOW).is_empty()
    assert quality_water.actions(engine, NOW).is_empty()


@pytest.mark.slow
def test_the_sample_as_polars_counts_it(demonstration, sample_lake):
    engine = Engine(demonstration, Lake(sample_lake.root, demonstration), load_catalogue(demonstration))
    rows = quality_water.quality(engine, AS_OF)
    points = demonstration.points.filter(quantity="turbidity", role="network").join(
        demonstration.groups.select("group_id", "site_id"), on="group_id"
    )
    pilot = demonstration.sites.filter(pl.col("tags").fill_null("").str.contains("pilot"))["site_id"]
    own = points.filter(pl.col("site_id").is_in(pilot.implode()))["point_id"]
    last_hour = AS_OF.replace(minute=0)
    first_hour = last_hour - timedelta(days=7) + timedelta(hours=1)
    readings = (
        sample_lake.scan("reading")
        .filter(pl.col("point_id").is_in(own.implode()), pl.col("ts") >= first_hour, pl.col("ts") < last_hour)
        .collect()
    )
    told = rows.filter(pl.col("site_id").is_null(), is_pilot=True, quantity="turbidity").row(0, named=True)
    assert told["points"] == own.len()
    assert told["mean"] == pytest.approx(readings["value"].mean(), rel=1e-3)
    assert told["kept"] == told["judged"] == told["hours"] > 0
    # what is kept of the others is a share of their hours
    pressure = rows.filter(pl.col("site_id").is_null(), is_pilot=False, quantity="pressure").row(0, named=True)
    assert 0 < pressure["kept"] <= pressure["judged"]
