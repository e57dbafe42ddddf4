"""`python -m tests.browser.pictures`: screenshots of the demonstration utility's board into docs/pictures."""

import io
import sys

from PIL import Image

from data_sources.load import load_utility
from data_sources.problems import ROOT
from data_sources.settings import Settings
from tests.browser.conftest import chromium
from tests.serving import serving

FOLDER = ROOT / "docs" / "pictures"
COLOURS = 96
"""Enough for a screen of greys and two accents; keeps a picture small."""


def main() -> int:
    """Take the pictures; 1 where there is no board to show."""
    settings = Settings()
    lake = settings.lake_of(load_utility(settings.utility).id)
    if not (lake / "board.json").exists():
        print(f"{lake} has no board yet: run make run once", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with serving(settings.utility, lake, WATER_WORKER="embedded") as address, chromium() as browser:
        for lang in ("zh", "en"):
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{address}/?lang={lang}")
            page.wait_for_selector('.board[data-stale="false"] .spark', timeout=60_000)
            page.wait_for_timeout(2000)
            picture = Image.open(io.BytesIO(page.screenshot()))
            picture.convert("RGB").quantize(COLOURS).save(FOLDER / f"board-dark-{lang}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
