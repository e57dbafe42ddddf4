"""From the packet a station sends over HJ 212 to the value on the board in a browser, with all groups live."""

import argparse
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page

from bench.claim import Claim
from bench.synthetic import demonstration
from data_sources.hj212_protocol.encode import report
from data_sources.lake import Lake
from data_sources.load import load_utility
from sample_data.build import build
from tests.browser.chrome import chromium
from tests.outlets import WorkerProcess, free_port
from tests.serving import serving

GOAL = "p95 at most 3 s, refresh_seconds = 1"
MN, CODE, POINT = "BENCHPS01", "x00001", "PS01.S.level"
LONGEST_S = 60.0
WATCH = """
  window.seen = {};
  const look = () => {
    const text = document.querySelector(".exceptions")?.textContent ?? "";
    for (const [, value] of text.matchAll(/(\\d\\.\\d+) m(?![a-z])/g)) window.seen[value] ??= Date.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
"""Notes when a value past its limit stands in the list of exceptions that is painted next."""


@contextmanager
def plant(folder: Path) -> Iterator[tuple[str, int]]:
    """The demonstration, its sample live, one wet well by HJ 212; yields the board's address and the station port."""
    port = free_port()
    shutil.copytree(demonstration().folder, folder / "utility")
    settings, points = folder / "utility" / "utility.toml", folder / "utility" / "points.csv"
    text = re.sub(r"(?m)^refresh_seconds.*\n", "", settings.read_text("utf-8"))
    settings.write_text(text.replace("\n[map]", "\nrefresh_seconds = 1\n\n[map]", 1), "utf-8")
    well = re.compile(rf"(?m)^({re.escape(POINT)},.*),sewage_scada_east,[^,]*,")
    points.write_text(well.sub(rf"\1,bench,{MN}/{CODE},", points.read_text("utf-8")), "utf-8")
    with (folder / "utility" / "sources.toml").open("a") as sources:
        sources.write(f'\n[bench]\nkind = "hj212"\nport = {port}\nstations = ["{MN}"]\n')
    lake = Lake(folder / "lake", load_utility(folder / "utility"))
    build(lake, lake.utility, datetime.now(UTC), 2, 0, lambda done, total: None)
    worker = WorkerProcess(folder / "utility", lake.root)
    worker.start()
    try:
        with serving(folder / "utility", lake.root) as address:
            yield address, port
    finally:
        worker.kill()


def seconds_to_glass(page: Page, station: socket.socket, number: int) -> float:
    """Send a value farther past its limit than all before, and wait until it is in the list."""
    level, sent_at = 5.01 + number / 100, time.time()
    shown = f"{level:.2f}".rstrip("0")
    station.sendall(report(MN, datetime.now(UTC), [(CODE, level, "N")]))
    page.wait_for_function(f"window.seen['{shown}'] !== undefined", timeout=LONGEST_S * 1000)
    return float(page.evaluate(f"window.seen['{shown}']")) / 1000 - sent_at


def main(packets: int) -> Claim:
    """One packet at a time, at moments that don't keep step with the worker's rounds; the first is not counted."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        plant(Path(name)) as (address, port),
        chromium() as browser,
    ):
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.add_init_script(WATCH)
        page.goto(address)
        page.wait_for_selector(".tile", timeout=LONGEST_S * 3000)
        station = _connected(port)
        taken = []
        for number in range(packets + 1):
            taken.append(seconds_to_glass(page, station, number))
            time.sleep(1.1 + number % 7 / 10)
        station.close()
    taken = sorted(taken[1:])
    measured = {"p50_s": taken[len(taken) // 2], "p95_s": taken[int(len(taken) * 0.95)], "longest_s": taken[-1]}
    size = {"packets": packets, "groups": demonstration().groups.height}
    return Claim("field_to_glass", GOAL, measured, measured["p95_s"] <= 3, size)


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + LONGEST_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 5)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=40)
    print(main(parser.parse_args().packets).line())
