"""A real server on a free loopback port, ended with the test that started it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from data_sources.problems import ROOT

LONGEST_START_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(utility: Path, lake: Path, port: int | None = None, **settings: str) -> Iterator[str]:
    """The address of `python app.py` over a lake; its worker is external unless told otherwise."""
    port = port or free_port()
    environment = {
        **os.environ,
        "WATER_UTILITY": str(utility),
        "WATER_LAKE": str(lake),
        "WATER_PORT": str(port),
        "WATER_WORKER": "external",
        **settings,
    }
    server = subprocess.Popen([sys.executable, str(ROOT / "app.py")], env=environment, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + LONGEST_START_S
    while time.monotonic() < ends:
        assert server.poll() is None, "the server ended"
        try:
            requests.get(f"{address}/api/ready", timeout=2)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")
