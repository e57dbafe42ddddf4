"""The worker: makes the board, holds its lock, survives a failing step, ends with its parent."""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

import worker as worker_module
from data_sources import heartbeat
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from metrics.board import read_board
from tests.small_utility import write_small_utility
from worker import Worker


@pytest.fixture
def lake(tmp_path):
    """A lake with the last half hour of one pressure."""
    utility = load_utility(write_small_utility(tmp_path / "tiny"))
    made = Lake(tmp_path / "lake", utility)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    times = [now - timedelta(minutes=5 * n) for n in range(1, 7)]
    rows = pl.DataFrame({"point_id": "N.pressure", "ts": times, "span_s": 0, "value": 0.3, "quality": "good"})
    made.write("reading", rows, source="scada")
    return made


def test_one_round_makes_the_board(lake):
    Worker(lake).once()
    board = read_board(lake)
    tile = next(one for one in board["indicators"] if one["id"] == "pressure_compliance")
    assert board["utility"] == "tiny"
    # six readings of five minutes: no hour is 80 % covered yet
    assert (tile["state"], tile["reason"]) == ("unknown", "too_few_data")


def test_an_empty_lake_makes_no_board(tmp_path):
    empty = Lake(tmp_path / "lake", load_utility(write_small_utility(tmp_path / "tiny")))
    Worker(empty).once()
    assert read_board(empty) is None


def test_a_failing_step_is_said_once_and_stops_no_other(lake, monkeypatch, capsys):
    def broken(*args: object) -> None:
        raise OSError("disk gone")

    monkeypatch.setattr(Lake, "seal", broken)
    rounds = Worker(lake)
    rounds.once()
    rounds.once()
    assert capsys.readouterr().out.count("step=seal") == 1
    rounds.say()
    step = heartbeat.said(lake.root)["steps"]["seal"]
    assert (step["failed"], step["error"]) == (True, "OSError: disk gone")
    assert read_board(lake) is not None


def test_a_full_disk_ends_no_worker(lake, monkeypatch, capsys):
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    rounds = Worker(lake)
    with monkeypatch.context() as patched:
        patched.setattr(heartbeat, "say", full)
        rounds.say()
        rounds.say()
    rounds.say()
    said = capsys.readouterr().out
    assert said.count("step failed") == said.count("step recovered") == 1


def test_an_end_that_a_query_turns_into_an_error_is_an_end(lake, monkeypatch, capsys):
    """DuckDB raises an error of its own where a signal interrupts it."""
    worker = Worker(lake)

    def interrupted():
        with pytest.raises(SystemExit):
            worker_module._end()
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(worker_module, "ENDING", threading.Event())
    with pytest.raises(SystemExit):
        worker._step("marts", interrupted)
    assert not worker_module._lives(None)
    worker_module._end()  # asked again, by Ctrl-C and then by its parent, it isn't interrupted in leaving
    assert "step failed" not in capsys.readouterr().out


def test_a_changed_catalogue_is_picked_up_and_a_broken_one_said_once(lake, capsys):
    rounds = Worker(lake)
    rounds.once()
    own = lake.utility.folder / "catalog" / "distribution" / "pressure_compliance.sql"
    own.parent.mkdir(parents=True)
    shipped = (ROOT / "metrics" / "catalog" / "distribution" / own.name).read_text(encoding="utf-8")
    own.write_text(shipped.replace("压力合格率", "测压点合格率"), encoding="utf-8")
    rounds.once()
    names = {one["id"]: one["name_zh"] for one in read_board(lake)["indicators"]}
    assert names["pressure_compliance"] == "测压点合格率"
    own.write_text("SELECT 1", encoding="utf-8")
    rounds.once()
    rounds.once()
    assert {one["id"]: one["name_zh"] for one in read_board(lake)["indicators"]} == names
    assert capsys.readouterr().out.count(f"{own}:1") == 1


def test_a_sample_goes_on(lake, monkeypatch):
    asked = []
    monkeypatch.setattr(worker_module, "append_until", lambda *given: asked.append(given))
    Worker(lake).once()
    assert asked == []
    lake.utility.sources["scada"]["kind"] = "sample"
    Worker(lake).once()
    assert len(asked) == 1


def started(lake: Lake, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "WATER_UTILITY": str(lake.utility.folder), "WATER_LAKE": str(lake.root)}
    command = [sys.executable, str(ROOT / "worker.py"), *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def wait_for_board(lake: Lake) -> None:
    ends = time.monotonic() + 60
    while read_board(lake) is None:
        assert time.monotonic() < ends, "no board"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_second_worker_says_who_holds_the_lake(lake):
    first = started(lake)
    try:
        wait_for_board(lake)
        second = started(lake)
        _, said = second.communicate(timeout=60)
    finally:
        first.terminate()
        first.wait(20)
    assert second.returncode == 2
    assert str(first.pid) in said.splitlines()[-1]


@pytest.mark.slow
def test_it_ends_with_its_parent(lake):
    stranger = started(lake, "--parent", "1")
    assert stranger.wait(60) == 0
    child = started(lake, "--parent", str(os.getpid()))
    try:
        wait_for_board(lake)
        assert child.poll() is None
    finally:
        child.terminate()
        child.communicate(timeout=20)
