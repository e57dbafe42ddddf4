"""What a benchmark says of itself, and what the benchmarks run on."""

import json
from datetime import date
from pathlib import Path

import pytest

import bench
from bench.__main__ import claims
from bench.claim import Claim, median_seconds
from bench.synthetic import days_before, demonstration, minutes_of
from data_sources.contracts import TABLES


def test_a_claim_is_one_json_line_with_both_sides():
    claim = Claim("x", "at most twice", {"ours_s": 3.0, "peer_s": 2.0, "ratio": 1.5}, True, {"rows": 10})
    assert "\n" not in claim.line()
    assert json.loads(claim.line()) == {
        "name": "x",
        "goal": "at most twice",
        "measured": {"ours_s": 3.0, "peer_s": 2.0, "ratio": 1.5},
        "met": True,
        "size": {"rows": 10},
    }


def test_the_median_is_that_of_the_runs():
    runs = []
    assert median_seconds(lambda: runs.append(1), 5) >= 0
    assert len(runs) == 5


def test_every_file_is_a_claim():
    assert {"board_snapshot", "brain_dispatch"} <= set(claims())
    folder = Path(bench.__file__).parent
    assert not [name for name in claims() if "Claim(" not in (folder / f"{name}.py").read_text(encoding="utf-8")]


def test_a_day_of_minutes_keeps_the_contract_of_readings():
    utility = demonstration()
    rows = minutes_of(utility, date(2026, 9, 14), 3600)
    assert rows.height == 24 * utility.points.height
    _, failure = TABLES["reading"].schema.filter(rows.drop("covered_s"))
    assert failure.counts() == {}
    assert rows["point_id"].is_sorted()


@pytest.mark.parametrize("count", [1, 30])
def test_days_before(count):
    days = days_before(count, date(2026, 9, 14))
    assert len(days) == count
    assert days[-1] == date(2026, 9, 14)
    assert days == sorted(days)
