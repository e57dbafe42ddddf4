"""The installed pump rule as recorded: what a station's pumps move at which level of its well."""

import numpy as np

from brain.sewer.wells import Floats, RatingRule, Wells

PLACES = np.concatenate([np.linspace(0.0, 0.9, 10), np.linspace(0.92, 1.0, 9)])
"""Shares of the recorded hours, by level, at which the rating has a knot: most of them up where it matters."""
KNOTS = len(PLACES) + 2
"""Those, the level below which nothing is pumped, and the alarm level."""
LEAST_HOURS = 240


def fit_rating(level: Floats, pumped: Floats, wells: Wells) -> tuple[Floats, Floats]:
    """Knots of each station: levels (m) and flows (m³/h), (stations, knots) each, rising along a row.

    The median flow of the hours around each level, made to rise with it; above what was recorded, all pumps at the
    alarm level. A station with fewer than LEAST_HOURS follows its installed levels: nothing at the stop level, all
    pumps at the comfort level. Without stations both have no row.
    """
    rows = [_knots(level[:, one], pumped[:, one], wells, one) for one in range(level.shape[1])]
    knots = np.array(rows, dtype=np.float64).reshape(-1, 2, KNOTS)
    return knots[:, 0], knots[:, 1]


def _knots(level: Floats, pumped: Floats, wells: Wells, one: int) -> tuple[Floats, Floats]:
    most, stop = float(wells.most_m3h()[one]), float(wells.stop_level[one])
    known = ~np.isnan(level) & ~np.isnan(pumped)
    if known.sum() < LEAST_HOURS:
        comfort = max(float(wells.comfort_level[one]), stop + 0.1)
        return np.linspace(stop, comfort, KNOTS), np.linspace(0.0, most, KNOTS)
    order = np.argsort(level[known], kind="stable")
    parts = np.array_split(np.arange(len(order)), _cuts(len(order)))
    levels = np.array([np.median(level[known][order[part]]) for part in parts])
    flows = np.maximum.accumulate([np.median(pumped[known][order[part]]) for part in parts])
    low = min(stop, levels[0] - 0.01)
    high = max(float(wells.alarm_level[one]), levels[-1] + 0.1)
    levels = np.maximum.accumulate(np.concatenate([[low], levels, [high]]) + 1e-6 * np.arange(len(levels) + 2))
    return levels, np.minimum(np.concatenate([[0.0], flows, [max(most, flows[-1])]]), max(most, flows[-1]))


def _cuts(count: int) -> list[int]:
    """Where to cut so many hours so that there are as many parts as PLACES."""
    edges = np.concatenate([[0.0], (PLACES[1:] + PLACES[:-1]) / 2, [1.0]])
    return [max(int(edge * count), number) for number, edge in enumerate(edges[1:-1], start=1)]


def rule_of(levels: Floats, flows: Floats, most_m3h: Floats) -> RatingRule:
    """The rule of these knots with at most `most_m3h` (stations,): what the pumps available now can move."""
    # JSON tells no knots where there is no station
    return RatingRule(levels.reshape(-1, KNOTS), np.minimum(flows.reshape(-1, KNOTS), most_m3h[:, None]))
