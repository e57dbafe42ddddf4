"""A real PostgreSQL for the tests of this folder: one server, reached by a socket, and an empty database a test."""

import itertools
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.postgres import postgres

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server():
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, postgres(Path(folder) / "data") as server:
        yield server.url


@pytest.fixture
def database(postgres_server):
    """The engine of an empty database."""
    name = f"test_{next(_NUMBERS)}"
    with create_engine(postgres_server, isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(postgres_server.set(database=name))
    yield engine
    engine.dispose()


@pytest.fixture
def idle(monkeypatch):
    """Runners start no process: the test fetches itself."""
    monkeypatch.setattr("data_sources.supervise.Collector.keep", lambda self: None)
