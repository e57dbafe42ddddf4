"""From a source to the lake: each batch once, whatever fails in between; a bad source holds up no other."""

import time
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sqlalchemy import text

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.runner import Runner
from tests.data_sources.collecting import collected
from tests.small_utility import write_small_utility

NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)
HISTORY = """
[scada]
kind = "sql"
url = "{url}"
every_s = 1
[scada.map]
table = "reading"
query = "SELECT tag, ts, value, quality FROM history WHERE ts > :since ORDER BY ts"
watermark = "ts"
start = 2026-09-01
[scada.map.columns]
tag = "tag"
ts = "ts"
value = "value"
quality = {{ column = "quality", map = {{ "192" = "good", "0" = "bad" }} }}

[hotline]
kind = "import"
[lab]
kind = "import"
"""


def insert(database, *rows):
    with database.begin() as connection:
        connection.execute(
            text("INSERT INTO history VALUES (:tag, :ts, :value, :quality)"),
            [{"tag": tag, "ts": NOON + timedelta(minutes=m), "value": v, "quality": 192} for tag, m, v in rows],
        )


@pytest.fixture
def history(database):
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE history (tag text, ts timestamptz, value float8, quality int)"))
    return database


@pytest.fixture
def lake(tmp_path, history):
    folder = write_small_utility(tmp_path / "tiny")
    url = history.url.render_as_string(hide_password=False)
    (folder / "sources.toml").write_text(HISTORY.format(url=url))
    return Lake(tmp_path / "lake", load_utility(folder))


def values(lake):
    return lake.scan("reading").sort("point_id", "ts").select("point_id", "value").collect().rows()


def test_rows_of_a_database_become_readings(lake, history, idle):
    insert(history, ("W1_FLOW", 0, 812.5), ("N_P", 0, 0.31))
    assert collected(lake) == 1
    Runner(lake).step(NOON)
    assert values(lake) == [("N.pressure", 0.31), ("W1.flow", 812.5)]
    assert lake.taken("reading", "scada") == 1


def test_pending_rows_are_seen_at_once_and_committed_later(lake, history, idle, monkeypatch):
    insert(history, ("W1_FLOW", 0, 1.0))
    collected(lake)
    runner = Runner(lake)
    runner.step(NOON)
    version = lake.version("reading")
    insert(history, ("W1_FLOW", 5, 2.0))
    collected(lake)
    runner.step(NOON)
    other = Lake(lake.root, lake.utility)
    assert values(lake) == values(other) == [("W1.flow", 1.0), ("W1.flow", 2.0)]
    assert other.version("reading") == version
    monkeypatch.setattr("data_sources.runner.COMMIT_EVERY_S", 0)
    runner.step(NOON)
    assert values(other) == [("W1.flow", 1.0), ("W1.flow", 2.0)]
    assert other.version("reading") == version + 1
    assert lake.taken("reading", "scada") == 2


def test_a_new_runner_goes_on_and_repeats_nothing(lake, history, idle):
    insert(history, ("W1_FLOW", 0, 1.0))
    collected(lake)
    Runner(lake).step(NOON)
    insert(history, ("W1_FLOW", 5, 2.0))
    collected(lake)
    Runner(lake).step(NOON)  # leaves the second reading pending, as a kill would
    again = Runner(lake)
    again.step(NOON)
    assert values(lake) == [("W1.flow", 1.0), ("W1.flow", 2.0)]
    assert lake.scan("reading").collect().height == 2
    assert pl.scan_parquet(lake.files("reading"), hive_partitioning=True).collect().height == 2


def test_an_unknown_tag_goes_to_quarantine_and_the_rest_goes_on(lake, history, idle):
    insert(history, ("W1_FLOW", 0, 1.0), ("NEW_TAG", 0, 5.0))
    collected(lake)
    Runner(lake).step(NOON)
    assert values(lake) == [("W1.flow", 1.0)]
    bad = lake.scan("quarantine").collect().row(0, named=True)
    assert bad["reason"] == "tag: 'NEW_TAG' is no point of scada in points.csv"
    assert bad["batch"] == "scada/1"


def test_late_corrected_and_repeated_rows(lake, history, idle):
    insert(history, ("W1_FLOW", 0, 1.0), ("W1_FLOW", 10, 2.0))
    collected(lake)
    runner = Runner(lake)
    runner.step(NOON)
    insert(history, ("W1_FLOW", 7, 1.5))  # committed late, inside the overlap
    with history.begin() as connection:
        connection.execute(text("UPDATE history SET value = 2.5 WHERE value = 2.0"))
    collected(lake)
    collected(lake)
    runner.step(NOON)
    assert values(lake) == [("W1.flow", 1.0), ("W1.flow", 1.5), ("W1.flow", 2.5)]
    assert runner.feeds[0].log.facts["rows"] == 4
    assert runner.feeds[0].log.facts["duplicates"] == 2


@pytest.mark.slow
def test_a_worker_collects_by_itself_and_survives_a_database_that_goes_and_comes(lake, history, capsys):
    runner = Runner(lake)
    ends = time.monotonic() + 60

    def until(wanted):
        while not wanted():
            assert time.monotonic() < ends, runner.feeds[0].log.facts
            runner.step(datetime.now(UTC))
            time.sleep(0.1)

    try:
        insert(history, ("W1_FLOW", 0, 1.0))
        until(lambda: values(lake) == [("W1.flow", 1.0)])
        with history.begin() as connection:
            connection.execute(text("ALTER TABLE history RENAME TO away"))
        until(lambda: runner.feeds[0].log.facts["error"] is not None)
        assert "history" in runner.feeds[0].log.facts["error"]
        with history.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO history"))
        insert(history, ("W1_FLOW", 5, 2.0))
        until(lambda: values(lake) == [("W1.flow", 1.0), ("W1.flow", 2.0)])
        until(lambda: runner.feeds[0].log.facts["error"] is None)
    finally:
        runner.stop()
