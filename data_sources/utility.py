"""A utility as its folder describes it: settings, sites, groups, points, machines, tariff, limits, sources, maps."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import polars as pl


@dataclass(frozen=True)
class MapView:
    """Where the map looks: degrees (WGS 84) and a web map zoom level."""

    lon: float
    lat: float
    zoom: float


@dataclass(frozen=True)
class Utility:
    """One utility, read and checked. Frames have the columns of the CSV files; missing optional columns are null."""

    folder: Path
    id: str
    name_zh: str
    name_en: str
    timezone: str
    business_day_start: time
    clock: Literal["wall", "data"]
    languages: tuple[str, ...]
    refresh_seconds: float
    sample: bool
    keep_days: dict[str, int]
    holidays: str
    map: MapView
    sites: pl.DataFrame
    groups: pl.DataFrame
    points: pl.DataFrame
    machines: pl.DataFrame
    tariff: pl.DataFrame
    limits: pl.DataFrame
    sources: dict[str, dict[str, Any]]
    geo: dict[str, dict[str, Any]]

    @property
    def zone(self) -> ZoneInfo:
        """The utility's time zone."""
        return ZoneInfo(self.timezone)

    def day_of(self, moment: datetime) -> date:
        """The business day an aware moment falls on."""
        start = self.business_day_start
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return (local - timedelta(hours=start.hour, minutes=start.minute)).date()

    def day_start(self, day: date) -> datetime:
        """When a business day begins, in UTC."""
        return datetime.combine(day, self.business_day_start, self.zone).astimezone(UTC)

    def day_expr(self, column: str | pl.Expr) -> pl.Expr:
        """The business day of a UTC column, as a polars expression of type date."""
        expr = pl.col(column) if isinstance(column, str) else column
        start = self.business_day_start
        local = expr.dt.convert_time_zone(self.timezone).dt.replace_time_zone(None)
        return (local - pl.duration(hours=start.hour, minutes=start.minute)).dt.date()

    def month_end(self, month: date) -> datetime:
        """When the business month that begins on `month` (a first day) is over, in UTC."""
        return self.day_start((month.replace(day=1) + timedelta(days=32)).replace(day=1))
