"""Each page in an open session: from the click on "next" to its first values and its end, on 13 months of history."""

import argparse
from statistics import median
from time import perf_counter

from playwright.sync_api import Page

from bench.claim import Claim
from bench.served import history_served
from pages.components.page_list import PAGES
from tests.browser.chrome import chromium

GOAL = "from a click to the first values of a page at most 1 s, median over all pages; nobody has asked before"
MOST_S = 1.0
VALUES = """
  before => {
    const title = document.querySelector(".head h1");
    if (!title || title.textContent === before) return false;
    const fresh = (e) => !e.closest("[data-stale=true]");
    return [...document.querySelectorAll("[data-value], [data-table], .missing")].some(fresh);
  }
"""
"""A value, a table, or the words that say what is missing, of another page than before."""
DRAWN = "before => (document.querySelector('[data-drawn]')?.dataset.drawn ?? before) !== before"


def walk(page: Page, address: str) -> dict[str, tuple[float, float]]:
    """Address → seconds to the first values and to the end of drawing, of each page but the first."""
    taken = {}
    page.goto(f"{address}/module?id=raw_water")
    page.wait_for_function(DRAWN, arg=None, timeout=120_000)
    while page.query_selector(".head .next"):
        mark = page.get_attribute("[data-drawn]", "data-drawn")
        title = page.inner_text(".head h1")
        name = page.get_attribute(".head .next", "href") or ""
        started = perf_counter()
        page.click(".head .next")
        page.wait_for_function(VALUES, arg=title, timeout=60_000)
        values = perf_counter() - started
        page.wait_for_function(DRAWN, arg=mark, timeout=60_000)
        taken[name.split("&")[0].split("?lang")[0].strip("/")] = values, perf_counter() - started
    return taken


def main(times: int) -> Claim:
    """Medians of each page over so many new sessions, each at a snapshot of its own, so that no answer is kept."""
    rounds = []
    with history_served() as (address, renew), chromium() as browser:
        for number in range(times + 1):
            renew(number)
            page = browser.new_page(viewport={"width": 1366, "height": 1024})
            taken = walk(page, address)
            page.close()
            if number:  # server and browser have warmed up
                rounds.append(taken)
    first = {name: median(one[name][0] for one in rounds) for name in rounds[0]}
    whole = {name: median(one[name][1] for one in rounds) for name in rounds[0]}
    measured = {f"{name}_values_s": seconds for name, seconds in first.items()}
    measured |= {f"{name}_drawn_s": seconds for name, seconds in whole.items()}
    measured["median_values_s"], measured["slowest_values_s"] = median(first.values()), max(first.values())
    return Claim("pages", GOAL, measured, median(first.values()) <= MOST_S, {"pages": len(PAGES), "rounds": times})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    print(main(parser.parse_args().rounds).line())
