"""The lake: a folder of Delta tables, one a contract. Every commit holds the lock; nothing is changed in place."""

import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake

from data_sources.contracts import PARTITIONED, TABLES
from data_sources.locks import WaitingLock, only_holder
from data_sources.pending import APP, Pending
from data_sources.power import make_safe
from data_sources.seal import coverage, fingerprint, read_sealed, write_sealed_days
from data_sources.utility import Utility
from data_sources.whole_days import by_day, commit_days, refuse_broken, write_day
from data_sources.write import (
    STORED,
    WriteReport,
    batch_name,
    checked,
    report_of,
    stamped,
    unsaid,
    with_day,
    without_current,
)

COMPRESSED = WriterProperties(compression="ZSTD", compression_level=1)

SETTLED_NS = 100_000_000
"""Two commits may bear the same time where the clock of the file system is coarse; later than this they don't."""


@dataclass(frozen=True)
class _Opened:
    """A table as it was at one version: its files (path, and day where it is partitioned).

    `changed_at` is when its log's folder last changed, in ns: the version is not asked again until that moves.
    `round` is the last round of pending rows that the version holds.
    """

    table: DeltaTable
    version: int
    changed_at: int
    files: pl.DataFrame
    round: int


class Lake:
    """All tables of one utility below `root`; marts lie in `root/marts`."""

    def __init__(self, root: Path, utility: Utility) -> None:
        self.root = Path(root).absolute()
        self.utility = utility
        self.marts = self.root / "marts"
        self._pending = Pending(self.root / "pending")
        self._opened: dict[str, _Opened] = {}
        self._commit_lock = WaitingLock(self.root / "commit.lock")

    def write(
        self,
        table: str,
        rows: pl.DataFrame,
        *,
        source: str,
        received_at: datetime | None = None,
        batch_seq: int = 0,
        batch: str | None = None,
        unread: pl.DataFrame | None = None,
        number: int | None = None,
    ) -> WriteReport:
        """Take in a batch: bad rows go to quarantine, repeated ones drop, the rest is appended or merged by key.

        `rows` has the contract's columns (those that may be null can be left out) and may number its rows in `row`;
        `unread` are rows of the same batch that never became any: row, reason, payload (JSON). `batch` names it in
        quarantine, by default after its content, so that a batch sent again is the same batch. When this returns,
        the rows are safe on disk. Raises BadInput where columns are missing or unknown.

        With `number`, all of a source's spool up to that number is in: readings are then seen at once but safe only
        after `commit_pending`, other tables record (source, number), as `taken` tells. A bad row that such a source
        repeats, because it is asked again for what may have come late, stands in quarantine once.
        """
        contract = TABLES[table]
        stamp = (received_at or datetime.now(UTC), batch_seq)
        batch = batch or batch_name(source, table, rows)
        split = checked(contract, rows, batch, unread)
        good = stamped(with_day(contract, split.good, self.utility), source, *stamp)
        numbers = {} if number is None else {source: number}
        with self.commit_lock():
            bad = stamped(split.bad, source, *stamp)
            bad = without_current(TABLES["quarantine"], bad, self._current("quarantine", bad))
            new = bad if number is None else unsaid(bad, self.scan("quarantine"))
            again, bad = bad.height - new.height, new
            if bad.height:
                self._merge("quarantine", bad, numbers)
            fresh = without_current(contract, good, self._current(table, good))
            if fresh.height:
                self._store(table, fresh, numbers)
        return report_of(contract, batch, split, fresh, again)

    def _store(self, table: str, rows: pl.DataFrame, numbers: Mapping[str, int]) -> None:
        if table not in PARTITIONED:
            self._merge(table, rows, numbers)
        elif table == "reading" and numbers and self.exists(table):
            self._pending.add(
                max(self._pending.last_round(), self._committed_round()) + 1, self._as_stored(table, rows)
            )
        else:
            self._append(table, rows, numbers)

    def taken(self, table: str, source: str) -> int:
        """The number up to which a source's spool is safe in a table; 0 where nothing is."""
        opened = self._open(table)
        return 0 if opened is None else opened.table.transaction_version(source) or 0

    def release(self, batch: str, table: str, rows: pl.Series) -> None:
        """Take rows of a batch out of quarantine: they are good by now."""
        keys = pl.DataFrame({"batch": batch, "row": rows, "table": table}, schema_overrides={"row": pl.Int64})
        if keys.is_empty():
            return
        same_key = " AND ".join(f"now.{column} = new.{column}" for column in keys.columns)
        with self.commit_lock():
            there = DeltaTable(self._path("quarantine"))
            there.merge(keys, same_key, source_alias="new", target_alias="now").when_matched_delete().execute()

    def pending_days(self) -> Collection[date]:
        """The days that have readings which only a spool has yet."""
        return set(self._pending.files(self._committed_round())["day"].unique())

    def commit_pending(self, numbers: Mapping[str, int]) -> int:
        """Make what is pending part of table reading, and record each source's number; returns how many rows.

        After a crash, call it first with no numbers: it clears what a power cut left without content.
        """
        with self.commit_lock():
            if not numbers:
                self._pending.drop_unreadable()
            last = self._pending.last_round()
            files = self._pending.files(self._committed_round())["path"].to_list()
            rows = self._read("reading", files).collect()
            if rows.height:
                self._append("reading", rows, {**numbers, APP: last})
            self._pending.clear(self._committed_round())
        return rows.height

    def _committed_round(self) -> int:
        opened = self._open("reading")
        return 0 if opened is None else opened.round

    def write_sealed(self, rows: pl.DataFrame, *, source: str | None = None) -> None:
        """Take in readings of whole closed days that were never written, with covered_s, and mark the days as sealed.

        For bulk loads: nothing is compared with what is there. Without a `source` the rows have a column of that name.
        Raises ValueError, and writes nothing, where rows
        break the contract or a day has rows already.
        """
        contract = TABLES["reading"]
        columns = [*contract.columns, *STORED, "covered_s", "day"]
        dated = stamped(with_day(contract, rows, self.utility), source, datetime.now(UTC), 0).select(columns)
        if dated.is_empty():
            return
        with self.commit_lock():
            days = set(dated["day"].unique())
            if taken := days & self.fingerprints("reading").keys():
                raise ValueError(f"{min(taken)} has readings already")
            actions = []
            for day, of_day in by_day(dated):
                refuse_broken(contract, day, of_day)
                actions.append(write_day(self._path("reading"), day, of_day))
            commit_days(self._path("reading"), actions, dated)
            self._make_safe("reading")
            self._mark_sealed(days)

    def exists(self, table: str) -> bool:
        """Whether the table has a row of any time."""
        opened = self._open(table)
        return opened is not None and opened.files.height > 0

    def version(self, table: str) -> int | None:
        """The table's version; None where nothing was ever written."""
        opened = self._open(table)
        return None if opened is None else opened.version

    def files(self, table: str, days: Collection[date] | None = None) -> list[str]:
        """Absolute paths of the parquet files of the current version; of a partitioned table only those of `days`."""
        opened = self._open(table)
        if opened is None:
            return []
        there = self._with_pending(table, opened)
        files = there if days is None else there.filter(pl.col("day").is_in(list(days)))
        return files["path"].to_list()

    def scan(self, table: str, days: Collection[date] | None = None, only: pl.Expr | None = None) -> pl.LazyFrame:
        """The current rows: the newest (received_at, batch_seq) of each key, with `day` where the table has it.

        `only` is a condition on columns of the key: what it leaves out is not even compared.
        """

        def read(files: list[str]) -> pl.LazyFrame:
            rows = self._read(table, files)
            return rows if only is None else rows.filter(only)

        if table not in PARTITIONED:
            return read(self.files(table))
        if table != "reading":
            return _newest_of_key(table, read(self.files(table, days)))
        wanted = self.fingerprints(table).keys() if days is None else set(days)
        sealed = self.sealed_days() & wanted
        plain = read(self.files(table, sealed))
        return pl.concat([plain, _newest_of_key(table, read(self.files(table, wanted - sealed)))])

    def fingerprints(self, table: str) -> dict[date, str]:
        """One word for each partition, which changes whenever a row of that day does."""
        opened = self._open(table)
        if opened is None:
            return {}
        # below the root, so that a lake that is moved or restored elsewhere stays sealed and its marts stay true
        below = pl.col("path").str.strip_prefix(f"{self.root}/")
        grouped = self._with_pending(table, opened).group_by("day").agg(below)
        return {day: fingerprint(paths) for day, paths in grouped.iter_rows()}

    def newest(self, table: str) -> datetime | None:
        """The newest own time of any row (of a reading, the end of its span); None where there is none."""
        own = TABLES[table].own_time
        if own is None or not self.exists(table):
            return None
        if table in PARTITIONED:
            last_days = sorted(self.fingerprints(table))[-2:]
            rows = self._read(table, self.files(table, last_days))  # of a key all rows have one time
        else:
            rows = self.scan(table)
        time = pl.col(own) + pl.duration(seconds="span_s") if table == "reading" else pl.col(own)
        newest: datetime | date | None = rows.select(time.max()).collect().item()
        if isinstance(newest, datetime) or newest is None:
            return newest
        return self.utility.month_end(newest)  # a month's row exists from the end of the month

    def seal(self, days: Iterable[date]) -> None:
        """Rewrite closed days of table reading: one row a key, sorted by point and time, covered_s written."""
        contract = TABLES["reading"]
        for day in sorted(set(days) & self.fingerprints("reading").keys() - self.sealed_days()):
            with self.commit_lock():
                rows = self.scan("reading", [day]).collect()
                sealed = coverage(rows.drop("covered_s"), self.utility.points)
                columns = [*contract.columns, *STORED, "covered_s", "day"]
                write_deltalake(
                    self._path("reading"),
                    sealed.select(columns),
                    mode="overwrite",
                    predicate=f"day = '{day.isoformat()}'",
                    writer_properties=COMPRESSED,
                )
                self._make_safe("reading")
                self._mark_sealed({day})

    def compact(self, day: date) -> None:
        """Make few files of the many that a day's appends to table reading left; its rows stay as they are."""
        with self.commit_lock():
            table = DeltaTable(self._path("reading"))
            table.optimize.compact(partition_filters=[("day", "=", day.isoformat())], writer_properties=COMPRESSED)
            self._make_safe("reading")

    def sealed_days(self) -> set[date]:
        """Days of table reading that were sealed and have not changed since."""
        now = self.fingerprints("reading")
        return {day for day, word in read_sealed(self._sealed_path).items() if now.get(day) == word}

    def commit_lock(self) -> AbstractContextManager[None]:
        """Held during every commit, whoever makes it; waits."""
        return self._commit_lock

    def worker_lock(self) -> AbstractContextManager[None]:
        """Held by the worker for life. Raises LockHeld where another one lives."""
        return only_holder(self.root / "worker.lock")

    @property
    def _sealed_path(self) -> Path:
        return self.root / "sealed.parquet"

    def _path(self, table: str) -> Path:
        return self.root / table

    def _mark_sealed(self, days: Iterable[date]) -> None:
        now = self.fingerprints("reading")
        kept = {day: word for day, word in read_sealed(self._sealed_path).items() if now.get(day) == word}
        write_sealed_days(self._sealed_path, kept | {day: now[day] for day in days})

    def _with_pending(self, table: str, opened: _Opened) -> pl.DataFrame:
        """The table's files, and those of rows that are still on their way into it."""
        if table != "reading" or not self._pending.root.exists():
            return opened.files
        return pl.concat([opened.files, self._pending.files(opened.round)])

    def _open(self, table: str) -> _Opened | None:
        """The table at its newest version; the list of files is read again only where that moved."""
        opened = self._opened.get(table)
        log = self._path(table) / "_delta_log"
        if not log.exists():
            return None
        changed_at = log.stat().st_mtime_ns
        if opened is None:
            delta = DeltaTable(self._path(table))
        elif opened.changed_at == changed_at and time.time_ns() - changed_at > SETTLED_NS:
            return opened
        else:
            delta = opened.table
            delta.update_incremental()
            if delta.version() == opened.version:
                self._opened[table] = replace(opened, changed_at=changed_at)
                return self._opened[table]
        actions = pl.DataFrame(delta.get_add_actions(flatten=True))
        path = pl.lit(f"{self._path(table)}/") + pl.col("path")
        day = [pl.col("partition.day").alias("day")] if table in PARTITIONED else []
        files = actions.select(path.alias("path"), *day)
        last_round = delta.transaction_version(APP) or 0
        self._opened[table] = _Opened(delta, delta.version(), changed_at, files, last_round)
        return self._opened[table]

    def _read(self, table: str, files: list[str]) -> pl.LazyFrame:
        """All rows of the files, current or not."""
        schema: dict[str, pl.DataType] = TABLES[table].columns | STORED
        if table == "reading":
            schema |= {"covered_s": pl.Int64()}
        if table not in PARTITIONED:
            return pl.scan_parquet(files, schema=schema) if files else pl.LazyFrame(schema=schema)
        schema |= {"day": pl.Date()}
        if not files:
            return pl.LazyFrame(schema=schema)
        rows = pl.scan_parquet(files, schema=schema, hive_partitioning=True, hive_schema={"day": pl.Date()})
        return rows.select(list(schema))

    def _current(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that are there for the keys of `rows`; looks only into the partitions and times they touch."""
        key = TABLES[table].key
        if table not in PARTITIONED:
            return self.scan(table).join(rows.lazy().select(key), on=key, how="semi").collect()
        there = self._read(table, self.files(table, list(rows["day"].unique())))
        for column in ("ts", "issued_at"):
            if column in key:
                there = there.filter(pl.col(column).is_between(rows[column].min(), rows[column].max()))
        return _newest_of_key(table, there.join(rows.lazy().select(key), on=key, how="semi")).collect()

    def _append(self, table: str, rows: pl.DataFrame, numbers: Mapping[str, int]) -> None:
        write_deltalake(
            self._path(table),
            self._as_stored(table, rows),
            mode="append",
            partition_by=["day"],
            writer_properties=COMPRESSED,
            commit_properties=_recording(numbers),
        )
        self._make_safe(table)

    def _make_safe(self, table: str) -> None:
        """A commit survives a power cut before anybody relies on it."""
        opened = self._open(table)
        assert opened is not None
        make_safe(self._path(table), opened.version)

    def _as_stored(self, table: str, rows: pl.DataFrame) -> pl.DataFrame:
        if table == "reading" and "covered_s" not in rows.columns:
            rows = rows.with_columns(covered_s=pl.lit(None, pl.Int64))
        extra = ["covered_s"] if table == "reading" else []
        return rows.select([*TABLES[table].columns, *STORED, *extra, "day"])

    def _merge(self, table: str, rows: pl.DataFrame, numbers: Mapping[str, int]) -> None:
        contract = TABLES[table]
        ordered = rows.select([*contract.columns, *STORED])
        recording = _recording(numbers)
        if not self.exists(table):
            write_deltalake(
                self._path(table), ordered, mode="append", writer_properties=COMPRESSED, commit_properties=recording
            )
            self._make_safe(table)
            return
        same_key = " AND ".join(f"now.{column} = new.{column}" for column in contract.key)
        merger = DeltaTable(self._path(table)).merge(
            ordered,
            same_key,
            source_alias="new",
            target_alias="now",
            writer_properties=COMPRESSED,
            commit_properties=recording,
        )
        merger.when_matched_update_all().when_not_matched_insert_all().execute()
        self._make_safe(table)


def _newest_of_key(table: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.sort("received_at", "batch_seq").unique(TABLES[table].key, keep="last", maintain_order=True)


def _recording(numbers: Mapping[str, int]) -> CommitProperties:
    return CommitProperties(app_transactions=[Transaction(app, number) for app, number in numbers.items()])
