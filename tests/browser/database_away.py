"""`python -m tests.browser.database_away`: the picture of docs/operations.md, data health while the database is away.

It runs the live demonstration over a copy of its lake, as `make run LIVE=1` does.
"""

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from data_sources.settings import Settings
from data_sources.status import source_status
from tests.browser.chrome import chromium
from tests.browser.pictures import FOLDER
from tests.serving import free_port

WIDTH, HEIGHT = 1400, 520
LONGEST_WAIT_S = 240
LOOK = "theme=dark&lang=zh"


@contextmanager
def live(lake: Path) -> Iterator[tuple[str, Path]]:
    """The live demonstration: the address of its app, and the folder of its servers."""
    port = free_port()
    command = [sys.executable, "-m", "sample_data", "serve", "--port", str(free_port()), "--", sys.executable, "app.py"]
    environment = {**os.environ, "WATER_LAKE": str(lake), "WATER_PORT": str(port), "WATER_WORKER": "embedded"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}", lake.with_name(f"{lake.name}-live")
    finally:
        process.terminate()
        process.wait()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for it. Raises TimeoutError."""
    ends = time.monotonic() + LONGEST_WAIT_S
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {LONGEST_WAIT_S} s: {what}")
        time.sleep(1)


def historians(lake: Path, servers: Path) -> list[dict[str, Any]]:
    """What status says of the databases' sources of readings; nothing before there are any."""
    if not (servers / "utility" / "sources.toml").exists() or not (lake / "sources.json").exists():
        return []
    utility = load_utility(servers / "utility")
    told = source_status(Lake(lake, utility), utility, datetime.now(UTC))
    return [one for one in told if one["kind"] == "sql" and one["source"] in utility.points["source"]]


def bring_rows(told: Sequence[dict[str, Any]]) -> bool:
    """Whether each has brought the newest rows."""
    now, fresh = datetime.now(UTC), timedelta(minutes=2)
    return bool(told) and all(
        one["state"] == "ok" and now - datetime.fromisoformat(one["last_data_time"]) < fresh for one in told
    )


def fail(told: Sequence[dict[str, Any]]) -> bool:
    """Whether each fails."""
    return bool(told) and all(one["state"] == "failed" for one in told)


def sources_table(browser: Browser, address: str) -> Image.Image:
    """The head of the table of sources."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 4000})
    page.goto(f"{address}/health?{LOOK}")
    page.wait_for_selector('[data-table="sources"]', state="attached", timeout=120_000)
    page.wait_for_timeout(3000)
    heading = page.locator("h2", has_text="数据源").first.bounding_box()
    assert heading is not None
    box = {"x": 0, "y": heading["y"] - 12, "width": WIDTH, "height": HEIGHT}
    return Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")  # type: ignore[arg-type]


def main() -> int:
    """Take it; 1 where there is no lake."""
    settings = Settings()
    root = settings.lake_of(load_utility(settings.utility).id)
    if not (root / "board.json").exists():
        print(f"{root} has no board: run the app over it once (docs/your-own-data.md)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="live-") as base:
        lake = Path(base) / "lake"
        shutil.copytree(root, lake)
        for cursors in lake.glob("spool/*/cursors.json"):  # an earlier database's
            cursors.unlink()
        with live(lake) as (address, servers), chromium() as browser:
            until(lambda: bring_rows(historians(lake, servers)), "the sources bring rows")
            postmaster = int((servers / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            os.kill(postmaster, signal.SIGTERM)
            until(lambda: fail(historians(lake, servers)), "the sources miss their database")
            picture = sources_table(browser, address).quantize(256, Image.Quantize.FASTOCTREE)
            picture.save(FOLDER / "health-database-away.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
