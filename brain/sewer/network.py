"""The sewer network: stations that pump to one another and to the works, and how it runs minute by minute."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from brain.sewer.wells import Bools, Floats, Index, PumpRule, Wells, step
from data_sources.utility import Utility

NEEDED = ("stop_level", "start_level", "alarm_level", "overflow_level", "well_area")
"""Parameters without which a station can't be simulated; a missing other one is taken as `_WITHOUT` says."""
_WITHOUT = {"min_level": "stop_level", "comfort_level": "start_level"}
_MINUTE_H = 1 / 60


@dataclass(frozen=True, eq=False)
class Network:
    """Stations and sewage works in the order of sites.csv, and where each station's main ends.

    `downstream` is the station it pumps to (−1: none), `works_of` the works it pumps to directly (−1: none);
    `travel_min` is how long that takes, ≥ 1; `capacity_m3h` is what each works takes (NaN: not given).
    `pumps` names each station's machines in the order of `wells.pump_m3h`.
    `left_out` names stations that lack parameters or pumps, with what is missing: those above them pump past them.
    """

    stations: tuple[str, ...]
    works: tuple[str, ...]
    downstream: Index
    works_of: Index
    travel_min: Index
    capacity_m3h: Floats
    wells: Wells
    pumps: tuple[tuple[str, ...], ...]
    left_out: dict[str, tuple[str, ...]]

    @property
    def sites(self) -> tuple[str, ...]:
        """Stations, then works."""
        return self.stations + self.works

    def ends(self) -> Index:
        """The works that each station's water comes to in the end; −1: none."""
        end, below = self.works_of.copy(), self.downstream.copy()
        while (below >= 0).any():
            end = np.where(below >= 0, self.works_of[below], end)
            below = np.where(below >= 0, self.downstream[below], below)
        return end

    def arrivals(self) -> tuple[Floats, Floats]:
        """Who pumps to whom as 0/1: stations × stations, and works × stations."""
        ends = np.arange(len(self.stations))
        to_station = (self.downstream[None, :] == ends[:, None]).astype(np.float64)
        to_works = (self.works_of[None, :] == np.arange(len(self.works))[:, None]).astype(np.float64)
        return to_station, to_works


def read_network(utility: Utility, limits: pl.DataFrame, day: date, without: Collection[str] = ()) -> Network:
    """The network as it is on `day`. `limits` are the resolved rows (`metrics.limits.resolve_limits`).

    Stations in `without` are left out, too: those of which nothing is measured.
    """
    sites = utility.sites.filter(pl.col("kind") == "sewage_station")
    parameters, pumps = _parameters(limits, day), _pumps(utility)
    left_out = {}
    for site in sites["site_id"]:
        missing = [name for name in NEEDED if (name, site) not in parameters]
        missing += [] if pumps.get(site) else ["pumps"]
        missing += ["record"] if site in without else []
        if missing:
            left_out[site] = tuple(missing)
    stations = tuple(site for site in sites["site_id"] if site not in left_out)
    works = utility.sites.filter(pl.col("kind") == "wwtp")
    drains = dict(sites.select("site_id", "drains_to").iter_rows())
    ends = [_end(station, drains, left_out) for station in stations]
    travel = [parameters.get(("travel_time", station), 0.0) for station in stations]
    return Network(
        stations,
        tuple(works["site_id"]),
        _places(ends, stations),
        _places(ends, tuple(works["site_id"])),
        np.maximum(np.rint(travel), 1).astype(np.int64),
        _most_taken(works, parameters),
        _wells(stations, parameters, pumps),
        tuple(tuple(pumps[station]) for station in stations),
        left_out,
    )


