"""From a reason to the sentence of an advice, in each language; the only place with words of the brain."""

import tomllib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from brain.advising.reason import Reason
from data_sources.utility import Utility

FILE = Path(__file__).parent / "sentences.toml"
LANGUAGES = ("zh", "en")


@lru_cache(maxsize=1)
def sentences() -> dict[str, dict[str, str]]:
    """Sentence → language → text."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def sentence(reason: Reason, utility: Utility, lang: str) -> str:
    """What an advice with this reason says, with names and local times filled in."""
    names = dict(utility.sites.select("site_id", f"name_{lang}").rows())
    places = {key: names.get(site_id, site_id) for key, site_id in reason.places.items()}
    blanks = {key: _shown(value, utility) for key, value in reason.blanks.items()}
    count = reason.blanks.get("n")
    text = sentences()[reason.sentence][lang].format(**places, **blanks, others=(count or 1) - 1)
    return _alone(text, lang) if count == 1 else text


def _alone(text: str, lang: str) -> str:
    """A single station is not «and 0 more»."""
    return text.replace("等1座", "", 1) if lang == "zh" else text.replace(" +0", "", 1)


def _shown(value: Any, utility: Utility) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(utility.zone):%H:%M}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
