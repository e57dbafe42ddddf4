"""One storm in the town, step by step: what is said before it, who accepts it, what comes, and how true it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from brain.acts import record
from brain.dispatch.follow import STEP_MIN
from brain.dispatch.known import situation
from brain.dispatch.outcome import following
from brain.dispatch.sewers import STEPS, plan
from brain.inputs import inputs_of
from brain.questions import QUESTIONS
from brain.run import ask
from brain.scores import score
from brain.sewer.wells import Bools, Floats, PumpRule, installed_rule
from data_sources.lake import Lake
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries.advice import open_advice
from tests.storm_town.town import NOW, go_on, utility, write_record

CALM = NOW - timedelta(days=2)
AFTER = NOW + timedelta(hours=36)
OVER = NOW + timedelta(hours=15)
"""The rain is over, its wells are down again."""
SCORED = NOW + timedelta(hours=40)
"""Early on the second day after: the score is that of whole days."""
DISPATCHER = "李工"
_BY_ID = {question.id: question for question in QUESTIONS}


@dataclass(frozen=True)
class _Planned:
    """A plan's rule for the day it was made for, then the one installed."""

    plan: PumpRule
    installed: PumpRule

    def wanted(self, minute: int, level: Floats, running: Bools) -> tuple[Floats, Bools]:
        """As that of the two whose time it is."""
        return (self.plan if minute < STEPS * STEP_MIN else self.installed).wanted(minute, level, running)


def before_the_storm(root: Path) -> Engine:
    """The town with its record up to NOW, and what was said two days ago and is said now."""
    root.mkdir(parents=True)
    town = utility()
    lake = Lake(root, town)
    write_record(lake)
    build_marts(lake, town, NOW)
    engine = Engine(town, lake, load_catalogue(town))
    asked(engine, ["storm_risk"], CALM)
    asked(engine, ["storm_risk", "sewage_dispatch", "advice"], NOW)
    return engine


def asked(engine: Engine, ids: Sequence[str], at: datetime) -> None:
    """Ask these questions as at a moment. Raises AssertionError where a method could not answer."""
    outcomes = [ask(engine, _BY_ID[one], at) for one in ids]
    assert [one.state for one in outcomes] == ["ok"] * len(ids), [one.reason for one in outcomes]


def accepted(engine: Engine) -> str:
    """The first advice is accepted; its id."""
    advice_id = str(open_advice(engine, NOW)["advice_id"][0])
    record(engine.lake, DISPATCHER, "accept", advice_id, None, NOW + timedelta(minutes=5))
    return advice_id


def the_storm_comes(engine: Engine, *, is_plan_followed: bool) -> None:
    """The hours after, the pumps by the plan of NOW or by the rule installed, up to the verdict and the score."""
    rule = None
    if is_plan_followed:
        network, now, _ = situation(inputs_of(engine, _BY_ID["sewage_dispatch"], NOW), NOW)
        rule = _Planned(following(network, now, plan(network, now)), installed_rule(network.wells))
    go_on(engine.lake, rule)
    build_marts(engine.lake, engine.utility, SCORED)
    asked(engine, ["storm_risk", "sewage_dispatch", "advice"], AFTER)
    score(engine, SCORED)


def highest_m(engine: Engine, station: str) -> float:
    """The highest level read at a station after NOW, m."""
    levels = engine.lake.scan("reading").filter(pl.col("point_id") == f"{station}.level", pl.col("ts") > NOW)
    return float(levels.select(pl.col("value").max()).collect().item())
