"""What many tests start from: a small utility and an empty lake of it; the sample and a lake of 28 of its days."""

import fcntl
from datetime import UTC, datetime

import pytest
import structlog
from hypothesis import settings

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from metrics.build import build_marts
from sample_data.build import build
from sample_data.generate import world_of
from tests.small_utility import write_small_utility

# how long an example takes says nothing but how busy the machine is
settings.register_profile("house", deadline=None)
settings.load_profile("house")

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
"""16:20 on a Tuesday in Shanghai: the moment of every test that needs one."""
SAMPLE_DAYS = 28
"""A whole cycle of planted events."""


@pytest.fixture(autouse=True)
def logs_of_each_test_alone():
    """A command line that a test ran told structlog to write to a stream that the test's end has closed."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def as_of():
    return AS_OF


@pytest.fixture
def tiny_utility(tmp_path):
    return load_utility(write_small_utility(tmp_path / "tiny"))


@pytest.fixture
def tiny_lake(tmp_path, tiny_utility):
    return Lake(tmp_path / "lake", tiny_utility)


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
            build(lake, demonstration, AS_OF, SAMPLE_DAYS, 1, lambda done, total: None)
            build_marts(lake, demonstration, AS_OF)
    return lake
