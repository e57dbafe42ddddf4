"""The words of the screen, from words.toml: the only place that has any."""

import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "words.toml"
LANGUAGES = ("zh", "en")
Words = Callable[..., str]


@lru_cache(maxsize=1)
def all_words() -> dict[str, dict[str, dict[str, str]]]:
    """Section → name → language → text."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def words_in(lang: str) -> Words:
    """A function that gives the text of a section and name in one language, with its blanks filled in.

    A name that the file doesn't have comes back as it is: a unit, a source. Raises KeyError where there is no such
    section.
    """

    def say(section: str, name: str, /, **blanks: object) -> str:
        entry = all_words()[section].get(name)
        return name if entry is None else entry[lang].format(**blanks)

    return say
