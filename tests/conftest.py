"""What many tests start from: a small utility, and an empty lake of it."""

from datetime import UTC, datetime

import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from tests.small_utility import write_small_utility

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
"""16:20 on a Tuesday in Shanghai: the moment of every test that needs one."""


@pytest.fixture
def as_of():
    return AS_OF


@pytest.fixture
def tiny_utility(tmp_path):
    return load_utility(write_small_utility(tmp_path / "tiny"))


@pytest.fixture
def tiny_lake(tmp_path, tiny_utility):
    return Lake(tmp_path / "lake", tiny_utility)
