"""Every page in every situation, size, theme and language, so that any two of them meet: whole, in bounds, quiet.

Other tests look deeper at fewer; `make pictures` shows everything to people.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from metrics.board import make_board, write_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.clock import now_of
from metrics.engine import Engine
from sample_data.bwdf_build import build_bwdf
from sample_data.events import events
from tests.browser.pictures import BWDF, moment_in_cycle, without_rows
from tests.browser.shots import SCENES, pairwise_shots
from tests.browser.test_walk_in_browser import CUT, settle
from tests.conftest import AS_OF
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
GO = "address => { history.pushState({}, '', address); dispatchEvent(new PopStateEvent('popstate', { state: {} })); }"
"""As a link of a page does; only another theme is loaded anew."""


@contextmanager
def bwdf_site(root) -> Iterator[str]:
    """A server over the public record, built here."""
    utility = load_utility(BWDF)
    lake = Lake(root, utility)
    build_bwdf(lake, utility, lambda done, total: None)
    now = now_of(utility, lake)
    build_marts(lake, utility, now)
    write_board(lake, make_board(Engine(utility, lake, load_catalogue(utility)), now, now))
    with serving(BWDF, lake.root) as address:
        yield address


@pytest.fixture(scope="module")
def site_of(request, tmp_path_factory) -> Iterator[tuple[str, str]]:
    """Where a situation is served, and its moment as an address has it."""
    if request.param == "bwdf":
        with bwdf_site(tmp_path_factory.mktemp("bwdf") / "lake") as address:
            yield address, ""
    elif request.param == "unknown":
        with without_rows() as empty, serving(*empty) as address:
            yield address, ""
    else:
        storm = events("storm")[0]
        midst = moment_in_cycle(
            request.getfixturevalue("demonstration"), storm.cycle_day, storm.hour + storm.hours / 2, AS_OF
        )
        moment = midst if request.param == "storm" else AS_OF
        yield request.getfixturevalue("sample_site"), f"&at={moment:%Y-%m-%dT%H:%M:%SZ}&as=computed"


def faults(page, width: int) -> list:
    """What is wrong with the page as it stands."""
    told = [("failed", one.inner_text()) for one in page.query_selector_all(".failure")]
    scrolled = page.evaluate("document.querySelector('.stMain').scrollWidth")
    told += [("wider than the screen", scrolled)] if scrolled > width else []
    told += [] if page.query_selector("[data-value], [data-table], .missing") else [("says nothing", page.url)]
    return told + [("cut off", text) for text in page.evaluate(CUT)]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    ("scene", "site_of"), [(one, one) for one in SCENES], ids=SCENES, indirect=["site_of"], scope="module"
)
def test_every_page_stands_in_its_share_of_all_looks(new_page, site_of, scene, theme):
    address, moment = site_of
    page, mark, wrong = new_page(), None, []
    shots = [shot for shot in pairwise_shots() if (shot.scene, shot.theme) == (scene, theme)]
    assert shots
    for shot in shots:
        page.set_viewport_size({"width": shot.width, "height": shot.height})
        if mark is None:
            page.goto(f"{address}{shot.address}{moment}")
        else:
            page.evaluate(GO, f"{shot.address}{moment}")
        mark = settle(page, mark)
        wrong += [(shot.file, *one) for one in faults(page, shot.width)]
    assert wrong == []
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith((address, "data:", "blob:"))] == []
