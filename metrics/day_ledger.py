"""Which days' marts stand on disk, and what they were made of: <lake>/marts/days.parquet."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

LEDGER = "days.parquet"
_SCHEMA = {
    "day": pl.Date(),
    "readings": pl.String(),
    "points": pl.String(),
    "sealed": pl.Boolean(),
    "carry_in": pl.String(),
    "head_in": pl.String(),
    "content": pl.String(),
    "settled_at": pl.Datetime("us", "UTC"),
    "as_of": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True)
class DayEntry:
    """What one day's marts were made of, as hashes.

    `readings` is the lake's fingerprint, `points` what points.csv says of how readings count, `carry_in` what the day
    before handed on, `head_in` what the day after began with. `content` changes only with the rows of the marts. From
    `settled_at` on they are those of the whole day; `as_of` is the moment they were made for where that was earlier.
    """

    day: date
    readings: str
    points: str
    sealed: bool
    carry_in: str
    head_in: str
    content: str
    settled_at: datetime
    as_of: datetime | None

    def shows(self, as_of: datetime) -> bool:
        """Whether these marts are what was known at `as_of`."""
        return self.settled_at <= as_of if self.as_of is None else self.as_of == as_of


def read_ledger(marts: Path) -> dict[date, DayEntry]:
    """Every day on record; empty where no marts were ever built."""
    path = marts / LEDGER
    if not path.exists():
        return {}
    return {row["day"]: DayEntry(**row) for row in pl.read_parquet(path, glob=False).to_dicts()}


def write_ledger(marts: Path, entries: Mapping[date, DayEntry]) -> None:
    """Replace the record, by rename."""
    write_parquet(pl.DataFrame([vars(entries[day]) for day in sorted(entries)], schema=_SCHEMA), marts / LEDGER)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a file that readers see whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    frame.write_parquet(unfinished, compression="lz4")
    unfinished.replace(path)


def mart_file(marts: Path, mart: str, day: date) -> Path:
    """Where a mart's rows of one day stand."""
    return marts / mart / f"day={day}" / "part-0.parquet"


def mart_days(marts: Path, mart: str = "daily") -> list[date]:
    """The days of which a mart has a file, oldest first."""
    folders = (path.name for path in (marts / mart).glob("day=*"))
    return sorted(date.fromisoformat(name.removeprefix("day=")) for name in folders)


def content_hash(frame: pl.DataFrame) -> str:
    """A hash of a frame's rows, whatever their order; '' of none."""
    return f"{frame.height}-{frame.hash_rows(seed=1).sum():x}" if frame.height else ""
