"""What does tonight's rain do to the sewers? Inflow of stations and works, levels, and the chance of each alarm."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from brain.demand.hours import Hours
from brain.question import Answer, Inputs, Need, Question, TooLittle
from brain.sewer.wells import Bools, Floats
from brain.storm.dry_weather import dry_curve, share_of_days_at
from brain.storm.fitting import LEADS
from brain.storm.forecast import Ahead, chance_of_alarm, look_ahead
from brain.storm.hindcast import LEVEL_QUANTILES, QUANTILES, WET, bands, states
from brain.storm.hydrograph import MEMORY_H
from brain.storm.measures import storms
from brain.storm.rain import newest_forecast, spread_out
from brain.storm.record import FLOWS, RAIN, Record
from brain.storm.situation import FIT_BACK, ages_s, available_pumps, fit_state, fitted_network, network_of, record_of
from brain.storm.stretch import DRY_H, HIGH, LOW, MEDIAN, drawn, dry_stretch, issued_beside, wet_share
from brain.storm.track import alarm_scores, storm_scores
from metrics.limits import resolve_limits

MODEL, BASELINE = "unit_hydrograph", "dry_weather"
MEMBERS = 50
STATIONS_EVERY_H, RAINY_MM = 6, 2.0
"""In dry weather the curves of a hundred stations are much the same each hour: they are kept every so many hours."""
BACK = timedelta(hours=MEMORY_H)

INPUTS = {
    "flows": Need("hourly", back=timedelta(days=30), where=FLOWS),
    "rain": Need("hourly", back=BACK, where=RAIN),
    "available": Need(
        "hourly", back=timedelta(hours=3), where={"quantity": ("available",), "site_kind": ("sewage_station",)}
    ),
    "weather": Need("weather", back=BACK, ahead=timedelta(hours=LEADS)),
}
"""What the ensemble takes; other questions that plan on it take the same."""
ISSUED = {
    "issued": Need("forecast", back=timedelta(days=31), where={"model": (MODEL,), "quantile": (LOW, MEDIAN, HIGH)})
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


def answer(inputs: Inputs, now: datetime) -> Answer:
    """Inflow, level and risk from the newest rain forecast. Raises TooLittle without one of the last 24 hours."""
    if not network_of(inputs, now).sites:
        return {}
    ahead, record_now = ahead_of(inputs, now)
    stations = ahead.network.stations
    known: Bools = np.isfinite(record_now.own).max(axis=0)
    spread = {kind: np.array(rows) for kind, rows in inputs.fitted["spread"].items()}
    issued = issued_beside(inputs["issued"], record_now)
    spread["inflow"][:WET, :, :, len(stations) :] *= dry_stretch(issued, record_now, spread["inflow"])
    state = states(record_now.rain[-LEADS:], _expected_mm(inputs, now), ahead.hours.hour)
    inflow = bands(np.concatenate([ahead.run.inflow, ahead.influent], axis=1), QUANTILES, spread["inflow"], state)
    inflow[:, :, len(stations) :] = drawn(inflow[:, :, len(stations) :], state, wet_share(issued, record_now))
    level = bands(ahead.run.mean_level, LEVEL_QUANTILES, spread["level"], state)
    forecast = _forecast(inputs, now, record_now, np.maximum(inflow, 0), level, known)
    return {"forecast": forecast, "risk": _risk(stations, chance_of_alarm(ahead), known[: len(stations)])}


def ahead_of(inputs: Inputs, now: datetime) -> tuple[Ahead, Record]:
    """The ensemble and the record it starts from; other questions plan on it. Raises TooLittle where there is none."""
    network, fitted = fitted_network(inputs, now)
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
    if not network.sites:
        return {}
    record_now, hours = record_of(inputs, now, network, 30 * 24), Hours(now, LEADS, inputs.utility.timezone)
    total = np.concatenate([record_now.inflow, record_now.influent], axis=1)
    known: Bools = np.isfinite(total).max(axis=0)
    if not known.any():
        raise TooLittle("no station and no works measured its inflow in the last 30 days")
    at_station = known[: len(network.stations)]
    inflow = dry_curve(record_now, total, hours, QUANTILES)
    level = dry_curve(record_now, record_now.level, hours, LEVEL_QUANTILES)
    found = {"forecast": _forecast(inputs, now, record_now, np.maximum(inflow, 0), level, known)}
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


def _forecast(
    inputs: Inputs, now: datetime, record_now: Record, inflow: Floats, level: Floats, known: Bools
) -> pl.DataFrame:
    """Rows of the works' inflow, and where it is their hour of the stations' inflow and level.

    Inflow (QUANTILES, hours, sites), level (LEVEL_QUANTILES, hours, stations), of the known sites.
    """
    network, hours, ages = record_now.network, Hours(now, LEADS, inputs.utility.timezone), ages_s(record_now)
    count, told = len(network.stations), known.copy()
    if not _stations_too(inputs, now, record_now):
        told[:count] = False
    rows = [
        _rows(network.sites, "inflow", QUANTILES, hours, inflow, ages, told),
        _rows(network.stations, "level", LEVEL_QUANTILES, hours, level, ages, told[:count]),
    ]
    return pl.concat(rows)


def _stations_too(inputs: Inputs, now: datetime, record_now: Record) -> bool:
    """Whether the stations' curves are issued: every hour while it rains or will, else every STATIONS_EVERY_H."""
    rainy = _expected_mm(inputs, now).sum() + record_now.rain[-LEADS // 2 :].sum() >= RAINY_MM
    return bool(rainy) or now.astimezone(inputs.utility.zone).hour % STATIONS_EVERY_H == 0


def _expected_mm(inputs: Inputs, now: datetime) -> Floats:
    """The rain of the hours ahead as forecast, the mean of its members, 0 where it says nothing: (LEADS,)."""
    _, ahead = newest_forecast(inputs["weather"], now, LEADS)
    return np.nan_to_num(ahead).sum(axis=1) / max(ahead.shape[1], 1)


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
    inputs=INPUTS | ISSUED,
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
    warm_up=timedelta(hours=DRY_H),
)
