"""The utility's files as the arrays that its physics runs on: zones, large users, works, stations and how they hang."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from data_sources.utility import Utility
from sample_data.noise import Floats

STATION_PARAMETERS = (
    "stop_level", "start_level", "comfort_level", "alarm_level", "overflow_level", "well_area", "main_capacity",
    "travel_time",
)  # fmt: skip
Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class World:
    """Names in a fixed order, and numbers in the same order beside them."""

    utility: Utility

    def ids(self, kind: str) -> list[str]:
        """Sites of a kind, in the order of sites.csv."""
        return self.utility.sites.filter(pl.col("kind") == kind)["site_id"].to_list()

    def column(self, kind: str, column: str) -> list[str | None]:
        """A column of sites.csv for the sites of a kind."""
        return self.utility.sites.filter(pl.col("kind") == kind)[column].to_list()

    def number(self, kind: str, column: str) -> Floats:
        """The same as numbers; empty cells are 0."""
        return self.utility.sites.filter(pl.col("kind") == kind)[column].fill_null(0).to_numpy().astype(np.float64)

    @cached_property
    def zones(self) -> list[str]:
        """Zones."""
        return self.ids("zone")

    @cached_property
    def connections(self) -> Floats:
        """Connections of each zone."""
        return self.number("zone", "connections")

    @cached_property
    def large_users(self) -> list[str]:
        """Large users."""
        return self.ids("large_user")

    @cached_property
    def zone_of_user(self) -> Index:
        """The zone each large user lies in; −1 outside all."""
        return self._places(self.column("large_user", "parent_id"), self.zones)

    @cached_property
    def works(self) -> list[str]:
        """Drinking-water works."""
        return self.ids("works")

    @cached_property
    def works_of_zone(self) -> Index:
        """The works that feeds each zone."""
        return self._places(self.column("zone", "parent_id"), self.works)

    @cached_property
    def sources(self) -> list[str]:
        """Sources of raw water."""
        return self.ids("source")

    @cached_property
    def source_of_works(self) -> Index:
        """The source that feeds each works."""
        return self._places(self.column("works", "parent_id"), self.sources)

    @cached_property
    def stations(self) -> list[str]:
        """Pump stations, those upstream first."""
        drains = dict(zip(self.ids("sewage_station"), self.column("sewage_station", "drains_to"), strict=True))
        return sorted(drains, key=lambda one: (-self._depth(one, drains), one))

    @cached_property
    def sewage_works(self) -> list[str]:
        """Sewage works."""
        return self.ids("wwtp")

    @cached_property
    def downstream(self) -> Index:
        """The station each station pumps to; −1 where that is a works."""
        drains = dict(zip(self.ids("sewage_station"), self.column("sewage_station", "drains_to"), strict=True))
        return self._places([drains[one] for one in self.stations], self.stations)

    @cached_property
    def works_of_station(self) -> Index:
        """The sewage works each station pumps to directly; −1 where it pumps to a station."""
        drains = dict(zip(self.ids("sewage_station"), self.column("sewage_station", "drains_to"), strict=True))
        return self._places([drains[one] for one in self.stations], self.sewage_works)

    @cached_property
    def station_of_zone(self) -> Index:
        """Where each zone's sewage goes."""
        return self._places(self.column("zone", "drains_to"), self.stations)

    @cached_property
    def levels(self) -> list[Index]:
        """Stations by how far up they stand, those with nothing above them first."""
        drains = dict(zip(self.ids("sewage_station"), self.column("sewage_station", "drains_to"), strict=True))
        depth = np.array([self._depth(one, drains) for one in self.stations])
        return [np.flatnonzero(depth == one) for one in sorted(set(depth.tolist()), reverse=True)]

    @cached_property
    def parameters(self) -> dict[str, Floats]:
        """Each physical parameter of the stations, in their order."""
        rows = self.utility.limits.filter(pl.col("kind") == "value")
        found = {
            (subject, site): value for subject, site, value in rows.select("subject", "site_id", "value").iter_rows()
        }
        return {
            name: np.array([found[name, station] for station in self.stations], dtype=np.float64)
            for name in STATION_PARAMETERS
        }

    @cached_property
    def pumps(self) -> pl.DataFrame:
        """machines.csv, the pumps only."""
        return self.utility.machines.filter(pl.col("kind") == "pump")

    def pumps_of(self, site_id: str) -> list[dict[str, object]]:
        """The pumps of a site."""
        return self.pumps.filter(pl.col("site_id") == site_id).to_dicts()

    @cached_property
    def pump_rate(self) -> Floats:
        """What one pump of each station moves, m³/h."""
        return np.array([float(str(self.pumps_of(one)[0]["rated_flow_m3h"])) for one in self.stations])

    @cached_property
    def pump_count(self) -> Floats:
        """How many pumps each station has."""
        return np.array([float(len(self.pumps_of(one))) for one in self.stations])

    def _places(self, names: list[str | None], among: list[str]) -> Index:
        place = {name: at for at, name in enumerate(among)}
        return np.array([place.get(name or "", -1) for name in names], dtype=np.int64)

    def _depth(self, station: str, drains: dict[str, str | None]) -> int:
        """How many stations lie below it on the way to the works."""
        below, count = drains.get(station), 0
        while below in drains:
            below, count = drains[below], count + 1
        return count
