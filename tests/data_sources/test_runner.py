"""From a source to the lake: each batch once, whatever fails in between; a bad source holds up no other."""

import signal
import time
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sqlalchemy import text

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.runner import Runner
from data_sources.sources import sources_of
from data_sources.status import source_status
from data_sources.supervise import collecting
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
late_days = 0
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


def test_a_bad_row_that_is_asked_for_again_stands_in_quarantine_once(lake, history, idle):
    insert(history, ("W1_FLOW", 0, 1.0), ("NEW_TAG", 0, 5.0))
    runner = Runner(lake)
    for _ in range(3):  # within the overlap
        collected(lake)
        runner.step(NOON)
    assert lake.scan("quarantine").collect()["row"].to_list() == [100_000_002]
    facts = runner.feeds[0].log.facts
    assert (facts["rows"], facts["quarantined"], facts["duplicates"]) == (1, 1, 4)


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
def test_ctrl_c_leaves_the_end_of_a_process_to_the_worker(lake, capfd):
    process = collecting("scada", sources_of(lake.utility, "scada"), lake.root)
    try:
        last_try, ends = lake.root / "spool" / "scada" / "last_try.json", time.monotonic() + 60
        while not last_try.exists():
            assert time.monotonic() < ends
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in capfd.readouterr().err


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


def test_after_the_map_is_mended_the_raw_copies_are_taken_in_again(lake, history, idle, monkeypatch):
    insert(history, ("W1_FLOW", 0, 1.0), ("W1_FLOW_NEW", 5, 2.0), ("STRANGE", 5, 9.0))
    collected(lake)
    Runner(lake).step(NOON)
    assert lake.scan("quarantine").collect().height == 2
    points = lake.utility.folder / "points.csv"
    points.write_text(points.read_text().replace(",W1_FLOW,", ",W1_FLOW_NEW,"))
    mended = Lake(lake.root, load_utility(lake.utility.folder))
    Runner(mended).step(NOON)
    assert values(mended) == [("W1.flow", 1.0), ("W1.flow", 2.0)]
    assert mended.scan("quarantine").collect()["reason"].to_list() == [
        "tag: 'STRANGE' is no point of scada in points.csv"
    ]
    Runner(mended)
    assert values(mended) == [("W1.flow", 1.0), ("W1.flow", 2.0)]


def test_a_refused_batch_is_taken_in_again_as_a_whole_even_from_its_raw_copy(lake, history, idle, monkeypatch):
    monkeypatch.setattr("data_sources.spool.SEGMENT_BYTES", 1)
    monkeypatch.setattr("data_sources.runner.COMMIT_EVERY_S", 0)
    sources = lake.utility.folder / "sources.toml"
    good = sources.read_text()
    sources.write_text(good.replace('value = "value"', 'value = "v"'))
    wrong = Lake(lake.root, load_utility(lake.utility.folder))
    insert(history, ("W1_FLOW", 0, 1.0), ("N_P", 0, 0.3))
    collected(wrong)
    Runner(wrong).step(NOON)
    assert "has no column 'v'" in wrong.scan("quarantine").collect()["reason"].item()
    insert(history, ("W1_FLOW", 5, 2.0))
    collected(wrong)
    Runner(wrong).step(NOON)  # the first segment is a raw copy by now
    assert [path.name for path in (lake.root / "raw" / "scada").iterdir()] == ["00000000000000000001.spool.zst"]
    sources.write_text(good)
    mended = Lake(lake.root, load_utility(lake.utility.folder))
    Runner(mended).step(NOON)
    assert values(mended) == [("N.pressure", 0.3), ("W1.flow", 1.0), ("W1.flow", 2.0)]
    assert mended.scan("quarantine").collect().height == 0


