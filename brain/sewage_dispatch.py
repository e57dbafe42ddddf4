"""How should the sewage pumps run for the next 24 hours? A plan for every station beside the rule installed."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from brain.demand.hours import Hours
from brain.dispatch.judge import DECIDES, judge, record_needs
from brain.dispatch.known import known_now, situation
from brain.dispatch.outcome import as_installed, follow
from brain.dispatch.rows import ADVISED, INSTALLED, plan_rows
from brain.dispatch.sewers import plan
from brain.question import Answer, Inputs, Question
from brain.storm.dry_weather import dry_curve
from brain.storm.fitting import LEADS
from brain.storm.situation import available_pumps, fit_state, network_of, record_of
from brain.storm_risk import FIT_INPUTS, INPUTS

BASELINE_HOURS = 30 * 24


def answer(inputs: Inputs, now: datetime) -> Answer:
    """The plan, and the rule installed over the same inflow: the mean of the storm question's ensemble.

    Raises TooLittle where that has nothing to say, NoPlan where the solver ends without a plan.
    """
    if not network_of(inputs, now).stations:
        return {}
    network, at, _ = situation(inputs, now)
    solved = plan(network, at)
    advised = plan_rows(network, follow(network, at, solved), ADVISED, now, solved)
    installed = plan_rows(network, as_installed(network, at), INSTALLED, now)
    return {"plan": pl.concat([advised, installed])}


def baseline(inputs: Inputs, now: datetime) -> Answer:
    """The rule installed over the dry-weather curve: what is known without a forecast of rain."""
    network = network_of(inputs, now)
    if not network.stations:
        return {}
    known = record_of(inputs, now, network, BASELINE_HOURS)
    curve = dry_curve(known, known.own, Hours(now, LEADS, inputs.utility.timezone), (0.5,))[0]
    at = known_now(inputs, now, known, np.nan_to_num(curve), available_pumps(inputs["available"], network))
    return {"plan": plan_rows(network, as_installed(network, at), INSTALLED, now)}


QUESTION = Question(
    id="sewage_dispatch",
    inputs=INPUTS,
    answer=answer,
    baseline=baseline,
    model=ADVISED,
    baseline_model=INSTALLED,
    clock=timedelta(hours=1),
    decides=DECIDES,
    fit=fit_state,
    fit_inputs=FIT_INPUTS,
    trial=judge,
    trial_inputs=record_needs,
)
