"""`python -m tests.browser.pictures [PAGE…]`: every page in every situation, size, theme and language, as pictures.

Each goes whole, not only its first screen, to .pictures/PAGE/SITUATION-WIDTH-THEME-LANGUAGE.png. docs/pictures gets a
contact sheet for each page, one of the board at a glance, and the two boards of the README. PAGE is one of the folders
(`dispatch`, `module-sewage`, `board`), all of them where none is named.
"""

import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import groupby
from pathlib import Path
from time import monotonic, sleep

import requests
from PIL import Image
from playwright.sync_api import Error, Page

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from data_sources.settings import Settings
from data_sources.utility import Utility
from metrics.board import make_board
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from sample_data.events import CYCLE_DAYS, events
from tests.browser.chrome import chromium
from tests.browser.contact_sheet import board_sheet, first_screen, index, page_sheet, save_sheet, sheet_of
from tests.browser.shots import BOARD_SHOTS, BOARDS, Shot, all_shots, name_of, pages, rows_of
from tests.serving import serving
from tests.small_utility import write_small_utility

FOLDER = ROOT / "docs" / "pictures"
SINGLE = ROOT / ".pictures"
BWDF = ROOT / "sample_data" / "bwdf"
COLOURS = 96
"""Enough for a screen of greys and two accents; keeps a picture small."""
LONGEST_WAIT_MS = 300_000
ORDINARY = (19, 10.0)
"""A day of the sample's cycle without events, and a local hour of it."""
TALLEST = 8000
"""Pixels; from 8192 on a browser paints the beginning again."""
TALL = "Math.max(...[document.documentElement, ...document.querySelectorAll('.stMain')].map(e => e.scrollHeight))"

SCROLL = "to => { const main = document.querySelector('.stMain'); main.scrollTop = to; return main.scrollTop }"
"""Where it then stands, px from the top."""


@dataclass(frozen=True)
class Place:
    """What one server shows: a utility, its lake, past moment or none, and whether a worker runs."""

    utility: Path
    lake: Path
    moment: datetime | None
    worker: str


def moment_in_cycle(utility: Utility, cycle_day: int, hour: float, before: datetime) -> datetime:
    """The last time before `before` that the sample's cycle stood there."""
    offset = before.astimezone(utility.zone).utcoffset() or timedelta()
    local_days = (before + offset - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(days=1)
    start = int(local_days // CYCLE_DAYS * CYCLE_DAYS) + cycle_day + hour / 24
    start = start if start <= local_days else start - CYCLE_DAYS
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=start) - offset


@contextmanager
def without_rows() -> Iterator[tuple[Path, Path]]:
    """A small utility and its lake without a row, whose board says so."""
    with tempfile.TemporaryDirectory() as base:
        folder, now = write_small_utility(Path(base) / "tiny"), datetime.now(UTC)
        utility, lake = load_utility(folder), Path(base) / "lake"
        lake.mkdir()
        board = make_board(Engine(utility, Lake(lake, utility), load_catalogue(utility)), now, now)
        (lake / "board.json").write_text(json.dumps(board.model_dump(mode="json")), encoding="utf-8")
        yield folder, lake


def places(settings: Settings, empty: tuple[Path, Path], now: datetime) -> dict[tuple[str, bool], Place]:
    """Situation and whether a board → where it is taken. A board of now says whether a worker runs, so one does; of
    nothing known, none ever ran.
    """
    utility, storm = load_utility(settings.utility), events("storm")[0]
    ours, bwdf = (settings.utility, settings.lake_of(utility.id)), (BWDF, settings.lake_of("bwdf"))
    ordinary = moment_in_cycle(utility, *ORDINARY, now)
    midst = moment_in_cycle(utility, storm.cycle_day, storm.hour + storm.hours / 2, now)
    return {
        **dict.fromkeys((("ordinary", False), ("ordinary", True)), Place(*ours, ordinary, "external")),
        **dict.fromkeys((("storm", False), ("storm", True)), Place(*ours, midst, "external")),
        **dict.fromkeys((("unknown", False), ("unknown", True)), Place(*empty, None, "external")),
        ("bwdf", False): Place(*bwdf, None, "external"),
        ("bwdf", True): Place(*bwdf, None, "embedded"),
        ("now", True): Place(*ours, None, "embedded"),
    }


def opened(page: Page, address: str, shot: Shot, moment: datetime | None) -> None:
    """Go to a page and wait until it stands, with its fonts and scripts; a map has no sign and gets a moment."""
    at = "" if moment is None else f"&at={moment:%Y-%m-%dT%H:%M:%SZ}&as=computed"
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.goto(f"{address}{shot.address}{at}")
    sign = ".board .tile" if shot.page in BOARDS else "[data-drawn]"
    page.wait_for_selector(sign, state="attached")
    page.wait_for_selector("#first", state="detached")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(3000 if shot.page in BOARDS else 700)


def take(page: Page, shot: Shot) -> None:
    """A picture of the whole of an open page at a size; the page scrolls inside, so the window becomes as tall."""
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.wait_for_timeout(300)
    tall = max(page.evaluate(TALL), shot.height)
    if tall > shot.height:
        page.set_viewport_size({"width": shot.width, "height": min(tall, TALLEST)})
        page.wait_for_timeout(400)
    file = SINGLE / shot.file
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file)
    if tall > TALLEST:
        lengthen(page, file)
    if failure := page.query_selector(".failure"):
        raise Error(failure.inner_text())


