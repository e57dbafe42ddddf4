"""Which pictures there are: every page in all situations, sizes, themes and languages, and fewer where any two meet."""

from dataclasses import dataclass
from urllib.parse import urlencode

from pages.components.page_list import PAGES, Entry
from pages.components.theme import themes
from pages.components.words import LANGUAGES, words_in

SIZES = ((1920, 1080), (1366, 1024), (1024, 768), (768, 1024))
SCENES = ("ordinary", "storm", "bwdf", "unknown")
WALL = "wall"
BOARDS = ("", WALL)
"""They keep themselves true, other pages stand as they were drawn."""


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

    @property
    def file(self) -> str:
        """Where the picture goes, inside the folder of all of them."""
        return f"{name_of(self.page)}/{self.scene}-{self.width}-{self.theme}-{self.lang}.png"


BOARD_SHOTS = (
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
    Shot(WALL, "unknown", 3840, 2160, "dark", "en"),
    Shot(WALL, "now", 1920, 1080, "light", "zh"),
    Shot(WALL, "bwdf", 1920, 1080, "dark", "en"),
    Shot(WALL, "now", 3840, 2160, "dark", "zh"),
)
"""The board's own contact sheet; the first two stand in the README."""


def name_of(page: str) -> str:
    """A page's name as a file's: `board`, `module-sewage`."""
    return page.replace("?id=", "-") or "board"


def pages() -> tuple[str, ...]:
    """The addresses of all pages, the wall display last."""
    return (*map(_address, PAGES), WALL)


def title(page: str, lang: str) -> str:
    """A page's name in words."""
    names = {_address(one): one.name(words_in(lang)) for one in PAGES}
    return names.get(page) or {"zh": "大屏", "en": "Wall display"}[lang]


def _address(entry: Entry) -> str:
    return entry.path + (f"?{urlencode(entry.face)}" if entry.face else "")


def scenes_of(page: str) -> tuple[str, ...]:
    """A page's situations. The wall display shows no past moment."""
    return ("now", *SCENES[2:]) if page == WALL else SCENES


def rows_of(page: str) -> list[list[Shot]]:
    """A page's pictures as its contact sheet shows them: dark at the left, light at the right, each at four sizes; a
    row for each situation and language. Where nothing is known there is little to see: one row, Chinese at the left,
    English at the right.
    """
    return [
        [Shot(page, scene, *size, theme, lang) for theme, lang in zip(themes(), langs, strict=True) for size in SIZES]
        for scene in scenes_of(page)
        for langs in ((LANGUAGES,) if scene == "unknown" else [(lang, lang) for lang in LANGUAGES])
    ]


def all_shots() -> tuple[Shot, ...]:
    """Every picture once."""
    return tuple(dict.fromkeys([*(shot for page in pages() for row in rows_of(page) for shot in row), *BOARD_SHOTS]))


def pairwise_shots() -> tuple[Shot, ...]:
    """Every page behind the board at each size and in each situation, once; theme and language change so that any two
    choices meet somewhere.
    """
    behind = [page for page in pages() if page not in BOARDS]
    return tuple(
        Shot(
            page,
            SCENES[(number + 3 * place) % len(SCENES)],
            *size,
            ("dark", "light")[(number // 4 + place) % 2],
            ("zh", "en")[(number + number // 8 + place // 2) % 2],
        )
        for number, page in enumerate(behind)
        for place, size in enumerate(SIZES)
    )
