"""`python -m data_sources`: exit codes, one clear line on stderr, one JSON document on stdout; the tables' page."""

import json
import os

import pytest
from typer.testing import CliRunner

from data_sources.__main__ import app
from data_sources.contracts import TABLES
from data_sources.locks import only_holder
from data_sources.table_docs import PAGE, allowed_words, table_page
from data_sources.vocabulary import QUALITIES
from tests.data_sources.hj212.packets import MINUTES
from tests.small_utility import write_small_utility


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("WATER_UTILITY", str(write_small_utility(tmp_path / "tiny")))
    monkeypatch.setenv("WATER_LAKE", str(tmp_path / "lake"))
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_list(run):
    sources = json.loads(run("list", "--json").stdout)
    assert sources[0] == {"source": "scada", "kind": "import", "points": 19}
    assert "hotline" in run("list").stdout


def test_check_of_a_good_and_of_a_broken_folder(run, tmp_path):
    good = run("check", "--json")
    assert (good.exit_code, json.loads(good.stdout)) == (0, {"ok": True, "problems": []})
    points = tmp_path / "tiny" / "points.csv"
    points.write_text(points.read_text("utf-8").replace("W1.out,flow,m³/h", "W1.out,flow,kg"), "utf-8")
    broken = run("check", "--json")
    (problem,) = json.loads(broken.stdout)["problems"]
    assert (broken.exit_code, problem["line"], problem["column"]) == (1, 6, "unit")
    assert run("status").exit_code == 2
    assert "points.csv:6: unit" in run("status").stderr


def test_import_and_status(run, tmp_path):
    (tmp_path / "a.csv").write_text("time,W1_FLOW\n2026-09-01 00:00,1\n2026-09-01 00:05,x\n")
    (tmp_path / "a.toml").write_text('source = "scada"\nshape = "wide"\n[columns]\nts = "time"\n')
    arguments = ("import", tmp_path / "a.csv", "--table", "reading", "--map", tmp_path / "a.toml")
    report = json.loads(run(*arguments, "--json").stdout)
    assert {"rows_read": 2, "rows_written": 1, "rows_duplicate": 0, "rows_quarantined": 1}.items() <= report.items()
    assert "1 there already" in run(*arguments).stdout
    status = json.loads(run("status", "--json").stdout)
    assert (status[0]["rows"], status[0]["quarantined"]) == (1, 1)


def test_bad_input_is_one_line_and_no_traceback(run, tmp_path):
    (tmp_path / "a.toml").write_text('source = "scda"\nshape = "wide"\n[columns]\nts = "time"\n')
    result = run("import", tmp_path / "a.csv", "--table", "reading", "--map", tmp_path / "a.toml", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "a.toml:1: source: 'scda' is not in sources.toml; expected one of scada, hotline, lab" in result.stderr
    assert "Traceback" not in result.stderr
    assert run("import").exit_code == 2


def test_the_page_of_tables_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == table_page(), "run: python -m data_sources.table_docs"
    for name in TABLES:
        assert f"## {name}\n" in table_page()


def test_a_columns_words_are_those_that_its_contract_lets_pass():
    columns = TABLES["reading"].schema.columns()
    assert sorted(allowed_words(columns["quality"])) == sorted(QUALITIES)
    assert allowed_words(columns["point_id"]) == []


def test_decode_hj212(run, tmp_path):
    capture = tmp_path / "capture.bin"
    capture.write_bytes(MINUTES)
    done = run("decode", "hj212", capture, "--json")
    (packet,) = json.loads(done.stdout)
    assert (done.exit_code, packet["ok"], packet["data_time"]) == (0, True, "2016-08-01T00:40:00Z")
    assert packet["values"][1] == {"code": "w00000", "suffix": "Min", "value": 16.4, "flag": "N"}
    capture.write_bytes(MINUTES[:50])
    broken = run("decode", "hj212", capture)
    assert (broken.exit_code, "half a packet: 50 bytes of 335" in broken.stdout) == (1, True)
    assert run("decode", "hj212", tmp_path / "nothing").exit_code == 2


FOLDER = """
[scada]
kind = "files"
folder = "{folder}"
settle_s = 0
[scada.map]
table = "reading"
shape = "wide"
columns = {{ ts = "time" }}
[hotline]
kind = "import"
[lab]
kind = "import"
"""


def test_check_asks_the_source_and_sync_takes_in(run, tmp_path):
    sources = tmp_path / "tiny" / "sources.toml"
    sources.write_text(FOLDER.format(folder=tmp_path / "drop"))
    unmounted = run("check", "--source", "scada")
    assert unmounted.exit_code == 1
    assert "is the share mounted?" in unmounted.stdout
    failed = run("sync", "scada")
    assert failed.exit_code == 1
    assert "is the share mounted?" in failed.stdout
    (tmp_path / "drop").mkdir()
    assert run("check", "--source", "scada").exit_code == 0
    (tmp_path / "drop" / "a.csv").write_text("time,W1_FLOW\n2026-09-01 00:00,1\n2026-09-01 00:05,x\n")
    synced = run("sync", "--json")
    assert json.loads(synced.stdout) == [
        {"source": "scada", "batches": 1, "rows": 1, "duplicates": 0, "quarantined": 1, "error": None}
    ]
    assert synced.exit_code == 0
    assert json.loads(run("status", "--json").stdout)[0]["rows"] == 1
    sources.write_text(sources.read_text().replace("settle_s = 0", "settle_s = 0\nevery_s = 10"))
    again = run("sync", "--json")
    assert "mapping has changed" in again.stderr  # a log is no answer
    assert json.loads(again.stdout)[0]["batches"] == 0


def test_sync_says_who_holds_the_lake_and_what_cannot_be_asked(run, tmp_path):
    assert run("sync", "scada").exit_code == 2
    assert "is of kind import: nobody can ask it" in run("sync", "scada").stderr
    assert "'magic' is no source" in run("sync", "magic").stderr
    with only_holder(tmp_path / "lake" / "worker.lock"):
        held = run("sync")
    assert held.exit_code == 2
    assert f"process {os.getpid()}: the worker asks the sources by itself" in held.stderr


def test_new_wants_a_name_and_replaces_nothing(run):
    assert "expected a name such as mqtt" in run("new", "../x").stderr
    assert "is there already" in run("new", "sql").stderr
