"""The next 24 hours of every station and works as an ensemble: their own inflow, and what the network makes of it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from brain.demand.hours import Hours
from brain.sewer.network import Network, Run, simulate
from brain.sewer.wells import Bools, Floats
from brain.storm.carried import carry, recent_errors
from brain.storm.fitting import LEADS, Fitted, columns_of, drift_of
from brain.storm.hydrograph import dry_columns, wet_columns
from brain.storm.rating import rule_of
from brain.storm.record import Record, slots


@dataclass(frozen=True, eq=False)
class Ahead:
    """Members of the next LEADS hours from `hours.start` on, m³/h: `own` (hours, stations + works, members) is what
    comes but from other stations; `run` what the network makes of it under the recorded pump rule, hour by hour;
    `influent` (hours, works, members) what reaches the works in all.
    """

    network: Network
    hours: Hours
    own: Floats
    run: Run
    influent: Floats


def look_ahead(record: Record, fitted: Fitted, rain: Floats, available: Bools, now: datetime) -> Ahead:
    """Forecast from a record up to `now`, the rain ahead (LEADS, members; mm) and the pumps available now.

    A station that is silent starts at its usual level and carries no error. More rain ahead is more of everything in
    each member: runoff and its chance ratio are never negative, and the rating only rises.
    """
    network = record.network
    hours = Hours(now, LEADS, record.hours.timezone)
    own = own_inflow(record, fitted, rain, hours, int(now.timestamp()))
    stations = len(network.stations)
    first = np.where(np.isnan(record.last_level[-1]), fitted.usual_level, record.last_level[-1])
    first = np.where(np.isnan(first), network.wells.stop_level, first)
    rule = rule_of(fitted.levels, fitted.flows, network.wells.most_m3h(available))
    run = simulate(network, rule, own[:, :stations], 60, first, pumped_before(record.pumped), 60)
    return Ahead(network, hours, own, run, run.influent + own[:, stations:])


def own_inflow(record: Record, fitted: Fitted, rain: Floats, hours: Hours, seed: int) -> Floats:
    """Members of each place's own inflow, m³/h ≥ 0: (hours, places, members).

    Dry-weather pattern + carried error + an error path of dry hours + runoff × a ratio of past storms. Unknown places
    (never fitted) get 0.
    """
    members, dice = rain.shape[1], np.random.default_rng(seed)
    cold = np.full(len(hours.seconds), record.cold[-1])
    dry = dry_columns(slots(hours), cold) @ fitted.dry
    past = np.repeat(record.rain[:, None], members, axis=1)
    season = np.concatenate([record.cold, cold])
    wet = wet_columns(np.concatenate([past, rain]), season)[-len(cold) :]
    error = record.own - columns_of(record) @ np.concatenate([fitted.dry, fitted.wet])
    _, drift = drift_of(record, error, fitted.drift)
    carried = carry(recent_errors(error)[-1], drift[slots(hours)], fitted.weights)
    paths = fitted.paths[dice.integers(len(fitted.paths), size=members)]
    ratios = fitted.ratios[dice.integers(len(fitted.ratios), size=members)]
    runoff = np.einsum("hmc,cp->hpm", wet, fitted.wet) * ratios.T[None]
    members_own = (dry + carried)[:, :, None] + paths.transpose(1, 2, 0) + runoff
    return np.maximum(np.nan_to_num(members_own), 0.0)


def pumped_before(pumped: Floats) -> Floats:
    """What each station pumped in the last hours (hours, stations), minute by minute (minutes, stations), m³/h.

    An hour that is unknown is taken as the one before it.
    """
    last = pumped[-4:].copy()
    for hour in range(1, len(last)):
        last[hour] = np.where(np.isnan(last[hour]), last[hour - 1], last[hour])
    return np.repeat(np.nan_to_num(last), 60, axis=0)


def chance_of_alarm(ahead: Ahead) -> Floats:
    """P(level ≥ alarm_level within the hours ahead) of each station: the share of the members that reach it."""
    highest = np.maximum(ahead.run.highest.max(axis=0), ahead.run.first_level)
    return (highest >= ahead.network.wells.alarm_level[:, None]).mean(axis=1)
