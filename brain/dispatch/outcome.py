"""What a way of pumping leads to, minute by minute: the plan followed, and the rule installed, over the same inflow."""

from dataclasses import dataclass

import numpy as np

from brain.dispatch.follow import STEP_MIN, PlanRule
from brain.dispatch.sewers import STEP_H, Now
from brain.dispatch.solve import Schedule
from brain.sewer.network import Network, Run, simulate
from brain.sewer.wells import Floats, PumpRule, installed_rule

MOST_STARTS = 6
"""Starts of one pump in an hour that a motor of this size is built for (house default; makers name 6 to 15)."""
STEPS_AN_HOUR = 60 // STEP_MIN


@dataclass(frozen=True, eq=False)
class Outcome:
    """Means and sums of each quarter of an hour. `flow` m³/h, `level` m at its end, `overflow` m³, `starts` of all its

    pumps, `kwh` and `cost`: (stations, steps); `influent` m³/h and `excess` m³ above capacity: (works, steps).
    `most_starts` is the highest number of starts of one pump within an hour, (stations,).
    """

    flow: Floats
    level: Floats
    overflow: Floats
    starts: Floats
    kwh: Floats
    cost: Floats
    influent: Floats
    excess: Floats
    most_starts: Floats


def follow(network: Network, now: Now, plan: Schedule) -> Outcome:
    """The plan followed as far as pumps that are on or off can."""
    return outcome(network, now, PlanRule(network.wells, plan.flow, planned_level(network, now, plan), now.available))


def planned_level(network: Network, now: Now, plan: Schedule) -> Floats:
    """The level that a plan has at the beginning of each step, m: (stations, steps)."""
    ends = plan.volume / network.wells.area_m2[:, None]
    return np.concatenate([now.level[:, None], ends[:, :-1]], axis=1)


def as_installed(network: Network, now: Now) -> Outcome:
    """The level rule installed, over the same inflow: the counterfactual."""
    return outcome(network, now, installed_rule(network.wells, now.available))


def outcome(network: Network, now: Now, rule: PumpRule) -> Outcome:
    """A day in steps of a minute under a rule."""
    before = np.repeat(now.sent.T, STEP_MIN, axis=0)
    run = simulate(network, rule, now.own.T[:, :, None], STEP_MIN, now.level, before, STEP_MIN)
    flow = run.pumped[:, :, 0].T
    kwh = flow * STEP_H * now.kwh_per_m3[:, None]
    influent = run.influent[:, :, 0].T + now.works_own
    over = np.maximum(np.nan_to_num(influent - now.works_m3h[:, None]), 0)
    return Outcome(
        flow=flow,
        level=run.level[:, :, 0].T,
        overflow=run.overflow_m3[:, :, 0].T,
        starts=run.starts[:, :, 0].sum(axis=2).T.astype(np.float64),
        kwh=kwh,
        cost=kwh * now.price,
        influent=influent,
        excess=over * STEP_H,
        most_starts=_most_starts(run),
    )


def _most_starts(run: Run) -> Floats:
    """Over all pumps of a station, the most starts in four quarters of an hour that follow one another."""
    starts = run.starts[:, :, 0].astype(np.float64)
    hours = np.lib.stride_tricks.sliding_window_view(starts, min(STEPS_AN_HOUR, len(starts)), axis=0).sum(axis=-1)
    return hours.max(axis=(0, 2), initial=0.0)
