"""After a power cut: the newest version goes where its files are gone, and nothing that was safe does."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from data_sources import power
from data_sources.lake import Lake
from data_sources.power import SEEN, mend

AT = datetime(2026, 9, 15, 8, 0, tzinfo=UTC)


def readings(minute):
    at = [AT + timedelta(minutes=minute)]
    return pl.DataFrame({"point_id": ["W1.flow"], "ts": at, "span_s": [0], "value": [1.0], "quality": ["good"]})


@pytest.fixture
def lake(tiny_lake):
    for minute in range(3):
        tiny_lake.write("reading", readings(minute), source="scada")
    return tiny_lake


def entry(lake, version):
    return lake.root / "reading" / "_delta_log" / f"{version:020d}.json"


def minutes(lake):
    again = Lake(lake.root, lake.utility)
    return [(ts - AT) // timedelta(minutes=1) for ts in again.scan("reading").sort("ts").collect()["ts"]]


def test_a_whole_lake_stays_as_it_is(lake):
    assert mend(lake.root) == []
    assert minutes(lake) == [0, 1, 2]
    assert mend(lake.root) == []


def test_an_entry_of_the_log_without_content(lake):
    os.truncate(entry(lake, 2), 0)
    assert mend(lake.root) == ["reading: version 2 was lost"]
    assert minutes(lake) == [0, 1]
    Lake(lake.root, lake.utility).write("reading", readings(7), source="scada")
    assert minutes(lake) == [0, 1, 7]


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: os.truncate(path, 10)])
def test_a_file_of_the_newest_version_is_gone_or_short(lake, harm):
    ((name, _),) = power._added(entry(lake, 2))
    harm(lake.root / "reading" / name)
    assert mend(lake.root) == ["reading: version 2 was lost"]
    assert minutes(lake) == [0, 1]


def test_once_for_each_start_of_the_machine(lake):
    assert mend(lake.root) == []
    os.truncate(entry(lake, 2), 0)
    assert mend(lake.root) == []
    (lake.root / SEEN).write_text("another start")
    assert mend(lake.root) == ["reading: version 2 was lost"]


def test_a_torn_checkpoint_is_done_without(lake):
    table = lake._open("reading").table
    table.create_checkpoint()
    (checkpoint,) = (lake.root / "reading" / "_delta_log").glob("*.checkpoint.parquet")
    os.truncate(checkpoint, 30)
    assert mend(lake.root) == ["reading: a checkpoint of its log was lost"]
    assert minutes(lake) == [0, 1, 2]


def test_what_is_made_again_anyway(lake):
    day = lake.marts / "hourly" / "day=2026-09-15"
    day.mkdir(parents=True)
    (day / "part-0.parquet").write_bytes(b"")
    (lake.marts / "days.parquet").write_bytes(b"PAR1")
    (lake.root / "sealed.parquet").write_bytes(b"")
    assert sorted(mend(lake.root)) == [
        "marts/days.parquet was lost",
        "marts/hourly/day=2026-09-15/part-0.parquet was lost",
        "sealed.parquet was lost",
    ]


def test_every_commit_is_made_safe(lake, monkeypatch):
    synced = []
    monkeypatch.setattr(power, "_sync_file", synced.append)
    monkeypatch.setattr(power, "sync_folder", synced.append)
    before = set(lake.files("reading"))
    lake.write("reading", readings(9), source="scada")
    (new,) = map(Path, set(lake.files("reading")) - before)
    assert set(synced) == {new, entry(lake, 3), new.parent, entry(lake, 3).parent, lake.root / "reading"}
