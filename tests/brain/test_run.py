"""How questions are asked: once a slot, each failing alone, the baseline taking over, what was issued staying."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from structlog.testing import capture_logs

import brain.backtest
import brain.run
import brain.scores
from brain.backtest import backtest
from brain.issue import rows_of
from brain.process import BrainProcess
from brain.question import Inputs, Need, Question, TooLittle, slot
from brain.run import run
from brain.scores import score
from brain.status import read_status
from brain.track_record import method_is_shown
from metrics.catalogue import load_catalogue
from metrics.engine import Engine

NOW = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


def forecast(series: str, start: datetime, value: float, hours: int = 24) -> dict[str, pl.DataFrame]:
    at = [start.replace(minute=0) + n * HOUR for n in range(hours)]
    rows = [{"series": series, "valid_at": t, "quantile": q, "value": value + q} for t in at for q in (0.1, 0.5, 0.9)]
    return {"forecast": pl.DataFrame(rows)}


def question(id_: str, **changes: object) -> Question:
    given = {
        "inputs": {"sites": Need("sites")},
        "answer": lambda inputs, now: forecast(f"{id_}/demand", now, 10.0),
        "baseline": lambda inputs, now: forecast(f"{id_}/demand", now, 14.0),
        "model": "clever",
        "baseline_model": "plain",
        "clock": HOUR,
        "decides": "pinball_24h",
    }
    return Question(id=id_, **{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def quiet():
    with capture_logs():
        yield


@pytest.fixture
def engine(tiny_utility, tiny_lake):
    return Engine(tiny_utility, tiny_lake, load_catalogue(tiny_utility))


@pytest.fixture
def asked(monkeypatch):
    """Sets the questions that are asked."""

    def ask(*questions: Question) -> None:
        for module in (brain.run, brain.scores, brain.backtest):
            monkeypatch.setattr(module, "QUESTIONS", questions)

    return ask


def shown(lake) -> list[tuple[str, float]]:
    rows = lake.scan("forecast").filter((pl.col("model") == "shown") & (pl.col("quantile") == 0.5)).collect()
    return sorted(set(rows.select("series", "value").rows()))


def test_slots_are_counted_on_the_wall_from_the_days_start(tiny_utility):
    quarter, six, week = timedelta(minutes=15), 6 * HOUR, timedelta(days=7)
    assert slot(quarter, NOW, tiny_utility) == NOW - timedelta(minutes=5)
    assert slot(six, NOW, tiny_utility) == datetime(2026, 9, 15, 4, tzinfo=UTC)  # 12:00 in Shanghai
    assert slot(week, NOW, tiny_utility) == datetime(2026, 9, 13, 16, tzinfo=UTC)  # Monday, 00:00


def test_a_question_is_asked_once_a_slot(engine, asked):
    asked(question("A"))
    first = run(engine, NOW)
    assert [(one.state, one.at, one.shown) for one in first] == [("ok", NOW.replace(minute=0), "clever")]
    assert run(engine, NOW + timedelta(minutes=30)) == []
    assert len(run(engine, NOW + HOUR)) == 1
    assert shown(engine.lake) == [("A/demand", 10.5)]
    assert set(engine.lake.scan("forecast").collect()["model"]) == {"clever", "plain", "shown"}


def test_each_fails_alone_and_the_baseline_takes_over(engine, asked):
    def short(inputs: Inputs, now: datetime) -> None:
        raise TooLittle("three days of flow; learning needs 100")

    def broken(inputs: Inputs, now: datetime) -> None:
        raise ZeroDivisionError("no pump")

    asked(question("A", answer=broken, baseline=broken), question("B", answer=short), question("C"))
    outcomes = {one.question: one for one in run(engine, NOW)}
    assert [outcomes[id_].state for id_ in "ABC"] == ["failed", "baseline", "ok"]
    assert "no pump" in outcomes["A"].reason
    assert outcomes["B"].reason == "three days of flow; learning needs 100"
    assert shown(engine.lake) == [("B/demand", 14.5), ("C/demand", 10.5)]
    assert read_status(engine.lake) == outcomes
    assert [one.question for one in run(engine, NOW)] == ["A"]  # what failed is asked again


def test_inputs_that_cannot_be_read_are_an_outcome(engine, asked):
    asked(question("A", inputs={"x": Need("no_such_view")}), question("B"))
    assert [one.state for one in run(engine, NOW)] == ["failed", "ok"]


def test_a_forecast_stays_as_issued(engine, asked):
    asked(question("A"))
    run(engine, NOW)
    asked(question("A", answer=lambda inputs, now: forecast("A/demand", now, 99.0)))
    backtest(engine, NOW + timedelta(days=2), 2)
    run(engine, NOW - timedelta(days=1))
    run(engine, NOW)
    kept = engine.lake.scan("forecast").filter(pl.col("issued_at") == NOW.replace(minute=0)).collect()
    assert set(kept.filter(pl.col("model") == "clever")["value"]) == {10.1, 10.5, 10.9}


def test_a_series_that_the_method_leaves_out_is_the_baselines():
    method = forecast("A/demand", NOW, 1.0)
    baseline = {"forecast": pl.concat([forecast(f"{one}/demand", NOW, 2.0)["forecast"] for one in "AB"])}
    rows = rows_of(question("A"), method, baseline, shows_method=True, at=NOW, age_s=60)["forecast"]
    of_both = rows.filter((pl.col("model") == "shown") & (pl.col("quantile") == 0.5))
    assert set(of_both.select("series", "value").rows()) == {("A/demand", 1.5), ("B/demand", 2.5)}
    assert set(rows["inputs_age_s"]) == {60.0}


def plan_of(variant: str) -> pl.DataFrame:
    return pl.DataFrame({"site_id": ["P1"], "variant": [variant], "valid_at": [NOW], "flow_m3h": [1.0]})


def risk(site_id: str) -> pl.DataFrame:
    return pl.DataFrame({"site_id": [site_id], "kind": ["overflow"], "horizon_h": [24.0]})


def test_plans_of_both_are_kept_and_risk_only_of_the_one_shown():
    def answer(variant: str) -> dict[str, pl.DataFrame]:
        return {"plan": plan_of(variant), "risk": risk(variant)}

    rows = rows_of(question("A"), answer("advised"), answer("installed_rule"), shows_method=False, at=NOW, age_s=0)
    assert rows["plan"]["variant"].to_list() == ["advised", "installed_rule"]
    assert rows["risk"]["site_id"].to_list() == ["installed_rule"]


def test_a_table_that_the_shown_answer_lacks_is_the_others():
    method, baseline = {"risk": risk("ours")}, {"risk": risk("theirs").clear(), "act": pl.DataFrame({"act_id": ["x"]})}
    rows = rows_of(question("A"), method, baseline, shows_method=True, at=NOW, age_s=0)
    assert (rows["risk"]["site_id"].to_list(), rows["act"]["act_id"].to_list()) == (["ours"], ["x"])
    rows = rows_of(question("A"), method, baseline, shows_method=False, at=NOW, age_s=0)
    assert rows["risk"].is_empty()


def observed(value: float):
    def look(inputs: Inputs, now: datetime) -> pl.DataFrame:
        at = [NOW.replace(minute=0) + n * HOUR for n in range(-96, 96)]
        return pl.DataFrame({"series": "A/demand", "valid_at": at, "value": value})

    return look


@pytest.mark.parametrize(("came", "wins"), [(10.5, True), (14.5, False), (12.5, False)])
def test_where_the_method_does_not_win_the_baseline_is_shown(engine, asked, came, wins):
    one = question("A", observed=observed(came))
    asked(one)
    assert method_is_shown(engine.lake, one, NOW)  # never scored: has not lost yet
    assert [outcome.state for outcome in backtest(engine, NOW, 2)] == ["ok", "ok"]
    rows = score(engine, NOW)
    assert {"pinball_24h", "mae_24h", "mape_24h", "coverage_24h"} <= set(rows["metric"])
    assert rows["window_end"].unique().to_list() == [datetime(2026, 9, 14, 16, tzinfo=UTC)]
    assert method_is_shown(engine.lake, one, NOW) is wins
    assert run(engine, NOW)[0].shown == ("clever" if wins else "plain")


def test_a_question_that_looks_back_at_its_answers_is_asked_before_the_days_judged(engine, asked):
    asked(question("A", observed=observed(10.5), warm_up=timedelta(days=2)))
    at = [outcome.at for outcome in backtest(engine, NOW, 2)]
    assert at == [datetime(2026, 9, day, 15, tzinfo=UTC) for day in (11, 12, 13, 14)]
    score(engine, NOW)


def test_scores_know_nothing_of_what_came_after(engine, asked):
    asked(question("A", observed=observed(10.5)))
    backtest(engine, NOW, 2)
    run(engine, NOW)
    rows = score(engine, NOW)
    # issued at 23:00 local of two days: 24 hours of the first, the one hour of the second that was over at midnight
    assert rows.filter(pl.col("metric") == "mae_24h")["n"].to_list() == [25]


def test_the_worker_starts_one_process_a_quarter_of_an_hour(tiny_lake, monkeypatch):
    started = []

    class Child:
        pid = 1

        def __init__(self, command, **_):
            started.append(command[-1])
            self.ended = False

        def poll(self):
            return 0 if self.ended else None

    monkeypatch.setattr("brain.process.subprocess.Popen", Child)
    monkeypatch.setattr("brain.process.os.setpriority", lambda *_: None)
    brain_process = BrainProcess(tiny_lake)
    assert brain_process.tick(NOW) == "run"
    assert brain_process.tick(NOW + HOUR) is None  # the first is still at work
    brain_process._child.ended = True
    assert brain_process.tick(NOW + timedelta(minutes=5)) is None
    assert brain_process.tick(NOW + timedelta(minutes=10)) == "run"
    assert started == ["run", "run"]
