"""`python -m brain`: its verbs, their JSON and exit codes, one clear line where input is bad."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from brain.__main__ import app
from brain.public_scores import COLUMNS
from brain.questions import QUESTIONS
from data_sources.lake import Lake
from data_sources.load import load_utility
from tests.small_utility import write_small_utility

MOMENT = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """A small archive with two days of what leaves the works: too little to forecast from."""
    folder = write_small_utility(tmp_path / "tiny")
    text = (folder / "utility.toml").read_text(encoding="utf-8").replace('clock = "wall"', 'clock = "data"')
    (folder / "utility.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("WATER_UTILITY", str(folder))
    monkeypatch.setenv("WATER_LAKE", str(tmp_path / "lake"))
    made = Lake(tmp_path / "lake", load_utility(folder))
    times = [MOMENT - timedelta(minutes=5 * n) for n in range(1, 600)]
    rows = pl.DataFrame({"point_id": "W1.flow", "ts": times, "span_s": 0, "value": 800.0, "quality": "good"})
    made.write("reading", rows, source="scada")
    return made


def called(*arguments: str):
    with capture_logs():
        return CliRunner().invoke(app, arguments)


def test_run_says_what_became_of_each_question(lake):
    # it is fitted as on Monday at 00:00, when hardly anything had come
    result = called("run", "--question", "water_demand", "--json")
    fact = json.loads(result.stdout)
    assert [(one["question"], one["state"], one["shown"]) for one in fact] == [("water_demand", "failed", None)]
    assert "0 days of hourly flow" in fact[0]["reason"]
    assert result.exit_code == 1


@pytest.mark.parametrize("verb", ["run", "backtest"])
def test_a_question_that_there_is_not_is_one_line(lake, verb):
    result = called(verb, "--question", "weather_next_year")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("weather_next_year")
    assert QUESTIONS[0].id in result.stderr


def test_scores_are_a_list_with_the_promised_names(lake):
    start = datetime(2026, 8, 15, 16, tzinfo=UTC)
    fact = {
        "question": "water_demand", "model": "boosting", "metric": "pinball_24h", "window_start": start,
        "window_end": start + timedelta(days=30), "value": 1.0, "baseline": "last_week", "baseline_value": 2.0, "n": 9,
    }  # fmt: skip
    lake.write("score", pl.DataFrame([fact]), source="test")
    result = called("score", "--json")
    facts = json.loads(result.stdout)
    assert result.exit_code == 0
    assert all(set(COLUMNS) <= one.keys() for one in facts)
    own = [one for one in facts if one["window"] == "2026-08-15/2026-09-14"]
    assert [(one["metric"], one["value"], one["baseline_value"]) for one in own] == [("pinball_24h", 1.0, 2.0)]
    assert "pinball_24h" in called("score").stdout


def test_explain_takes_the_evidence_apart(lake):
    row = {
        "advice_id": "a1", "kind": "pump_early", "site_id": "P1", "made_at": MOMENT, "expires_at": MOMENT,
        "action_zh": "提前抽空", "action_en": "Pump early", "confidence": 0.8, "inputs_age_s": 60.0,
        "evidence": json.dumps({"rain_mm": 40}),
    }  # fmt: skip
    lake.write("advice", pl.DataFrame([row]), source="test")
    assert json.loads(called("explain", "a1", "--json").stdout)["evidence"] == {"rain_mm": 40}
    result = called("explain", "a2")
    assert result.exit_code == 2
    assert result.stderr.strip().startswith("a2")