def _most_taken(works: pl.DataFrame, parameters: dict[tuple[str, str], float]) -> Floats:
    """What each works takes at its peak, m³/h: its design volume × the peak factor (its own, else that of all)."""
    general = parameters.get(("peak_factor", ""), 1.0)
    factors = [parameters.get(("peak_factor", site), general) for site in works["site_id"]]
    daily = works["capacity_m3d"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.asarray(daily / 24 * np.array(factors), dtype=np.float64)


def _wells(
    stations: tuple[str, ...], parameters: dict[tuple[str, str], float], pumps: dict[str, dict[str, float]]
) -> Wells:
    def each(name: str) -> Floats:
        other = _WITHOUT.get(name, name)
        found = [parameters.get((name, one), parameters.get((other, one), np.inf)) for one in stations]
        return np.array(found, dtype=np.float64)

    most = max((len(pumps[one]) for one in stations), default=0)
    rated = np.zeros((len(stations), most))
    for place, one in enumerate(stations):
        rated[place, : len(pumps[one])] = list(pumps[one].values())
    levels = {name: each(name) for name in (*NEEDED[:-1], *_WITHOUT)}
    return Wells(area_m2=each("well_area"), main_m3h=each("main_capacity"), pump_m3h=rated, **levels)


def _parameters(limits: pl.DataFrame, day: date) -> dict[tuple[str, str], float]:
    rows = limits.filter(
        (pl.col("kind") == "value")
        & (pl.col("effective_from").fill_null(day) <= day)
        & (pl.col("effective_to").fill_null(day) >= day)
    )
    named = rows.select("subject", pl.col("site_id").fill_null(""), "value")
    return {(subject, site): value for subject, site, value in named.iter_rows()}


def _pumps(utility: Utility) -> dict[str, dict[str, float]]:
    """Site → its pumps and what each moves, m³/h."""
    pumps = utility.machines.filter((pl.col("kind") == "pump") & (pl.col("rated_flow_m3h") > 0)).sort("machine_id")
    found: dict[str, dict[str, float]] = {}
    for site, pump, rated in pumps.select("site_id", "machine_id", "rated_flow_m3h").iter_rows():
        found.setdefault(site, {})[pump] = float(rated)
    return found


def _end(station: str, drains: dict[str, str | None], left_out: dict[str, tuple[str, ...]]) -> str | None:
    """Where a station's water is next seen: past stations that are left out."""
    below = drains[station]
    while below in left_out:
        below = drains[below]
    return below


def _places(names: list[str | None], among: tuple[str, ...]) -> Index:
    place = {name: at for at, name in enumerate(among)}
    return np.array([place.get(name or "", -1) for name in names], dtype=np.int64)


@dataclass(frozen=True)
class Run:
    """A simulated stretch, one row a record of `every_min` minutes: (records, stations, members), m³/h, m and m³.

    `level` is at the record's end, `highest` and `mean_level` within it; flows are its means, `overflow_m3` and
    `starts` its sums; `running` is the mean number of pumps, `starts` per pump (records, stations, members, pumps);
    `influent` is what reaches each works (records, works, members). `first_level` (stations, members) is the level at
    the beginning.
    """

    every_min: int
    first_level: Floats
    level: Floats
    mean_level: Floats
    highest: Floats
    inflow: Floats
    pumped: Floats
    overflow_m3: Floats
    running: Floats
    starts: Index
    influent: Floats


def simulate(
    network: Network,
    rule: PumpRule,
    own_m3h: Floats,
    own_step_min: int,
    level_m: Floats,
    pumped_before_m3h: Floats,
    every_min: int,
) -> Run:
    """Run the whole network in steps of a minute for as long as `own_m3h` reaches, recording every `every_min`.

    `own_m3h` (steps, stations, members) is what reaches a station but from other stations, each step of
    `own_step_min`; `level_m` the levels at the start, (stations,) or (stations, members); `pumped_before_m3h` what was
    pumped up to the start and still is under way, (stations,), or minute by minute with the newest last, (minutes,
    stations) or (minutes, stations, members).
    """
    steps, stations, members = own_m3h.shape
    minutes = steps * own_step_min
    to_station, to_works = network.arrivals()
    way, here = _Mains(network, pumped_before_m3h, members), np.arange(stations)
    one_each = level_m if level_m.ndim == 2 else level_m[:, None]
    first = np.array(np.broadcast_to(one_each, (stations, members)), dtype=np.float64)
    level, running = first, np.zeros((stations, members, network.wells.pump_m3h.shape[1]), dtype=bool)
    book = _Book(minutes // every_min, stations, members, len(network.works), running.shape[2])
    for minute in range(minutes - minutes % every_min):
        arriving = way.ends(minute, here)
        inflow = own_m3h[minute // own_step_min] + to_station @ arriving
        wanted, runs = rule.wanted(minute, level, running)
        level, pumped, overflow = step(network.wells, level, inflow, wanted, _MINUTE_H)
        way.enter(minute, pumped)
        book.note(minute // every_min, level, inflow, pumped, overflow, runs, runs & ~running, to_works @ arriving)
        running = runs
    return book.run(every_min, first)


class _Mains:
    """What is under way in the pressure mains: a ring of the last minutes."""

    def __init__(self, network: Network, before: Floats, members: int) -> None:
        self.travel = network.travel_min
        self.length = int(self.travel.max(initial=1)) + 1
        past = np.atleast_2d(before)[-self.length :]
        past = past[:, :, None] if past.ndim == 2 else past
        lead = np.repeat(past[:1], self.length - len(past), axis=0)
        whole = np.concatenate([lead, past])
        self.ring = np.broadcast_to(whole, (*whole.shape[:2], members)).astype(np.float64)

    def ends(self, minute: int, stations: Index) -> Floats:
        """What comes out of each station's main in this minute, m³/h."""
        out: Floats = self.ring[(minute - self.travel) % self.length, stations]
        return out

    def enter(self, minute: int, pumped: Floats) -> None:
        """What goes in, m³/h. Minute −1 is the last of the ring."""
        self.ring[minute % self.length] = pumped


class _Book:
    """Sums over the minutes of each record."""

    def __init__(self, records: int, stations: int, members: int, works: int, pumps: int) -> None:
        shape = (records, stations, members)
        self.level, self.mean, self.highest = np.zeros(shape), np.zeros(shape), np.full(shape, -np.inf)
        self.inflow, self.pumped, self.overflow, self.running = (np.zeros(shape) for _ in range(4))
        self.starts = np.zeros((*shape, pumps), dtype=np.int64)
        self.influent = np.zeros((records, works, members))

    def note(
        self,
        at: int,
        level: Floats,
        inflow: Floats,
        pumped: Floats,
        overflow: Floats,
        runs: Bools,
        started: Bools,
        influent: Floats,
    ) -> None:
        self.level[at] = level
        self.mean[at] += level
        np.maximum(self.highest[at], level, out=self.highest[at])
        self.inflow[at] += inflow
        self.pumped[at] += pumped
        self.overflow[at] += overflow
        self.running[at] += runs.sum(axis=2)
        self.starts[at] += started
        self.influent[at] += influent

    def run(self, every_min: int, first: Floats) -> Run:
        mean, inflow, pumped, running, influent = (
            total / every_min for total in (self.mean, self.inflow, self.pumped, self.running, self.influent)
        )
        return Run(
            every_min, first, self.level, mean, self.highest, inflow, pumped, self.overflow, running, self.starts,
            influent,
        )  # fmt: skip
