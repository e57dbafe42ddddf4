"""One storm of the sample from forecast to verdict: risk, plan, advice, acceptance, simulation, and what came of it."""

import json
import os
import shutil
from datetime import timedelta

import polars as pl
import pytest

from brain.acts import record
from brain.question import slot
from brain.questions import QUESTIONS
from brain.run import ask
from data_sources.lake import Lake
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries.advice import open_advice, past_advice
from sample_data.events import events
from tests.browser.pictures import moment_in_cycle
from tests.conftest import AS_OF

BY_ID = {question.id: question for question in QUESTIONS}
HOURS_BEFORE = 4


@pytest.fixture(scope="module")
def engine(sample_lake, tmp_path_factory, demonstration):
    """The sample's rows in a lake of its own, where the brain may write."""
    root = tmp_path_factory.mktemp("storm") / "lake"
    shutil.copytree(sample_lake.root, root, copy_function=os.link)
    lake = Lake(root, demonstration)
    build_marts(lake, demonstration, AS_OF)
    return Engine(demonstration, lake, load_catalogue(demonstration))


@pytest.fixture(scope="module")
def storm_start(demonstration):
    storm = max(events("storm"), key=lambda one: one.detail["mm"])
    return moment_in_cycle(demonstration, storm.cycle_day, storm.hour, AS_OF - timedelta(days=2))


def asked(engine, ids, at):
    outcomes = [ask(engine, BY_ID[id_], slot(BY_ID[id_].clock, at, engine.utility)) for id_ in ids]
    assert [one.state for one in outcomes] == ["ok"] * len(ids), [one.reason for one in outcomes]


def risk_at(engine, at):
    rows = engine.lake.scan("risk").filter(pl.col("issued_at") == at).collect()
    return dict(rows.select("site_id", "probability").rows())


@pytest.mark.slow
def test_from_the_forecast_to_the_verdict(engine, storm_start):
    before = storm_start - timedelta(hours=HOURS_BEFORE)
    calm = before - timedelta(days=2)
    # two days before nobody is at risk; hours before the rain stations are, by name
    asked(engine, ["storm_risk"], calm)
    assert max(risk_at(engine, calm).values()) <= 0.2
    asked(engine, ["storm_risk", "sewage_dispatch", "advice"], before)
    at_risk = {site for site, probability in risk_at(engine, before).items() if probability > 0.5}
    assert at_risk

    # the plan loses less than the rule over the same inflow, and some station no longer overflows
    plan = engine.lake.scan("plan").filter(pl.col("issued_at") == before).collect()
    lost = plan.group_by("site_id", "variant").agg(pl.col("overflow_m3").sum()).pivot("variant", index="site_id")
    assert lost["advised"].sum() < lost["installed_rule"].sum()
    assert lost.filter(pl.col("installed_rule") > 1, pl.col("advised") < 1).height

    # the advice says what to do where, by when, and what it gains; one for each works, the worst harm first
    said = open_advice(engine, before)
    assert set(said["kind"]) == {"storm"}
    assert said["harm_cny"].to_list() == sorted(said["harm_cny"], reverse=True)
    first = said.row(0, named=True)
    named = {one["site_id"] for one in json.loads(first["evidence"])["stations"]}
    assert named & at_risk
    assert before <= first["act_by"] < storm_start + timedelta(hours=3)
    assert first["gain"] > 0 and "提前抽排" in first["action_zh"]

    # it is accepted; nobody follows it in the sample, so its promise is judged by what the wells did
    record(engine.lake, "李工", "accept", first["advice_id"], None, before + timedelta(minutes=5))
    after = first["expires_at"] + timedelta(hours=3)
    asked(engine, ["storm_risk", "sewage_dispatch", "advice"], after)
    told = {one["advice_id"]: one for one in past_advice(engine, after).to_dicts()}
    assert told[first["advice_id"]]["status"] == "accept"
    assert {one["came"] for one in told.values() if one["made_at"] == before} <= {"kept", "not_kept", "unknown"}
    # those that nobody took up warned of what then came: a well did reach its alarm level
    others = [one["came"] for id_, one in told.items() if id_ != first["advice_id"] and one["made_at"] == before]
    assert others and set(others) == {"kept"}
