"""First paint of the 18 values and of everything, in a real browser, beside a plain Dash page in the same run."""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import sleep
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext

from bench.claim import Claim
from bench.served import storm_served
from tests.browser.chrome import chromium
from tests.serving import free_port

GOAL = (
    "time to the values: /wall at most 0.4 × Dash, the app at most 0.8 × with a cold cache and 1.0 × with a warm one; "
    "everything at most 1.0 ×"
)
LOOK = """
  const tell = (name) => { window.painted ??= {}; window.painted[name] ??= performance.now(); };
  const look = () => {
    const values = [...document.querySelectorAll(".tile .value")].filter((one) => one.textContent.trim()).length;
    if (values >= 18) tell("values");
    const plots = document.querySelectorAll(".js-plotly-plot .main-svg").length;
    const deck = document.querySelector(".st-key-plant_map canvas"), live = plots >= 2 || (deck && deck.width > 300);
    if (values >= 18 && (live || document.querySelector(".plant img"))) tell("everything");
    if (live || document.querySelector("#wall .plant img")) tell("live_map");
    if (!window.painted?.live_map) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
"""Notes in the page when 18 values, and when map and charts besides, are in the frame that is painted next.

The app's map is first the drawn one of the first answer, then the live one, whose time is told apart.
"""
SETTLE_S = 1.5
"""Before each page, so that none pays for what the one before it still does in browser and server."""


@contextmanager
def dash_served() -> Iterator[str]:
    """The address of the Dash page."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "bench.dash_page", "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/", timeout=2).read()
            except URLError:
                sleep(0.2)
            else:
                break
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def paint(context: BrowserContext, address: str) -> dict[str, float]:
    """Seconds from the start of navigation to the values, and to everything."""
    page = context.new_page()
    page.add_init_script(LOOK)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.painted?.live_map", timeout=60_000)
    painted: dict[str, float] = page.evaluate("window.painted")
    page.close()
    return {name: at / 1000 for name, at in painted.items()}


def rounds(browser: Browser, addresses: dict[str, str], times: int) -> dict[str, list[float]]:
    """`<page>_<cold|warm>_<values|everything>` → seconds of each round; the pages take turns."""
    taken: dict[str, list[float]] = {}
    for _ in range(times):
        for name, address in addresses.items():
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            for cache in ("cold", "warm"):
                sleep(SETTLE_S)
                for what, seconds in paint(context, address).items():
                    taken.setdefault(f"{name}_{cache}_{what}", []).append(seconds)
            context.close()
    return taken


def main(times: int) -> Claim:
    """Medians of all pages, and their ratios to Dash."""
    with storm_served() as address, dash_served() as dash, chromium() as browser:
        addresses = {"app": f"{address}/", "wall": f"{address}/wall", "dash": dash}
        rounds(browser, addresses, 1)  # servers and browser warm up
        taken = {name: median(seconds) for name, seconds in rounds(browser, addresses, times).items()}

    def ratio(page: str, cache: str, what: str) -> float:
        return taken[f"{page}_{cache}_{what}"] / taken[f"dash_{cache}_{what}"]

    met = (
        all(ratio("wall", cache, "values") <= 0.4 for cache in ("cold", "warm"))
        and ratio("app", "cold", "values") <= 0.8
        and ratio("app", "warm", "values") <= 1.0
        and all(ratio(page, cache, "everything") <= 1.0 for page in ("app", "wall") for cache in ("cold", "warm"))
    )
    ratios = {
        f"{page}_{cache}_{what}_ratio": ratio(page, cache, what)
        for page in ("app", "wall")
        for cache in ("cold", "warm")
        for what in ("values", "everything")
    }
    return Claim("first_paint", GOAL, taken | ratios, met, {"rounds": times})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    print(main(parser.parse_args().rounds).line())
