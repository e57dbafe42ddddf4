"""Why a row was refused, in the language of the page: the lake keeps it in English, as data_sources wrote it."""

import re
from collections.abc import Iterable
from functools import lru_cache

import polars as pl

from pages.components.words import all_words

JOINT = "; "
"""Between the reasons of one row; a batch that the map doesn't fit has one for all of it."""
IN_WORDS = {"expected": "expected", "instead": "instead", "came": "worth", "due": "worth", "where": "place"}
"""Blanks that may be filled with words, not with what stood in a file, and the section that has these."""


def refusal(reason: str, lang: str) -> str:
    """A reason in a language; what words_refusals.toml doesn't have, such as a driver's own words, stays as it is."""
    if lang == "en":
        return reason
    whole = in_language(["misfit"], reason, lang)
    return whole or "；".join(in_language(["refusal"], one, lang) or one for one in reason.split(JOINT))


def refusals(reasons: pl.Series, lang: str) -> pl.Series:
    """A column of reasons in a language."""
    unique = reasons.unique().drop_nulls().to_list()
    return reasons.replace({one: refusal(one, lang) for one in unique})


def in_language(sections: Iterable[str], text: str, lang: str) -> str | None:
    """An English text in a language, its blanks as they were: by the first entry of these sections that it fits."""
    for pattern, words in (entry for section in sections for entry in _patterns(section, lang)):
        if found := pattern.fullmatch(text):
            blanks = found.groupdict()
            for name in blanks.keys() & IN_WORDS.keys():
                blanks[name] = in_language([IN_WORDS[name]], blanks[name], lang) or f" {blanks[name]}"
            return words.format(**blanks)
    return None


@lru_cache(maxsize=8)
def _patterns(section: str, lang: str) -> list[tuple[re.Pattern[str], str]]:
    """Each entry's English as a pattern whose blanks take anything, with its words in a language."""
    made = []
    for entry in all_words()[section].values():
        pieces = re.split(r"\{(\w+)\}", entry["en"])
        text = "".join(f"(?P<{piece}>.*?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
        made.append((re.compile(text, re.DOTALL), entry[lang]))
    return made
