"""A database that goes down during a pull, or for hours, and comes back; a second worker started by mistake."""

import io
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2

import worker
from data_sources import collect
from data_sources.collect import LAST_TRY, Collecting, read_json, spool_folder
from data_sources.connector import connector
from data_sources.load import load_utility
from data_sources.sources import sources_of
from tests.faults.plant import Plant, in_a_process
from tests.faults.table import Row, row
from tests.outlets import FIRST
from tests.postgres import Postgres, postgres
from tests.small_utility import write_small_utility

ROWS = 5000
OUTAGE = timedelta(hours=6)
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
    """A crash while rows are pulled; six hours without an answer."""
    folder.mkdir(parents=True)
    with postgres(folder / "pg") as server:
        yield _crash(folder / "crash", server, 2 if short else 15)
        yield _long_outage(folder / "outage", server, 1 if short else 5)


def _crash(folder: Path, server: Postgres, times: int) -> Row:
    """Each time the server is stopped at once while rows are pulled; then started again."""
    plant, verdicts, named = _DatabasePlant(folder, server), [], set()
    for _ in range(times):
        plant.insert(ROWS)
        plant.collector()
        plant.worker()
        time.sleep(random.uniform(0.0, 0.6))
        server.crash()
        named.add(plant.error_within(10))
        server.start_again()
        plant.insert(10)
        plant.wait_for_spool(20)
        plant.stop()
        verdicts.append(plant.check(board=not verdicts))
    return row("the database is stopped during a pull, then runs again", verdicts, len(plant.answered), min(named))


def _long_outage(folder: Path, server: Postgres, times: int) -> Row:
    """Hours without an answer, by a clock that whoever waits moves on: said once, asked on, and all made up for."""
    plant, verdicts, named = _DatabasePlant(folder, server), [], set()
    for number in range(1, times + 1):
        plant.insert(10)
        plant.collector(pass_hours_in_seconds)
        plant.worker()
        plant.wait_for_spool(20)
        server.crash()
        named.add(plant.error_within(10))
        plant.wait_until_silent_for(OUTAGE, 60)
        server.start_again()
        plant.insert(int(OUTAGE / timedelta(minutes=1)))
        plant.wait_for_spool(60)
        plant.stop()
        verdicts.append(plant.check(board=number == 1))
        said = (plant.folder / "log").read_text()
        if (said.count("source failed"), said.count("source recovered")) != (number, number):
            raise RuntimeError(f"an outage should be said once, and so its end; see {plant.folder}/log")
    fault = f"the database is away for {OUTAGE // timedelta(hours=1)} hours (by a made-up clock)"
    return row(fault, verdicts, len(plant.answered), min(named))


def pass_hours_in_seconds() -> None:
    """In this process whoever sleeps is back at once, and it is so much later."""
    real_sleep, real_monotonic, slept = time.sleep, time.monotonic, [0.0]

    def sleep(seconds: float) -> None:
        slept[0] += seconds
        real_sleep(0.005)

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=slept[0])

    time.sleep, time.monotonic = sleep, lambda: real_monotonic() + slept[0]  # type: ignore[assignment]
    collect.datetime = Later  # type: ignore[misc]


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

    def __init__(self, folder: Path, server: Postgres) -> None:
        super().__init__(folder)
        self._uri = server.text.replace("+psycopg2", "")
        self.utility = write_small_utility(folder / "by-database")
        (self.utility / "sources.toml").write_text(SOURCE.format(url=server.text))
        with psycopg2.connect(self._uri) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS history")
            cursor.execute("CREATE TABLE history (tag text, ts timestamptz, value float8)")

    def insert(self, count: int) -> None:
        """Rows of one transaction."""
        numbers = range(self.sent, self.sent + count)
        self.sent = numbers.stop
        rows = [("T1_COD", FIRST + timedelta(minutes=number), number / 100) for number in numbers]
        with psycopg2.connect(self._uri) as connection, connection.cursor() as cursor:
            cursor.executemany("INSERT INTO history VALUES (%s, %s, %s)", rows)
        self.answered |= set(numbers)

    def collector(self, sabotage: Callable[[], None] = lambda: None) -> int:
        """Start the process that asks the database."""
        return self._forked(sabotage, self._collect)

    def error_within(self, seconds: float) -> str:
        """What data health says of the source, once it says something."""
        return self._until(lambda: str(read_json(self._spool / LAST_TRY).get("error") or ""), seconds)[:60].strip()

    def wait_for_spool(self, seconds: float) -> None:
        """Until the source is well again and has been asked once more."""
        self._until(lambda: read_json(self._spool / LAST_TRY).get("state") == "ok", seconds)
        time.sleep(0.5)

    def wait_until_silent_for(self, outage: timedelta, seconds: float) -> None:
        """Until the source's own clock says that it has failed for so long."""

        def lasted() -> bool:
            fact = read_json(self._spool / LAST_TRY)
            since, tried = datetime.fromisoformat(fact["since"]), datetime.fromisoformat(fact["tried_at"])
            return bool(fact["state"] == "failed" and tried - since >= outage)

        self._until(lasted, seconds)

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
