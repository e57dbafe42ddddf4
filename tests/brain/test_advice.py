"""The list of advice through a small lake: made from a plan, kept, withdrawn, verified; blind to what comes later."""

from datetime import timedelta

import polars as pl
import pytest

from brain.acts import NoSuchAct, record
from brain.advice import BACK, QUESTION
from brain.inputs import read_inputs
from brain.question import TooLittle
from brain.run import ask
from data_sources.contracts import TABLES
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries.advice import open_advice, past_advice, track_record
from tests.brain.advising.plan_rows import NOW, rows
from tests.metrics.lake_rows import write

RULE = rows("P1", "installed_rule", [100, 100, 300, 300], [3, 3.5, 4.1, 3.5], [0, 0, 12, 0], [10])
PLAN = rows("P1", "advised", [100, 300, 300, 300], [3, 3.2, 3.5, 3.0], [0], [10])
ADVICE_ID = "storm/T1/2026-09-15T08:00Z"


def plan_into(lake, issued_at=NOW, *frames):
    moved = [frame.with_columns(issued_at=pl.lit(issued_at)) for frame in frames or (RULE, PLAN)]
    lake.write("plan", pl.concat(moved).select(list(TABLES["plan"].columns)), source="test")


def levels(lake, hours, value):
    """An instant every five minutes of P1's well."""
    first = NOW.replace(minute=0)
    write(
        lake,
        "reading",
        *(
            {
                "point_id": "P1.level",
                "ts": first + timedelta(minutes=5 * n),
                "span_s": 0,
                "value": value,
                "quality": "good",
            }
            for n in range(12 * hours)
        ),
    )


@pytest.fixture
def engine(tiny_lake, tiny_utility):
    levels(tiny_lake, 1, 3.0)
    return Engine(tiny_utility, tiny_lake, load_catalogue(tiny_utility))


def asked(engine, at=NOW):
    build_marts(engine.lake, engine.utility, at)
    return ask(engine, QUESTION, at)


def test_a_plan_becomes_an_advice_that_goes_with_its_reason(engine):
    plan_into(engine.lake)
    write(
        engine.lake,
        "risk",
        {"site_id": "P1", "kind": "overflow", "issued_at": NOW, "horizon_h": 24.0, "probability": 0.6},
    )
    assert asked(engine).state == "ok"
    (one,) = open_advice(engine, NOW).to_dicts()
    # 12 m³ and a quarter of an hour: 12 × 100 + 0.25 × 50
    assert (one["advice_id"], one["gain"], one["harm_cny"], one["confidence"]) == (ADVICE_ID, 12.0, 1212.5, 0.6)
    assert one["status"] == "open"
    later = NOW + timedelta(minutes=15)
    assert asked(engine, later).state == "ok"
    assert open_advice(engine, later).height == 1
    calm = NOW + timedelta(minutes=30)
    plan_into(engine.lake, calm, RULE.with_columns(overflow_m3=0.0, level_m=3.0), PLAN)
    assert asked(engine, calm).state == "ok"
    assert open_advice(engine, calm).is_empty()
    assert open_advice(engine, later)["advice_id"].to_list() == [ADVICE_ID]


def test_what_is_done_about_it_and_what_came_of_it(engine):
    plan_into(engine.lake)
    asked(engine)
    record(engine.lake, "甲", "accept", ADVICE_ID, None, NOW + timedelta(minutes=5))
    assert open_advice(engine, NOW + timedelta(minutes=6))["status"].to_list() == ["accept"]
    levels(engine.lake, 5, 3.4)
    after = NOW + timedelta(hours=5)
    asked(engine, after)
    (one,) = past_advice(engine, after).to_dicts()
    assert (one["status"], one["came"]) == ("accept", "kept")
    record_now = track_record(past_advice(engine, after).drop("status", "came"), engine.lake.scan("act").collect())
    assert record_now == {"issued": 1, "kept": 1, "not_kept": 0, "unknown": 0, "waiting": 0}


def test_what_was_said_is_verified_though_there_is_no_plan_any_more(engine):
    plan_into(engine.lake)
    asked(engine)
    levels(engine.lake, 12, 3.4)
    after = NOW + timedelta(hours=11)
    assert asked(engine, after).state == "baseline"
    # nobody took it up, and the well stayed below its alarm level: the warning did not come true
    assert [(one["status"], one["came"]) for one in past_advice(engine, after).to_dicts()] == [("open", "not_kept")]


def test_without_anything_to_go_by_it_says_so(engine):
    outcome = asked(engine)
    assert (outcome.state, outcome.reason) == (
        "baseline",
        "neither a plan of the last 6 hours nor a forecast of demand to advise from",
    )
    plan_into(engine.lake, NOW - BACK - timedelta(hours=1))
    with pytest.raises(TooLittle):
        QUESTION.answer(read_inputs(engine, QUESTION.inputs, NOW), NOW)


def test_nothing_after_the_moment_is_looked_at(engine):
    plan_into(engine.lake)
    build_marts(engine.lake, engine.utility, NOW)
    true = QUESTION.answer(read_inputs(engine, QUESTION.inputs, NOW), NOW)
    later = NOW + timedelta(hours=1)
    plan_into(engine.lake, later, RULE.with_columns(overflow_m3=999.0), PLAN)
    write(
        engine.lake,
        "risk",
        {"site_id": "P1", "kind": "overflow", "issued_at": later, "horizon_h": 24.0, "probability": 1.0},
    )
    record(engine.lake, "甲", "decline", ADVICE_ID, "不需要", later)
    levels(engine.lake, 4, 99.0)
    build_marts(engine.lake, engine.utility, NOW)
    spoiled = QUESTION.answer(read_inputs(engine, QUESTION.inputs, NOW), NOW)
    assert true["advice"].height == 1
    assert all(frame.equals(spoiled[table]) for table, frame in true.items())


@pytest.mark.parametrize(
    ("verb", "subject", "note", "said"),
    [
        ("verify", "x", None, "verb 'verify'"),
        ("accept", " ", None, "subject"),
        ("accept", "x" * 201, None, "subject"),
        ("decline", "x", "  ", "a reason is needed"),
        ("done", "x", "n" * 201, "note"),
    ],
)
def test_an_act_that_makes_no_sense_is_refused(tiny_lake, verb, subject, note, said):
    with pytest.raises(NoSuchAct, match=said):
        record(tiny_lake, "甲", verb, subject, note, NOW)
    assert not tiny_lake.exists("act")
