"""What pages ask of the day ahead in the sewers: rain, inflow of the works and levels of the wells, and their risk."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask


class Outlook(NamedTuple):
    """A day back and a day ahead. Rain (valid_at, mm, kind), inflow (site_id, valid_at, observed, p10, p50, p90,

    capacity_m3h; m³/h), levels ahead (site_id, valid_at, p10, p50, p90; m), levels of the past (site_id, hour, level_m)
    and stations (site_id, level_m, alarm_level, probability), the likeliest alarm first. `rain_issued` and `issued` are
    when rain, and inflow and levels, were forecast; None where they were not.
    """

    rain: pl.DataFrame
    inflow: pl.DataFrame
    ahead: pl.DataFrame
    past: pl.DataFrame
    stations: pl.DataFrame
    rain_issued: datetime | None
    issued: datetime | None


def outlook(engine: Engine, as_of: datetime) -> Outlook:
    """The outlook as at `as_of`, from what is shown."""
    names = ["rain", "rain_forecast", "inflow", "level_forecast", "well_hours", "stations", "sewage_forecast"]
    found = ask(engine, as_of, names)
    forecast = found["rain_forecast"]
    return Outlook(
        pl.concat([found["rain"], forecast.drop("issued_at")]),
        found["inflow"],
        found["level_forecast"],
        found["well_hours"].select("site_id", "hour", "level_m"),
        found["stations"],
        forecast["issued_at"].max() if forecast.height else None,  # type: ignore[arg-type]
        found["sewage_forecast"]["issued_at"][0] if found["inflow"]["p50"].count() else None,
    )
