"""The product as it runs, worker.py with a receiver of its own: killed in part and as a whole."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from data_sources.source_log import read_facts
from tests.faults.plant import Plant
from tests.faults.table import Row, row
from tests.outlets import WorkerProcess

PATIENCE_S = 90.0


def whole(folder: Path, short: bool) -> Iterator[Row]:
    """kill -9 of the receiver, which the worker starts anew and names; then of both at once."""
    plant, verdicts = Plant(folder), []
    worker = WorkerProcess(plant.utility, plant.root)
    try:
        for number in range(1 if short else 6):
            worker.start()
            _answered(plant)
            os.kill(_receiver_of(worker), signal.SIGKILL)
            _until(lambda: "SIGKILL" in (read_facts(plant.root).get("outlet", {}).get("error") or ""), plant)
            _answered(plant)
            worker.kill()
            plant.stop()
            verdicts.append(plant.check(board=number == 0))
    finally:
        worker.kill()
    fault, named = "kill -9 of receiver, then of worker and receiver, as they run", "its process ended with SIGKILL"
    yield row(fault, verdicts, len(plant.answered), named)


def _answered(plant: Plant) -> None:
    before = len(plant.answered)
    _until(lambda: len(plant.answered) > before, plant)


def _until(wanted: Callable[[], bool], plant: Plant) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not wanted():
        if time.monotonic() > ends:
            raise RuntimeError(f"waited {PATIENCE_S} s in vain; {read_facts(plant.root)}")
        plant.pump(0.1)


def _receiver_of(worker: WorkerProcess) -> int:
    assert worker.process is not None
    pid = worker.process.pid
    children = [Path("/proc", child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    (receiver,) = (one for one in children if b"data_sources.collect" in (one / "cmdline").read_bytes())
    return int(receiver.name)