def lengthen(page: Page, file: Path) -> None:
    """Add to the picture of a page's first part what stands below it."""
    end = page.evaluate(SCROLL, 1_000_000)
    page.wait_for_timeout(400)
    with Image.open(file) as first, Image.open(BytesIO(page.screenshot())) as last:
        whole = Image.new("RGB", (first.width, end + last.height))
        whole.paste(first, (0, 0))
        whole.paste(last, (0, end))
        whole.save(file)
    page.evaluate(SCROLL, 0)


def take_look(page: Page, address: str, shots: Sequence[Shot], moment: datetime | None) -> dict[Shot, str]:
    """The sizes of one page in one theme and language, from one load; what went wrong, of each that did."""
    wrong = {}
    try:
        opened(page, address, shots[0], moment)
    except Error as late:
        return dict.fromkeys(shots, f"did not stand: {late.message}")
    for shot in shots:
        try:
            take(page, shot)
        except Error as failed:
            wrong[shot] = failed.message
    return wrong


def wait_for_worker(address: str) -> None:
    """Until the worker has made a board of now; after a while the board may as well say that it is old."""
    ends = monotonic() + LONGEST_WAIT_MS / 1000
    while requests.get(f"{address}/api/ready", timeout=60).status_code != 200 and monotonic() < ends:
        sleep(1)


def take_place(place: Place, shots: Sequence[Shot]) -> dict[Shot, str]:
    """All pictures of one server, by a browser of its own; what went wrong."""
    wrong: dict[Shot, str] = {}
    try:
        with chromium() as browser, serving(place.utility, place.lake, WATER_WORKER=place.worker) as address:
            if place.worker == "embedded":
                wait_for_worker(address)
            context = browser.new_context()
            context.set_default_timeout(LONGEST_WAIT_MS)
            for (scene, page, theme, lang), group in groupby(
                shots, lambda shot: (shot.scene, shot.page, shot.theme, shot.lang)
            ):
                started, tab = monotonic(), context.new_page()
                told = take_look(tab, address, list(group), place.moment)
                tab.close()
                wrong |= told
                print(f"{monotonic() - started:5.1f} s  {scene} {name_of(page)} {theme} {lang}", flush=True)
                for shot, why in told.items():
                    print(f"FAILED {shot.file}: {why}", file=sys.stderr, flush=True)
    except (AssertionError, Error, requests.RequestException) as failed:
        rest = [shot for shot in shots if shot not in wrong and not (SINGLE / shot.file).exists()]
        return wrong | dict.fromkeys(rest, f"server or browser: {failed}")
    return wrong


def take_all(shots: Sequence[Shot]) -> dict[Shot, str]:
    """Every picture, one more place at a time than there are cores, as each also waits; what went wrong."""
    by_place: defaultdict[Place, list[Shot]] = defaultdict(list)
    with without_rows() as empty:
        where = places(Settings(), empty, datetime.now(UTC))
        for shot in shots:
            (SINGLE / shot.file).unlink(missing_ok=True)
            by_place[where[shot.scene, shot.page in BOARDS]].append(shot)
        for group in by_place.values():
            group.sort(key=lambda shot: (shot.page, shot.theme, shot.lang))
        longest_first = sorted(by_place.items(), key=lambda one: -len(one[1]))
        with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:
            told = pool.map(lambda one: take_place(*one), longest_first)
            return {shot: why for wrong in told for shot, why in wrong.items()}


def write_sheets(names: Sequence[str]) -> None:
    """The contact sheets of these pages, and what stands in the README, from the pictures that there are."""
    for page in pages():
        if name_of(page) in names and (sheet := page_sheet(rows_of(page), SINGLE)):
            save_sheet(sheet, FOLDER / sheet_of(page))
    (FOLDER / "README.md").write_text(index(FOLDER), encoding="utf-8")
    boards = [shot for shot in BOARD_SHOTS if (SINGLE / shot.file).exists()]
    if len(boards) == len(BOARD_SHOTS):
        keep(board_sheet([first_screen(SINGLE / shot.file, shot) for shot in boards]), "contact-sheet")
        for shot in BOARD_SHOTS[:2]:
            keep(first_screen(SINGLE / shot.file, shot), f"board-{shot.theme}-{shot.lang}")


def keep(picture: Image.Image, name: str) -> None:
    """Save a picture with few colours, which keeps it small."""
    picture.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


def main(names: Sequence[str]) -> int:
    """Take the pictures; 1 where a lake is missing, a page has no such name, or a picture failed."""
    known, settings = [name_of(page) for page in pages()], Settings()
    names = names or known
    if unknown := sorted({*names} - {*known}):
        print(f"no such page: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 1
    for folder in (settings.utility, BWDF):
        lake = settings.lake_of(load_utility(folder).id)
        if not (lake / "board.json").exists():
            print(
                f"{lake} has no board: build it and run the app over it once (docs/your-own-data.md)", file=sys.stderr
            )
            return 1
    shots = [shot for shot in all_shots() if name_of(shot.page) in names]
    wrong = take_all(shots)
    write_sheets(names)
    print(f"{len(shots) - len(wrong)} of {len(shots)} pictures in {SINGLE}")
    for shot, why in wrong.items():
        print(f"FAILED {shot.file}: {why.splitlines()[0]}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
