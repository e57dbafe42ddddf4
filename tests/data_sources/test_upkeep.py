"""Nightly upkeep: old rows and files go, the rest stays as it is."""

import os
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import BadInput
from data_sources.upkeep import keep_up
from tests.small_utility import write_small_utility

NOW = datetime(2026, 9, 15, 18, 30, tzinfo=UTC)


def risk(at):
    row = {"site_id": "P1", "kind": "overflow", "issued_at": at, "horizon_h": 6.0, "probability": 0.1}
    return pl.DataFrame([row], schema_overrides={"issued_at": pl.Datetime("us", "UTC")})


def forecast(at):
    row = {"series": "P1/level", "model": "shown", "issued_at": at, "valid_at": at, "quantile": 0.5, "value": 1.0}
    types = dict.fromkeys(("issued_at", "valid_at"), pl.Datetime("us", "UTC"))
    return pl.DataFrame([row | {"inputs_age_s": 0.0}], schema_overrides=types)


def reading(at):
    row = {"point_id": "W1.flow", "ts": at, "span_s": 0, "value": 1.0, "quality": "good"}
    return pl.DataFrame([row], schema_overrides={"ts": pl.Datetime("us", "UTC")})


def files_of(lake, table):
    return len(DeltaTable(lake.root / table).file_uris())


def test_rows_past_their_time_go_and_others_stay(tiny_lake):
    for days in (500, 399, 1):
        tiny_lake.write("risk", risk(NOW - timedelta(days=days)), source="brain")
        tiny_lake.write("forecast", forecast(NOW - timedelta(days=days)), source="brain")
        tiny_lake.write("reading", reading(NOW - timedelta(days=days)), source="scada")
    keep_up(tiny_lake, NOW)
    kept = [NOW - timedelta(days=days) for days in (399, 1)]
    assert tiny_lake.scan("risk").sort("issued_at").collect()["issued_at"].to_list() == kept
    assert tiny_lake.scan("forecast").sort("issued_at").collect()["issued_at"].to_list() == kept
    assert tiny_lake.scan("reading").collect().height == 3


def test_the_utility_says_how_long(tmp_path):
    folder = write_small_utility(tmp_path / "tiny")
    with (folder / "utility.toml").open("a") as settings:
        settings.write("\n[keep_days]\nreading = 100\n")
    lake = Lake(tmp_path / "lake", load_utility(folder))
    for days in (101, 99):
        lake.write("reading", reading(NOW - timedelta(days=days)), source="scada")
    keep_up(lake, NOW)
    assert lake.scan("reading").collect().height == 1
    with (folder / "utility.toml").open("a") as settings:
        settings.write("redings = 1\n")
    with pytest.raises(BadInput, match="'redings' is no table of the lake"):
        load_utility(folder)


def test_many_small_files_become_few_and_read_the_same(tiny_lake):
    for minute in range(12):
        at = NOW - timedelta(days=2, minutes=minute)
        tiny_lake.write("risk", risk(at), source="brain")
        tiny_lake.write("forecast", forecast(at), source="brain")
        tiny_lake.write("reading", reading(at), source="scada")
    tiny_lake.seal(list(tiny_lake.fingerprints("reading")))
    before = {table: tiny_lake.scan(table).collect() for table in ("risk", "forecast", "reading")}
    words = tiny_lake.fingerprints("reading")
    keep_up(tiny_lake, NOW)
    assert (files_of(tiny_lake, "risk"), files_of(tiny_lake, "forecast")) == (1, 1)
    assert tiny_lake.fingerprints("reading") == words
    for table, rows in before.items():
        assert Lake(tiny_lake.root, tiny_lake.utility).scan(table).collect().sort(pl.all()).equals(rows.sort(pl.all()))
    tiny_lake.write("risk", risk(NOW), source="brain")
    assert tiny_lake.scan("risk").collect().height == 13


def test_files_go_only_once_nobody_reads_them(tiny_lake):
    for minute in range(12):
        tiny_lake.write("risk", risk(NOW - timedelta(minutes=minute)), source="brain")
    keep_up(tiny_lake, NOW)
    folder = tiny_lake.root / "risk"
    assert len(list(folder.glob("*.parquet"))) > 1
    for checkpoint in [
        *(folder / "_delta_log").glob("*.checkpoint.parquet"),
        folder / "_delta_log" / "_last_checkpoint",
    ]:
        checkpoint.unlink()
    for entry in (folder / "_delta_log").glob("*.json"):  # as if eight days had gone by since they were replaced
        eight_days_ago = int((time.time() - 8 * 86_400) * 1000)
        entry.write_text(re.sub(r'"deletionTimestamp":\d+', f'"deletionTimestamp":{eight_days_ago}', entry.read_text()))
    keep_up(Lake(tiny_lake.root, tiny_lake.utility), NOW)
    assert len(list(folder.glob("*.parquet"))) == 1
    assert Lake(tiny_lake.root, tiny_lake.utility).scan("risk").collect().height == 12


def test_numbers_of_spools_outlive_the_log(tiny_lake):
    tiny_lake.write("reading", reading(NOW), source="scada", number=7)
    tiny_lake.write("reading", reading(NOW + timedelta(minutes=1)), source="scada", number=9)
    tiny_lake.commit_pending({"scada": 9})
    keep_up(tiny_lake, NOW)
    for entry in (tiny_lake.root / "reading" / "_delta_log").glob("*.json"):
        entry.unlink()  # as a clean-up of the log does, months later
    again = Lake(tiny_lake.root, tiny_lake.utility)
    assert again.taken("reading", "scada") == 9
    assert again.scan("reading").collect().height == 2
    assert pl.scan_parquet(again.files("reading"), hive_partitioning=True).collect().height == 2


def test_raw_copies_go_by_age(tiny_lake):
    tiny_lake.write("reading", reading(NOW), source="scada")
    old, new = (tiny_lake.root / "raw" / "scada" / f"{number}.spool.zst" for number in (1, 2))
    old.parent.mkdir(parents=True)
    for path, days in ((old, 401), (new, 399)):
        path.write_bytes(b"raw")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    keep_up(tiny_lake, NOW)
    assert [Path(path).name for path in old.parent.iterdir()] == ["2.spool.zst"]
