"""A small utility with one HJ 212 station and its lake; its receiver and its worker are processes to be killed.

Both are forked from this process, which has everything imported and never touches the lake itself: so a start takes
milliseconds, and hundreds of kills minutes. What runs in them is the product's own code.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from data_sources import runner as runner_module
from data_sources import spool as spool_module
from data_sources.collect import Collecting, spool_folder
from data_sources.connector import connector
from data_sources.hj212_protocol.decode import decode
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.runner import Runner
from data_sources.sources import sources_of
from data_sources.supervise import Collector
from metrics.board import KEEP_EVERY, make_board, write_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from tests.data_sources.hj212.packets import sent as strangers_packet
from tests.faults.verdict import Verdict, verdict
from tests.outlets import FIRST, free_port, packet, write_outlet_utility

BURST = 8
"""Packets a station sends before it reads the answers."""
PAUSE_S = 0.02
PR_SET_PDEATHSIG = 1
SEGMENT_BYTES = 20_000
COMMIT_EVERY_S = 0.2
ROUND_S = 0.02
FIRST_BOARD = datetime(2026, 10, 20, tzinfo=UTC)


@dataclass
class Plant:
    """Numbers that the station has sent, and those that were answered: these must be in the lake, once."""

    folder: Path
    root: Path = field(init=False)
    utility: Path = field(init=False)
    port: int = field(default_factory=free_port)
    sent: int = 0
    answered: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.root, self.utility = self.folder / "lake", write_outlet_utility(self.folder / "utility", self.port)
        self._connection: socket.socket | None = None
        self._children: list[int] = []

    def receiver(self, sabotage: Callable[[], None] = lambda: None) -> int:
        """Start the receiver; its process number."""
        return self._forked(sabotage, self._receive)

    def worker(self, sabotage: Callable[[], None] = lambda: None) -> int:
        """Start what takes in and seals; its process number."""
        return self._forked(sabotage, lambda: self._work(lambda lake: None))

    def board_worker(self, sabotage: Callable[[], None] = lambda: None) -> int:
        """Start what takes in and makes marts and board; its process number."""
        return self._forked(sabotage, lambda: self._work(BoardMaker()))

    def hold(self) -> int:
        """Start a process that holds the worker's lock, as a worker does; its process number."""
        return self._forked(lambda: None, self._hold)

    def stop(self) -> None:
        """kill -9 of everything."""
        for child in self._children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self._children = []
        self._hang_up()

    def pump(self, seconds: float, until_dead: int | None = None) -> bool:
        """Send for so long, or until that process is dead; whether it is."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._burst()
            if until_dead is not None and os.waitpid(until_dead, os.WNOHANG)[0]:
                self._children.remove(until_dead)
                return True
        return False

    def pump_until_answered(self, packets: int) -> None:
        """Send until so many more were answered."""
        wanted, until = len(self.answered) + packets, time.monotonic() + 60
        while len(self.answered) < wanted:
            if time.monotonic() > until:
                raise RuntimeError(f"no answers any more; see {self.folder}/log")
            self._burst()

    def check(self, board: bool = False) -> Verdict:
        """Let a worker start anew and take in what is left; what the lake then holds against what was answered."""
        return Verdict(**in_a_process(lambda: vars(verdict(self, board))))

    def _forked(self, sabotage: Callable[[], None], act: Callable[[], None]) -> int:
        child = os.fork()
        if child:
            self._children.append(child)
            return child
        try:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # it ends with this process, however that ends
            if self._connection is not None:
                self._connection.close()
            with (self.folder / "log").open("a") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
                sabotage()
                act()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(1)

    def _receive(self) -> None:
        spool_module.SEGMENT_BYTES = SEGMENT_BYTES
        utility = load_utility(self.utility)
        sources = sources_of(utility, "outlet")
        folder = spool_folder(self.root, "outlet")
        Collecting("outlet", sources, connector("hj212"), folder).for_ever()

    def _hold(self) -> None:
        with Lake(self.root, load_utility(self.utility)).worker_lock():
            signal.pause()

    def _work(self, then: Callable[[Lake], None]) -> None:
        runner_module.COMMIT_EVERY_S = COMMIT_EVERY_S
        Collector.keep = lambda self: None  # type: ignore[method-assign]
        lake = Lake(self.root, load_utility(self.utility))
        runner = Runner(lake)
        while True:
            runner.step(datetime.now(UTC))
            lake.seal(list(lake.fingerprints("reading")))
            then(lake)
            time.sleep(ROUND_S)

    def _burst(self) -> None:
        """A few packets at once, now and then one of a stranger among them, and what answers come within a second."""
        numbers = range(self.sent, self.sent + BURST)
        try:
            if self._connection is None:
                self._connection = socket.create_connection(("127.0.0.1", self.port), 0.5)
            # what stands in quarantine already is not kept again
            new = f"DataTime=20260915081500;w01018-Rtd={self.sent}"
            stranger = strangers_packet(new) if self.sent % (25 * BURST) == 0 else b""
            self._connection.sendall(b"".join(map(packet, numbers)) + stranger)
            self.sent = numbers.stop
            self._read_answers(set(numbers))
            time.sleep(PAUSE_S)
        except OSError:
            self._hang_up()
            time.sleep(0.01)

    def _read_answers(self, waiting: set[int]) -> None:
        assert self._connection is not None
        came, until = b"", time.monotonic() + 1
        while waiting and time.monotonic() < until:
            if not select.select([self._connection], [], [], 0.1)[0]:
                continue
            more = self._connection.recv(65536)
            if not more:
                self._hang_up()
                break
            came += more
            numbers = {number_of(one.qn or "") for one in decode(came[: came.rfind(b"\r\n") + 2]) if one.cn == "9014"}
            self.answered |= numbers
            waiting -= numbers
        if waiting:
            self._hang_up()  # a station that is not answered begins anew

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class BoardMaker:
    """Marts and board after each round, a quarter of an hour later each time, so that every board is kept."""

    def __init__(self) -> None:
        self._engine: Engine | None = None

    def __call__(self, lake: Lake) -> None:
        if not lake.exists("reading"):
            return
        if self._engine is None:
            self._engine = Engine(lake.utility, lake, load_catalogue(lake.utility))
        at = (lake.newest("board") or FIRST_BOARD) + KEEP_EVERY
        build_marts(lake, lake.utility, at)
        write_board(lake, make_board(self._engine, at, at))


def number_of(qn: str) -> int:
    """Which packet an answer is to: its QN is the packet's time in Beijing."""
    at = datetime.strptime(qn[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC) - timedelta(hours=8)
    return (at - FIRST) // timedelta(minutes=1)


def in_a_process(act: Callable[[], Any]) -> Any:
    """What `act` returns (JSON) in a forked process; raises RuntimeError where that fails."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            os.close(read)
            try:
                said = json.dumps({"fine": act()})
            except BaseException as error:
                said = json.dumps({"error": f"{type(error).__name__}: {error}"})
            with os.fdopen(write, "w") as pipe:
                pipe.write(said)
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = json.loads(pipe.read() or '{"error": "the process died"}')
    os.waitpid(child, 0)
    if "error" in said:
        raise RuntimeError(said["error"])
    return said["fine"]
