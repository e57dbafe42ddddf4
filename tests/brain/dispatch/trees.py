"""Small trees and situations by hand."""

import numpy as np

from brain.dispatch.tree import Floats, Situation, Tree


def tree(
    to: list[int],
    *,
    most: list[float],
    comfort: list[float] | None = None,
    travel_h: list[float] | None = None,
    pump_m3h: list[float] | None = None,
    active_m3: list[float] | None = None,
) -> Tree:
    """Stores with nothing that must stay in; alarm at the crest, comfort there too unless given; 0.1 kWh a m³."""
    count = len(to)
    return Tree(
        stores=tuple("ABCDEF"[:count]),
        works=tuple(f"W{n}" for n in range(max((-end for end in to), default=0))),
        to=np.array(to),
        least=np.zeros(count),
        comfort=np.array(most if comfort is None else comfort, dtype=float),
        alarm=np.array(most, dtype=float),
        most=np.array(most, dtype=float),
        travel_h=np.array(travel_h or [0.0] * count),
        kwh_per_m3=np.full(count, 0.1),
        pump_m3h=np.array(pump_m3h or [100.0] * count),
        active_m3=np.array(active_m3 or [1.0] * count),
    )


def situation(
    inflow: list[list[float]],
    capacity: list[float],
    *,
    volume: list[float] | None = None,
    works: list[float] | None = None,
    works_inflow: list[list[float]] | None = None,
    sent: list[list[float]] | None = None,
    price: list[float] | None = None,
    step_h: float = 1.0,
) -> Situation:
    """Wells empty, mains empty, one works without a limit, energy at 1 a kWh, unless given."""
    flows = np.array(inflow, dtype=float)
    stores, steps = flows.shape
    limit = np.array(works if works is not None else [np.nan], dtype=float)
    return Situation(
        step_h=step_h,
        volume=np.array(volume or [0.0] * stores, dtype=float),
        inflow=flows,
        works_inflow=np.array(works_inflow or np.zeros((len(limit), steps)), dtype=float),
        sent=np.array(sent if sent is not None else np.zeros((stores, 0)), dtype=float),
        capacity=np.repeat(np.array(capacity, dtype=float)[:, None], steps, axis=1),
        works_capacity=np.repeat(limit[:, None], steps, axis=1),
        price=np.array(price or [1.0] * steps, dtype=float),
    )


def arriving(net: Tree, now: Situation, flow: Floats, store: int) -> Floats:
    """What comes out of a link in each step, by the definition of a delay: the flow at a moment travel_h earlier."""
    behind = net.travel_h[store] / now.step_h
    past = now.sent[store]
    whole, share = int(behind + 1e-9), behind - int(behind + 1e-9)

    def sent_at(step: int) -> float:
        if step >= 0:
            return float(flow[store, step])
        return float(past[max(len(past) + step, 0)]) if len(past) else 0.0

    return np.array([(1 - share) * sent_at(t - whole) + share * sent_at(t - whole - 1) for t in range(now.steps)])
