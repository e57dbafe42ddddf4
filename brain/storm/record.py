"""What was measured, hour by hour: rain, season, levels, pumped flows, and from them what flowed in."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from brain.demand.hours import Hours
from brain.sewer.network import Network
from brain.sewer.wells import Floats, Index
from brain.storm.hydrograph import cold_share

RAIN = {"quantity": ("rainfall",)}
FLOWS = {
    "site_kind": ("sewage_station", "wwtp"),
    "quantity": ("level", "flow"),
    "role": ("well", "discharge", "influent"),
}
"""Which points tell the rain, and which the flow through stations and works."""
DAYS_OFF = 5
"""Weekday from which on it is a day off, 0 being Monday."""
_FULL_M = 0.02
"""A well this near its overflow level may spill, and then nobody knows what flowed in."""


@dataclass(frozen=True, eq=False)
class Record:
    """Hours up to a moment: rain in mm and the cold season's share (hours,); of stations the level (mean, last and
    highest, m) and the pumped flow, of works the influent, m³/h: (hours, stations or works). NaN: not known.
    """

    network: Network
    hours: Hours
    rain: Floats
    cold: Floats
    level: Floats
    last_level: Floats
    highest: Floats
    pumped: Floats
    influent: Floats

    @property
    def slot(self) -> Index:
        """Hour of the local day, 24 more on a day off."""
        return slots(self.hours)

    @cached_property
    def inflow(self) -> Floats:
        """What flowed into each well, m³/h: pumped + area × Δlevel. NaN where it may have spilled."""
        rise = np.diff(self.last_level, axis=0, prepend=np.nan)
        spilled = self.highest >= self.network.wells.overflow_level - _FULL_M
        return np.where(spilled, np.nan, self.pumped + self.network.wells.area_m2 * rise)

    @cached_property
    def own(self) -> Floats:
        """What reached stations, then works, but from other stations, m³/h: (hours, stations + works)."""
        late = arriving(self.pumped, self.network.travel_min)
        to_station, to_works = self.network.arrivals()
        return np.concatenate([self.inflow - _sum(late, to_station), self.influent - _sum(late, to_works)], axis=1)


def _sum(late: Floats, into: Floats) -> Floats:
    """What arrives at each end: (hours, stations), (ends, stations) → (hours, ends). NaN where one of it is unknown."""
    unknown = np.isnan(late)
    total = np.where(unknown, 0.0, late) @ into.T
    return np.where(unknown @ into.T > 0, np.nan, total)


def arriving(pumped: Floats, travel_min: np.ndarray) -> Floats:
    """Hourly flows (hours, stations) when they come out of their mains, `travel_min` later."""
    late = np.empty_like(pumped)
    for station, travel in enumerate(travel_min):
        whole, share = divmod(float(travel) / 60, 1)
        padded = np.concatenate([np.full(int(whole) + 1, np.nan), pumped[:, station]])
        newer, older = padded[1 : len(pumped) + 1], padded[: len(pumped)]
        late[:, station] = newer if share == 0 else (1 - share) * newer + share * older
    return late


def slots(hours: Hours) -> Index:
    """Hour of the local day, 24 more on a day off: (hours,)."""
    return hours.hour + 24 * (hours.weekday >= DAYS_OFF)


def record(flows: pl.DataFrame, rain: pl.DataFrame, weather: pl.DataFrame, network: Network, hours: Hours) -> Record:
    """The record of these hours, from rows of mart hourly (flows; rain gauges) and of weather.

    Rain is the mean of the gauges that reported, else the observed rain of weather; an hour with neither counts as dry.
    Of a site with several meters the sum is taken, known where all are.
    """
    observed = weather.filter(pl.col("kind") == "observed")
    measured = _mean(rain.filter("is_valid").select("hour", "mean"), hours)
    elsewhere = _mean(observed.select(hour="valid_at", mean="rain_mm"), hours)
    mm = np.where(np.isnan(measured), np.nan_to_num(elsewhere), measured)
    air = _mean(observed.select(hour="valid_at", mean="temperature_c"), hours)
    of_well = flows.filter((pl.col("quantity") == "level") & (pl.col("role") == "well"))
    discharge = flows.filter((pl.col("quantity") == "flow") & (pl.col("site_kind") == "sewage_station"))
    influent = flows.filter((pl.col("quantity") == "flow") & (pl.col("role") == "influent"))
    level, last, highest = (by_site(of_well, name, network.stations, hours) for name in ("mean", "last", "max"))
    pumped, received = (
        by_site(discharge, "mean", network.stations, hours),
        by_site(influent, "mean", network.works, hours),
    )
    return Record(network, hours, mm, cold_share(air), level, last, highest, pumped, received)


def by_site(rows: pl.DataFrame, value: str, sites: tuple[str, ...], hours: Hours) -> Floats:
    """A value of mart hourly as (hours, sites), summed over the site's points; NaN where not all of them are valid."""
    due = rows.group_by("site_id").agg(due=pl.col("point_id").n_unique())
    valid = rows.filter("is_valid").group_by("site_id", "hour").agg(pl.len(), pl.col(value).sum())
    whole = valid.join(due, on="site_id").filter(pl.col("len") == pl.col("due"))
    names = pl.DataFrame(
        {"site_id": sites, "place": range(len(sites))}, schema={"site_id": pl.String, "place": pl.Int64}
    )
    placed = whole.join(names, on="site_id").with_columns(at=(pl.col("hour") - hours.start).dt.total_hours())
    placed = placed.filter(pl.col("at").is_between(0, hours.count - 1))
    found = np.full((hours.count, len(sites)), np.nan)
    found[placed["at"].to_numpy(), placed["place"].to_numpy()] = placed[value].to_numpy()
    return found


def _mean(rows: pl.DataFrame, hours: Hours) -> Floats:
    """Mean over the points of each hour, NaN where none is known: rows (hour, mean) → (hours,)."""
    of_hour = rows.drop_nulls().group_by("hour").agg(pl.col("mean").mean())
    placed = of_hour.with_columns(at=(pl.col("hour") - hours.start).dt.total_hours())
    placed = placed.filter(pl.col("at").is_between(0, hours.count - 1))
    found = np.full(hours.count, np.nan)
    found[placed["at"].to_numpy()] = placed["mean"].to_numpy()
    return found
