"""The short form of `make faults`: every fault once or a few times, and no row lost, doubled or wrong."""

import re
import subprocess
import sys

import pytest

from data_sources.problems import ROOT


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["kills", "whole", "outage", "disk", "database", "folder", "second_worker"])
def test_no_row_is_lost_or_doubled(scenario):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--short", "--only", scenario],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split("|") for line in done.stdout.splitlines()[2:]]
    assert lines
    assert all(re.fullmatch(r" 0 ", cell) for line in lines for cell in line[4:6]), done.stdout
    assert all(int(line[3]) > 0 for line in lines if "kill -9" not in line[1]), "nothing was answered"
