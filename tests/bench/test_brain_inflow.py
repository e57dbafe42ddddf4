import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from bench.brain_inflow import Ours, Series
from data_sources.problems import ROOT


def test_an_absent_record_is_said_plainly(tmp_path):
    command, env = [sys.executable, "-m", "bench.brain_inflow"], os.environ | {"WATER_DATASETS": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout == ""
    assert "wwtp_inflow is absent" in done.stderr and "WATER_DATASETS" in done.stderr


@pytest.fixture(scope="module")
def series() -> Series:
    """Two months in which ten m³/h follow each mm at once, and nothing else is in the sewer but a hundred."""
    rng = np.random.default_rng(0)
    hours = 24 * 60
    rain = np.where(rng.uniform(size=hours) < 0.05, rng.exponential(3.0, hours), 0.0)
    start = pl.Series(["2024-06-03"]).str.to_datetime()[0]
    time = pl.datetime_range(start, start + pl.duration(hours=hours - 1), "1h", eager=True)
    table = {"time": time, "flow": 100 + 10 * rain, "acc_precip": rain, "mean_temp": 15.0}
    return Series(pl.DataFrame(table).with_columns(mean_pressure=pl.lit(1010.0), mean_relative_hum=pl.lit(80.0)))


def test_who_does_not_know_the_rain_is_told_nothing_of_it(series):
    at, lead = np.array([700]), 6
    ours = Ours(series, series.flow)
    later = np.where(np.arange(len(series.rain)) > 700, 9.0, series.rain)
    wetter = Ours(Series(series.table.with_columns(acc_precip=pl.Series(later))), series.flow)
    wetter.sizes, wetter.computed = ours.sizes, wetter.series.columns @ ours.sizes
    assert wetter.computed[706] > ours.computed[706] + 50
    assert wetter._without(at, lead) == pytest.approx(ours._without(at, lead), abs=1e-6)


def test_who_knows_the_rain_foresees_the_shower(series):
    at = np.flatnonzero((series.rain[1:] > 5) & (series.rain[:-1] == 0))[5:]
    ours = Ours(series, series.flow)
    assert np.abs(ours.knowing(at, 1) - series.flow[at + 1]).mean() < 10
    assert np.abs(ours.not_knowing(at, 1) - 100).max() < 40  # nothing tells it that one begins
