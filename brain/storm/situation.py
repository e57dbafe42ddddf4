"""What the storm question starts from: network, record and pumps as at a moment, and everything fitted to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from brain.demand.hours import hours_around
from brain.question import Inputs, TooLittle
from brain.sewer.network import Network, read_network
from brain.sewer.wells import Bools, Floats
from brain.storm.fitting import LEADS, Fitted, fit, fitted_of
from brain.storm.hindcast import past_spread
from brain.storm.rain import fit_rain_error
from brain.storm.record import Record, record
from metrics.limits import resolve_limits

FIT_BACK = timedelta(days=180)
LEAST_HOURS = 14 * 24
"""A station with fewer hours of level and flow is passed over: nobody can say what flows into it."""


def network_of(inputs: Inputs, now: datetime, without: Sequence[str] = ()) -> Network:
    """The network of the day, but for stations to be passed over."""
    utility = inputs.utility
    return read_network(utility, resolve_limits(utility), utility.day_of(now), without)


def record_of(inputs: Inputs, now: datetime, network: Network, hours: int) -> Record:
    """The record of the last hours up to now."""
    over = hours_around(now, hours, 0, inputs.utility.timezone)
    return record(inputs["flows"], inputs["rain"], inputs["weather"], network, over)


def fit_state(inputs: Inputs, now: datetime) -> dict[str, object]:
    """Unit hydrographs, carried errors and pump ratings of the places with enough record, and the rain's error.

    Empty for a utility without sewers.
    """
    network = network_of(inputs, now)
    if not network.sites:
        return {}
    whole = record_of(inputs, now, network, int(FIT_BACK.total_seconds()) // 3600)
    few = (~np.isnan(whole.inflow)).sum(axis=0) < LEAST_HOURS
    network = network_of(inputs, now, [site for site, is_few in zip(network.stations, few, strict=True) if is_few])
    kept = record_of(inputs, now, network, len(whole.rain))
    fitted = fit(kept)
    inflow, level = past_spread(kept, fitted)
    return fitted.as_json(network.sites) | {
        "rain_error": fit_rain_error(inputs["weather"], 2 * LEADS),
        "spread": {"inflow": np.round(inflow, 2).tolist(), "level": np.round(level, 4).tolist()},
    }


def fitted_network(inputs: Inputs, now: datetime) -> tuple[Network, Fitted]:
    """The network of the stations that were fitted, and what was. Raises TooLittle where that can't be used."""
    sites = tuple(inputs.fitted.get("sites", ()))
    whole = network_of(inputs, now)
    network = network_of(inputs, now, [one for one in whole.stations if one not in sites])
    fitted = fitted_of(inputs.fitted, network.sites)
    if fitted is None:
        raise TooLittle("the stations are not those that were fitted")
    if np.isnan(fitted.dry).all():
        raise TooLittle("no station and no works has two weeks of hourly flow and level")
    return network, fitted


def available_pumps(rows: pl.DataFrame, network: Network) -> Bools:
    """Which pumps are available now, (stations, pumps); one that doesn't say counts as available."""
    newest = rows.drop_nulls("last").sort("hour").unique("machine_id", keep="last")
    out = set(newest.filter(pl.col("last") < 0.5)["machine_id"])
    found = np.ones(network.wells.pump_m3h.shape, dtype=bool)
    for station, pumps in enumerate(network.pumps):
        found[station, : len(pumps)] = [pump not in out for pump in pumps]
    return found


def ages_s(record_now: Record) -> Floats:
    """Seconds since the end of the last hour known of each place; the whole record where there is none."""
    known = ~np.isnan(record_now.own)
    last = np.where(known.any(axis=0), len(known) - 1 - np.argmax(known[::-1], axis=0), -1)
    return 3600.0 * (len(known) - 1 - last)
