"""Addresses inside the product: a page with its choices, so that a link shows what its sender saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

from pages.components.theme import themes
from pages.components.words import LANGUAGES

SHOWN, COMPUTED = "shown", "computed"
"""A past board: as the screen showed it then, or as computed now from the rows up to that moment."""


@dataclass(frozen=True)
class View:
    """How somebody looks: language, theme, and a past moment (None: now) that was `how` = shown or computed."""

    lang: str
    theme: str
    at: datetime | None = None
    how: str = SHOWN

    def address(self, page: str, **choices: str | None) -> str:
        """The address of a page ("" is the board) with this view and further choices; a choice None is left out."""
        frozen = {} if self.at is None else {"at": moment_text(self.at), "as": self.how}
        wanted = {**choices, **frozen, "lang": self.lang, "theme": self.theme}
        return f"/{page}?{urlencode({name: value for name, value in wanted.items() if value is not None})}"

    def link(self, page: str, **choices: str | None) -> str:
        """`address`, ready for an HTML attribute."""
        return escape(self.address(page, **choices))


def view_of(wanted: Mapping[str, str], languages: tuple[str, ...]) -> View:
    """The view that an address asks for; what it doesn't know is the utility's first language, dark, now."""
    lang, theme = wanted.get("lang", ""), wanted.get("theme", "")
    return View(
        lang if lang in LANGUAGES else languages[0],
        theme if theme in themes() else next(iter(themes())),
        moment_of(wanted.get("at", "")),
        COMPUTED if wanted.get("as") == COMPUTED else SHOWN,
    )


def moment_text(moment: datetime) -> str:
    """A moment as an address writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment_of(text: str) -> datetime | None:
    """A past moment written in ISO 8601 with its offset; None where it is none, naive, or still to come."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment <= datetime.now(UTC) else None
