"""kill -9 of receiver and worker under load: at counted points of their work, and at random instants."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.faults.kill_points import BOARD, POINTS, RECEIVER, die_within
from tests.faults.plant import Plant
from tests.faults.table import Row, row

LONGEST_S = 60.0
"""A point that isn't passed by then is not on the way."""


def kills(folder: Path, short: bool) -> Iterator[Row]:
    """Each kill is followed by a new start that takes in what is left, and by a look at every row answered so far."""
    for place, (name, (process, install)) in enumerate(POINTS.items()):
        plant = Plant(folder / str(place))
        counts = [random.randint(1, 3)] if short else random.sample(range(1, 10), 6)
        verdicts = []
        for number, count in enumerate(counts):
            _kill(plant, process, partial(install, count), name)
            verdicts.append(plant.check(board=process == BOARD or (number == 0 and not short)))
        yield row(f"kill -9 at “{name}”", verdicts, len(plant.answered))
    for process in ("receiver", "worker"):
        plant, verdicts = Plant(folder / process), []
        times = 3 if short else 50
        for number in range(times):
            _kill(plant, process, lambda: die_within(1.0), "a random instant")
            verdicts.append(plant.check(board=number == times - 1))
        yield row(f"kill -9 of the {process} at a random instant", verdicts, len(plant.answered))


def _kill(plant: Plant, process: str, sabotage: partial[None], name: str) -> None:
    """Run both under load, one of them with the kill point; then end what is left of them."""
    receiver = plant.receiver(sabotage if process == RECEIVER else lambda: None)
    start = plant.board_worker if process == BOARD else plant.worker
    worker = start(sabotage if process != RECEIVER else lambda: None)
    died = plant.pump(LONGEST_S, until_dead=receiver if process == RECEIVER else worker)
    plant.stop()
    if not died:
        raise RuntimeError(f"“{name}” was not passed in {LONGEST_S} s; see {plant.folder}/log")
