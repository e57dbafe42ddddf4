"""`python -m sample_data serve`: the demonstration utility's systems, live, as servers of the real protocols."""

import importlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import structlog
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from data_sources.lake import Lake
from data_sources.utility import Utility
from sample_data.generate import readings
from sample_data.live import STEP_S, business_since
from sample_data.live_feeds import Database, Folder, Stations, as_reported, deliver
from sample_data.live_utility import live_points, write_live_utility

log = structlog.get_logger()
MINUTE_S = 60
"""Live, points report so often; but rainfall, which is a sum of its interval."""
AT_ONCE = timedelta(hours=6)
AWAY_S = 30.0
"""How long a database that somebody ended stays away: long enough to be seen on data health."""


class Serving:
    """The servers of one utility, and how far they have delivered."""

    def __init__(self, lake: Lake, utility: Utility, root: Path, port: int) -> None:
        self.utility, self.folder = utility, root / "utility"
        root.mkdir(parents=True, exist_ok=True)
        pgserver = importlib.import_module("pgserver")  # needed to serve only, and there is no wheel for every machine
        self._server: Any = pgserver.get_server(root / "postgres", cleanup_mode="stop")
        url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
        write_live_utility(utility, self.folder, url, root / "incoming", port)
        self._points = live_points(utility.points)
        # without a pool: a connection that is kept would hold up whoever shuts the database down
        self.database = create_engine(url, poolclass=NullPool)
        self._database = Database(self.database)
        self._drop, self._stations = Folder(root / "incoming"), Stations(port)
        self._done = _step(lake.newest("reading") or datetime.now(UTC), STEP_S)

    def deliver(self, now: datetime) -> int:
        """Deliver what happened since the last time; returns how many readings."""
        count = 0
        while (end := min(_step(now, MINUTE_S), self._done + AT_ONCE)) > self._done:
            rows = as_reported(self._readings(self._done, end), self._points)
            business = business_since(self.utility, self._done, end)
            changed = [(made.table, made.source, of_table) for made, of_table in business if of_table.height]
            deliver(rows, changed, end, self._database, self._drop, self._stations)
            self._done, count = end, count + rows.height
        return count

    def start_again(self) -> None:
        """Start the database, should it not run; what it missed is delivered next."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End the database."""
        self._server.cleanup()

    def _readings(self, after: datetime, upto: datetime) -> pl.DataFrame:
        """Those after one moment up to and with the other: a backlog every five minutes, then every minute."""
        instant = timedelta(seconds=1)  # readings go by whole seconds
        if upto - after > timedelta(seconds=STEP_S):
            return readings(self.utility, after + instant, upto + instant, STEP_S)
        rain = self.utility.points.filter(quantity="rainfall")["point_id"].to_list()
        others = self.utility.points.filter(pl.col("quantity") != "rainfall")["point_id"].to_list()
        return pl.concat(
            [
                readings(self.utility, after + instant, upto + instant, MINUTE_S, others),
                readings(self.utility, after + instant, upto + instant, STEP_S, rain),
            ]
        )


def serve(serving: Serving, command: Sequence[str]) -> int:
    """Deliver every minute, until told to end, or until `command`, run beside it for the live utility, ends."""
    with _running(command, serving.folder) as beside:
        try:
            while beside is None or beside.poll() is None:
                _deliver(serving, datetime.now(UTC))
                time.sleep(1)
        except KeyboardInterrupt:
            return 0
    return beside.returncode if beside is not None else 0


def _deliver(serving: Serving, now: datetime) -> None:
    """Deliver; a database that is gone takes nothing down with it, and comes again."""
    try:
        serving.deliver(now)
    except OperationalError as error:
        log.warning("the database is gone, it is started again", seconds=AWAY_S, error=str(error.orig).strip())
        time.sleep(AWAY_S)
        serving.start_again()


@contextmanager
def _running(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes] | None]:
    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ended)
    if not command:
        yield None
        return
    process = subprocess.Popen(command, env={**os.environ, "WATER_UTILITY": str(folder)})
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _step(moment: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)
