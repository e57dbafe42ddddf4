"""The demonstration utility, and a lake of 28 of its days that is built once for all who ask."""

import fcntl
from datetime import UTC, datetime

import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from metrics.build import build_marts
from sample_data.build import build
from sample_data.generate import world_of

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
DAYS = 28
"""A whole cycle of planted events."""


@pytest.fixture(scope="session")
def demonstration():
    return load_utility(ROOT / "sample_data" / "utility")


@pytest.fixture(scope="session")
def world(demonstration):
    return world_of(demonstration)


@pytest.fixture(scope="session")
def sample_lake(tmp_path_factory, demonstration, worker_id):
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent
    lake = Lake(base / "sample_lake", demonstration)
    with (base / "sample_lake.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (lake.root / "marts").exists():
            build(lake, demonstration, AS_OF, DAYS, 1, lambda done, total: None)
            build_marts(lake, demonstration, AS_OF)
    return lake
