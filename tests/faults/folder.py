"""Files that are cut off, a process killed while it takes files in, and a folder that vanishes for a while."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl

from data_sources.collect import LAST_TRY, Collecting, read_json, spool_folder
from data_sources.connector import connector
from data_sources.load import load_utility
from data_sources.sources import sources_of
from tests.faults.kill_points import die_within
from tests.faults.plant import Plant, in_a_process
from tests.faults.table import Row, row
from tests.outlets import FIRST
from tests.small_utility import write_small_utility

ROWS = 50
PATIENCE_S = 20.0
SOURCE = """
[scada]
kind = "files"
folder = "{folder}"
settle_s = 0
every_s = 0.05
[scada.map]
table = "reading"
columns = {{ tag = "tag", ts = "ts", value = "value" }}
[hotline]
kind = "import"
[lab]
kind = "import"
"""
KINDS = ("csv", "xlsx", "parquet")


def folder(folder: Path, short: bool) -> Iterator[Row]:
    """Each with files of every kind; rows of files that were dropped whole count as answered."""
    yield _cut_off(_FolderPlant(folder / "cut"), 3 if short else 60)
    yield _killed(_FolderPlant(folder / "killed"), 2 if short else 30)
    yield _vanishes(_FolderPlant(folder / "vanished"), 1 if short else 10)


def _cut_off(plant: "_FolderPlant", times: int) -> Row:
    """A file comes cut off, as by a broken transfer, and later whole."""
    plant.collector()
    plant.worker()
    for number in range(times):
        name, content = plant.file(KINDS[number % len(KINDS)])
        (plant.drop / name).write_bytes(content[: random.randrange(1, len(content))])
        plant.wait_until_empty()
        plant.put(name, content)
        plant.wait_until_empty()
    apart = len(list((plant.drop / "failed").glob("*.txt")))
    plant.stop()
    named = f"set apart with the reason: {apart} files"
    return row(
        "a file is cut off, and comes again whole", [plant.check(board=True)] * times, len(plant.answered), named
    )


def _killed(plant: "_FolderPlant", times: int) -> Row:
    verdicts = []
    for number in range(times):
        for kind in KINDS * 4:
            plant.put(*plant.file(kind))
        dying = plant.collector(lambda: die_within(0.3))
        plant.worker()
        if not plant.pump(PATIENCE_S, until_dead=dying):
            raise RuntimeError("the process lives on")
        plant.collector()
        plant.wait_until_empty()
        plant.stop()
        verdicts.append(plant.check(board=number == 0))
    return row("kill -9 of the process that takes files in", verdicts, len(plant.answered))


def _vanishes(plant: "_FolderPlant", times: int) -> Row:
    """As a share that is not mounted any more; what is dropped meanwhile stands there when it is back."""
    verdicts, away, named = [], plant.folder / "away", set()
    for number in range(times):
        plant.collector()
        plant.worker()
        plant.put(*plant.file("csv"))
        time.sleep(random.uniform(0, 0.2))
        plant.drop.rename(away)
        named.add(plant.error_within(PATIENCE_S))
        name, content = plant.file("xlsx")
        (away / name).write_bytes(content)
        away.rename(plant.drop)
        plant.wait_until_empty()
        plant.stop()
        verdicts.append(plant.check(board=number == 0))
    return row("the folder vanishes, and is there again", verdicts, len(plant.answered), " ".join(sorted(named)))


def _write(path: Path, numbers: range) -> None:
    rows = pl.DataFrame(
        {
            "tag": "T1_COD",
            "ts": [(FIRST + timedelta(minutes=number)).isoformat() for number in numbers],
            "value": [number / 100 for number in numbers],
        }
    )
    {".csv": rows.write_csv, ".xlsx": rows.write_excel, ".parquet": rows.write_parquet}[path.suffix](path)


class _FolderPlant(Plant):
    """The small utility with its readings in files."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.drop = folder / "drop"
        self.drop.mkdir()
        self.utility = write_small_utility(folder / "by-files")
        (self.utility / "sources.toml").write_text(SOURCE.format(folder=self.drop))

    def file(self, kind: str) -> tuple[str, bytes]:
        """The next file: its name and content. From here on its rows must come in."""
        numbers = range(self.sent, self.sent + ROWS)
        self.sent = numbers.stop
        self.answered |= set(numbers)
        made = self.folder / f"made.{kind}"
        in_a_process(lambda: _write(made, numbers))  # a process that is forked must not have used polars
        return f"{numbers.start}.{kind}", made.read_bytes()

    def put(self, name: str, content: bytes) -> None:
        """Drop a file as one should: under another name, renamed when it is whole."""
        part = self.drop / f"{name}.part"
        part.write_bytes(content)
        part.rename(self.drop / name)

    def collector(self, sabotage: Callable[[], None] = lambda: None) -> int:
        """Start the process that takes files in."""
        return self._forked(sabotage, self._collect)

    def wait_until_empty(self) -> None:
        """Until every file was taken in or set apart."""
        self._until(lambda: self.drop.is_dir() and not any(path.is_file() for path in self.drop.iterdir()))

    def error_within(self, seconds: float) -> str:
        """What data health says of the source, once it says something."""
        last_try = spool_folder(self.root, "scada") / LAST_TRY
        self._until(lambda: read_json(last_try).get("error"), seconds)
        return str(read_json(last_try)["error"]).partition(": ")[2]

    def _burst(self) -> None:
        time.sleep(0.02)

    def _until(self, wanted: Callable[[], object], seconds: float = PATIENCE_S) -> None:
        until = time.monotonic() + seconds
        while not wanted():
            if time.monotonic() > until:
                raise RuntimeError(f"waited {seconds} s in vain; see {self.folder}/log")
            time.sleep(0.02)

    def _collect(self) -> None:
        sources = sources_of(load_utility(self.utility), "scada")
        Collecting("scada", sources, connector("files"), spool_folder(self.root, "scada")).for_ever()
