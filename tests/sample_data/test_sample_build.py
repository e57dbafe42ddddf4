"""`python -m sample_data build`: a lake from the command line, and what it refuses."""

import pytest
from typer.testing import CliRunner

from data_sources.lake import Lake
from sample_data.__main__ import app

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("WATER_LAKE", str(tmp_path / "lake"))
    arguments = ["build", "--as-of", "2026-09-15T08:20:00Z", "--days", "1", "--months", "0"]
    return lambda *more: CliRunner().invoke(app, [*arguments, *more])


def test_it_fills_the_lake_and_replaces_its_own(run, tmp_path, demonstration):
    first = run()
    assert first.exit_code == 0, first.output
    assert first.stdout.strip() == str(tmp_path / "lake")
    lake = Lake(tmp_path / "lake", demonstration)
    assert len(lake.sealed_days()) == 1
    for table in ("call", "hall_ticket", "work_order", "meter", "meter_event", "stock_item", "stock_move", "sale",
                  "water_balance", "weather", "action_item"):  # fmt: skip
        assert lake.exists(table), table
    assert len(lake.scan("water_balance").filter(site_id="NET").collect()) == 42
    assert (tmp_path / "lake" / "truth.parquet").exists()
    assert run().exit_code == 0


def test_other_data_are_never_replaced(run, tmp_path):
    (tmp_path / "lake" / "reading").mkdir(parents=True)
    done = run()
    assert done.exit_code == 2
    assert "holds other data" in done.stderr.strip().splitlines()[-1]
    assert (tmp_path / "lake" / "reading").exists()


@pytest.mark.parametrize("as_of", ["yesterday", "2026-09-15T08:20:00"])
def test_a_moment_needs_an_offset(run, as_of):
    done = run("--as-of", as_of)
    assert done.exit_code == 2
