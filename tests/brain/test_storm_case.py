"""One storm from forecast to verdict (docs/storm-case.md): risk, plan, advice, acceptance, what came, score."""

import json

import polars as pl
import pytest

from brain.dispatch.rows import ADVISED, INSTALLED
from brain.score_table import all_scores
from data_sources.problems import ROOT
from metrics.engine import Engine
from metrics.queries.advice import acts as acts_of
from metrics.queries.advice import open_advice, past_advice, track_record
from tests.linked_lake import linked_lake
from tests.storm_town.case import (
    AFTER,
    CALM,
    DISPATCHER,
    SCORED,
    accepted,
    before_the_storm,
    highest_m,
    the_storm_comes,
)
from tests.storm_town.town import MEMBERS, NOW, STORM_AT, STORM_MM

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The town five hours before the storm, with everything the brain says."""
    return before_the_storm(tmp_path_factory.mktemp("town") / "lake")


@pytest.fixture(scope="module")
def heeded(told, tmp_path_factory):
    """The same a day and a half later: the advice was accepted and the pumps followed the plan."""
    engine = beside(told, tmp_path_factory)
    accepted(engine)
    the_storm_comes(engine, is_plan_followed=True)
    return engine


@pytest.fixture(scope="module")
def unheeded(told, tmp_path_factory):
    """The same where nobody did anything: the pumps stayed under the rule installed."""
    engine = beside(told, tmp_path_factory)
    the_storm_comes(engine, is_plan_followed=False)
    return engine


def beside(engine, tmp_path_factory):
    lake = linked_lake(engine.lake, tmp_path_factory.mktemp("later") / "lake")
    return Engine(engine.utility, lake, engine.catalogue)


def risk_at(engine, at):
    rows = engine.lake.scan("risk").filter(pl.col("issued_at") == at).collect()
    return dict(rows.select("site_id", "probability").rows())


def planned(engine, variant):
    """Station → highest level (m) and overflow (m³) of a way of pumping, as said at NOW."""
    rows = engine.lake.scan("plan").filter(pl.col("issued_at") == NOW, pl.col("variant") == variant).collect()
    of_site = rows.group_by("site_id").agg(pl.col("level_m").max(), pl.col("overflow_m3").sum())
    return {site: (level, spilt) for site, level, spilt in of_site.iter_rows()}


def verdict(engine):
    """What became of the advice on the storm."""
    (past,) = past_advice(engine, SCORED).filter(kind="storm").to_dicts()
    return past["status"], past["came"]


def score_of(engine, question, metric):
    (row,) = all_scores(engine, SCORED).filter(question=question, metric=metric, is_public=False).to_dicts()
    return row


def test_the_risk_rises_at_the_station_that_will_be_short(told):
    assert max(risk_at(told, CALM).values()) == 0
    risk = risk_at(told, NOW)
    assert risk["P2"] > 0.9
    assert max(risk["P1"], risk["P3"]) < 0.1


def test_the_plan_keeps_every_well_below_its_alarm_where_the_rule_overflows(told):
    alarm = 4.2
    rule, advised = planned(told, INSTALLED), planned(told, ADVISED)
    assert rule["P2"][1] > 300 and rule["P2"][0] == pytest.approx(5.2)
    assert all(spilt == 0 for _, spilt in advised.values())
    assert all(level < alarm for site, (level, _) in advised.items() if site != "W")
    # what the relay can't take waits in the tank above it, which the rule leaves half empty
    assert advised["P1"][0] > rule["P1"][0] + 1


def test_the_advice_says_where_when_and_what_for(told):
    (said,) = open_advice(told, NOW).to_dicts()
    assert (said["kind"], said["site_id"], said["status"]) == ("storm", "P2", "open")
    assert said["action_zh"].startswith("中桥中继站等3座提前抽排：")
    assert said["action_en"].startswith("Pump ahead, Zhongqiao relay +2: ")
    assert NOW <= said["act_by"] < STORM_AT
    assert said["gain"] == pytest.approx(planned(told, INSTALLED)["P2"][1], abs=0.1)
    assert said["confidence"] == pytest.approx(risk_at(told, NOW)["P2"])
    (relay,) = json.loads(said["evidence"])["stations"]
    assert relay["site_id"] == "P2" and relay["top_m_plan"] < relay["alarm"] < relay["top_m"]


def test_followed_it_holds_what_it_promised_and_the_score_says_so(heeded):
    assert all(highest_m(heeded, station) < 4.2 for station in ("P1", "P2", "P3"))
    assert verdict(heeded) == ("accept", "kept")
    who = acts_of(heeded, AFTER).sort("done_at").select("user", "verb").rows()
    assert who == [(DISPATCHER, "accept"), ("brain", "verify")]
    record = track_record(past_advice(heeded, SCORED).drop("status", "came"), acts_of(heeded, SCORED))
    assert (record["kept"], record["not_kept"], record["unknown"]) == (1, 0, 0)
    row = score_of(heeded, "advice", "did_not_come_true")
    assert (row["value"], row["n"]) == (0, 1)


def test_unheeded_the_relay_overflows_and_the_warning_was_true(unheeded):
    assert highest_m(unheeded, "P2") == pytest.approx(5.2)
    assert verdict(unheeded) == ("open", "kept")
    row = score_of(unheeded, "storm_risk", "brier_24h")
    assert row["value"] < row["baseline_value"] and row["n"] == 6


def test_the_page_of_docs_tells_these_numbers(told, heeded, unheeded):
    page = (ROOT / "docs" / "storm-case.md").read_text(encoding="utf-8")
    rule, advised = planned(told, INSTALLED), planned(told, ADVISED)
    rows = [
        (f"{rule['P2'][0]:.2f} m", f"{advised['P2'][0]:.2f} m"),
        (f"{rule['P2'][1]:.0f} m³", f"{advised['P2'][1]:.0f} m³"),
        (f"{rule['P1'][0]:.2f} m", f"{advised['P1'][0]:.2f} m"),
        (f"{highest_m(unheeded, 'P2'):.2f} m", f"{highest_m(heeded, 'P2'):.2f} m"),
    ]
    lines = [line for line in page.splitlines() if line.endswith(("m |", "m³ |"))]
    told_there = [tuple(cell.strip() for cell in line.split("|")[2:4]) for line in lines]
    assert told_there == rows
    assert f"{risk_at(told, NOW)['P2']:.0%}".replace("%", " %") in page
    assert f"{STORM_MM:.0f} mm" in page and f"{len(MEMBERS)} members" in page
