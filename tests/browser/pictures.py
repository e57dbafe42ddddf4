"""`python -m tests.browser.pictures [boards] [pages]`: screenshots into docs/pictures, of both where none is named.

Two boards in full for the README; a contact sheet of the board at all sizes, themes, languages and in all situations,
chosen so that every two of these choices meet; and one of every page of the list, at each size.
"""

import io
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, TimeoutError

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from data_sources.settings import Settings
from data_sources.utility import Utility
from metrics.board import make_board
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from pages.components.page_list import PAGES
from sample_data.events import CYCLE_DAYS, events
from tests.browser.chrome import chromium
from tests.serving import serving
from tests.small_utility import write_small_utility

FOLDER = ROOT / "docs" / "pictures"
BWDF = ROOT / "sample_data" / "bwdf"
COLOURS = 96
"""Enough for a screen of greys and two accents; keeps a picture small."""
THUMB = 460
LONGEST_WAIT_MS = 120_000
COLUMNS = 4
ORDINARY = (19, 10.0)
"""A day of the sample's cycle without events, and a local hour of it."""


@dataclass(frozen=True)
class Shot:
    """One picture: a page in a situation, at a size, in a theme and language."""

    page: str
    scene: str
    width: int
    height: int
    theme: str
    lang: str

    @property
    def address(self) -> str:
        """Path and query, without the moment."""
        joint = "&" if "?" in self.page else "?"
        return f"/{self.page}{joint}theme={self.theme}&lang={self.lang}"


SHOTS = (
    Shot("", "ordinary", 1920, 1080, "dark", "zh"),
    Shot("", "storm", 1920, 1080, "dark", "en"),
    Shot("", "ordinary", 1920, 1080, "light", "en"),
    Shot("", "storm", 3840, 2160, "light", "zh"),
    Shot("", "storm", 1366, 1024, "dark", "zh"),
    Shot("", "ordinary", 1024, 768, "dark", "en"),
    Shot("", "storm", 768, 1024, "light", "en"),
    Shot("", "unknown", 1920, 1080, "dark", "zh"),
    Shot("", "bwdf", 1920, 1080, "light", "en"),
    Shot("", "bwdf", 1366, 1024, "dark", "zh"),
    Shot("", "unknown", 768, 1024, "light", "zh"),
    Shot("wall", "unknown", 3840, 2160, "dark", "en"),
    Shot("wall", "now", 1920, 1080, "light", "zh"),
    Shot("wall", "bwdf", 1920, 1080, "dark", "en"),
    Shot("wall", "now", 3840, 2160, "dark", "zh"),
)


SIZES = ((1920, 1080), (1366, 1024), (1024, 768), (768, 1024))
SCENES = ("ordinary", "storm", "bwdf", "unknown")


def page_shots() -> tuple[Shot, ...]:
    """Every page behind the board at each size; situation, theme and language change from one to the next, so that over
    a few pages each situation is seen at each size, in both themes and languages.
    """
    shots = []
    for number, entry in enumerate(one for one in PAGES if one.path):
        address = entry.path + (f"?{urlencode(entry.face)}" if entry.face else "")
        for place, (width, height) in enumerate(SIZES):
            theme, lang = (
                ("dark", "light")[(number // 4 + place) % 2],
                ("zh", "en")[(number + number // 8 + place // 2) % 2],
            )
            shots.append(Shot(address, SCENES[(number + 3 * place) % len(SCENES)], width, height, theme, lang))
    return tuple(shots)


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


def take(browser: Browser, address: str, shot: Shot, moment: datetime | None) -> Image.Image:
    """One screenshot, once everything stands."""
    at = "" if moment is None else f"&at={moment:%Y-%m-%dT%H:%M:%SZ}&as=computed"
    page = browser.new_page(viewport={"width": shot.width, "height": shot.height})
    page.goto(f"{address}{shot.address}{at}")
    try:
        page.wait_for_selector(
            ".board .tile" if shot.page in ("", "wall") else "[data-drawn]", state="attached", timeout=LONGEST_WAIT_MS
        )
    except TimeoutError as late:
        text = page.locator("body").inner_text()[:300]
        raise TimeoutError(f"{shot} of {at or 'now'} did not stand; it says: {text!r}") from late
    page.wait_for_timeout(7000 if shot.page in ("", "wall") else 1500)
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    return picture.convert("RGB")


def contact_sheet(pictures: list[Image.Image], columns: int = COLUMNS, thumb: int = THUMB) -> Image.Image:
    """All pictures small, row by row."""
    small = [one.resize((thumb, one.height * thumb // one.width), Image.Resampling.LANCZOS) for one in pictures]
    rows = [small[at : at + columns] for at in range(0, len(small), columns)]
    heights = [max(one.height for one in row) + 12 for row in rows]
    sheet = Image.new("RGB", (columns * (thumb + 12) + 12, sum(heights) + 12), "#7a7a7a")
    top = 12
    for row, height in zip(rows, heights, strict=True):
        for column, one in enumerate(row):
            sheet.paste(one, (12 + column * (thumb + 12), top))
        top += height
    return sheet


def pictures(browser: Browser, shots: Sequence[Shot], worker: str) -> dict[Shot, Image.Image]:
    """Every shot, situation by situation. Without a worker (`external`) a board says so, and data health;
    the other pages don't."""
    settings = Settings()
    utility = load_utility(settings.utility)
    lake, bwdf = settings.lake_of(utility.id), settings.lake_of("bwdf")
    now = datetime.now(UTC)
    storm = events("storm")[0]
    moments = {
        "ordinary": moment_in_cycle(utility, *ORDINARY, now),
        "storm": moment_in_cycle(utility, storm.cycle_day, storm.hour + storm.hours / 2, now),
    }
    taken = {}
    with without_rows() as empty:
        places = {
            "unknown": (*empty, "external"),
            "bwdf": (BWDF, bwdf, worker),
            **dict.fromkeys(("now", "ordinary", "storm"), (settings.utility, lake, worker)),
        }
        for place in dict.fromkeys(places.values()):
            folder, where, how = place
            with serving(folder, where, WATER_WORKER=how) as address:
                for shot in shots:
                    if places[shot.scene] == place:
                        taken[shot] = take(browser, address, shot, moments.get(shot.scene))
    return taken


def main(wanted: Sequence[str]) -> int:
    """Take the pictures; 1 where a lake is missing."""
    settings = Settings()
    for folder in (settings.utility, BWDF):
        lake = settings.lake_of(load_utility(folder).id)
        if not (lake / "board.json").exists():
            print(
                f"{lake} has no board: build it and run the app over it once (docs/your-own-data.md)", file=sys.stderr
            )
            return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        if "boards" in wanted:
            taken = pictures(browser, SHOTS, "embedded")
            for shot in SHOTS[:2]:
                keep(taken[shot], f"board-{shot.theme}-{shot.lang}")
            keep(contact_sheet([taken[shot] for shot in SHOTS]), "contact-sheet")
        if "pages" in wanted:
            behind = page_shots()
            taken = pictures(browser, behind, "external")
            keep(contact_sheet([taken[shot] for shot in behind], 2 * len(SIZES), THUMB // 2), "contact-sheet-pages")
    return 0


def keep(picture: Image.Image, name: str) -> None:
    """Save a picture with few colours, which keeps it small."""
    picture.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ("boards", "pages")))
