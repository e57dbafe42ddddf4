"""`python -m tests.browser.storm_case`: the pictures of docs/storm-case.md, from the town's lake before and after."""

import io
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from metrics.engine import Engine
from tests.browser.chrome import chromium
from tests.browser.pictures import keep
from tests.linked_lake import linked_lake
from tests.serving import serving
from tests.storm_town.case import AFTER, DISPATCHER, OVER, accepted, before_the_storm, the_storm_comes
from tests.storm_town.town import FOLDER

WIDTH, HEIGHT = 1366, 5400
"""Tall enough for a whole page, so that no part of it has to be scrolled to."""
LOOK = "theme=light&lang=zh"
FORECAST, PLAN = "未来 24 小时：雨 → 进水 → 液位", "未来 24 小时泵站调度方案"
ADVICE, COURSE, WHAT_IF = "30 天建议", "雨 → 进水 → 液位", "假如"
"""Headings of the dispatch page."""


def opened(browser: Browser, address: str, path: str, waits_for: str, at: datetime | None = None) -> Page:
    """A page once it stands."""
    moment = "" if at is None else f"&at={at:%Y-%m-%dT%H:%M:%SZ}&as=computed"
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.goto(f"{address}/{path}?{LOOK}{moment}")
    page.wait_for_selector(waits_for, state="attached", timeout=120_000)
    page.wait_for_timeout(3000)
    return page


def part(page: Page, heading: str, until: str) -> Image.Image:
    """A part of a page, from its heading to another."""
    tops = page.locator("h2").evaluate_all(
        "all => all.map(one => [one.innerText.trim(), one.getBoundingClientRect().top])"
    )
    top, end = (next(at for text, at in tops if text.startswith(one)) - 12 for one in (heading, until))
    return cut(page, 0, top, WIDTH, end - top)


def cut(page: Page, left: float, top: float, width: float, height: float) -> Image.Image:
    """A rectangle of a page."""
    box = {"x": left, "y": top, "width": width, "height": height}
    return Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")  # type: ignore[arg-type]


def before(browser: Browser, engine: Engine) -> None:
    """What the screen says five hours before the storm."""
    with serving(FOLDER, engine.lake.root, WATER_WORKER="embedded", WATER_USER=DISPATCHER) as address:
        board = opened(browser, address, "", ".board .tile")
        keep(cut(board, 0, 0, WIDTH, 440), "storm-case-board")
        board.close()
        page = opened(browser, address, "dispatch", "[data-drawn]")
        keep(part(page, FORECAST, PLAN), "storm-case-forecast")
        keep(part(page, PLAN, "建议"), "storm-case-plan")
        page.close()


def after(browser: Browser, engine: Engine, name: str) -> None:
    """What the wells did, and what became of the advice."""
    with serving(FOLDER, engine.lake.root) as address:
        page = opened(browser, address, "dispatch", "[data-drawn]", OVER)
        keep(part(page, COURSE, WHAT_IF), f"storm-case-{name}")
        page.close()
        page = opened(browser, address, "dispatch", "[data-drawn]", AFTER)
        keep(part(page, ADVICE, COURSE), f"storm-case-{name}-record")
        page.close()


def main() -> int:
    """Take them."""
    with tempfile.TemporaryDirectory() as base, chromium() as browser:
        told = before_the_storm(Path(base) / "told")
        before(browser, told)
        for name, is_followed in (("heeded", True), ("unheeded", False)):
            engine = Engine(told.utility, linked_lake(told.lake, Path(base) / name), told.catalogue)
            if is_followed:
                accepted(engine)
            the_storm_comes(engine, is_plan_followed=is_followed)
            after(browser, engine, name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
