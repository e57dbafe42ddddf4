"""Marts on disk, kept true: the days whose readings changed, and the running day, are made anew and renamed into place.

A day's marts stand on its own readings and on the little its neighbours hand over: what still holds at midnight, and a
totaliser's reading on either side. A change spreads to a neighbour only where that changes.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.connection import Connection, own_connection
from metrics.day_ledger import (
    DayEntry,
    content_hash,
    mart_days,
    mart_file,
    read_ledger,
    write_ledger,
    write_parquet,
)
from metrics.day_marts import HEAD, MARTS, DayMarts, first_readings, make_day_marts
from metrics.mart_days import mart_points, micros, moment_of

DAYS_AT_ONCE = 8
"""Sealed days made by one query: enough to be quick, few enough to stay small (1,500 points: 36,000 rows a day)."""
DAYS_KEPT = 60
"""Days after which a long build writes down what it has, so that a stop loses little."""

Progress = Callable[[int, int], None]
_DAY = timedelta(days=1)


def build_marts(lake: Lake, utility: Utility, as_of: datetime, progress: Progress | None = None) -> set[date]:
    """Bring the marts of all days up to `as_of` up to date; returns the days made.

    `progress(done, total)` counts days. A day that is on record whole is never replaced by what was known of it at an
    earlier moment, and days whose readings have left the lake stay.
    """
    with own_connection() as connection:
        return _Build(lake, utility, as_of, connection).run(progress or (lambda done, total: None))


def marts_at(lake: Lake, utility: Utility, day: date, as_of: datetime) -> dict[str, pl.DataFrame]:
    """One day's marts as at a moment, in memory: of past moments no file is kept."""
    with own_connection() as connection:
        return dict(_Build(lake, utility, as_of, connection).made([day], sealed=False).frames)


class _Build:
    def __init__(self, lake: Lake, utility: Utility, as_of: datetime, connection: Connection) -> None:
        self.lake, self.utility, self.as_of, self.connection = lake, utility, as_of, connection
        self.marts = lake.marts
        today, fingerprints = utility.day_of(as_of), lake.fingerprints("reading")
        self.readings = {day: fingerprints[day] for day in sorted(fingerprints) if day <= today}
        self.sealed = lake.sealed_days()
        self.ledger = read_ledger(self.marts)
        self.points = content_hash(mart_points(utility))
        self.totals = mart_points(utility).filter("is_total")["point_id"].to_list()

    def run(self, progress: Progress) -> set[date]:
        waiting, done, kept = {day for day in self.readings if self._is_stale(day)}, set[date](), 0
        while waiting:
            days = self._together(sorted(waiting))
            waiting -= set(days)
            waiting |= self._make(days) - waiting
            done |= set(days)
            progress(len(done), len(done | waiting))
            if len(done) >= kept + DAYS_KEPT:
                write_ledger(self.marts, self.ledger)
                kept = len(done)
        if done:
            write_ledger(self.marts, self.ledger)
        return done

    def made(self, days: Sequence[date], *, sealed: bool) -> DayMarts:
        """The marts of these days, in memory; `head` is that of the days and of the one after."""
        after = days[-1] + _DAY
        head = pl.DataFrame(schema=HEAD)
        if after in self.readings and self.totals:
            files = self.lake.files("reading", [after])
            head = first_readings(self.connection, self.utility, after, files, self.as_of)
        made = make_day_marts(
            self.connection,
            self.utility,
            days,
            self.lake.files("reading", days),
            self.as_of,
            sealed=sealed,
            carried=self._latest_before(days[0]),
            head=head,
        )
        return DayMarts(made.frames, made.newest, pl.concat([made.head, head]))

    def _is_stale(self, day: date) -> bool:
        entry = self.ledger.get(day)
        if entry is None or (entry.readings, entry.points) != (self.readings[day], self.points):
            # of a past moment nothing is kept where the whole day stands already
            return entry is None or entry.as_of is not None or entry.settled_at <= self.as_of
        return entry.as_of is not None and entry.as_of != self.as_of

    def _together(self, waiting: Sequence[date]) -> list[date]:
        """The first waiting day; with it the days that follow without a gap, as far as all are sealed and over."""
        days = [waiting[0]]
        for day in waiting[1:DAYS_AT_ONCE]:
            if day != days[-1] + _DAY or not {day, days[0]} <= self.sealed or self._end(day) > self.as_of:
                break
            days.append(day)
        return days

    def _make(self, days: Sequence[date]) -> set[date]:
        """Make and write these days; returns the neighbours whose marts stand on something that changed."""
        sealed = days[0] in self.sealed and self._end(days[-1]) <= self.as_of
        made = self.made(days, sealed=sealed)
        if sealed and max(made.newest.values(), default=self.as_of) > self.as_of:
            if len(days) > 1:
                return set().union(*(self._make([day]) for day in days))
            made = self.made(days, sealed=False)
        carried = self._latest_before(days[0])
        for day in days:
            frames = {mart: made.frames[mart].filter(pl.col("day") == day) for mart in MARTS}
            self.ledger[day] = self._entry(day, frames, made, carried)
            for mart, frame in frames.items():
                write_parquet(frame, mart_file(self.marts, mart, day))
            carried = frames["latest"]
        return self._touched(days, made, carried)

    def _entry(
        self, day: date, frames: dict[str, pl.DataFrame], made: DayMarts, carried: pl.DataFrame | None
    ) -> DayEntry:
        head = made.head.filter(pl.col("day") == day + _DAY)
        latest_head = moment_of(max(head["us"])) if head.height else None
        settled_at = max(moment for moment in (self._end(day), made.newest.get(day), latest_head) if moment is not None)
        return DayEntry(
            day=day,
            readings=self.readings[day],
            points=self.points,
            sealed=day in self.sealed,
            carry_in=self._carry(carried, day),
            head_in=content_hash(head),
            content=f"{content_hash(frames['hourly'])} {content_hash(frames['latest'])}",
            settled_at=settled_at,
            as_of=None if settled_at <= self.as_of else self.as_of,
        )

    def _touched(self, days: Sequence[date], made: DayMarts, latest: pl.DataFrame | None) -> set[date]:
        before, after = days[0] - _DAY, next((day for day in self.readings if day > days[-1]), None)
        touched = set[date]()
        if before in self.ledger and before in self.readings:
            head = content_hash(made.head.filter(pl.col("day") == days[0]))
            touched |= {before} if self.ledger[before].head_in != head else set()
        if after is not None and after in self.ledger and self.ledger[after].carry_in != self._carry(latest, after):
            touched |= {after}
        return touched

    def _carry(self, latest: pl.DataFrame | None, day: date) -> str:
        """A hash of what of the day before bears on `day`: totalisers' last readings and what holds past midnight."""
        if latest is None:
            return ""
        bears = pl.col("point_id").is_in(self.totals) | (pl.col("good_until_us") > micros(self.utility.day_start(day)))
        return content_hash(latest.filter(bears).select("point_id", "good_us", "good_value", "good_until_us"))

    def _latest_before(self, day: date) -> pl.DataFrame | None:
        path = mart_file(self.marts, "latest", day - _DAY)
        if not path.exists():
            earlier = [other for other in mart_days(self.marts, "latest") if other < day]
            if not earlier:
                return None
            path = mart_file(self.marts, "latest", earlier[-1])
        return pl.read_parquet(path, glob=False)

    def _end(self, day: date) -> datetime:
        return self.utility.day_start(day + _DAY)
