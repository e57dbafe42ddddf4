"""The sample goes on where its lake stopped, and catches up; what it appends is what a build would have made."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data_sources.lake import Lake
from sample_data.build import build
from sample_data.live import append_until

pytestmark = pytest.mark.slow
AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
LATER = AS_OF + timedelta(days=1, hours=3, minutes=2)


def built(folder, utility, as_of: datetime) -> Lake:
    lake = Lake(folder, utility)
    build(lake, utility, as_of, 1, 0, lambda done, total: None)
    return lake


def test_what_is_appended_is_what_a_build_makes(tmp_path, demonstration):
    lake = built(tmp_path / "one", demonstration, AS_OF)
    before = lake.scan("reading").select(pl.len()).collect().item()
    written = append_until(lake, demonstration, AS_OF + timedelta(minutes=10, seconds=30))
    assert written > 2 * 1500
    assert lake.newest("reading") == AS_OF + timedelta(minutes=10)
    assert append_until(lake, demonstration, AS_OF + timedelta(minutes=12)) == 0
    append_until(lake, demonstration, LATER)
    whole = built(tmp_path / "two", demonstration, LATER)
    key = ["point_id", "ts", "span_s", "value", "quality"]
    today = demonstration.day_of(AS_OF)
    rows = lake.scan("reading", [today]).select(key).sort(key).collect()
    same = whole.scan("reading", [today]).select(key).sort(key).collect()
    assert rows.height > before / 3
    assert rows.equals(same)
    until = LATER - timedelta(minutes=2)  # the last whole step
    new = pl.col("started_at").is_between(AS_OF, until, closed="left")
    calls = lake.scan("call").filter(new).select("call_id").sort("call_id").collect()
    assert calls.height > 100
    assert calls.equals(whole.scan("call").filter(new).select("call_id").sort("call_id").collect())


def test_an_empty_lake_stays_empty(tmp_path, demonstration):
    lake = Lake(tmp_path / "empty", demonstration)
    assert append_until(lake, demonstration, AS_OF) == 0
    assert not lake.exists("reading")
