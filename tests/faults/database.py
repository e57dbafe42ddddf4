"""A database that goes down during a pull and comes back; a second worker started by mistake."""

import io
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from datetime import timedelta
from pathlib import Path
from typing import Any

import pgserver
import psycopg2

import worker
from data_sources.collect import LAST_TRY, Collecting, read_json, spool_folder
from data_sources.connector import connector
from data_sources.load import load_utility
from data_sources.sources import sources_of
from tests.faults.plant import Plant, in_a_process
from tests.faults.table import Row, row
from tests.outlets import FIRST
from tests.small_utility import write_small_utility

ROWS = 5000
SOURCE = """
[scada]
kind = "sql"
url = "{url}"
every_s = 0.1
[scada.map]
table = "reading"
query = "SELECT tag, ts, value FROM history WHERE ts > :since ORDER BY ts"
watermark = "ts"
start = 2026-09-01
[scada.map.columns]
tag = "tag"
ts = "ts"
value = "value"
[hotline]
kind = "import"
[lab]
kind = "import"
"""


def database(folder: Path, short: bool) -> Iterator[Row]:
    """Each time the server is stopped at once, as by a crash, while rows are pulled; then started again."""
    folder.mkdir(parents=True)
    server = pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        plant, verdicts, named = _DatabasePlant(folder, server), [], set()
        for _ in range(2 if short else 15):
            plant.insert(ROWS)
            plant.collector()
            plant.worker()
            time.sleep(random.uniform(0.0, 0.6))
            pgserver.pg_ctl(["-m", "immediate", "stop"], pgdata=folder / "pg", user=server.system_user)
            named.add(plant.error_within(10))
            server.ensure_postgres_running()
            plant.insert(10)
            plant.wait_for_spool(20)
            plant.stop()
            verdicts.append(plant.check(board=not verdicts))
        yield row("the database is stopped during a pull, then runs again", verdicts, len(plant.answered), min(named))
    finally:
        server.cleanup()


def second_worker(folder: Path, short: bool) -> Iterator[Row]:
    """It refuses and says who holds the lake; the first goes on."""
    plant = Plant(folder)
    plant.receiver()
    holder = plant.hold()
    plant.worker()
    plant.pump(0.5)
    code, said = in_a_process(lambda: _another(plant))
    if code != 2 or f"is held by process {holder}" not in said:
        raise RuntimeError(f"a second worker ended with {code}: {said}")
    plant.pump(0.5)
    plant.stop()
    yield row("a second worker by mistake", [plant.check(board=True)], len(plant.answered), "is held by process …")


def _another(plant: Plant) -> tuple[int, str]:
    os.environ |= {"WATER_UTILITY": str(plant.utility), "WATER_LAKE": str(plant.root)}
    sys.argv = ["worker.py"]
    said = io.StringIO()
    with redirect_stderr(said):
        return worker.main(), said.getvalue()


class _DatabasePlant(Plant):
    """The small utility with its readings in a database; rows whose transaction was committed count as answered."""

    def __init__(self, folder: Path, server: pgserver.PostgresServer) -> None:
        super().__init__(folder)
        self._uri = server.get_uri()
        self.utility = write_small_utility(folder / "by-database")
        url = self._uri.replace("postgresql://", "postgresql+psycopg2://")
        (self.utility / "sources.toml").write_text(SOURCE.format(url=url))
        with psycopg2.connect(self._uri) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE history (tag text, ts timestamptz, value float8)")

    def insert(self, count: int) -> None:
        """Rows of one transaction."""
        numbers = range(self.sent, self.sent + count)
        self.sent = numbers.stop
        rows = [("T1_COD", FIRST + timedelta(minutes=number), number / 100) for number in numbers]
        with psycopg2.connect(self._uri) as connection, connection.cursor() as cursor:
            cursor.executemany("INSERT INTO history VALUES (%s, %s, %s)", rows)
        self.answered |= set(numbers)

    def collector(self) -> int:
        """Start the process that asks the database."""
        return self._forked(lambda: None, self._collect)

    def error_within(self, seconds: float) -> str:
        """What data health says of the source, once it says something."""
        return self._until(lambda: str(read_json(self._spool / LAST_TRY).get("error") or ""), seconds)[:60]

    def wait_for_spool(self, seconds: float) -> None:
        """Until the source is well again and has been asked once more."""
        self._until(lambda: read_json(self._spool / LAST_TRY).get("state") == "ok", seconds)
        time.sleep(0.5)

    @property
    def _spool(self) -> Path:
        return spool_folder(self.root, "scada")

    def _until(self, wanted: Callable[[], Any], seconds: float) -> Any:
        until = time.monotonic() + seconds
        while not (found := wanted()):
            if time.monotonic() > until:
                raise RuntimeError(f"nothing said of the source in {seconds} s")
            time.sleep(0.05)
        return found

    def _collect(self) -> None:
        sources = sources_of(load_utility(self.utility), "scada")
        Collecting("scada", sources, connector("sql"), self._spool).for_ever()
