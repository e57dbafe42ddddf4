"""Walks every question: contract, card, order, determinism, and that nothing after the moment is looked at."""

import json
import re
from datetime import timedelta

import polars as pl
import pytest

import brain
from brain.fitted import fitted_at
from brain.inputs import read_inputs
from brain.question import Inputs, Question, slot
from brain.questions import QUESTIONS
from data_sources.contracts import TABLES
from data_sources.lake import Lake
from data_sources.problems import ROOT
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.view_columns import VIEW_COLUMNS
from sample_data.build import build
from tests.conftest import AS_OF, SAMPLE_DAYS
from tests.linked_lake import linked_lake

NOW = AS_OF - timedelta(days=2, minutes=20)
"""14:00 UTC, two days before the sample ends."""
HEADINGS = ["Question", "Method", "Source", "Inputs", "Score", "When not to trust it"]
ON_OTHERS_ANSWERS = ("advice",)
"""Of plans and forecasts the sample has none before somebody asks: tests/brain/test_advice.py walks it."""
QUANTITIES = ["flow", "level", "rainfall", "available", "running"]


def each_question(without=()):
    asked = [question for question in QUESTIONS if question.id not in without]
    return pytest.mark.parametrize("question", asked, ids=lambda question: question.id)


@each_question()
def test_a_question_keeps_the_contract(question: Question):
    module = ROOT / "brain" / f"{question.id}.py"
    assert module.exists()
    assert "QUESTION = Question(" in module.read_text(encoding="utf-8")
    for needs in (question.inputs, question.fit_inputs or {}, question.score_inputs or {}):
        for need in needs.values():
            assert need.view in VIEW_COLUMNS
            assert set(need.where) <= set(VIEW_COLUMNS[need.view])
            assert need.back >= timedelta() and need.ahead >= timedelta()
    assert question.model != question.baseline_model
    assert not {question.model, question.baseline_model} & {"shown"}
    assert timedelta(minutes=15) <= question.clock <= timedelta(days=1)


@each_question()
def test_a_question_has_its_card(question: Question):
    card = (ROOT / "docs" / "brain" / f"{question.id}.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", card, re.M) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .+$", card, flags=re.M))
    assert f"(brain/{question.id}.md)" in (ROOT / "docs" / "brain.md").read_text(encoding="utf-8")


def test_ids_are_unique_and_all_modules_with_a_question_are_asked():
    ids = [question.id for question in QUESTIONS]
    assert len(ids) == len(set(ids))
    modules = ROOT.joinpath(*brain.__name__.split(".")).glob("*.py")
    assert set(ids) == {path.stem for path in modules if "\nQUESTION = " in path.read_text(encoding="utf-8")}


def answers(engine: Engine, question: Question, state_lake: Lake) -> dict[str, dict[str, pl.DataFrame]]:
    """Method's and baseline's answers at NOW from the engine's lake; what is fitted goes into another one."""
    at = slot(question.clock, NOW, engine.utility)
    inputs = read_inputs(engine, question.inputs, at)
    needs = question.fit_inputs or question.inputs
    state = fitted_at(question, state_lake, at, lambda moment: read_inputs(engine, needs, moment))
    given = Inputs(inputs.utility, inputs.frames, json.loads(json.dumps(state)))
    return {"answer": question.answer(given, at), "baseline": question.baseline(given, at)}


@pytest.fixture(scope="session")
def long_lake(tmp_path_factory, demonstration):
    """A sample with as many months of hourly flow as demand needs to learn from."""
    lake = Lake(tmp_path_factory.mktemp("long") / "lake", demonstration)
    build(lake, demonstration, AS_OF, SAMPLE_DAYS, 3, lambda done, total: None)
    build_marts(lake, demonstration, AS_OF)
    return lake


@pytest.fixture(scope="session")
def spoiled_lake(long_lake, tmp_path_factory, demonstration):
    """The long sample, but what became known after NOW is nonsense: readings, rain and its forecasts."""
    lake = linked_lake(long_lake, tmp_path_factory.mktemp("spoiled") / "lake")
    today = demonstration.day_of(NOW)
    wanted = demonstration.points.filter(pl.col("quantity").is_in(QUANTITIES))["point_id"].to_list()
    for table in ("reading", "weather"):
        rows = lake.scan(table, [today, today + timedelta(days=1)])
        if table == "reading":
            rows = rows.filter(pl.col("point_id").is_in(wanted) & (pl.col("ts") + pl.duration(seconds="span_s") > NOW))
        number = "value" if table == "reading" else "rain_mm"
        late = rows.filter(pl.col(str(TABLES[table].own_time)) > NOW).with_columns(pl.col(number) * 3 + 17).collect()
        assert lake.write(table, late.select(list(TABLES[table].columns)), source="test").rows_written > 100
    lake.seal([today, today + timedelta(days=1)])
    build_marts(lake, demonstration, AS_OF)
    return lake


def same(left: dict[str, dict[str, pl.DataFrame]], right: dict[str, dict[str, pl.DataFrame]]) -> None:
    assert left.keys() == right.keys()
    for who in left:
        assert left[who].keys() == right[who].keys()
        for table, rows in left[who].items():
            assert rows.equals(right[who][table]), f"{who}: {table}"


@pytest.mark.slow
@each_question(ON_OTHERS_ANSWERS)
def test_nothing_after_the_moment_is_looked_at(question, long_lake, spoiled_lake, demonstration, tmp_path):
    catalogue = load_catalogue(demonstration)
    true = answers(Engine(demonstration, long_lake, catalogue), question, Lake(tmp_path / "a", demonstration))
    spoiled = answers(Engine(demonstration, spoiled_lake, catalogue), question, Lake(tmp_path / "b", demonstration))
    assert any(rows.height for rows in true["answer"].values())
    same(true, spoiled)


@pytest.mark.slow
@each_question(ON_OTHERS_ANSWERS)
def test_the_same_inputs_give_the_same_answer(question, long_lake, demonstration, tmp_path):
    engine = Engine(demonstration, long_lake, load_catalogue(demonstration))
    same(*(answers(engine, question, Lake(tmp_path / word, demonstration)) for word in "ab"))
