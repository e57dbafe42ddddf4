"""A disk that is full, and a spool that the disk or a crash damaged."""

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from data_sources.spool import segment_path, segments_of
from tests.faults.plant import BURST, Plant
from tests.faults.table import Row, row

SMALL, LARGE = "6m", "64m"


def disk(folder: Path, short: bool) -> Iterator[Row]:
    """Full under load, then room again; a torn end of a spool; a flipped bit in the middle of one."""
    yield _full(folder / "full", 1 if short else 10)
    yield _torn(folder / "torn", 2 if short else 20)
    yield _flipped(folder / "flipped", 1 if short else 10)


def _full(folder: Path, times: int) -> Row:
    with _small_disk(folder) as mounted:
        plant, verdicts, said = Plant(folder / "plant"), [], 0
        plant.root = mounted / "lake"
        for _ in range(times):
            plant.receiver()
            plant.worker()
            plant.pump(0.5)
            filler = mounted / "filler"
            with suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 4096)
            plant.pump(1.5)
            said += "No space left on device" in (plant.folder / "log").read_text()
            filler.unlink(missing_ok=True)
            subprocess.run(["mount", "-o", f"remount,size={LARGE}", mounted], check=True)
            before = len(plant.answered)
            plant.pump(3.0)
            if len(plant.answered) == before:
                raise RuntimeError("no answer any more once there was room again")
            plant.stop()
            verdicts.append(plant.check(board=not verdicts))
        named = "No space left on device" if said == times else ""
        return row("the disk is full, then has room", verdicts, len(plant.answered), named)


def _torn(folder: Path, times: int) -> Row:
    """What a crash left of a record that was never answered ends a spool."""
    plant, verdicts = Plant(folder), []
    for _ in range(times):
        plant.receiver()
        plant.pump_until_answered(50)
        plant.stop()
        spool = plant.root / "spool" / "outlet"
        newest = segment_path(spool, segments_of(spool)[-1])
        with newest.open("ab") as file:
            file.write(newest.read_bytes()[: random.randrange(1, 60)])
        plant.receiver()
        plant.pump_until_answered(50)
        plant.stop()
        verdicts.append(plant.check(board=not verdicts))
    if not list((plant.root / "spool" / "outlet").glob("*.torn")):
        raise RuntimeError("what was torn was not set apart")
    return row("half a record at the end of a spool", verdicts, len(plant.answered), "set apart as .torn")


def _flipped(folder: Path, times: int) -> Row:
    """A byte of a record on the disk changes: that record is lost, by the disk, and named; its neighbours are not."""
    verdicts, answered, lost = [], 0, 0
    for number in range(times):
        plant = Plant(folder / str(number))
        plant.receiver()
        plant.pump_until_answered(100)
        plant.stop()
        spool = plant.root / "spool" / "outlet"
        path = segment_path(spool, segments_of(spool)[0])
        content = bytearray(path.read_bytes())
        content[random.randrange(len(content) // 4, len(content) // 2)] ^= 0xFF
        path.write_bytes(content)
        found = plant.check()
        named = any("damaged on the disk" in reason for reason in found.quarantined)
        if not 0 < found.lost <= BURST or not named:
            raise RuntimeError(f"one damaged record should cost one burst and be named: {found}")
        lost += found.lost
        plant.answered -= set(found.missing)
        verdicts.append(plant.check(board=number == 0))
        answered += len(plant.answered)
    named_as = f"quarantine: damaged on the disk ({lost} packets, which no software can bring back)"
    return row("a byte of a spool changes on the disk", verdicts, answered, named_as)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    mounted = folder / "disk"
    mounted.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", mounted], check=True)
    try:
        yield mounted
    finally:
        os.sync()
        subprocess.run(["umount", "-l", mounted], check=False)
