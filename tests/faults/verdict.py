"""What a lake holds after a fault, against what the station was answered."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from data_sources import runner as runner_module
from data_sources.contracts import TABLES
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.power import mend
from data_sources.runner import Runner
from data_sources.supervise import Collector
from metrics.board import make_board, read_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from tests.outlets import FIRST

POINT = "T1.out.cod"
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)


class Faulted(Protocol):
    """What is asked of a plant."""

    root: Path
    utility: Path
    folder: Path
    sent: int
    answered: set[int]


@dataclass
class Verdict:
    """Answered packets, how many of them are lost, how many readings are stored twice, how many current ones were
    never sent; the board.
    """

    answered: int
    rows: int
    lost: int
    doubled: int
    wrong: int
    board: str = "not asked"
    mended: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether nothing is lost, doubled or wrong."""
        return not (self.lost or self.doubled or self.wrong) and self.board in ("not asked", "right")


def verdict(plant: Faulted, board: bool) -> Verdict:
    """Start a worker on the lake, as after any fault, let it take in everything, and look."""
    runner_module.COMMIT_EVERY_S = 0.0
    Collector.keep = lambda self: None  # type: ignore[method-assign]
    mended = mend(plant.root)
    lake = Lake(plant.root, load_utility(plant.utility))
    read_board(lake)  # raises where what the screen shows is not whole
    runner = Runner(lake)
    before = -1
    while (now := sum(feed.number for feed in runner.feeds)) != before:
        before = now
        runner.step(datetime.now(UTC))
    if runner.failed:
        raise RuntimeError(str(runner.failed))
    runner.step(datetime.now(UTC))
    files = lake.files("reading")
    stored = pl.scan_parquet(files, hive_partitioning=True) if files else pl.LazyFrame(schema={"point_id": pl.String})
    rows = stored.filter(pl.col("point_id") == POINT).collect()
    current = lake.scan("reading").filter(pl.col("point_id") == POINT).collect()
    numbers = [round(value * 100) for value in current["value"]]
    right = [FIRST + timedelta(minutes=number) for number in numbers]
    wrong = [at for at, ts in zip(right, current["ts"], strict=True) if at != ts]
    return Verdict(
        answered=len(plant.answered),
        rows=len(numbers),
        lost=len(plant.answered - set(numbers)),
        doubled=rows.height - rows.unique(["ts", "value"]).height if files else 0,
        wrong=len(wrong) + len(set(numbers) - set(range(plant.sent))),
        board=_board(lake, plant) if board else "not asked",
        mended=mended,
        missing=sorted(plant.answered - set(numbers)),
        quarantined=sorted(set(lake.scan("quarantine").collect()["reason"])),
    )


def _board(lake: Lake, plant: Faulted) -> str:
    """Whether the board equals that of a lake that was written in one go."""
    lake.seal(list(lake.fingerprints("reading")))
    fresh = Lake(plant.folder / "reference", lake.utility)
    fresh.write("reading", lake.scan("reading").select(list(TABLES["reading"].columns)).collect(), source="outlet")
    fresh.seal(list(fresh.fingerprints("reading")))
    return "right" if _shown(lake) == _shown(fresh) else "wrong"


def _shown(lake: Lake) -> Any:
    build_marts(lake, lake.utility, AS_OF)
    engine = Engine(lake.utility, lake, load_catalogue(lake.utility))
    engine.close_periods(AS_OF)
    return make_board(engine, AS_OF, AS_OF).model_dump(mode="json")
