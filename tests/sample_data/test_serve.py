"""The live demonstration: its folder is well, and a database, files and HJ 212 bring the readings into the lake."""

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sqlalchemy import text

from data_sources.lake import Lake
from data_sources.load import check_utility, load_utility
from data_sources.runner import Runner
from data_sources.units import conversion
from sample_data import serve as module
from sample_data.generate import readings
from sample_data.live_feeds import as_reported
from sample_data.live_utility import CODES, STATIONS, live_points, write_live_utility
from tests.outlets import free_port

ONE_OF_EACH = ("energy_meters", "weather_stations", STATIONS)
"""By database, by files, in HJ 212."""


def test_the_live_folder_is_well_and_has_every_source(demonstration, tmp_path):
    folder = tmp_path / "live"
    write_live_utility(demonstration, folder, "postgresql+psycopg2://x@127.0.0.1/y", tmp_path / "in", 8590)
    assert check_utility(folder) == []
    live = load_utility(folder)
    assert set(live.sources) == {*demonstration.sources, STATIONS}
    assert {source["kind"] for source in live.sources.values()} == {"sql", "files", "hj212"}
    assert live.points["point_id"].to_list() == demonstration.points["point_id"].to_list()
    sent = live.points.filter(source=STATIONS)
    assert set(sent["quantity"]) == set(CODES)
    assert sent["tag"].n_unique() == sent.height


def test_readings_are_reported_in_the_units_of_the_source(demonstration):
    points = live_points(demonstration.points)
    at = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
    flow = points.filter(source=STATIONS, quantity="flow").row(0, named=True)
    rows = readings(demonstration, at, at + timedelta(seconds=1), 300, [flow["point_id"]])
    told = as_reported(rows, points)["value"].item()
    assert told == pytest.approx(rows["value"].item() / 3.6)
    assert conversion("L/s", "m^3/h")[0] * flow["high"] == pytest.approx(
        demonstration.points.filter(point_id=flow["point_id"])["high"].item()
    )


@pytest.mark.slow
def test_a_database_files_and_stations_bring_the_readings(demonstration, tmp_path):
    """One source of each way, from the servers to the lake, by processes of their own."""
    serving = module.Serving(Lake(tmp_path / "none", demonstration), demonstration, tmp_path / "live", free_port())
    live = load_utility(serving.folder)
    lake = Lake(tmp_path / "lake", live)
    runner = Runner(lake, ONE_OF_EACH)
    start = datetime.now(UTC) - timedelta(minutes=11)
    serving._done = start.replace(second=0, microsecond=0)
    ended = threading.Event()

    def delivering():
        while not ended.is_set():
            serving.deliver(datetime.now(UTC))
            ended.wait(1)

    thread = threading.Thread(target=delivering)
    thread.start()
    try:
        ends = time.monotonic() + 120
        while set(lake.scan("reading").select("source").unique().collect()["source"]) != set(ONE_OF_EACH):
            assert time.monotonic() < ends, [(feed.name, feed.log.facts) for feed in runner.feeds]
            runner.step(datetime.now(UTC))
            time.sleep(0.2)
    finally:
        ended.set()
        thread.join()
        runner.stop()
        serving.stop()
    assert lake.scan("quarantine").collect()["reason"].to_list() == []
    flow = live.points.filter(source=STATIONS, quantity="flow")["point_id"][0]
    came = lake.scan("reading").filter(pl.col("point_id") == flow).sort("ts").collect().row(0, named=True)
    true = readings(demonstration, came["ts"], came["ts"] + timedelta(seconds=1), 300, [flow])["value"].item()
    assert came["value"] == pytest.approx(true, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_database_that_is_ended_comes_again_and_has_all(demonstration, tmp_path, monkeypatch, how):
    monkeypatch.setattr(module, "AWAY_S", 0.1)
    serving = module.Serving(Lake(tmp_path / "none", demonstration), demonstration, tmp_path / "live", free_port())
    try:
        serving.deliver(datetime.now(UTC) + timedelta(minutes=1))
        before = serving._done
        running, ends = tmp_path / "live" / "postgres" / "postmaster.pid", time.monotonic() + 60
        os.kill(int(running.read_text().split()[0]), how)
        while how == signal.SIGTERM and running.exists():  # it waits for its clients, so none may stay
            assert time.monotonic() < ends
            time.sleep(0.1)
        while serving._done < before + timedelta(minutes=2):
            assert time.monotonic() < ends
            module._deliver(serving, before + timedelta(minutes=2))
        with serving.database.connect() as connection:
            newest = connection.execute(text("SELECT max(ts) FROM history")).scalar_one()
    finally:
        serving.stop()
    assert newest == before + timedelta(minutes=2)
