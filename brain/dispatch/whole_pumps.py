"""Whole pumps where a well holds a pump's run of half an hour: a plan's flows rounded to what so many pumps move."""

import numpy as np

from brain.dispatch.tree import Floats, Situation, Tree


def whole_flows(tree: Tree, now: Situation, flow: Floats) -> Floats:
    """The flows of the stores in `tree.whole_pumps`, (stores, steps), each what 0, 1, 2 … pumps move, m³/h.

    Sum-up rounding: each step takes the number of pumps that brings the volume moved so far nearest to that of `flow`,
    which then never lies further off than what half a pump moves in a step, the least bound possible (Sager, Bock and
    Diehl 2012, The integer approximation error in mixed-integer optimal control, doi 10.1007/s10107-010-0405-3). A
    programme in whole numbers with one such well did not end within two minutes.
    """
    rounded, stores = np.zeros_like(flow), np.flatnonzero(tree.whole_pumps)
    ahead = np.zeros(len(stores))
    most = int(np.ceil((now.capacity[stores] / tree.pump_m3h[stores, None]).max(initial=0) - 1e-9))
    pumps = np.arange(most + 1)[None, :] * tree.pump_m3h[stores, None]
    for step in range(now.steps):
        rates = np.minimum(pumps, now.capacity[stores, step, None])
        wanted = flow[stores, step] + ahead
        taken = np.argmin(np.abs(rates - wanted[:, None]), axis=1)
        rounded[stores, step] = np.take_along_axis(rates, taken[:, None], axis=1)[:, 0]
        ahead = wanted - rounded[stores, step]
    return rounded[stores]


def room_to_round(tree: Tree, now: Situation) -> Floats:
    """How far rounding may bring each of these stores below its planned volume, m³: half a pump's step, and of those
    that drain to it as much; 0 for other stores. (stores,)
    """
    own = np.where(tree.whole_pumps, tree.pump_m3h * now.step_h / 2, 0.0)
    total = own.copy()
    for store in np.flatnonzero(own):
        below = tree.to[store]
        while below >= 0:
            total[below] += own[store]
            below = tree.to[below]
    return np.where(tree.whole_pumps, total, 0.0)
