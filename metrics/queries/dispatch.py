"""What the page of sewage dispatch asks: stations, works and quality now; the storms of the record, hour by hour."""

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from metrics.connection import fetch, own_connection, view_of_files
from metrics.day_ledger import mart_file
from metrics.engine import Engine
from metrics.moment_queries import ask, ask_with, day_span, query
from metrics.spans import HOUR, Span

BEFORE, AFTER = timedelta(hours=6), timedelta(hours=24)
"""How much of the time before a storm, and after it, is looked at with it."""
NOW_BACK = timedelta(hours=24)
_RAIN = {
    "point_id": pl.String(),
    "hour": pl.Datetime("us", "UTC"),
    "mean": pl.Float64(),
    "covered_s": pl.Float64(),
}


class Storm(NamedTuple):
    """A stretch of hours: rain (valid_at, mm, kind), works (site_id, valid_at, observed, capacity_m3h), and stations

    (site_id, hour, level_m (the highest), flow_m3h, running, available; alarm_level, nearness = level ÷ alarm level).
    """

    starts_at: datetime
    ends_at: datetime
    rain: pl.DataFrame
    works: pl.DataFrame
    stations: pl.DataFrame


def stations_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """One row a sewage station, nearest to its alarm level first; columns of queries/stations_now.sql.

    Levels in m, flows in m³/h; `rise_m` over the last hour, `hours_to_alarm` if it went on like that.
    """
    return ask_with(engine, as_of, "stations_now", levels=_levels_before(engine, as_of - HOUR))


def works_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """One row a sewage works; columns of queries/sewage_works_now.sql. `share` is inflow ÷ capacity."""
    return ask(engine, as_of, ["sewage_works_now"])["sewage_works_now"]


def quality_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """One row a point that a limit of today judges; columns of queries/sewage_quality.sql."""
    return ask(engine, as_of, ["sewage_quality"])["sewage_quality"]


def storms(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The storms up to `as_of`, newest first: starts_at, ends_at, rain_mm, most_mm_h, heaviest_at (UTC)."""
    return ask_with(engine, as_of, "storms", rain=_rain_record(engine, as_of))


def storm_hours(engine: Engine, as_of: datetime, starts_at: datetime, ends_at: datetime) -> Storm:
    """The hours of a storm with those before and after it, as far as `as_of` knows."""
    return _hours(engine, as_of, starts_at - BEFORE, min(ends_at + AFTER, as_of))


def last_hours(engine: Engine, as_of: datetime) -> Storm:
    """The 24 clock hours up to `as_of`."""
    span = day_span(engine, as_of)
    return _hours(engine, as_of, span.starts_at, span.ends_at)


def rain_ahead(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Rain as last forecast for the next 24 hours: valid_at, mm, kind, issued_at; no row where there is no forecast."""
    return ask(engine, as_of, ["rain_forecast"])["rain_forecast"]


def _hours(engine: Engine, as_of: datetime, starts_at: datetime, ends_at: datetime) -> Storm:
    day = engine.utility.day_of
    span = Span(day(as_of), day(starts_at), day(ends_at), starts_at, ends_at, (ends_at - starts_at) // HOUR)
    found = ask(engine, as_of, ["rain", "inflow", "well_hours"], span)
    levels = ask(engine, as_of, ["stations"])["stations"].select("site_id", "alarm_level")
    stations = found["well_hours"].join(levels, on="site_id", how="left")
    near = stations.with_columns(nearness=pl.col("level_m") / pl.col("alarm_level"))
    return Storm(starts_at, ends_at, found["rain"], found["inflow"], near)


def _levels_before(engine: Engine, until: datetime) -> pl.DataFrame:
    """The wells' levels at `until`: site_id, level_m."""
    utility = engine.utility
    wells = utility.points.filter(quantity="level", role="well")
    placed = wells.join(utility.groups.select("group_id", "site_id"), on="group_id").select("point_id", "site_id")
    files = engine.lake.files("reading", [utility.day_of(until - HOUR), utility.day_of(until)])
    if not files:
        return pl.DataFrame(schema={"site_id": pl.String(), "level_m": pl.Float64()})
    with own_connection() as connection:
        connection.register("wells", placed)
        connection.execute("SET VARIABLE until = $until", {"until": until})
        view_of_files(connection, "readings", files)
        return fetch(connection, query("levels_before"))


def _rain_record(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The hours of all rain gauges up to `as_of`: from the marts, but for a day that no file shows as at then."""
    gauges = engine.utility.points.filter(quantity="rainfall")["point_id"].to_list()
    today = engine.utility.day_of(as_of)
    shown = [day for day, entry in engine.marts.ledger.items() if day < today and entry.shows(as_of)]
    paths = [path for day in sorted(shown) if (path := mart_file(engine.lake.marts, "hourly", day)).exists()]
    frames = [pl.LazyFrame(schema=_RAIN)]
    if paths:
        frames.append(pl.scan_parquet(paths, glob=False, hive_partitioning=False))
    other = [day for day in engine.marts.ledger if day <= today and day not in shown]
    frames += [frame.lazy() for frame in engine.marts.read("hourly", other, as_of)]
    wanted = [
        frame.filter(pl.col("point_id").is_in(gauges)).select(pl.col(name).cast(kind) for name, kind in _RAIN.items())
        for frame in frames
    ]
    return pl.concat(wanted).collect()
