"""Runs the sources of a utility: a process each to collect, and here, in the worker, what they spooled into the lake.

Order of things, so that a kill at any instant loses and doubles nothing: raw batch in the spool (then it counts as
received) → quarantine → table, both recording (source, number) → spool trimmed. A batch whose number a table has
recorded is skipped; a row that is there already is not written again.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

import structlog

from data_sources.collect import LAST_TRY, read_json, spool_folder
from data_sources.connector import Source, connector, receives
from data_sources.contracts import TABLES
from data_sources.drain import drained, is_behind, table_of
from data_sources.lake import Lake
from data_sources.problems import FAILURES, shown_failure
from data_sources.raw_copies import raw_folder, trim
from data_sources.retake import mapping_word, retake
from data_sources.source_log import SourceLog, read_facts, write_facts
from data_sources.sources import sources_of
from data_sources.spool import Damage, Record, SpoolReader
from data_sources.supervise import Collector
from data_sources.write import newest_time

log = structlog.get_logger()
COMMIT_EVERY_S = 60.0
COMMIT_ROWS = 100_000
"""Pending readings become a commit after this time, at this number, or when a day is over."""
START_AT_ONCE = 3
"""Processes that ask, started in one round: each costs a second of CPU. Those that receive don't let stations wait."""
AT_ONCE_BYTES = 8 * 1024 * 1024
"""Of one source in one round, so that a long backlog doesn't hold up the others."""


class Feed:
    """One source's spool on its way into the lake."""

    def __init__(self, lake: Lake, name: str, sources: Sequence[Source]) -> None:
        self.lake, self.name = lake, name
        self.sources = {source.table: source for source in sources}
        self.module = connector(sources[0].settings.kind)
        self.folder = spool_folder(lake.root, name)
        self.log = SourceLog(read_facts(lake.root).get(name, {}))
        self._taken = {table: lake.taken(table, name) for table in self.sources}
        self.number = min(self._taken.values())
        """Up to here the spool is in the lake, committed or pending."""
        self._reader = SpoolReader(self.folder, self.number)
        self._odd: dict[str, str] = {}

    def drain(self) -> int:
        """Take in what the spool has, a portion; returns how many readings are pending because of it."""
        try:
            pending = 0
            for (_, table), found in groupby(self._reader.read(AT_ONCE_BYTES), self._key):
                pending += self._take(self.sources[table], list(found))
            return pending
        except FAILURES:
            self._reader = SpoolReader(self.folder, self.number)  # nothing was skipped
            raise

    def mend(self) -> None:
        """Where points, map or settings have changed, take in again what they refused before."""
        word = mapping_word(self.lake.utility, self.name, self.sources)
        if self.log.facts.get("mapping") not in (None, word):
            rows = retake(self.lake, self.name, self.sources, self.module, self.log.usual)
            log.info("mapping has changed", source=self.name, rows_good_now=rows)
        self.log.facts["mapping"] = word

    def waiting_bytes(self) -> int:
        """What was received and isn't taken in yet."""
        return self._reader.behind()

    def trim(self, number: int) -> None:
        """What is committed up to a number needs no spool any more; its raw copy is kept."""
        trim(self.folder, number, raw_folder(self.lake.root, self.name))

    def _say_odd(self) -> None:
        """Log a wrong clock and other columns than before once, and once that they are gone."""
        odd = self.log.odd()
        if odd == self._odd:
            return
        if odd:
            log.warning("source is odd", source=self.name, **odd)
        else:
            log.info("source is as usual", source=self.name)
        self._odd = odd

    def _key(self, one: Record | Damage) -> tuple[int, str]:
        return one.segment, table_of(one, self.sources)

    def _take(self, source: Source, found: list[Record | Damage]) -> int:
        records = [one for one in found if isinstance(one, Record)]
        new = [one for one in found if isinstance(one, Damage) or one.number > self._taken[source.table]]
        last = records[-1] if records else None
        pending = self._write(source, new, last) if new else 0
        if last is not None:
            self.number = last.number
        return pending

    def _write(self, source: Source, found: list[Record | Damage], last: Record | None) -> int:
        made = drained(found, self.module, source, self.lake.utility, self.log.usual(source.table))
        number = self.number if last is None else last.number
        report = self.lake.write(
            source.table,
            made.rows,
            source=self.name,
            received_at=None if last is None else last.received_at,
            batch=f"{self.name}/{found[0].segment}",
            unread=made.unread,
            number=number,
        )
        came = datetime.now(UTC) if last is None else last.received_at
        newest = newest_time(made.rows, TABLES[source.table].own_time)
        self.log.batch(made, report, newest, came, behind=any(map(is_behind, found)))
        self._say_odd()
        return report.rows_written if source.table == "reading" else 0


