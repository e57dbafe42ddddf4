"""What a way of pumping leads to, minute by minute: the plan followed, and the rule installed, over the same inflow."""

from dataclasses import dataclass

import numpy as np

from brain.dispatch.energy import onward_kwh_per_m3
from brain.dispatch.follow import STEP_MIN, STEPS_AN_HOUR, PlanRule
from brain.dispatch.sewers import STEP_H, Now
from brain.dispatch.solve import Schedule
from brain.sewer.network import Network, Run, simulate
from brain.sewer.wells import Bools, Floats, PumpRule, installed_rule

MOST_STARTS = 6
"""Starts of one pump in an hour that a motor of this size is built for (house default; makers name 6 to 15)."""
CLOSE_BEFORE = 2 * STEPS_AN_HOUR
"""So many steps before something is lost a plan is followed closely."""
LEAST_LOST = 1.0
"""m³ in a step, or m³/h above what a works takes, from which on something counts as lost."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """Means and sums of each quarter of an hour. `flow` m³/h, `level` m at its end, `overflow` m³, `starts` of all its

    pumps, `kwh` and `cost`: (stations, steps); `influent` m³/h and `excess` m³ above capacity: (works, steps).
    `most_starts` is the highest number of starts of one pump within an hour, (stations,). `left_kwh` and `left_cost`
    (stations,) are what it takes to bring to the works what stands in a well at the end beyond what stood there at the
    beginning, at the mean price: two ways of pumping are compared with it, as one may leave more to be pumped later.
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
    left_kwh: Floats
    left_cost: Floats


def follow(network: Network, now: Now, plan: Schedule) -> Outcome:
    """The plan followed as far as pumps that are on or off can."""
    return outcome(network, now, following(network, now, plan))


def following(network: Network, now: Now, plan: Schedule) -> PlanRule:
    """The pumps' rule that follows a plan: closely where it runs out of room at the works or at a station above it."""
    return PlanRule(
        network.wells, plan.flow, planned_level(network, now, plan), _is_close(network, plan), now.available
    )


def _is_close(network: Network, plan: Schedule) -> Bools:
    """Per station and step, whether anything is lost then or soon after at its works or at a station above that."""
    ends = network.ends()
    lost = np.zeros(plan.spill.shape, dtype=bool)
    for works in np.unique(ends):
        own = plan.spill[ends == works].sum(axis=0)
        own += plan.excess[works] if works >= 0 else 0
        lost[ends == works] = own > LEAST_LOST
    ahead = np.pad(lost, ((0, 0), (0, CLOSE_BEFORE)))
    windows = np.lib.stride_tricks.sliding_window_view(ahead, CLOSE_BEFORE + 1, axis=1)
    return np.asarray(windows.any(axis=-1))


def planned_level(network: Network, now: Now, plan: Schedule) -> Floats:
    """The level that a plan has at the beginning of each step and at the end, m: (stations, steps + 1)."""
    return np.concatenate([now.level[:, None], plan.volume / network.wells.area_m2[:, None]], axis=1)


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
    onward = onward_kwh_per_m3(now.kwh_per_m3, network.downstream)
    left_kwh = (run.level[-1, :, 0] - now.level) * network.wells.area_m2 * onward
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
        left_kwh=left_kwh,
        left_cost=left_kwh * now.price.mean(),
    )


def _most_starts(run: Run) -> Floats:
    """Over all pumps of a station, the most starts in four quarters of an hour that follow one another."""
    starts = run.starts[:, :, 0].astype(np.float64)
    hours = np.lib.stride_tricks.sliding_window_view(starts, min(STEPS_AN_HOUR, len(starts)), axis=0).sum(axis=-1)
    return hours.max(axis=(0, 2), initial=0.0)
