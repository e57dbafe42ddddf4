"""A folder that fills: settled files are taken in and moved, what can't be read is set apart with the reason."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from data_sources import files
from data_sources.lake import Lake
from data_sources.load import check_utility, load_utility
from data_sources.runner import Runner
from data_sources.sources import sources_of
from data_sources.status import remarks, source_status
from tests.data_sources.collecting import collected
from tests.small_utility import write_small_utility

NOW = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
SOURCES = """
[scada]
kind = "files"
folder = "{folder}"
settle_s = 0
[scada.map]
table = "reading"
pattern = "flow*"
shape = "wide"
columns = {{ ts = {{ column = "Time", format = "%d/%m/%Y %H:%M" }} }}

[lab]
kind = "files"
folder = "{folder}"
settle_s = 0
[[lab.map]]
table = "lab_sample"
pattern = "lab*"
[lab.map.columns]
site_id = "Site"
medium = {{ value = "effluent" }}
sampled_at = "At"
quantity = "What"
value = "Result"

[hotline]
kind = "import"
"""


@pytest.fixture
def drop(tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


@pytest.fixture
def lake(tmp_path, drop, idle):
    folder = write_small_utility(tmp_path / "tiny")
    (folder / "sources.toml").write_text(SOURCES.format(folder=drop))
    return Lake(tmp_path / "lake", load_utility(folder))


def taken_in(lake, name="scada"):
    collected(lake, name)
    Runner(lake).step(NOW)


def flows(lake):
    return lake.scan("reading").sort("ts").collect()["value"].to_list()


def test_a_csv_becomes_readings_and_is_done(lake, drop):
    (drop / "flow1.csv").write_text("Time,W1_FLOW,Other\n15/09/2026 16:00,812.5,1\n15/09/2026 16:05,813,2\n")
    taken_in(lake)
    assert flows(lake) == [812.5, 813.0]
    assert [path.name for path in (drop / "done").iterdir()] == ["flow1.csv"]
    assert list(drop.glob("*.csv")) == []


def test_a_workbook_and_parquet_come_out_the_same(lake, drop):
    rows = pl.DataFrame({"Time": [datetime(2026, 9, 15, 16, 0), datetime(2026, 9, 15, 16, 5)], "W1_FLOW": [812.5, 813]})
    rows.write_excel(drop / "flow.xlsx")
    taken_in(lake)
    from_workbook = lake.scan("reading").sort("ts").select("point_id", "ts", "value").collect()
    rows.write_parquet(drop / "flow.parquet")
    taken_in(lake)
    assert lake.scan("reading").sort("ts").select("point_id", "ts", "value").collect().equals(from_workbook)
    assert flows(lake) == [812.5, 813.0]
    assert {path.name for path in (drop / "done").iterdir()} == {"flow.xlsx", "flow.parquet"}


def test_bad_rows_go_to_quarantine_with_their_row_in_the_file(lake, drop):
    (drop / "flow1.csv").write_text("Time,W1_FLOW\n15/09/2026 16:00,812.5\nyesterday,813\n")
    taken_in(lake)
    bad = lake.scan("quarantine").collect().row(0, named=True)
    assert bad["row"] == 100_000_003  # the first batch, row 3
    assert "expected a time" in bad["reason"]
    assert flows(lake) == [812.5]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("flow1.csv", b"When,W1_FLOW\n15/09/2026 16:00,1\n", "flow1.csv has no column 'Time'; it has When, W1_FLOW"),
        ("flow2.csv", b"", "is empty"),
        ("flow3.csv", b"Time,W1_FLOW\n\xff\xfe\xfa,1\n", "is not utf-8"),
        ("flow4.xlsx", b"no workbook at all", "can't be read as a workbook"),
        ("flow5.parquet", b"PAR1 and then nothing", "can't be read as Parquet"),
        ("flow0.csv", b"Time,W1_FLOW\r15/09/2026 16:00,1\r", "its lines end in a bare CR (0x0D)"),
        ("flow0.csv", b'"Time","W1_FLOW"\r15/09/2026 16:00,"1"\r', "its lines end in a bare CR (0x0D)"),
        ("flow6.csv", b"Time,W1_FLOW\n15/09/2026 16:00,812,5\n", "flow6.csv:2: has 3 cells, the header has 2"),
    ],
)
def test_what_cant_be_read_is_set_apart_with_the_reason(lake, drop, name, content, why):
    (drop / name).write_bytes(content)
    (drop / "flow9.csv").write_text("Time,W1_FLOW\n15/09/2026 16:00,7\n")
    taken_in(lake)
    assert flows(lake) == [7.0]
    assert (drop / "failed" / name).read_bytes() == content
    assert why in (drop / "failed" / f"{name}.txt").read_text()


def test_files_set_apart_are_told_until_they_are_gone(lake, drop, capsys):
    (drop / "flow1.csv").write_text("When,W1_FLOW\n15/09/2026 16:00,1\n")
    (drop / "lab1.csv").write_text("of another source, which looks at names of its own")
    taken_in(lake)
    taken_in(lake)
    status = next(one for one in source_status(lake, lake.utility, NOW) if one["source"] == "scada")
    assert status["set_apart"] == 1
    assert status["set_apart_newest"].startswith("flow1.csv: ")
    assert "has no column 'Time'" in status["set_apart_newest"]
    assert capsys.readouterr().out.count("file set apart") == 1
    assert remarks(status) == [f"1 files in failed/, the newest: {status['set_apart_newest']}"]
    (drop / "failed" / "flow1.csv").unlink()
    taken_in(lake)
    status = next(one for one in source_status(lake, lake.utility, NOW) if one["source"] == "scada")
    assert (status["set_apart"], status["set_apart_newest"]) == (None, None)


def test_a_file_that_is_too_large_is_set_apart(lake, drop, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_BYTES", 1024**2)
    (drop / "flow1.csv").write_bytes(b"Time,W1_FLOW\n" + b" " * 1024**2)
    (drop / "flow9.csv").write_text("Time,W1_FLOW\n15/09/2026 16:00,7\n")
    taken_in(lake)
    assert flows(lake) == [7.0]
    said = "flow1.csv: has 1,048,589 bytes; split it into files of at most 1 MB\n"
    assert (drop / "failed" / "flow1.csv.txt").read_text() == said


def test_empty_cells_at_the_end_of_a_row_are_no_mistake(lake, drop):
    (drop / "flow1.csv").write_text("Time,W1_FLOW\n15/09/2026 16:00,812.5,,\n15/09/2026 16:05,813\n")
    taken_in(lake)
    assert flows(lake) == [812.5, 813.0]


def test_a_file_that_is_still_written_is_left_alone(lake, drop):
    path = drop / "flow1.csv"
    path.write_text("Time,W1_FLOW\n")
    source = sources_of(lake.utility, "scada")[0]
    object.__setattr__(source.settings, "settle_s", 60.0)
    assert list(files.fetch(source, None)) == []
    os.utime(path, (time.time() - 61, time.time() - 61))
    assert len(list(files.fetch(source, None))) == 1


@pytest.mark.parametrize("name", ["flow.csv.part", "~$flow.xlsx", ".flow.csv", "flow.tmp"])
def test_unfinished_files_are_left_alone(lake, drop, name):
    (drop / name).write_text("Time,W1_FLOW\n15/09/2026 16:00,1\n")
    collected(lake)
    assert (drop / name).exists()


def test_a_name_that_comes_again_replaces_nothing(lake, drop):
    for value in (1, 2):
        (drop / "flow1.csv").write_text(f"Time,W1_FLOW\n15/09/2026 16:00,{value}\n")
        taken_in(lake)
    assert flows(lake) == [2.0]  # the later one corrects
    assert len(list((drop / "done").iterdir())) == 2


def test_another_table_from_the_same_folder(lake, drop):
    (drop / "lab.csv").write_text("Site,At,What,Result\nT1,2026-09-15 08:00,cod,31\nT1,2026-09-15 08:00,magic,31\n")
    taken_in(lake, "lab")
    assert lake.scan("lab_sample").collect()["value"].to_list() == [31.0]
    assert lake.scan("quarantine").collect()["reason"].to_list() == ["quantity: not one of its values"]


def test_a_file_that_was_written_to_while_it_was_read_is_taken_in_again(lake, drop):
    path = drop / "flow1.csv"
    path.write_text("Time,W1_FLOW\n15/09/2026 16:00,1\n")
    for _ in files.fetch(sources_of(lake.utility, "scada")[0], None):
        with path.open("a") as late:
            late.write("15/09/2026 16:05,2\n")
    assert path.exists()
    taken_in(lake)
    assert flows(lake) == [1.0, 2.0]
    assert not path.exists()


def test_a_file_that_may_not_be_read_is_set_apart(lake, drop, monkeypatch):
    (drop / "flow1.csv").write_text("Time,W1_FLOW\n15/09/2026 16:00,1\n")
    (drop / "flow2.csv").write_text("Time,W1_FLOW\n15/09/2026 16:05,2\n")
    read = Path.read_bytes

    def refused(path):
        if path.name == "flow1.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    taken_in(lake)
    assert flows(lake) == [2.0]
    assert "Permission denied" in (drop / "failed" / "flow1.csv.txt").read_text()


def test_a_folder_in_which_nothing_can_be_moved_is_said_before_anything_is_taken_in(lake, drop, monkeypatch):
    (drop / "flow1.csv").write_text("Time,W1_FLOW\n15/09/2026 16:00,1\n")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # a share for reading only
    with pytest.raises(Exception, match="can't be written to; files are moved"):
        collected(lake)
    assert "can't be written to" in str(files.check(sources_of(lake.utility, "scada")[0])[0])


def test_a_share_that_is_not_mounted_is_said(lake, drop):
    drop.rmdir()
    with pytest.raises(Exception, match="is the share mounted"):
        collected(lake)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("settle_s = 0", "settle = 0", "scada.settle: unknown key; the keys are those of docs/connectors/files.md"),
        ('table = "reading"', 'table = "readings"', "scada.map.table: 'readings', expected one of reading"),
        ("pattern", "patern", "scada.map.patern: unknown key"),
        ("columns = { ts", "columns = { time", "reading has no such column"),
        ("[scada.map]", "[scada.maps]", "scada.maps: unknown key"),
    ],
)
def test_each_mistake_in_sources_toml_has_its_place(lake, old, new, said):
    path = lake.utility.folder / "sources.toml"
    path.write_text(path.read_text().replace(old, new, 1))
    found = [str(problem) for problem in check_utility(lake.utility.folder)]
    assert any(said in one and "sources.toml:" in one for one in found), found


def test_a_renamed_column_is_named_kept_in_quarantine_and_taken_in_once_it_has_a_point(lake, drop, capsys):
    (drop / "flow1.csv").write_text("Time,W1_FLOW,N_P,Remark\n15/09/2026 16:00,812.5,0.31,fine\n")
    taken_in(lake)
    (drop / "flow2.csv").write_text("Time,FLOW_1,N_P,Remark\n15/09/2026 16:05,813,0.32,fine\n")
    taken_in(lake)
    assert sorted(lake.scan("reading").collect()["value"]) == [0.31, 0.32, 812.5]  # the rest goes on
    status = next(one for one in source_status(lake, lake.utility, NOW) if one["source"] == "scada")
    assert (status["columns_come"], status["columns_gone"]) == ("FLOW_1", "W1_FLOW")
    bad = lake.scan("quarantine").collect().row(0, named=True)
    assert bad["reason"] == "column 'FLOW_1' is new, and no point of scada in points.csv has this tag"
    assert bad["payload"] == '{"Time": "15/09/2026 16:05", "FLOW_1": "813"}'
    assert "columns_come=FLOW_1 columns_gone=W1_FLOW" in capsys.readouterr().out
    Runner(lake).step(NOW)  # a restart alone mends nothing
    assert lake.scan("quarantine").collect().height == 1

    points = lake.utility.folder / "points.csv"
    points.write_text(points.read_text().replace("W1_KW", "W1_KILOWATT"))  # nor does another change
    Runner(Lake(lake.root, load_utility(lake.utility.folder))).step(NOW)
    assert lake.scan("quarantine").collect().height == 1
    points.write_text(points.read_text().replace(",W1_FLOW,", ",FLOW_1,"))
    mended = Lake(lake.root, load_utility(lake.utility.folder))
    Runner(mended).step(NOW)
    assert sorted(mended.scan("reading").collect()["value"]) == [0.31, 0.32, 812.5, 813.0]
    assert mended.scan("quarantine").collect().is_empty()


def test_a_new_column_that_nobody_wants_is_left_out(lake, drop):
    (drop / "flow1.csv").write_text("Time,W1_FLOW\n15/09/2026 16:00,812.5\n")
    taken_in(lake)
    (drop / "flow2.csv").write_text("Time,W1_FLOW,Shift\n15/09/2026 16:05,813,A\n")
    taken_in(lake)
    assert lake.scan("quarantine").collect().height == 1
    path = lake.utility.folder / "sources.toml"
    path.write_text(
        path.read_text().replace("settle_s = 0\n[scada.map]", 'settle_s = 0\nignore = ["Sh*"]\n[scada.map]')
    )
    mended = Lake(lake.root, load_utility(lake.utility.folder))
    (drop / "flow3.csv").write_text("Time,W1_FLOW,Shift\n15/09/2026 16:10,814,B\n")
    taken_in(mended)
    assert flows(mended) == [812.5, 813.0, 814.0]
    assert mended.scan("quarantine").collect().is_empty()
    status = next(one for one in source_status(mended, mended.utility, NOW) if one["source"] == "scada")
    assert (status["columns_come"], status["unasked"], status["ignored"]) == (
        None,
        None,
        2,
    )  # flow2, not committed yet, too
