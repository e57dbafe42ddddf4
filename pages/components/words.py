"""The words of the screen: words.toml has those of the board and of all pages, words_<page>.toml those of one page."""

import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")
Words = Callable[..., str]


@lru_cache(maxsize=1)
def all_words() -> dict[str, dict[str, dict[str, str]]]:
    """Section → name → language → text. Raises ValueError where two files have a section of one name."""
    words: dict[str, dict[str, dict[str, str]]] = {}
    for file in sorted(FOLDER.glob("words*.toml")):
        own = tomllib.loads(file.read_text(encoding="utf-8"))
        if twice := own.keys() & words.keys():
            raise ValueError(f"{file.name}: {', '.join(sorted(twice))} stands in another file already")
        words |= own
    return words


def words_in(lang: str) -> Words:
    """A function that gives the text of a section and name in one language, with its blanks filled in.

    A name that the file doesn't have comes back as it is: a unit, a source. Raises KeyError where there is no such
    section.
    """

    def say(section: str, name: str, /, **blanks: object) -> str:
        entry = all_words()[section].get(name)
        return name if entry is None else entry[lang].format(**blanks)

    return say
