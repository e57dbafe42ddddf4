"""Keeps the board true: new rows, sealed days, marts, snapshot, closed periods; one failing step stops no other."""

import data_sources.allocators  # noqa: F401, read as the libraries below are loaded

# isort: split
import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import structlog

from brain.process import BrainProcess
from data_sources import heartbeat
from data_sources.heartbeat import beating
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.locks import LockHeld
from data_sources.logs import log_to
from data_sources.power import mend
from data_sources.problems import FAILURES, BadInput, Problem, shown_failure
from data_sources.runner import Runner
from data_sources.settings import Settings
from data_sources.upkeep import keep_up
from metrics.board import make_board, write_board
from metrics.build import build_marts
from metrics.clock import now_of
from metrics.engine import Engine
from metrics.live_catalogue import LiveCatalogue
from sample_data.live import append_until

log = structlog.get_logger()
LOOK_FOR_PARENT_S = 1.0
ENDING = threading.Event()
"""Set once an end was asked for: a query that this interrupts raises an error of its own, which is no failure."""
UPKEEP_HOUR = 2
"""Local hour after which a day's upkeep is done: closed periods are in by then."""
MOST_FILES = 120
"""Files of the running day from which on they are made into few: each append leaves one a source."""


class Worker:
    """One utility's worker over its lake."""

    def __init__(self, lake: Lake) -> None:
        self.lake, self.utility = lake, lake.utility
        self.catalogue = LiveCatalogue(self.utility, lake.root / "catalogue")
        self.engine = Engine(self.utility, lake, self.catalogue.now())
        self.sources = Runner(lake)
        self._said: list[Problem] = []
        self._failed: dict[str, str] = {}
        self._steps: dict[str, dict[str, Any]] = {}
        self._closed_for: date | None = None
        self._kept_up_on: date | None = None

    def once(self) -> None:
        """One round: every step in its turn, whatever became of the others."""
        now = datetime.now(UTC)
        if any(source["kind"] == "sample" for source in self.utility.sources.values()):
            self._step("sample", lambda: append_until(self.lake, self.utility, now))
        self._step("sources", lambda: self.sources.step(now))
        if not self.lake.exists("reading"):
            return
        at = now_of(self.utility, self.lake)
        self._step("catalogue", self._renew)
        self._step("seal", lambda: self.lake.seal(self._ended(at)))
        self._step("compact", lambda: self._compact(self.utility.day_of(at)))
        self._step("marts", lambda: build_marts(self.lake, self.utility, at))
        self._step("board", lambda: write_board(self.lake, make_board(self.engine, at, datetime.now(UTC))))
        if self._closed_for != self.utility.day_of(at):
            self._step("periods", lambda: self._close(at))
        if self._kept_up_on != self.utility.day_of(at) and at.astimezone(self.utility.zone).hour >= UPKEEP_HOUR:
            self._step("upkeep", lambda: self._keep_up(at))

    def _renew(self) -> None:
        """Work by the catalogue's files as they are now; what is wrong with them is said once."""
        catalogue = self.catalogue.now()
        for problem in catalogue.problems:
            if problem not in self._said:
                log.warning("catalogue", problem=str(problem))
        self._said = catalogue.problems
        if catalogue is not self.engine.catalogue:
            self.engine, self._closed_for = Engine(self.utility, self.lake, catalogue), None

    def _close(self, at: datetime) -> None:
        self.engine.close_periods(at)
        self._closed_for = self.utility.day_of(at)

    def _keep_up(self, at: datetime) -> None:
        self._kept_up_on = self.utility.day_of(at)
        keep_up(self.lake, at)

    def _compact(self, today: date) -> None:
        if len(self.lake.files("reading", [today])) > MOST_FILES:
            self.lake.compact(today)

    def _ended(self, at: datetime) -> list[date]:
        """Days that are over and not sealed."""
        today = self.utility.day_of(at)
        return [day for day in self.lake.fingerprints("reading").keys() - self.lake.sealed_days() if day < today]

    def _step(self, name: str, act: Callable[[], object]) -> None:
        """Run one step; its failure is said once, and so is its recovery."""
        started = time.perf_counter()
        try:
            act()
        except FAILURES as error:
            if ENDING.is_set():
                sys.exit(0)
            if name not in self._failed:
                log.exception("step failed", step=name)
            self._failed[name] = shown_failure(error)
        else:
            if name in self._failed:
                log.info("step recovered", step=name)
            self._failed.pop(name, None)
        self._steps[name] = {
            "seconds": time.perf_counter() - started,
            "failed": name in self._failed,
            "error": self._failed.get(name),
        }

    def say(self) -> None:
        """Keep how long each step took, for whoever watches; a full disk ends no worker."""
        facts = {"commit_s": self.sources.commit_s, "steps": self._steps}
        self._step("status", lambda: heartbeat.say(self.lake.root, facts))


def run(lake: Lake, parent: int | None) -> None:
    """Rounds until the parent is gone: one every `refresh_seconds`."""
    worker, brain = Worker(lake), BrainProcess(lake)
    try:
        while _lives(parent):
            started = time.monotonic()
            worker.once()
            worker.say()
            brain.tick(now_of(lake.utility, lake))
            while _lives(parent) and (left := started + lake.utility.refresh_seconds - time.monotonic()) > 0:
                time.sleep(min(LOOK_FOR_PARENT_S, left))
    finally:
        brain.stop()
        worker.sources.stop()


def _lives(parent: int | None) -> bool:
    """Whether nobody asked for an end, and the process that started this one is still its parent."""
    return not ENDING.is_set() and (parent is None or os.getppid() == parent)


def _end(*_: object) -> None:
    """Leave wherever this process is; being asked again doesn't interrupt the leaving."""
    if ENDING.is_set():
        return
    ENDING.set()
    sys.exit(0)


def main() -> int:
    """Hold the worker's lock and work; 2 where another one holds it, or the folder is no good."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--parent", type=int, help="the process with which this one ends")
    given = parser.parse_args()
    settings = Settings()
    try:
        utility = load_utility(settings.utility)
        lake = Lake(settings.lake_of(utility.id), utility)
        log_to(lake.root / "logs", "worker")
        # an end that was asked for takes along what works for this process: the brain, the sources' processes
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGINT, _end)
        with lake.worker_lock(), beating(lake.root):
            log.info("worker started", utility=str(settings.utility), lake=str(lake.root))
            for said in mend(lake.root):
                log.warning("after the machine went down", lost=said)
            try:
                run(lake, given.parent)
            finally:
                log.info("worker ended")
    except (BadInput, LockHeld) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
