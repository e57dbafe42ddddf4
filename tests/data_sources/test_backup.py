"""Backups: whole while rows arrive, sharing what is unchanged, refused where damaged; the restored lake is the same."""

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from data_sources.__main__ import app
from data_sources.backup import back_up, backups_in, read_manifest, restore
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.locks import LockHeld, only_holder
from data_sources.problems import BadInput
from data_sources.verify import verify_backup, verify_lake
from metrics.board import make_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from sample_data.build import build

AT = datetime(2026, 9, 15, 8, 0, tzinfo=UTC)


def quiet(done, total):
    pass


def readings(minute, value=1.0):
    return pl.DataFrame(
        {
            "point_id": ["W1.flow"],
            "ts": [AT + timedelta(minutes=minute)],
            "span_s": [0],
            "value": [value],
            "quality": ["good"],
        }
    )


def test_a_restored_lake_has_the_same_rows(tiny_lake, tmp_path):
    for minute in range(3):
        tiny_lake.write("reading", readings(minute), source="scada")
    spool = tiny_lake.root / "spool" / "scada"
    spool.mkdir(parents=True)
    (spool / f"{1:020d}.spool").write_bytes(b"as it is")
    backup = back_up(tiny_lake, tmp_path / "backups", quiet)
    assert verify_backup(backup, quiet).problems == []
    written = restore(backup, tmp_path / "new" / "lake", tmp_path / "new" / "utility")
    assert written == [str(tmp_path / "new" / "lake"), str(tmp_path / "new" / "utility")]
    again = Lake(tmp_path / "new" / "lake", load_utility(tmp_path / "new" / "utility"))
    assert again.scan("reading").sort("ts").collect().equals(tiny_lake.scan("reading").sort("ts").collect())
    assert (again.root / "spool" / "scada" / f"{1:020d}.spool").read_bytes() == b"as it is"
    again.write("reading", readings(9), source="scada")
    assert again.scan("reading").collect().height == 4


def test_a_second_backup_shares_what_is_unchanged(tiny_lake, tmp_path, monkeypatch):
    tiny_lake.write("reading", readings(0), source="scada")
    first = back_up(tiny_lake, tmp_path, quiet)
    first.rename(first.with_name("20260101T000000Z"))
    tiny_lake.write("reading", readings(1), source="scada")
    (tmp_path / "x.partial").mkdir()
    second = back_up(tiny_lake, tmp_path, quiet)
    assert backups_in(tmp_path) == [tmp_path / "20260101T000000Z", second]
    files = [name for name in read_manifest(second).files if name.endswith(".parquet")]
    assert sorted((second / name).stat().st_nlink for name in files) == [1, 2]
    assert verify_backup(second, quiet).problems == []
    assert not (tmp_path / "x.partial").exists()


def test_a_backup_while_rows_arrive_is_a_moment_of_the_lake(tiny_lake, tmp_path):
    tiny_lake.write("reading", readings(0), source="scada")
    ended = threading.Event()

    def arrive():
        lake, minute = Lake(tiny_lake.root, tiny_lake.utility), 0
        while not ended.is_set():
            minute += 1
            lake.write("reading", readings(minute), source="scada")

    writer = threading.Thread(target=arrive)
    writer.start()
    try:
        backup = back_up(tiny_lake, tmp_path / "backups", quiet)
    finally:
        ended.set()
        writer.join()
    assert verify_backup(backup, quiet).problems == []
    restore(backup, tmp_path / "lake2", tiny_lake.utility.folder)
    times = Lake(tmp_path / "lake2", tiny_lake.utility).scan("reading").sort("ts").collect()["ts"].to_list()
    assert times == [AT + timedelta(minutes=minute) for minute in range(len(times))]


