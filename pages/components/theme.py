"""The colours of the screen, from theme.toml, as CSS custom properties."""

import tomllib
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "theme.toml"


@lru_cache(maxsize=1)
def themes() -> dict[str, dict[str, str]]:
    """Theme → name of a colour → #rrggbb."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def theme_css(theme: str) -> str:
    """The custom properties of a theme. Raises KeyError where there is no such theme."""
    return ";".join(f"--{name}:{colour}" for name, colour in themes()[theme].items())
