"""Keeps one collecting process for each source alive; one that dies or was killed comes again, later each time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import structlog

from data_sources.problems import ROOT

log = structlog.get_logger()
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
STEADY_S = 300.0
"""A process that lived so long begins with the first wait again."""


def collecting(name: str, utility_folder: Path, lake_root: Path) -> list[str]:
    """The command of a source's process."""
    return [
        *(sys.executable, "-m", "data_sources.collect", name),
        *("--utility", str(utility_folder.absolute()), "--lake", str(lake_root), "--parent", str(os.getpid())),
    ]


class Collector:
    """The process of one source."""

    def __init__(self, name: str, utility_folder: Path, lake_root: Path) -> None:
        self.name = name
        self._command = collecting(name, utility_folder, lake_root)
        self._process: subprocess.Popen[bytes] | None = None
        self._wait_s, self._not_before, self._started_at = FIRST_WAIT_S, 0.0, 0.0
        self.error: str | None = None
        """Why the process last died; None while it lives steadily."""

    def keep(self) -> None:
        """Start the process where it doesn't run and its time has come."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is None:
            if now - self._started_at > STEADY_S:
                self._wait_s, self.error = FIRST_WAIT_S, None
            return
        if self._process is not None:
            self._died(self._process.returncode, now)
        elif now >= self._not_before:
            self._started_at = now
            environment = {**os.environ, "POLARS_MAX_THREADS": "1"}  # one source needs no more
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)

    def stop(self) -> None:
        """End the process: a spool survives that at any moment."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _died(self, code: int, now: float) -> None:
        was = self.error
        hung = code == -signal.SIGALRM
        self.error = "gave no answer in time" if hung else f"its process ended with {_name(code)}"
        if was is None:
            log.warning("source failed", source=self.name, error=self.error)
        self._process = None
        self._not_before = now + self._wait_s
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)


def _name(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
