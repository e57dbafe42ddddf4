"""Plays days of the record again under three ways of pumping: as advised, as installed, and knowing what will come.

A plan changes what comes after it, so it can't be judged by what the wells really did: the network is simulated minute
by minute over the inflow that came, and planned anew every few hours from the state the simulation is in, with the
forecast that could be made at that moment.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from brain.dispatch.follow import STEP_MIN, STEPS_AN_HOUR, PlanRule
from brain.dispatch.outcome import Outcome, following, outcome
from brain.dispatch.sewers import STEPS, Now, plan
from brain.sewer.network import Network
from brain.sewer.wells import Bools, Floats, installed_rule
from brain.storm.record import Record

REPLAN_H, DRY_REPLAN_H = 3, 6
"""Hours after which a plan is made anew, on wet days and on dry ones, whose inflow is much as foreseen."""
WET_MM = 5.0
LONGEST_DAYS = 3
"""Wet days that follow one another are played as one stretch, up to so many."""


@dataclass(frozen=True)
class Stretch:
    """Hours of a record, `first` to `last` (exclusive), that are played in one go."""

    first: int
    last: int
    is_wet: bool


def stretches(rain_mm: Floats, starts: list[int]) -> list[Stretch]:
    """The days to be judged, wet ones that follow one another together. `starts` are the hours at which days begin.

    The last of `starts` is where the last day ends.
    """
    days = list(pairwise(starts))
    wet = [rain_mm[first:last].sum() >= WET_MM for first, last in days]
    found: list[Stretch] = []
    for at, (first, last) in enumerate(days):
        if (
            wet[at]
            and found
            and found[-1].is_wet
            and found[-1].last == first
            and last - found[-1].first <= 25 * LONGEST_DAYS
        ):
            found[-1] = Stretch(found[-1].first, last, True)
        else:
            found.append(Stretch(first, last, wet[at]))
    return found


def filled(own: Floats) -> Floats:
    """The own inflow of every hour, where wells spilled as it must have been: (hours, places), NaN → a number.

    An hour unknown at one place (a well at its crest hides what flows in) is that place's mean of the hour of the day
    times the median, over the places that are known, of how this hour stands to theirs: rain falls on all of them.
    """
    hours = np.arange(len(own)) % 24
    known = ~np.isnan(own)
    usual = np.array(
        [
            np.where(known[hours == h], own[hours == h], 0).sum(0) / np.maximum(known[hours == h].sum(0), 1)
            for h in range(24)
        ]
    )
    ratio = np.where(known & (usual[hours] > 1), own / np.maximum(usual[hours], 1), np.nan)
    rows = [np.nanmedian(one) if not np.isnan(one).all() else 1.0 for one in ratio]
    return np.maximum(np.where(known, own, usual[hours] * np.array(rows)[:, None]), 0.0)


class Replanned:
    """A PumpRule that plans anew every `replan_h` hours from the level it finds, and follows that plan until then."""

    def __init__(self, network: Network, start: Now, ahead: Callable[[int], Now], replan_h: int) -> None:
        self.network, self.ahead, self.every = network, ahead, 60 * replan_h
        self.flows = list(start.sent.T)
        self.minutes: list[Floats] = []
        self.rule: PlanRule | None = None

    def wanted(self, minute: int, level: Floats, running: Bools) -> tuple[Floats, Bools]:
        """As the newest plan has it; minutes must come in their order, from 0 on."""
        if minute % self.every == 0:
            at = replace(self.ahead(minute // 60), level=level[:, 0], sent=np.array(self.flows[-16:]).T)
            self.rule = following(self.network, at, plan(self.network, at))
        assert self.rule is not None
        flow, runs = self.rule.wanted(minute % self.every, level, running)
        self.minutes.append(flow[:, 0])
        if len(self.minutes) == STEP_MIN:
            self.flows.append(np.mean(self.minutes, axis=0))
            self.minutes = []
        return flow, runs


def play(network: Network, truth: Now, ahead: Callable[[int], Now], replan_h: int) -> dict[str, Outcome]:
    """A stretch under each way of pumping. `truth` has the inflow that came, over as many steps as are played.

    `ahead` gives what was known at an hour of the stretch (its level and flows are replaced by the simulation's).
    """

    def knowing(hour: int) -> Now:
        """The same moment with what will come: the truth, and beyond its end its last day again."""
        first = hour * STEPS_AN_HOUR
        places = first + np.arange(STEPS)
        day = 24 * STEPS_AN_HOUR
        late = places >= truth.own.shape[1]
        places = np.where(late, truth.own.shape[1] - day + (places - truth.own.shape[1]) % day, places)
        return replace(ahead(hour), own=truth.own[:, places], works_own=truth.works_own[:, places])

    return {
        "advised": outcome(network, truth, Replanned(network, truth, ahead, replan_h)),
        "perfect_foresight": outcome(network, truth, Replanned(network, truth, knowing, replan_h)),
        "installed_rule": outcome(network, truth, installed_rule(network.wells, truth.available)),
    }


def truth_of(known: Record, own: Floats, stretch: Stretch, start: Now) -> Now:
    """The inflow that came in a stretch, from the state in which it began; `own` as `filled` gives it."""
    count = len(known.network.stations)
    steps = np.repeat(own[stretch.first : stretch.last], STEPS_AN_HOUR, axis=0).T
    return replace(start, own=steps[:count], works_own=steps[count:])


def day_starts(known: Record, is_start: Callable[[datetime], bool]) -> list[int]:
    """The hours of a record at which a business day begins."""
    first = known.hours.start
    return [hour for hour in range(len(known.rain) + 1) if is_start(first + timedelta(hours=hour))]
