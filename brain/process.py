"""The brain in a process of its own, on its own clock: whoever keeps the board only looks whether its time has come."""

import os
import subprocess
import sys
from datetime import date, datetime, timedelta

from brain.question import slot
from brain.status import was_backtested
from data_sources.lake import Lake
from data_sources.problems import ROOT

CLOCK = timedelta(minutes=15)
"""How often the questions are gone through; each is answered on its own clock, one that failed is asked again."""
NICENESS = 10


class BrainProcess:
    """Starts `python -m brain run` once a quarter of an hour, one at a time; once a `backtest`."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._child: subprocess.Popen[bytes] | None = None
        self._asked_for: datetime | None = None
        self._tested_on: date | None = None

    def tick(self, now: datetime) -> str | None:
        """Start what is due, unless the last is still at work; returns its verb. Never waits."""
        if self._child is not None and self._child.poll() is None:
            return None
        at = slot(CLOCK, now, self.lake.utility)
        if self._asked_for != at:
            self._asked_for = at
            return self._start("run")
        if not was_backtested(self.lake) and self.lake.exists("forecast") and self._tested_on != at.date():
            self._tested_on = at.date()
            return self._start("backtest")
        return None

    def stop(self) -> None:
        """End what is at work: it holds nothing that would be lost."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            self._child.wait()

    def _start(self, verb: str) -> str:
        folder, root = self.lake.utility.folder.absolute(), self.lake.root
        environment = {**os.environ, "WATER_UTILITY": str(folder), "WATER_LAKE": str(root)}
        command = [sys.executable, "-m", "brain", verb]
        self._child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        os.setpriority(os.PRIO_PROCESS, self._child.pid, NICENESS)
        return verb
