"""Keeps the processes of sources and worker alive: one that dies or was killed comes again, later each time."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from data_sources.connector import Source
from data_sources.problems import ROOT

log = structlog.get_logger()
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
STEADY_S = 300.0
"""A process that lived so long begins with the first wait again."""


def collecting(name: str, sources: Sequence[Source], lake_root: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start the process of a source. It is told what to ask, so that it need not load what checks that."""
    command = [sys.executable, "-m", "data_sources.collect", name, "--lake", str(lake_root)]
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}  # one source needs no more
    process = subprocess.Popen(
        [*command, "--parent", str(os.getpid()), *more], cwd=ROOT, env=environment, stdin=subprocess.PIPE
    )
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it died at once, which whoever keeps it will see
        process.stdin.write(pickle.dumps(list(sources)))
        process.stdin.close()
    return process


class Kept:
    """A process that is started anew where it ended: the first time after a second, later each time."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]], died: Callable[[int], None]) -> None:
        self._start, self._died = start, died
        self._process: subprocess.Popen[bytes] | None = None
        self._wait_s, self._not_before, self._started_at = FIRST_WAIT_S, 0.0, 0.0

    @property
    def there(self) -> bool:
        """Whether the process was started and hasn't been seen to end."""
        return self._process is not None

    def keep(self) -> bool:
        """Start the process where it doesn't run and its time has come; tells whether it did."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is None:
            if now - self._started_at > STEADY_S:
                self._wait_s = FIRST_WAIT_S
            return False
        if self._process is not None:
            code = self._process.returncode
            self._process, self._not_before = None, now + self._wait_s
            self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)
            self._died(code)
        elif now >= self._not_before:
            self._process, self._started_at = self._start(), now
            return True
        return False

    def stop(self, how: signal.Signals) -> None:
        """End the process by that signal."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None


class Collector:
    """The process of one source."""

    def __init__(self, name: str, sources: Sequence[Source], lake_root: Path) -> None:
        self.name = name
        self._kept = Kept(lambda: collecting(name, sources, lake_root), self._died)
        self._died_at = 0.0
        self.error: str | None = None
        """Why the process last died; None while it lives steadily."""

    @property
    def there(self) -> bool:
        """Whether its process was started and hasn't been seen to end."""
        return self._kept.there

    def keep(self) -> bool:
        """Start the process where it doesn't run and its time has come; tells whether it did."""
        return self._kept.keep()

    def answered(self, at: float) -> None:
        """The source answered at that moment (seconds since 1970): it is well if that was after its process died."""
        if self.error is not None and at > self._died_at:
            log.info("source recovered", source=self.name)
            self.error = None

    def stop(self) -> None:
        """End the process: a spool survives that at any moment."""
        self._kept.stop(signal.SIGKILL)

    def _died(self, code: int) -> None:
        was = self.error
        self.error, self._died_at = how_ended(code), time.time()
        if was is None:
            log.warning("source failed", source=self.name, error=self.error)


def how_ended(code: int) -> str:
    """Why a process ended, by its return code: `killed_after` ends a source's that hangs."""
    if code == -signal.SIGALRM:
        return "gave no answer in time"
    return f"its process ended with {ending(code)}"


def ending(code: int) -> str:
    """What a return code says: the signal that ended a process, or its exit code."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
