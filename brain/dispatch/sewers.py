"""A utility's sewers as the programme sees them, and a plan for them: stations are stores, their mains the links."""

from dataclasses import dataclass, replace

import numpy as np

from brain.dispatch.follow import MARGIN_M, STEP_MIN
from brain.dispatch.solve import Schedule, solve
from brain.dispatch.tree import Situation, Tree
from brain.sewer.network import Network
from brain.sewer.wells import Bools, Floats

STEP_H = STEP_MIN / 60
SWING_MIN = 7.5
"""A level is planned as far below alarm and crest as the largest pump draws the well down in so many minutes, half a
step: a mean flow is made by a pump that is on or off, and the level swings by that about its plan."""
STEPS = 96


@dataclass(frozen=True, eq=False)
class Now:
    """What is known of a network at the moment of planning; stations, works and pumps in the network's order.

    `level` m (stations,) · `own` m³/h (stations, steps), what reaches a station but from other stations ·
    `works_own` m³/h (works, steps), the same of the works · `sent` m³/h (stations, past steps), what was pumped in the
    steps before, newest last · `available` (stations, pumps) · `works_m3h` what each works takes, NaN where unknown ·
    `price` of a kWh (steps,) · `kwh_per_m3` (stations,).
    """

    level: Floats
    own: Floats
    works_own: Floats
    sent: Floats
    available: Bools
    works_m3h: Floats
    price: Floats
    kwh_per_m3: Floats


def tree_of(network: Network, kwh_per_m3: Floats) -> Tree:
    """The network as a tree of stores. A station that drains nowhere is given a works without a name or a limit."""
    wells, area = network.wells, network.wells.area_m2
    largest = wells.pump_m3h.max(axis=1, initial=0)
    swing = largest * SWING_MIN / 60 / area
    works = (*network.works, "")
    works_of = np.where(network.works_of >= 0, network.works_of, len(works) - 1)
    return Tree(
        stores=network.stations,
        works=works,
        to=np.where(network.downstream >= 0, network.downstream, -1 - works_of),
        least=area * (wells.min_level + MARGIN_M),
        comfort=area * wells.comfort_level,
        alarm=area * np.maximum(wells.alarm_level - swing, wells.comfort_level),
        most=area * np.maximum(wells.overflow_level - swing, wells.comfort_level),
        travel_h=network.travel_min / 60,
        kwh_per_m3=kwh_per_m3,
        pump_m3h=largest,
        active_m3=area * (wells.start_level - wells.stop_level),
    )


def plan(network: Network, now: Now) -> Schedule:
    """The programme solved for this network and moment. Raises NoPlan where the solver ends without one."""
    nowhere = np.zeros((1, now.own.shape[1]))
    takes = np.append(now.works_m3h, np.nan)
    steps = now.own.shape[1]
    situation = Situation(
        step_h=STEP_H,
        volume=now.level * network.wells.area_m2,
        inflow=now.own,
        works_inflow=np.concatenate([now.works_own, nowhere]),
        sent=now.sent,
        capacity=np.repeat(network.wells.most_m3h(now.available)[:, None], steps, axis=1),
        works_capacity=np.repeat(takes[:, None], steps, axis=1),
        price=now.price,
    )
    found = solve(tree_of(network, now.kwh_per_m3), situation)
    return replace(found, excess=found.excess[:-1], worth=found.worth | {"works": found.worth["works"][:-1]})