def test_damage_is_found_and_nothing_is_laid_down(tiny_lake, tmp_path):
    tiny_lake.write("reading", readings(0), source="scada")
    backup = back_up(tiny_lake, tmp_path / "backups", quiet)
    (name,) = [name for name in read_manifest(backup).files if name.endswith(".parquet")]
    content = bytearray((backup / name).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / name).write_bytes(content)
    assert "isn't what it was" in verify_backup(backup, quiet).problems[0].message
    with pytest.raises(BadInput, match="isn't what it was"):
        restore(backup, tmp_path / "new", tmp_path / "utility")
    assert not (tmp_path / "new").exists()
    (backup / name).unlink()
    assert [one.message for one in verify_backup(backup, quiet).problems] == ["is missing"]
    with pytest.raises(BadInput, match="is missing"):
        restore(backup, tmp_path / "new", tmp_path / "utility")
    assert sorted(path.name for path in tmp_path.glob("*.partial")) == []


def test_what_is_refused(tiny_lake, tmp_path):
    tiny_lake.write("reading", readings(0), source="scada")
    with only_holder(tmp_path / "lock"), pytest.raises(LockHeld):
        back_up(tiny_lake, tmp_path, quiet)
    backup = back_up(tiny_lake, tmp_path, quiet)
    with pytest.raises(BadInput, match="has content"):
        restore(backup, tiny_lake.root, tmp_path / "utility")
    with pytest.raises(BadInput, match="no backup"):
        restore(tmp_path, tmp_path / "new", tmp_path / "utility")


def test_verify_of_a_lake_names_what_is_lost(tiny_lake):
    tiny_lake.write("reading", readings(0), source="scada")
    tiny_lake.write("reading", readings(1), source="scada")
    assert [(one["table"], one["files"], one["rows"]) for one in verify_lake(tiny_lake.root, quiet).tables] == [
        ("reading", 2, 2)
    ]
    first, second = tiny_lake.files("reading")
    os.truncate(first, 20)
    Path(second).unlink()
    found = {one.file: one.message for one in verify_lake(tiny_lake.root, quiet).problems}
    assert found[second] == "is missing"
    assert found[first].startswith("can't be read")


def test_the_commands(tiny_lake, tiny_utility, tmp_path, monkeypatch):
    tiny_lake.write("reading", readings(0), source="scada")
    monkeypatch.setenv("WATER_UTILITY", str(tiny_utility.folder))
    monkeypatch.setenv("WATER_LAKE", str(tiny_lake.root))

    def run(*arguments):
        done = CliRunner().invoke(app, [*arguments, "--json"])
        return done.exit_code, json.loads(done.stdout) if done.stdout else done.stderr

    code, made = run("backup", str(tmp_path / "backups"))
    assert code == 0
    code, found = run("verify", made["backup"])
    assert (code, found["ok"], found["tables"][0]["rows"]) == (0, True, 1)
    assert run("verify")[1]["ok"] is True
    assert run("restore", made["backup"])[0] == 2
    monkeypatch.setenv("WATER_LAKE", str(tmp_path / "again"))
    assert run("restore", made["backup"]) == (0, {"written": [str(tmp_path / "again")]})


def shown(lake, as_of):
    """A board as JSON, but what has no order sorted, and the last digits of sums left out."""
    build_marts(lake, lake.utility, as_of)
    board = make_board(Engine(lake.utility, lake, load_catalogue(lake.utility)), as_of, as_of).model_dump(mode="json")
    return plain(board)


def plain(fact):
    if isinstance(fact, dict):
        return {name: plain(value) for name, value in fact.items()}
    if isinstance(fact, list):
        return sorted(map(plain, fact), key=lambda one: json.dumps(one, sort_keys=True))
    return float(f"{fact:.9g}") if isinstance(fact, float) else fact


@pytest.mark.slow
def test_a_restore_onto_an_empty_machine_gives_the_same_board(demonstration, as_of, tmp_path):
    lake = Lake(tmp_path / "lake", demonstration)
    build(lake, demonstration, as_of, 2, 0, quiet)
    restore(back_up(lake, tmp_path / "backups", quiet), tmp_path / "machine" / "lake", tmp_path / "machine" / "utility")
    again = Lake(tmp_path / "machine" / "lake", load_utility(tmp_path / "machine" / "utility"))
    before = shown(lake, as_of)
    assert sum(one["value"] is not None for one in before["indicators"]) > 10
    assert shown(again, as_of) == before