def test_what_fails_to_be_taken_in_is_tried_again_and_nothing_skipped(lake, history, idle, monkeypatch):
    insert(history, ("W1_FLOW", 0, 1.0))
    collected(lake)
    runner = Runner(lake)
    with monkeypatch.context() as broken:
        broken.setattr(Lake, "write", lambda *a, **k: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        runner.step(NOON)
        assert "No space left" in runner.feeds[0].log.facts["error"]
    runner.step(NOON)
    assert values(lake) == [("W1.flow", 1.0)]
    assert runner.feeds[0].log.facts["error"] is None


def test_a_clock_that_runs_ahead_is_marked_and_its_readings_suspect(lake, history, idle):
    now = datetime.now(UTC)
    ahead = round((now - NOON).total_seconds() / 60) + 60
    insert(history, ("W1_FLOW", ahead, 1.0))
    collected(lake)
    Runner(lake).step(now)
    status = next(one for one in source_status(lake, lake.utility, now) if one["source"] == "scada")
    assert 3500 < status["clock_s"] < 3700
    assert lake.scan("reading").collect()["quality"].to_list() == ["suspect"]


def test_a_clock_that_went_back_is_marked_and_its_rows_come_in(lake, history, idle):
    sources = lake.utility.folder / "sources.toml"
    sources.write_text(sources.read_text().replace("late_days = 0\n", ""))
    lake = Lake(lake.root, load_utility(lake.utility.folder))
    now = datetime.now(UTC)
    minutes = (now - NOON).total_seconds() / 60

    def facts():
        collected(lake)
        Runner(lake).step(now)
        status = source_status(lake, lake.utility, now)
        return next((one["clock_s"], one["rows"]) for one in status if one["source"] == "scada")

    insert(history, ("W1_FLOW", minutes - 45, 1.0))
    assert facts() == (None, 1)
    insert(history, ("W1_FLOW", minutes - 105, 2.0))  # an hour behind the newest, where nothing asks any more
    assert facts() == (-3600, 2)
    assert facts() == (-3600, 2)
    insert(history, ("W1_FLOW", minutes, 3.0))
    assert facts() == (None, 3)


def test_receivers_are_started_at_once_and_those_that_ask_a_few_a_round(tmp_path, monkeypatch):
    folder = write_small_utility(tmp_path / "many")
    asking = "\n".join(f'[s{n}]\nkind = "files"\nfolder = "{tmp_path}"\n{FILES_MAP.format(n=n)}' for n in range(5))
    with (folder / "sources.toml").open("a") as sources:
        sources.write(f'\n{asking}[outlet]\nkind = "hj212"\nport = 8590\nstations = ["MN1"]\n')
    started = []
    monkeypatch.setattr("data_sources.supervise.Collector.there", property(lambda self: self.name in started))
    monkeypatch.setattr(
        "data_sources.supervise.Collector.keep", lambda self: self.name not in started and not started.append(self.name)
    )
    runner = Runner(Lake(tmp_path / "lake", load_utility(folder)))
    runner.step(NOON)
    assert started == ["s0", "s1", "s2", "outlet"]
    runner.step(NOON)
    assert started == ["s0", "s1", "s2", "outlet", "s3", "s4"]


FILES_MAP = """[s{n}.map]
table = "reading"
columns = {{ tag = "tag", ts = "ts", value = "value" }}
"""


@pytest.mark.slow
def test_a_source_that_hangs_holds_up_no_other(tmp_path, history):
    folder = write_small_utility(tmp_path / "two")
    url = history.url.render_as_string(hide_password=False)
    good = HISTORY.format(url=url)
    hanging = good.replace("[scada", "[lab").replace("SELECT tag", "SELECT pg_sleep(600), tag").split("[hotline]")[0]
    hanging = hanging.replace("every_s = 1", "every_s = 1\ntimeout_s = 2")
    (folder / "sources.toml").write_text(good.replace('[lab]\nkind = "import"\n', "") + hanging)
    insert(history, ("W1_FLOW", 0, 1.0))
    lake = Lake(tmp_path / "lake", load_utility(folder))
    runner = Runner(lake)
    facts = {feed.name: feed.log.facts for feed in runner.feeds}
    try:
        ends = time.monotonic() + 60
        while facts["lab"]["error"] is None or facts["scada"]["rows"] == 0:
            assert time.monotonic() < ends, facts
            runner.step(datetime.now(UTC))
            time.sleep(0.1)
    finally:
        runner.stop()
    assert facts["lab"]["error"] == "gave no answer in time"
    assert facts["scada"]["error"] is None
