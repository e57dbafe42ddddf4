"""Where the marts of a stretch of days are read from: files, or memory for a day that no file shows as at a moment."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

import polars as pl

from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.build import marts_at
from metrics.day_ledger import LEDGER, DayEntry, mart_days, mart_file, read_ledger

DAYS_BACK = 40
"""How far back the newest `latest` is looked for where days had no reading at all."""
_DAY = timedelta(days=1)


class MartFiles:
    """The marts of one lake. Keeps the record of days until it changes, and what it last made in memory."""

    def __init__(self, lake: Lake, utility: Utility) -> None:
        self.lake, self.utility = lake, utility
        self._stamp: tuple[int, int] | None = None
        self._ledger: dict[date, DayEntry] = {}
        self._made: dict[tuple[date, datetime, str | None], Mapping[str, pl.DataFrame]] = {}

    @property
    def stamp(self) -> tuple[int, int] | None:
        """Changes whenever marts were made; None where there are none."""
        path = self.lake.marts / LEDGER
        stat = path.stat() if path.exists() else None
        return (stat.st_mtime_ns, stat.st_ino) if stat else None

    @property
    def ledger(self) -> dict[date, DayEntry]:
        """What marts/days.parquet says now."""
        stamp = self.stamp
        if stamp != self._stamp:
            self._stamp, self._ledger = stamp, read_ledger(self.lake.marts)
        return self._ledger

    def days(self) -> list[date]:
        """The days that have marts, oldest first."""
        return mart_days(self.lake.marts)

    def read(
        self, mart: str, days: Collection[date], as_of: datetime, points: Collection[str] | None = None
    ) -> list[pl.DataFrame]:
        """Frames that together are a mart's rows of `days` as at `as_of`; of these `points`, or of all."""
        shown = [day for day in sorted(days) if self._is_shown(day, as_of)]
        paths = [path for day in shown if (path := mart_file(self.lake.marts, mart, day)).exists()]
        wanted = pl.lit(value=True) if points is None else pl.col("point_id").is_in(list(points))
        files = pl.scan_parquet(paths, glob=False, hive_partitioning=False).filter(wanted) if paths else None
        frames = [files.collect()] if files is not None else []
        return frames + [self._in_memory(day, as_of)[mart].filter(wanted) for day in sorted(set(days) - set(shown))]

    def latest(self, days: Collection[date], as_of: datetime) -> pl.DataFrame | None:
        """Mart latest as at the end of each of `days` (or as_of), of the last day before that had readings."""
        frames = []
        for day in sorted(days):
            for back in range(DAYS_BACK):
                rows = self.read("latest", [day - back * _DAY], as_of)
                if rows and rows[0].height:
                    frames.append(rows[0].with_columns(pl.lit(day).alias("day")))
                    break
        return pl.concat(frames) if frames else None

    def _is_shown(self, day: date, as_of: datetime) -> bool:
        entry = self.ledger.get(day)
        if entry is not None:
            return entry.shows(as_of)
        running = day == self.utility.day_of(as_of)
        return not running or day not in self.lake.fingerprints("reading")

    def _in_memory(self, day: date, as_of: datetime) -> Mapping[str, pl.DataFrame]:
        key = (day, as_of, self.lake.fingerprints("reading").get(day))
        if key not in self._made:
            for other in [other for other in self._made if other[1] != as_of]:
                del self._made[other]
            self._made[key] = marts_at(self.lake, self.utility, day, as_of)
        return self._made[key]
