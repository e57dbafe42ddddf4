"""What the page of sewage dispatch asks: stations, works and quality now; the storms of the record, hour by hour."""

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from metrics.connection import fetch, own_connection, view_of_files
from metrics.day_ledger import mart_file
from metrics.engine import Engine
from metrics.moment_queries import ask, ask_one, ask_with, day_span, query
from metrics.spans import HOUR, Span

BEFORE, AFTER = timedelta(hours=6), timedelta(hours=24)
"""How much of the time before a storm, and after it, is looked at with it."""
_RAIN = {
    "point_id": pl.String(),
    "hour": pl.Datetime("us", "UTC"),
    "mean": pl.Float64(),
    "covered_s": pl.Float64(),
}


class Storm(NamedTuple):
    """A stretch of hours: rain (valid_at, mm, kind), works (site_id, valid_at, observed, capacity_m3h), and stations

    (site_id, hour, pumps, level_m (the highest), flow_m3h, running, available; alarm_level, nearness = level ÷ alarm).
    """

    starts_at: datetime
    ends_at: datetime
    rain: pl.DataFrame
    works: pl.DataFrame
    stations: pl.DataFrame

    def hours(self) -> list[datetime]:
        """The hours of which anything is known."""
        frames = [(self.rain, "valid_at"), (self.works, "valid_at"), (self.stations, "hour")]
        return sorted({hour for rows, time in frames for hour in rows[time].to_list()})

    def worst_hour(self) -> datetime | None:
        """The hour in which most wells reached their alarm level, the last of those; the last hour where none did."""
        over = self.stations.filter(pl.col("nearness") >= 1).group_by("hour").len()
        ranked: list[datetime] = over.sort("len", "hour")["hour"].to_list() or self.hours()
        return ranked[-1] if ranked else None

    def at(self, hour: datetime) -> tuple[float | None, pl.DataFrame, pl.DataFrame]:
        """Rain (mm), works (with `share` of capacity) and stations in one hour (with `rise_m` over the hour before),
        those nearest to their alarm first.
        """
        rain = self.rain.filter(pl.col("valid_at") == hour)["mm"]
        works = self.works.filter(pl.col("valid_at") == hour)
        before = self.stations.filter(pl.col("hour") == hour - HOUR).select("site_id", before_m="level_m")
        stations = self.stations.filter(pl.col("hour") == hour).join(before, on="site_id", how="left")
        stations = stations.with_columns(rise_m=pl.col("level_m") - pl.col("before_m")).drop("before_m")
        return (
            rain[0] if rain.len() else None,
            works.with_columns(share=pl.col("observed") / pl.col("capacity_m3h")),
            stations.sort("nearness", "site_id", descending=[True, False], nulls_last=True),
        )


class Glance(NamedTuple):
    """The first look: wells at their alarm level (None where no level is known), who gets there first and in how many
    minutes, pumps out of those that tell, stations whose level is unknown, the moment of the oldest level that still
    counts, rain of the last whole hour and of 24 hours.
    """

    stations: int
    over: int | None
    soonest: str | None
    soonest_min: float | None
    pumps_out: int | None
    pumps_told: int
    silent: int
    oldest_at: datetime | None
    rain_1h: float | None
    rain_24h: float | None


def stations_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """One row a sewage station, nearest to its alarm level first; columns of queries/stations_now.sql.

    Levels in m, flows in m³/h; `rise_m` over the last hour, `hours_to_alarm` if it went on like that.
    """
    return ask_with(engine, as_of, "stations_now", levels=_levels_before(engine, as_of - HOUR))


def glance(engine: Engine, as_of: datetime) -> Glance:
    """The first numbers of the page, added up over stations and hours."""
    stations, rain = stations_now(engine, as_of), ask_one(engine, as_of, "rain")
    near = stations["nearness"].drop_nulls()
    first = stations.drop_nulls("hours_to_alarm").sort("hours_to_alarm", "site_id").head(1)
    told = int(stations["told_available"].sum())
    last = rain.filter(pl.col("valid_at") == as_of.replace(minute=0, second=0, microsecond=0) - HOUR)["mm"]
    return Glance(
        stations=stations.height,
        over=int((near >= 1).sum()) if near.len() else None,
        soonest=first["site_id"][0] if first.height else None,
        soonest_min=60 * first["hours_to_alarm"][0] if first.height else None,
        pumps_out=told - round(stations["available"].sum()) if told else None,
        pumps_told=told,
        silent=stations["level_m"].null_count(),
        oldest_at=stations.drop_nulls("level_m").select(pl.col("level_at").min()).item(),
        rain_1h=last[0] if last.len() else None,
        rain_24h=float(rain["mm"].sum()) if rain.height else None,
    )


def works_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """One row a sewage works; columns of queries/sewage_works_now.sql. `share` is inflow ÷ capacity."""
    return ask_one(engine, as_of, "sewage_works_now")


def quality_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """One row a point that a limit of today judges; columns of queries/sewage_quality.sql."""
    return ask_one(engine, as_of, "sewage_quality")


def storms(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The storms up to `as_of`, newest first: starts_at, ends_at, rain_mm, most_mm_h, heaviest_at (UTC)."""
    rule = ask_one(engine, as_of, "storm_rule")
    return ask_with(engine, as_of, "storms", rain=_rain_record(engine, as_of), rule=rule)


def storm_rule(engine: Engine, as_of: datetime) -> tuple[float | None, float | None]:
    """What makes a storm: at least so many mm, with no more than so many dry hours in between."""
    rain_mm, gap_h = ask_one(engine, as_of, "storm_rule").row(0)
    return rain_mm, gap_h


def storm_hours(engine: Engine, as_of: datetime, starts_at: datetime, ends_at: datetime) -> Storm:
    """The hours of a storm with those before and after it, as far as `as_of` knows."""
    return _hours(engine, as_of, starts_at - BEFORE, min(ends_at + AFTER, as_of))


def last_hours(engine: Engine, as_of: datetime) -> Storm:
    """The 24 clock hours up to `as_of`."""
    span = day_span(engine, as_of)
    return _hours(engine, as_of, span.starts_at, span.ends_at)


def rain_ahead(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Rain as last forecast for the next 24 hours: valid_at, mm, kind, issued_at; no row where there is no forecast."""
    return ask_one(engine, as_of, "rain_forecast")


def forecast_issued(engine: Engine, as_of: datetime) -> datetime | None:
    """When inflow or levels were last forecast; None where they never were."""
    issued: datetime | None = ask_one(engine, as_of, "sewage_forecast")["issued_at"][0]
    return issued


def _hours(engine: Engine, as_of: datetime, starts_at: datetime, ends_at: datetime) -> Storm:
    day = engine.utility.day_of
    span = Span(day(as_of), day(starts_at), day(ends_at), starts_at, ends_at, (ends_at - starts_at) // HOUR)
    found = ask(engine, as_of, ["rain", "inflow", "well_hours"], span)
    levels = ask_one(engine, as_of, "stations").select("site_id", "alarm_level")
    stations = found["well_hours"].join(levels, on="site_id", how="left")
    near = stations.with_columns(nearness=pl.col("level_m") / pl.col("alarm_level"))
    works = found["inflow"].filter(pl.col("observed").is_not_null()).drop("p10", "p50", "p90")
    return Storm(starts_at, ends_at, found["rain"], works, near)


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
