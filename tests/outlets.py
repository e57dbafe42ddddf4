"""The small utility with its works' outlet behind an HJ 212 station."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data_sources.hj212_protocol.encode import report
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from tests.small_utility import write_small_utility

MN = "TINYT1OUT"
FIRST = datetime(2026, 9, 14, 0, 0, tzinfo=UTC)


def free_port() -> int:
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        return ours.getsockname()[1]


def write_outlet_utility(folder: Path, port: int) -> Path:
    """T1's effluent comes from a station with one packet a reading; the other points import."""
    write_small_utility(folder)
    points = (folder / "points.csv").read_text("utf-8")
    points = points.replace("scada,T1_COD", f"outlet,{MN}/w01018").replace("scada,T1_NH3N", f"outlet,{MN}/w21003")
    (folder / "points.csv").write_text(points, "utf-8")
    with (folder / "sources.toml").open("a") as sources:
        sources.write(f'\n[outlet]\nkind = "hj212"\nport = {port}\nstations = ["{MN}"]\n')
    settings = folder / "utility.toml"
    settings.write_text(settings.read_text("utf-8").replace("refresh_seconds = 5", "refresh_seconds = 1"), "utf-8")
    return folder


def lake_of(folder: Path, root: Path) -> Lake:
    return Lake(root, load_utility(folder))


def packet(number: int) -> bytes:
    """The report of minute `number`; its value says which it is."""
    at = FIRST + timedelta(minutes=number)
    return report(MN, at, [("w01018", number / 100, "N"), ("w21003", 1.5, "N")])


def values(lake: Lake) -> list[float]:
    """What the lake has of the point that counts."""
    rows = lake.scan("reading").filter(point_id="T1.out.cod").sort("ts").collect()
    return rows["value"].to_list()


class Station:
    """A station that waits for each answer, and knows what was answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection: socket.socket | None = None

    def send(self, number: int, timeout_s: float = 5) -> bool:
        """Whether the packet was answered; a lost connection is made anew next time."""
        try:
            if self._connection is None:
                self._connection = socket.create_connection(("127.0.0.1", self.port), timeout_s)
            self._connection.settimeout(timeout_s)
            self._connection.sendall(packet(number))
            answer = b""
            while not answer.endswith(b"\r\n"):
                more = self._connection.recv(1000)
                if not more:
                    raise ConnectionError("closed")
                answer += more
        except OSError:
            self.close()
            return False
        return b"CN=9014" in answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class WorkerProcess:
    """worker.py over a lake, to be killed."""

    def __init__(self, folder: Path, root: Path, wrapper: tuple[str, ...] = ("worker.py",), **environment: str) -> None:
        self._environment = {**os.environ, "WATER_UTILITY": str(folder), "WATER_LAKE": str(root), **environment}
        self._command = [sys.executable, *wrapper]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, start_new_session=True)

    def kill(self) -> None:
        """kill -9 of the worker and all it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
