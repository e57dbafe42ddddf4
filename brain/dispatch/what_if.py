"""What if it rained so much, a pump were out, a works took half: inflow, risk and plan anew. Nothing is kept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from brain.dispatch.known import situation
from brain.dispatch.outcome import follow
from brain.dispatch.rows import plan_rows
from brain.dispatch.sewers import plan
from brain.question import Inputs
from brain.storm.fitting import LEADS
from brain.storm.forecast import chance_of_alarm
from brain.storm.rain import LEAST_MEMBERS

WHAT_IF = "what_if"
HALF = 0.5


@dataclass(frozen=True)
class Scenario:
    """What is supposed: mm of rain evenly over so many hours from now on (None: as forecast), machines that are out,

    works that take half. Parts of it may be combined.
    """

    rain_mm: float | None = None
    rain_hours: int = 6
    pumps_out: tuple[str, ...] = ()
    works_at_half: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Supposed:
    """What comes of it: rows of table plan (variant what_if); P(level ≥ alarm) by station (site_id, probability)."""

    rows: pl.DataFrame
    risk: pl.DataFrame


def what_if(inputs: Inputs, now: datetime, scenario: Scenario) -> Supposed:
    """The ensemble of storm_risk and the plan under a scenario; `inputs` are those of sewage_dispatch at `now`.

    Raises TooLittle and NoPlan as the question does.
    """
    network, at, ahead = situation(supposing(inputs, now, scenario), now)
    half = np.isin(network.works, scenario.works_at_half)
    at = replace(at, works_m3h=np.where(half, HALF * at.works_m3h, at.works_m3h))
    solved = plan(network, at)
    rows = plan_rows(network, follow(network, at, solved), WHAT_IF, now, solved)
    risk = pl.DataFrame({"site_id": network.stations, "probability": chance_of_alarm(ahead)})
    return Supposed(rows, risk)


def supposing(inputs: Inputs, now: datetime, scenario: Scenario) -> Inputs:
    """The same inputs as they would be: a forecast that is certain of the rain, machines that say they are out."""
    frames = dict(inputs.frames)
    if scenario.rain_mm is not None:
        frames["weather"] = _with_rain(frames["weather"], now, scenario.rain_mm, scenario.rain_hours)
    if scenario.pumps_out:
        frames["available"] = _without(frames["available"], now, scenario.pumps_out)
    return replace(inputs, frames=frames)


def _with_rain(weather: pl.DataFrame, now: datetime, rain_mm: float, hours: int) -> pl.DataFrame:
    """In place of every forecast, one issued now with so many equal members that it is taken as it is."""
    rows = [
        {
            "place_id": "",
            "kind": "forecast",
            "issued_at": now,
            "valid_at": now + timedelta(hours=hour),
            "member": member,
            "rain_mm": rain_mm / hours if hour < hours else 0.0,
        }
        for member in range(LEAST_MEMBERS)
        for hour in range(LEADS)
    ]
    observed = weather.filter(pl.col("kind") == "observed")
    supposed = pl.DataFrame(rows, schema={name: weather.schema[name] for name in rows[0]})
    return pl.concat([observed, supposed], how="diagonal")


def _without(available: pl.DataFrame, now: datetime, machines: tuple[str, ...]) -> pl.DataFrame:
    """These machines say, newest of all, that they are not available."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = [{"machine_id": machine, "hour": hour, "last": 0.0, "is_valid": True} for machine in machines]
    said = pl.DataFrame(rows, schema={name: available.schema[name] for name in rows[0]})
    return pl.concat([available, said], how="diagonal")
