"""`python -m data_sources`: exit codes, one clear line on stderr, one JSON document on stdout; the tables' page."""

import json

import pytest
from typer.testing import CliRunner

from data_sources.__main__ import app
from data_sources.contracts import TABLES
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
