"""`python -m metrics`: every verb, its JSON, its exit code, one clear line where input is bad."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from typer.testing import CliRunner

from data_sources.lake import Lake
from data_sources.load import load_utility
from metrics.__main__ import app
from metrics.board import make_board, write_board
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from tests.small_utility import write_small_utility

AS_OF = "2026-09-15T08:20:00Z"
MOMENT = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)


@pytest.fixture
def utility(tmp_path, monkeypatch):
    folder = write_small_utility(tmp_path / "tiny")
    text = (folder / "utility.toml").read_text(encoding="utf-8").replace('clock = "wall"', 'clock = "data"')
    (folder / "utility.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("WATER_UTILITY", str(folder))
    monkeypatch.setenv("WATER_LAKE", str(tmp_path / "lake"))
    return load_utility(folder)


@pytest.fixture
def lake(tmp_path, utility):
    made = Lake(tmp_path / "lake", utility)
    times = [MOMENT - timedelta(minutes=5 * n) for n in range(1, 400)]
    rows = pl.DataFrame({"point_id": "N.pressure", "ts": times, "span_s": 0, "value": 0.3, "quality": "good"})
    made.write("reading", rows, source="scada")
    return made


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def facts(*arguments: str):
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_list(utility):
    listed = facts("list")
    assert len(listed) == 18
    assert listed[7] == {
        "id": "pressure_compliance",
        "module": "distribution",
        "name_zh": "压力合格率",
        "name_en": "Pressure compliance",
        "unit": "%",
        "direction": "up",
        "period": "day",
        "file": "metrics/catalog/distribution/pressure_compliance.sql",
    }
    assert "压力合格率" in run("list").stdout


@pytest.mark.slow
def test_check(utility):
    assert facts("check") == {"ok": True, "problems": []}
    own = utility.folder / "catalog" / "sewage"
    own.mkdir(parents=True)
    (own / "mine.sql").write_text("SELECT 1", encoding="utf-8")
    done = run("check", "--json")
    assert done.exit_code == 1
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["file"].endswith("mine.sql")
    assert problem["line"] == 1


def test_preview(lake):
    fact = facts("preview", "pressure_compliance", "--as-of", AS_OF)
    assert fact["id"] == "pressure_compliance"
    assert (fact["value"], fact["unit"], fact["state"]) == (100.0, "%", "normal")
    assert fact["sites"] == [{"site_id": "N", "value": 100.0, "state": "normal"}]
    (row,) = fact["rows"]
    # 23 whole hours have ended since 17:00 yesterday; of the running one twenty minutes are too few
    counts = {"numerator": 23.0, "denominator": 23.0, "valid": 23.0, "expected": 23.0}
    assert row == {"period": "2026-09-15", "site_id": "N", **counts}
    shown = run("preview", "pressure_compliance", "--as-of", AS_OF)
    assert "100 %" in shown.stdout


def test_preview_of_what_is_not_there(lake):
    done = run("preview", "nothing")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "no such indicator" in done.stderr.strip().splitlines()[-1]


def test_new_writes_what_check_and_preview_accept(lake, utility):
    done = run("new", "distribution/night_share")
    assert done.exit_code == 0, done.output
    path = utility.folder / "catalog" / "distribution" / "night_share.sql"
    assert done.stdout.strip() == str(path)
    assert facts("preview", "night_share", "--as-of", AS_OF)["id"] == "night_share"
    again = run("new", "distribution/night_share")
    assert again.exit_code == 2
    assert "already there" in again.stderr


@pytest.mark.parametrize("place", ["nowhere/x", "distribution", "distribution/Bad Name", "sewage/../../x"])
def test_new_refuses_a_bad_place(utility, place):
    done = run("new", place)
    assert done.exit_code == 2
    assert "expected MODULE/ID" in done.stderr
    assert not (utility.folder / "catalog").exists()


def test_build_and_board(lake):
    assert run("build", "--as-of", AS_OF).exit_code == 0
    assert (lake.root / "marts" / "days.parquet").exists()
    board = facts("board", "--as-of", AS_OF)
    assert board["utility"] == "tiny"
    assert board["as_of"] == AS_OF
    assert len(board["indicators"]) == 18
    assert facts("board")["as_of"] == "2026-09-15T08:15:00Z"  # the clock of the data
    assert "pressure_compliance" in run("board").stdout


def test_the_board_as_shown(lake, utility):
    none = run("board", "--as-shown", AS_OF, "--json")
    assert none.exit_code == 2
    assert "no board was kept" in none.stderr
    engine = Engine(utility, lake, load_catalogue(utility))
    write_board(lake, make_board(engine, MOMENT, MOMENT))
    assert facts("board", "--as-shown", "2026-09-15T17:00:00+08:00")["as_of"] == AS_OF
    both = run("board", "--as-of", AS_OF, "--as-shown", AS_OF)
    assert both.exit_code == 2


def test_lineage(lake):
    fact = facts("lineage", "pressure_compliance")
    assert fact["file"] == "metrics/catalog/distribution/pressure_compliance.sql"
    assert (fact["marts"], fact["tables"], fact["points"], fact["sources"]) == (["hourly"], ["reading"], 1, ["scada"])
    minimum = next(one for one in fact["limits"] if one["subject"] == "pressure")
    assert (minimum["value"], minimum["standard"]) == (0.14, "published service commitments")
    assert {one["kind"] for one in fact["limits"] if one["subject"] == "pressure_compliance"} == {
        "target", "warning", "alarm",
    }  # fmt: skip


def test_docs(tmp_path):
    done = run("docs", "--folder", str(tmp_path / "pages"))
    assert done.exit_code == 0
    assert len(list((tmp_path / "pages").glob("*.md"))) == 20


def test_a_bad_folder_is_one_line_and_two(monkeypatch, tmp_path):
    monkeypatch.setenv("WATER_UTILITY", str(tmp_path / "nowhere"))
    done = run("list", "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
