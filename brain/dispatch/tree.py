"""What the programme plans over: stores that pump along one link each to another store, or to a works."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tree:
    """Stores in any order, each with one link out; arrays stand in the order of `stores` and of `works`.

    `to` is the place of the next store, or −1 − the place of the works. Volumes in m³: `least` must stay in, above
    `comfort` it is unwelcome, above `alarm` it is used against overflow alone, above `most` it spills.
    `travel_h` is the way along the link, hours; `kwh_per_m3` is what the link's pumps use. `pump_m3h` is what one pump
    moves, `active_m3` the volume between its stop and its start: where that lasts one pump long enough, whole pumps
    are planned (`whole_pumps`). `harm` weighs a m³ that spills from a store, `excess_harm` one that arrives above what
    a works can take.
    """

    stores: tuple[str, ...]
    works: tuple[str, ...]
    to: Index
    least: Floats
    comfort: Floats
    alarm: Floats
    most: Floats
    travel_h: Floats
    kwh_per_m3: Floats
    pump_m3h: Floats
    active_m3: Floats
    harm: float = 1.0
    excess_harm: float = 0.99

    @cached_property
    def whole_pumps(self) -> npt.NDArray[np.bool_]:
        """Where a pump that has started runs for half an hour or more before its well is empty."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(self.active_m3 / self.pump_m3h) >= LONG_RUN_H


LONG_RUN_H = 0.5
"""With shorter runs than this the 15-minute mean flow of a pump that switches is as good as any other flow."""


@dataclass(frozen=True, eq=False)
class Situation:
    """What is known at the moment of planning, for steps of `step_h` hours; shapes (stores or works, steps).

    `volume` is in each store now, m³. `inflow` comes from outside, m³/h, `works_inflow` straight to the works.
    `sent` is what each link carried in the steps before, newest last, m³/h: part of it is still under way.
    `capacity` is the most a link carries, `works_capacity` the most a works takes, m³/h (NaN: no limit known).
    `price` is what a kWh costs in each step, in the tariff's currency.
    """

    step_h: float
    volume: Floats
    inflow: Floats
    works_inflow: Floats
    sent: Floats
    capacity: Floats
    works_capacity: Floats
    price: Floats

    @property
    def steps(self) -> int:
        """How many steps are planned."""
        return self.inflow.shape[1]


@dataclass(frozen=True)
class Delay:
    """A link's way as whole steps and the share of one more: what is sent arrives in the two steps after that."""

    steps: int
    share: float


def delays(tree: Tree, step_h: float) -> list[Delay]:
    """Each link's way in steps of `step_h`."""
    found = []
    for steps in tree.travel_h / step_h:
        whole = int(steps + 1e-9)
        found.append(Delay(whole, max(0.0, float(steps) - whole)))
    return found


def under_way(delay: Delay, sent: Floats, steps: int) -> Floats:
    """What of the flows `sent` before arrives in each step, m³/h, shape (steps,). Before the first it was the first."""
    arriving = np.zeros(steps)
    for behind, share in ((delay.steps, 1 - delay.share), (delay.steps + 1, delay.share)):
        if share <= 0 or not len(sent):
            continue
        for step in range(min(behind, steps)):
            arriving[step] += share * sent[max(len(sent) + step - behind, 0)]
    return arriving
