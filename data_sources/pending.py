"""Readings that are safe in a spool but not yet in the table: what a snapshot reads beside the table's files.

One small parquet file a round, `<lake>/pending/day=…/<round>.parquet`; about once a minute all of them become one
commit, which records the last round it holds as a transaction of `APP`. Whoever has opened the table at some version
reads the rounds after that version's, so table and pending rows are always one consistent whole. Nothing here is needed
to be safe: after a crash the spool brings the rows again.
"""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

APP = "pending"
KEPT_S = 600.0
"""A file stays this long after its rows were committed: somebody may just read it."""


class Pending:
    """The folder of one lake."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def files(self, after: int) -> pl.DataFrame:
        """path, day of every file of a round after this one."""
        found = [(str(path), day) for number, day, path in self._all() if number > after]
        return pl.DataFrame(found, schema={"path": pl.String, "day": pl.Date}, orient="row")

    def last_round(self) -> int:
        """The newest round there is a file of; 0 where there is none."""
        return max((number for number, _, _ in self._all()), default=0)

    def add(self, number: int, rows: pl.DataFrame) -> None:
        """Keep the rows (with `day`) of a round; they are seen from the rename on."""
        for (day,), of_day in rows.partition_by("day", as_dict=True, include_key=True).items():
            folder = self.root / f"day={day}"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{number}.parquet"
            of_day.drop("day").write_parquet(path.with_suffix(".new"), compression="lz4")
            path.with_suffix(".new").rename(path)

    def clear(self, upto: int) -> None:
        """Remove files of committed rounds that nobody reads any more."""
        now = time.time()
        for number, _, path in list(self._all()):
            if number <= upto and now - path.stat().st_mtime > KEPT_S:
                path.unlink()
                if not any(path.parent.iterdir()):
                    path.parent.rmdir()

    def drop_unreadable(self) -> None:
        """Remove files that a power cut left without their content."""
        for _, _, path in list(self._all()):
            try:
                pl.read_parquet_schema(path)
            except (pl.exceptions.PolarsError, OSError):
                path.unlink()

    def _all(self) -> Iterator[tuple[int, date, Path]]:
        for path in self.root.glob("day=*/*.parquet"):
            yield int(path.stem), date.fromisoformat(path.parent.name.removeprefix("day=")), path
