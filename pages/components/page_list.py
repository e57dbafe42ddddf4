"""The pages in their one order: navigation, menu, next and previous follow it. Whoever adds a page adds its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data_sources.vocabulary import MODULES
from pages.components.words import Words

FOLDER = Path(__file__).parent.parent


@dataclass(frozen=True)
class Entry:
    """A page: its address, and what in the address tells it from the other faces of the same file."""

    path: str
    face: tuple[tuple[str, str], ...] = ()

    @property
    def file(self) -> Path:
        """What draws it: pages/<path>.py; the address "" is the board."""
        return FOLDER / f"{self.path or 'board'}.py"

    def name(self, say: Words) -> str:
        """Its name in words."""
        return say("module", self.face[0][1]) if self.face else say("page_name", self.path or "board")


DECLARED = (
    Entry(""),
    *(Entry("module", (("id", module),)) for module in MODULES),
    Entry("dispatch"),
    Entry("supply_drainage"),
    Entry("meters"),
    Entry("stock"),
    Entry("customers"),
    Entry("quality_water"),
    Entry("forecasts"),
    Entry("scores"),
    Entry("health"),
    Entry("catalogue"),
    Entry("indicator"),
    Entry("site"),
)
PAGES = tuple(one for one in DECLARED if one.file.exists())
"""Those that there are."""


def files() -> list[Entry]:
    """One entry a file, for the navigation."""
    return list({one.file: one for one in reversed(PAGES)}.values())[::-1]


def entry_of(path: str, wanted: Mapping[str, str]) -> Entry | None:
    """The page of an address; the first face of its file where the address names none. None: there is no such page."""
    faces = [one for one in PAGES if one.path == path]
    return next((one for one in faces if dict(one.face).items() <= wanted.items()), faces[0] if faces else None)


def neighbours(path: str, wanted: Mapping[str, str]) -> tuple[Entry | None, Entry | None]:
    """The pages before and after an address's page; None beyond the ends."""
    entry = entry_of(path, wanted)
    if entry is None:
        return None, None
    place = PAGES.index(entry)
    return PAGES[place - 1] if place else None, PAGES[place + 1] if place + 1 < len(PAGES) else None
