"""A server over a lake whose snapshot is renewed as a worker would, without a worker's work beside it."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from bench.synthetic import demonstration
from data_sources.heartbeat import beating
from data_sources.lake import Lake
from data_sources.settings import Settings
from metrics.board import make_board
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from tests.pages import boards
from tests.serving import serving

STEP = timedelta(minutes=5)
ABNORMAL_EVERY = 20
"""Every so many sites is abnormal, as in a storm."""


def storm_board() -> dict[str, Any]:
    """A board of the demonstration utility's 229 sites, some of them abnormal, with all panels filled."""
    rows = demonstration().sites.select("site_id", "kind", "name_zh", "name_en", "lon", "lat").to_dicts()
    sites = [
        {**row, "state": "alarm", "reason": "point_limit"}
        if number % ABNORMAL_EVERY == 0
        else {**row, "state": "normal", "reason": None}
        for number, row in enumerate(rows)
    ]
    board: dict[str, Any] = boards.storm()
    return boards.board(sites=sites, sewage=board["sewage"], exceptions=board["exceptions"])


@contextmanager
def history_copied(*without: str) -> Iterator[Lake]:
    """A copy of the demonstration's lake, but for what is named.

    Raises SystemExit where there is none, or none that a worker made a board of: its pages would have nothing to draw.
    """
    utility = demonstration()
    built = Settings().lake_of(utility.id)
    if not (built / "board.json").exists():
        raise SystemExit(f"{built} has no board: build it and run the app over it once (docs/your-own-data.md)")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        lake = Lake(Path(name) / "lake", utility)
        shutil.copytree(built, lake.root, ignore=shutil.ignore_patterns(*without))
        yield lake


@contextmanager
def history_served() -> Iterator[tuple[str, Callable[[int], None]]]:
    """The address of a server over a copy of the demonstration's lake, and what gives it another newest snapshot.

    The snapshot is that of so many times five minutes before the newest reading. Raises SystemExit where there is no
    lake to copy.
    """
    with history_copied() as lake:
        utility = lake.utility
        engine, newest = Engine(utility, lake, load_catalogue(utility)), lake.newest("reading")
        assert newest is not None

        def renew(steps: int) -> None:
            board = make_board(engine, newest - steps * STEP, datetime.now(UTC)).model_dump(mode="json")
            fresh = lake.root / "board.new"
            fresh.write_text(json.dumps(board), encoding="utf-8")
            fresh.replace(lake.root / "board.json")

        renew(0)
        with beating(lake.root), serving(utility.folder, lake.root) as address:
            yield address, renew


@contextmanager
def storm_served(refresh_s: float = 5.0) -> Iterator[str]:
    """The address of a server that shows `storm_board`, renewed every `refresh_s` seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        lake, folder = Path(name) / "lake", Path(name) / "utility"
        ended, board = Event(), storm_board()
        lake.mkdir()
        shutil.copytree(demonstration().folder, folder)
        settings = folder / "utility.toml"  # no sample: else the server would first build one
        settings.write_text(re.sub(r"(?m)^sample = true", "sample = false", settings.read_text("utf-8")), "utf-8")

        def renew() -> None:
            while True:
                now = datetime.now(UTC).isoformat()
                fresh = lake / "board.new"
                fresh.write_text(json.dumps({**board, "as_of": now, "made_at": now}), encoding="utf-8")
                fresh.replace(lake / "board.json")
                if ended.wait(refresh_s):
                    return

        worker = Thread(target=renew, daemon=True)
        worker.start()
        try:
            with beating(lake), serving(folder, lake) as address:
                yield address
        finally:
            ended.set()
            worker.join()
