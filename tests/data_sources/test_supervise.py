"""A source's process: started, started again later each time, well once its source has answered."""

import signal
import sys
import time

import pytest

from data_sources import supervise
from data_sources.supervise import Collector


@pytest.fixture
def processes(monkeypatch):
    """Every process ends at once, as `code` says; the list of those that were started."""
    started = []

    def begun(name, sources, lake_root, *more):
        code = "import os, signal; os.kill(os.getpid(), signal.SIGALRM)"
        started.append(supervise.subprocess.Popen([sys.executable, "-S", "-c", code]))
        return started[-1]

    monkeypatch.setattr(supervise, "collecting", begun)
    return started


def ended(process):
    assert process.wait(20) == -signal.SIGALRM


def test_one_that_hangs_is_said_and_comes_again_later_each_time(processes, tmp_path, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(supervise.time, "monotonic", lambda: now)
    collector = Collector("scada", [], tmp_path)
    starts = []
    for _ in range(12):
        if collector.keep():
            starts.append(now)
            ended(processes[-1])
            collector.keep()  # sees that it ended
        now += 1
    assert starts == [1000, 1001, 1003, 1007]
    assert collector.error == "gave no answer in time"
    collector.answered(time.time() - 60)  # that was before
    assert collector.error is not None
    collector.answered(time.time() + 1)
    assert collector.error is None


def test_stopping_ends_it(processes, tmp_path):
    collector = Collector("scada", [], tmp_path)
    assert not collector.there
    assert collector.keep()
    assert collector.there
    collector.stop()
    assert not collector.there
    assert processes[0].poll() is not None