class Runner:
    """The sources of one lake's utility that have a connector: those named, or all."""

    def __init__(self, lake: Lake, names: Sequence[str] | None = None) -> None:
        self.lake = lake
        named = {name: sources_of(lake.utility, name) for name in names or lake.utility.sources}
        lake.commit_pending({})
        self.feeds = [Feed(lake, name, sources) for name, sources in named.items() if sources]
        self._collectors = {feed.name: Collector(feed.name, named[feed.name], lake.root) for feed in self.feeds}
        self._pending, self._committed_at = 0, time.monotonic()
        self.failed: dict[str, str] = {}
        self.commit_s: float | None = None
        """How long the newest commit of readings took."""
        for feed in self.feeds:
            feed.mend()

    def step(self, now: datetime) -> None:
        """One round: keep the processes, take in what they spooled, commit where it is time."""
        started = 0
        for feed in self.feeds:
            collector = self._collectors[feed.name]
            if collector.there or receives(feed.module) or started < START_AT_ONCE:
                started += bool(collector.keep())
            self._drain(feed)
        self._commit(now)
        for feed in self.feeds:
            self._note(feed)
        self._keep_facts()

    def take_all(self, now: datetime) -> None:
        """Take in all that is spooled, and commit it; no process is started."""
        for feed in self.feeds:
            before = -1
            while feed.number != before and feed.name not in self.failed:
                before = feed.number
                self._drain(feed)
            self._note(feed)
        self._committed_at = -COMMIT_EVERY_S
        self._commit(now)
        self._keep_facts()

    def stop(self) -> None:
        """End all processes."""
        for collector in self._collectors.values():
            collector.stop()

    def _drain(self, feed: Feed) -> None:
        try:
            self._pending += feed.drain()
        except FAILURES as error:  # this source waits, the others go on
            if feed.name not in self.failed:
                log.exception("can't take in", source=feed.name)
            self.failed[feed.name] = f"can't take in: {shown_failure(error)}"
        else:
            if self.failed.pop(feed.name, None):
                log.info("takes in again", source=feed.name)

    def _keep_facts(self) -> None:
        write_facts(self.lake.root, read_facts(self.lake.root) | {feed.name: feed.log.facts for feed in self.feeds})

    def _note(self, feed: Feed) -> None:
        """What is wrong with a source, worst first: it can't be taken in, its process dies, it doesn't answer."""
        last_try, collector = read_json(feed.folder / LAST_TRY), self._collectors[feed.name]
        if last_try.get("state") == "ok":
            collector.answered(datetime.fromisoformat(last_try["tried_at"]).timestamp())
        refused = last_try.get("error") if last_try.get("state") == "failed" else None
        feed.log.error(self.failed.get(feed.name) or collector.error or refused)
        feed.log.facts["set_apart"] = last_try.get("set_apart")
        feed.log.facts["waiting_bytes"] = feed.waiting_bytes()

    def _commit(self, now: datetime) -> None:
        """Readings that are pending become part of the table, and spools are trimmed."""
        today = self.lake.utility.day_of(now)
        waited = time.monotonic() - self._committed_at >= COMMIT_EVERY_S
        over = self._pending and any(day < today for day in self.lake.pending_days())
        if not waited and not over and self._pending < COMMIT_ROWS:
            return
        started = time.perf_counter()
        if self.lake.commit_pending({feed.name: feed.number for feed in self.feeds}):
            self.commit_s = time.perf_counter() - started
        self._pending, self._committed_at = 0, time.monotonic()
        for feed in self.feeds:
            feed.trim(feed.number)
