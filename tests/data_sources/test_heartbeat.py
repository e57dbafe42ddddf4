"""The worker's pulse: young while it runs, gone when it ended, old when it was stopped."""

import os
import time

from data_sources.heartbeat import age_s, beating, pulse_file


def test_no_worker_no_pulse(tmp_path):
    assert age_s(tmp_path) is None


def test_it_beats_while_the_worker_runs(tmp_path):
    with beating(tmp_path / "lake"):
        deadline = time.monotonic() + 5
        while age_s(tmp_path / "lake") is None and time.monotonic() < deadline:
            time.sleep(0.01)
        os.utime(pulse_file(tmp_path / "lake"), (0, 0))
        while age_s(tmp_path / "lake") > 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert age_s(tmp_path / "lake") < 5
    assert age_s(tmp_path / "lake") is None


def test_a_killed_worker_leaves_a_pulse_that_ages(tmp_path):
    pulse_file(tmp_path).touch()
    os.utime(pulse_file(tmp_path), (time.time() - 60, time.time() - 60))
    assert 59 <= age_s(tmp_path) <= 65
