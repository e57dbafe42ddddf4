"""The score of the dispatch: days of the record played again (brain/dispatch/trial.py), each way's losses summed up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import polars as pl

from brain.dispatch.energy import prices
from brain.dispatch.follow import STEPS_AN_HOUR
from brain.dispatch.known import situation, steps_from
from brain.dispatch.outcome import Outcome
from brain.dispatch.sewers import Now
from brain.dispatch.trial import (
    DRY_REPLAN_H,
    LONGEST_DAYS,
    REPLAN_H,
    Stretch,
    day_starts,
    filled,
    play,
    stretches,
    truth_of,
)
from brain.question import Inputs, Need, TooLittle
from brain.sewer.network import Network
from brain.storm.record import FLOWS, RAIN, Record
from brain.storm.situation import network_of, record_of
from data_sources.utility import Utility

DECIDES = "lost_m3"
"""What spills at stations and what reaches a works above its capacity, together."""
INSTALLED = "installed_rule"
Known = Callable[[datetime], Inputs]


def record_needs(days: int) -> dict[str, Need]:
    """Inputs of so many days of record."""
    back = timedelta(days=days)
    return {
        "flows": Need("hourly", back=back, where=FLOWS),
        "rain": Need("hourly", back=back, where=RAIN),
        "weather": Need("weather", back=back),
    }


def judge(whole: Inputs, known: Known, now: datetime, days: int, done: Callable[[int, int], None]) -> pl.DataFrame:
    """Each way of pumping over the `days` up to `now`, against the rule installed.

    `whole` are the inputs of `record_needs`; `known(moment)` gives those of the question as at a moment, with what was
    fitted then. Rows: model, metric, value, baseline_value, n (days judged). Raises TooLittle where no day can be.
    """
    network, _, _ = situation(known(now), now)
    stations = network.stations
    record = record_of(whole, now, network_of(whole, now, _others(whole, now, stations)), days * 24)
    own = filled(record.own)
    utility = whole.utility
    starts = day_starts(record, lambda moment: utility.day_start(utility.day_of(moment)) == moment)
    parts = stretches(record.rain, starts)
    if not parts:
        raise TooLittle("no whole day on record")
    ways: list[dict[str, Outcome]] = []
    for number, part in enumerate(parts, start=1):
        ways.append(_played(network, record, own, part, known, utility))
        done(number, len(parts))
    judged = sum(round((part.last - part.first) / 24) for part in parts)
    return score_rows(ways, network, judged)


def _others(inputs: Inputs, now: datetime, stations: Sequence[str]) -> list[str]:
    return [one for one in network_of(inputs, now).stations if one not in stations]


def _played(
    network: Network, record: Record, own: np.ndarray, part: Stretch, known: Known, utility: Utility
) -> dict[str, Outcome]:
    first = record.hours.start + timedelta(hours=part.first)

    @lru_cache(maxsize=25 * LONGEST_DAYS)
    def ahead(hour: int) -> Now:
        moment = first + timedelta(hours=hour)
        there, at, _ = situation(known(moment), moment)
        if there.stations != network.stations:
            raise TooLittle("other stations were fitted then")
        return at

    steps = steps_from(first, (part.last - part.first) * STEPS_AN_HOUR)
    truth = truth_of(record, own, part, replace(ahead(0), price=prices(utility, steps)))
    return play(network, truth, ahead, REPLAN_H if part.is_wet else DRY_REPLAN_H)


def score_rows(ways: Sequence[Mapping[str, Outcome]], network: Network, days: int) -> pl.DataFrame:
    """Each way of pumping but the rule installed, beside that: model, metric, value, baseline_value, n."""
    sums = {model: _measures([way[model] for way in ways], network) for model in ways[0]}
    rows = [
        {"model": model, "metric": metric, "value": value, "baseline_value": sums[INSTALLED][metric], "n": days}
        for model, measures in sums.items()
        if model != INSTALLED
        for metric, value in measures.items()
    ]
    return pl.DataFrame(rows)


def _measures(results: Sequence[Outcome], network: Network) -> dict[str, float]:
    """m³, the works' highest inflow in % of its capacity, starts, the most of one pump in an hour, kWh, cost."""
    overflow = sum(float(one.overflow.sum()) for one in results)
    excess = sum(float(one.excess.sum()) for one in results)
    with np.errstate(invalid="ignore"):
        shares = [np.nanmax(one.influent / network.capacity_m3h[:, None], initial=0.0) for one in results]
    return {
        DECIDES: overflow + excess,
        "overflow_m3": overflow,
        "excess_m3": excess,
        "works_peak": 100 * float(max(shares)),
        "starts": sum(float(one.starts.sum()) for one in results),
        "starts_per_hour": max(float(one.most_starts.max()) for one in results),
        "kwh": sum(float(one.kwh.sum() + one.left_kwh.sum()) for one in results),
        "cost": sum(float(one.cost.sum() + one.left_cost.sum()) for one in results),
    }
