"""Secrets: they stand in the environment only. sources.toml names one as ${NAME}; no message ever shows what it is."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from data_sources.problems import BadInput, Problem

NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


_SECRET = re.compile(r"pass|pwd|secret|token", re.IGNORECASE)


def refuse_secret(settings: Mapping[str, Any]) -> None:
    """Raises ValueError, without showing it, where one of these holds a secret instead of naming it."""
    for name, value in settings.items():
        if _SECRET.search(name) and isinstance(value, str) and NAMED.sub("", value):
            raise ValueError(f"holds a {name}; secrets stand in the environment, write ${{NAME}} here")


def filled(text: str) -> str:
    """`text` with every ${NAME} replaced by that variable of the environment. Raises BadInput where one isn't set."""
    if unset := sorted(name for name in NAMED.findall(text) if name not in os.environ):
        raise BadInput([Problem("environment", 0, name, "is not set; sources.toml asks for it") for name in unset])
    return NAMED.sub(lambda found: os.environ[found[1]], text)


def without_secrets(text: str, settings: Any) -> str:
    """`text` without the secrets that `settings` (anything read from sources.toml) name, however they are quoted."""
    for name in _names(settings):
        secret = os.environ.get(name, "")
        for written in {secret, quote(secret, safe=""), quote_plus(secret)} - {""}:
            text = text.replace(written, "***")
    return text


def _names(settings: Any) -> Iterable[str]:
    if isinstance(settings, str):
        yield from NAMED.findall(settings)
    elif isinstance(settings, dict):
        for value in settings.values():
            yield from _names(value)
    elif isinstance(settings, list | tuple):
        for value in settings:
            yield from _names(value)
