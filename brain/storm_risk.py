"""What does tonight's rain do to the sewers? Inflow of stations and works, levels, and the chance of each alarm."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from brain.demand.hours import Hours, hours_around
from brain.question import Answer, Inputs, Need, Question, TooLittle
from brain.sewer.network import Network, read_network
from brain.sewer.wells import Bools, Floats
from brain.storm.dry_weather import dry_curve, share_of_days_at
from brain.storm.fitting import LEADS, Fitted, fit, fitted_of
from brain.storm.forecast import Ahead, chance_of_alarm, look_ahead
from brain.storm.hydrograph import MEMORY_H
from brain.storm.measures import storms
from brain.storm.rain import fit_rain_error, newest_forecast, spread_out
from brain.storm.record import FLOWS, RAIN, Record, record
from brain.storm.track import alarm_scores, storm_scores
from metrics.limits import resolve_limits

MODEL, BASELINE = "unit_hydrograph", "dry_weather"
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
LEVEL_QUANTILES = (0.1, 0.5, 0.9)
MEMBERS = 50
LEAST_HOURS = 14 * 24
"""A station with fewer hours of level and flow is passed over: nobody can say what flows into it."""
FIT_BACK, BACK = timedelta(days=180), timedelta(hours=MEMORY_H)

INPUTS = {
    "flows": Need("hourly", back=timedelta(days=30), where=FLOWS),
    "rain": Need("hourly", back=BACK, where=RAIN),
    "available": Need(
        "hourly", back=timedelta(hours=3), where={"quantity": ("available",), "site_kind": ("sewage_station",)}
    ),
    "weather": Need("weather", back=BACK, ahead=timedelta(hours=LEADS)),
}
FIT_INPUTS = {
    "flows": Need("hourly", back=FIT_BACK, where=FLOWS),
    "rain": Need("hourly", back=FIT_BACK, where=RAIN),
    "weather": Need("weather", back=FIT_BACK, ahead=timedelta(hours=LEADS)),
}

SCORE_BACK = timedelta(days=61)
"""Thirty days that are judged, and the thirty before that their baseline knows."""
SCORE_INPUTS = {
    "flows": Need("hourly", back=SCORE_BACK, where=FLOWS),
    "rain": Need("hourly", back=SCORE_BACK, where=RAIN),
    "weather": Need("weather", back=timedelta(days=31)),
    "risk": Need("risk", back=timedelta(days=30)),
    "medians": Need("forecast", back=timedelta(days=30), where={"quantile": (0.5,), "model": (MODEL, BASELINE)}),
}


def fit_state(inputs: Inputs, now: datetime) -> dict[str, object]:
    """Unit hydrographs, carried errors and pump ratings of the places with enough record, and the rain's error."""
    network = network_of(inputs, now)
    whole = record_of(inputs, now, network, int(FIT_BACK.total_seconds()) // 3600)
    few = (~np.isnan(whole.inflow)).sum(axis=0) < LEAST_HOURS
    network = network_of(inputs, now, [site for site, is_few in zip(network.stations, few, strict=True) if is_few])
    fitted = fit(record_of(inputs, now, network, len(whole.rain)))
    return fitted.as_json(_sites(network)) | {"rain_error": fit_rain_error(inputs["weather"], 2 * LEADS)}


def answer(inputs: Inputs, now: datetime) -> Answer:
    """Inflow, level and risk from the newest rain forecast. Raises TooLittle without one of the last 24 hours."""
    if not _sites(network_of(inputs, now)):
        return {}
    ahead, record_now = ahead_of(inputs, now)
    stations = ahead.network.stations
    ages = _ages(record_now)
    known: Bools = np.isfinite(record_now.own).max(axis=0)
    inflow = np.quantile(np.concatenate([ahead.run.inflow, ahead.influent], axis=1), QUANTILES, axis=2)
    level = np.quantile(ahead.run.mean_level, LEVEL_QUANTILES, axis=2)
    at_station = known[: len(stations)]
    rows = [
        _rows(_sites(ahead.network), "inflow", QUANTILES, ahead.hours, inflow, ages, known),
        _rows(stations, "level", LEVEL_QUANTILES, ahead.hours, level, ages, at_station),
    ]
    return {"forecast": pl.concat(rows), "risk": _risk(stations, chance_of_alarm(ahead), at_station)}


def ahead_of(inputs: Inputs, now: datetime) -> tuple[Ahead, Record]:
    """The ensemble and the record it starts from; other questions plan on it. Raises TooLittle where there is none."""
    network, fitted = _fitted(inputs, now)
    issued, given = newest_forecast(inputs["weather"], now, LEADS)
    if issued is None:
        raise TooLittle("no rain forecast of the last 24 hours")
    age_h = max(int((now - issued) / timedelta(hours=1)), 0)
    rain = spread_out(given, age_h, inputs.fitted["rain_error"], MEMBERS, int(now.timestamp()))
    record_now = record_of(inputs, now, network, MEMORY_H)
    return look_ahead(record_now, fitted, rain, available_pumps(inputs["available"], network), now), record_now


def baseline(inputs: Inputs, now: datetime) -> Answer:
    """The dry-weather curve of the last 30 days, and how often its days reached the alarm level.

    Without a rain forecast it gives no risk: a storm may come that nobody knows of.
    """
    network = network_of(inputs, now)
    if not _sites(network):
        return {}
    record_now, hours = record_of(inputs, now, network, 30 * 24), Hours(now, LEADS, inputs.utility.timezone)
    total = np.concatenate([record_now.inflow, record_now.influent], axis=1)
    known, ages = np.isfinite(total).max(axis=0), _ages(record_now)
    if not known.any():
        raise TooLittle("no station and no works measured its inflow in the last 30 days")
    at_station = known[: len(network.stations)]
    inflow = dry_curve(record_now, total, hours, QUANTILES)
    level = dry_curve(record_now, record_now.level, hours, LEVEL_QUANTILES)
    rows = [
        _rows(_sites(network), "inflow", QUANTILES, hours, np.maximum(inflow, 0), ages, known),
        _rows(network.stations, "level", LEVEL_QUANTILES, hours, level, ages, at_station),
    ]
    found = {"forecast": pl.concat(rows)}
    if newest_forecast(inputs["weather"], now, LEADS)[0] is not None:
        chance = share_of_days_at(record_now.highest, network.wells.alarm_level)
        found["risk"] = _risk(network.stations, chance, at_station & ~np.isnan(chance))
    return found


def observed(inputs: Inputs, now: datetime) -> pl.DataFrame:
    """What reached the works."""
    network = network_of(inputs, now)
    rows = record_of(inputs, now, network, 31 * 24)
    names = [f"{works}/inflow" for works in network.works]
    return pl.concat(
        [
            pl.DataFrame(
                {"series": name, "valid_at": rows.hours.moments(0, rows.hours.count), "value": rows.influent[:, at]}
            )
            for at, name in enumerate(names)
        ]
        or [pl.DataFrame(schema={"series": pl.String, "valid_at": pl.Datetime("us", "UTC"), "value": pl.Float64})]
    ).drop_nans("value")


def score(inputs: Inputs, now: datetime) -> pl.DataFrame:
    """Alarms and storms of the 30 days up to now, as said beside as they came."""
    network = network_of(inputs, now)
    rows = record_of(inputs, now, network, int(SCORE_BACK.total_seconds()) // 3600)
    risk = inputs["risk"].filter(pl.col("kind") == "overflow")
    general = resolve_limits(inputs.utility).filter(pl.col("site_id").is_null() & (pl.col("kind") == "value"))
    parameter = dict(general.select("subject", "value").iter_rows())
    recent = storms(rows.rain, int(parameter["storm_gap"]), parameter["storm_rain"])
    facts = alarm_scores(risk, rows) + storm_scores(inputs["medians"], (MODEL, BASELINE), rows, recent)
    return pl.DataFrame(facts, {"metric": pl.String, "value": pl.Float64, "baseline_value": pl.Float64, "n": pl.Int64})


def _fitted(inputs: Inputs, now: datetime) -> tuple[Network, Fitted]:
    sites = tuple(inputs.fitted.get("sites", ()))
    whole = network_of(inputs, now)
    network = network_of(inputs, now, [one for one in whole.stations if one not in sites])
    fitted = fitted_of(inputs.fitted, _sites(network))
    if fitted is None:
        raise TooLittle("the stations are not those that were fitted")
    if np.isnan(fitted.dry).all():
        raise TooLittle("no station and no works has two weeks of hourly flow and level")
    return network, fitted


def network_of(inputs: Inputs, now: datetime, without: Sequence[str] = ()) -> Network:
    """The network as at `now`, without some stations."""
    utility = inputs.utility
    return read_network(utility, resolve_limits(utility), utility.day_of(now), without)


def _sites(network: Network) -> tuple[str, ...]:
    return network.stations + network.works


def record_of(inputs: Inputs, now: datetime, network: Network, hours: int) -> Record:
    """The record of so many hours up to `now`."""
    over = hours_around(now, hours, 0, inputs.utility.timezone)
    return record(inputs["flows"], inputs["rain"], inputs["weather"], network, over)


def available_pumps(rows: pl.DataFrame, network: Network) -> Bools:
    """Which pumps are available now, (stations, pumps); one that doesn't say counts as available."""
    newest = rows.drop_nulls("last").sort("hour").unique("machine_id", keep="last")
    out = set(newest.filter(pl.col("last") < 0.5)["machine_id"])
    found = np.ones(network.wells.pump_m3h.shape, dtype=bool)
    for station, pumps in enumerate(network.pumps):
        found[station, : len(pumps)] = [pump not in out for pump in pumps]
    return found


def _ages(record_now: Record) -> Floats:
    """Seconds since the end of the last hour known of each place; the whole record where there is none."""
    known = ~np.isnan(record_now.own)
    last = np.where(known.any(axis=0), len(known) - 1 - np.argmax(known[::-1], axis=0), -1)
    return 3600.0 * (len(known) - 1 - last)


def _rows(
    sites: Sequence[str],
    kind: str,
    quantiles: Sequence[float],
    hours: Hours,
    values: Floats,
    ages: Floats,
    known: Bools,
) -> pl.DataFrame:
    """Rows of table forecast of (quantiles, hours, sites), for the known sites."""
    places = np.flatnonzero(known).tolist()
    shape = (len(places), hours.count, len(quantiles))
    at, hour, quantile = (index.ravel() for index in np.indices(shape))
    names = pl.Series([f"{sites[place]}/{kind}" for place in places], dtype=pl.String)
    return pl.DataFrame(
        {
            "series": names.gather(at),
            "valid_at": hours.moments(0, hours.count).gather(hour),
            "quantile": np.array(quantiles)[quantile],
            "value": np.round(values[:, :, places].transpose(2, 1, 0).ravel(), 3 if kind == "level" else 1),
            "inputs_age_s": ages[places][at],
        }
    )


def _risk(stations: Sequence[str], chance: Floats, known: Bools) -> pl.DataFrame:
    places = np.flatnonzero(known).tolist()
    rows = {"site_id": [stations[place] for place in places], "probability": chance[places]}
    schema = {"site_id": pl.String, "probability": pl.Float64}
    return pl.DataFrame(rows, schema).with_columns(kind=pl.lit("overflow"), horizon_h=pl.lit(float(LEADS)))


QUESTION = Question(
    id="storm_risk",
    inputs=INPUTS,
    answer=answer,
    baseline=baseline,
    model=MODEL,
    baseline_model=BASELINE,
    clock=timedelta(hours=1),
    decides="pinball_24h",
    fit=fit_state,
    fit_inputs=FIT_INPUTS,
    observed=observed,
    score=score,
    score_inputs=SCORE_INPUTS,
)
