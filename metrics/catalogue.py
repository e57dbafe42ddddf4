"""The catalogue: one file an indicator, `<module>/<id>.sql`, valid SQL with a YAML header in its first comment."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from data_sources.problems import Problem, shown_path
from data_sources.settings import ROOT
from data_sources.utility import Utility
from data_sources.vocabulary import MODULES

SHIPPED = ROOT / "metrics" / "catalog"
TILES = 18
LONGEST_NAME = {"zh": 6, "en": 16}
"""Characters that fit a tile; a longer name wants a short one beside it."""

_FILE = re.compile(r"\A/\*---\n(?P<header>.*?)\n---\*/\n(?P<sql>.*)\Z", re.DOTALL)
_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
_WINDOW = re.compile(r"(now|day|week|month|[1-9]\d* (h|days|months))\Z")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(_Strict):
    """One text in both languages."""

    zh: Text
    en: Text


class Beside(Words):
    """What the number beside the value is called, and its unit."""

    unit: Text


class Expectation(_Strict):
    """What an example's row must come out as; only what is named is compared. site_id '' is the headline.

    `rows` is how many sites have a row of their own in that period.
    """

    period: date
    site_id: str = ""
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    valid: float | None = None
    expected: float | None = None
    validity: float | None = None
    state: Literal["normal", "warning", "alarm", "unknown"] | None = None
    reason: str | None = None
    partial: bool | None = None
    target: float | None = None
    warning: float | None = None
    alarm: float | None = None
    warning_low: float | None = None
    warning_high: float | None = None
    alarm_low: float | None = None
    alarm_high: float | None = None
    gap: float | None = None
    beside: float | None = None
    rows: int | None = None

    @property
    def named(self) -> dict[str, Any]:
        """Only the fields that the file writes (an empty one says: must be empty)."""
        written = self.model_fields_set - {"period", "site_id", "rows"}
        return {name: getattr(self, name) for name in type(self).model_fields if name in written}


class Example(_Strict):
    """Rows of views and what must come out of them; `line` is where it stands in the file."""

    line: int
    views: dict[str, str]
    as_of: datetime | None = None
    timezone: str = "UTC"
    baseline: dict[str, float] | None = None
    expect: tuple[Expectation, ...] = Field(min_length=1)

    @field_validator("as_of")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs an offset or Z: 2026-03-15T00:10Z")
        return None if value is None else value.astimezone(UTC)


class Indicator(_Strict):
    """One file of the catalogue. `sql` is the SELECT below the header, whose first line in the file is `sql_line`."""

    id: str
    module: str
    name: Words
    question: Words
    definition: Words
    caveat: Words
    unit: Text
    direction: Literal["up", "down", "band"]
    period: Literal["day", "week", "month"]
    shows: Literal["current", "closed"]
    window: str = ""
    lag_days: int = Field(0, ge=0)
    aggregate: Literal["sum", "last"] = "sum"
    sites: Literal["judged", "ranked"] = "judged"
    tile: int | None = Field(None, ge=1, le=TILES)
    short: Words | None = None
    beside: Beside | None = None
    owner: Text
    formula: Words
    standard: Text
    examples: tuple[Example, ...] = Field(alias="example", min_length=1)
    sql: str
    sql_line: int
    file: str

    @field_validator("formula", mode="before")
    @classmethod
    def _one_for_both(cls, value: Any) -> Any:
        """Symbols alone, or one language only, may stand there once."""
        return {"zh": value, "en": value} if isinstance(value, str) else value

    @field_validator("window")
    @classmethod
    def _window(cls, value: str) -> str:
        if value and not _WINDOW.match(value):
            raise ValueError("expected now, day, week, month, or a number with h, days or months: 24 h")
        return value

    @model_validator(mode="before")
    @classmethod
    def _default_window(cls, data: Any) -> Any:
        return {"window": data.get("period", ""), **data} if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _fits_together(self) -> "Indicator":
        long = [lang for lang, most in LONGEST_NAME.items() if self.short and len(getattr(self.short, lang)) > most]
        if long:
            raise ValueError(f"short: a tile holds {LONGEST_NAME} characters, too long in {', '.join(long)}")
        if self.shows == "current" and self.period != "day":
            raise ValueError("shows: only an indicator of period day can be current")
        if self.shows == "current" and self.window.endswith("months"):
            raise ValueError("window: a running window is counted in h or days")
        return self


@dataclass(frozen=True)
class Catalogue:
    """All indicators that could be read, in the board's order, and what is wrong with the others."""

    indicators: dict[str, Indicator]
    problems: list[Problem]

    @property
    def tiles(self) -> list[Indicator]:
        """The board's indicators, by tile."""
        return sorted((i for i in self.indicators.values() if i.tile is not None), key=lambda i: i.tile or 0)


Reader = Callable[[Path], tuple[Indicator | None, list[Problem]]]


def load_catalogue(utility: Utility | None = None, read: Reader | None = None) -> Catalogue:
    """Read the shipped files and the utility's own; own ones take the place of a shipped one of that id or tile.

    `read` makes one file's indicator, and may give one beside its problems: `read_indicator` where left out.
    """
    problems: list[Problem] = []
    shipped = _read_folder(SHIPPED, problems, read or read_indicator)
    own = _read_folder(utility.folder / "catalog", problems, read or read_indicator) if utility else {}
    for group in (shipped, own):
        problems += _repeated_tiles(group.values())
    taken = {indicator.tile for indicator in own.values()} - {None}
    kept = {
        id_: indicator.model_copy(update={"tile": None}) if indicator.tile in taken else indicator
        for id_, indicator in shipped.items()
    }
    found = (kept | own).values()
    ordered = sorted(found, key=lambda i: (i.tile or TILES + 1, MODULES.index(i.module), i.id))
    return Catalogue({indicator.id: indicator for indicator in ordered}, sorted(problems))


def read_indicator(path: Path) -> tuple[Indicator | None, list[Problem]]:
    """One file's indicator, or what is wrong with it. Unchanged files are not read again."""
    stat = path.stat()
    return _read_file(path, stat.st_mtime_ns, stat.st_size)


def _read_folder(folder: Path, problems: list[Problem], read: Reader) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for path in sorted(folder.glob("**/*.sql")):
        indicator, wrong = read(path)
        problems += wrong
        if indicator is None:
            continue
        if indicator.id in found:
            message = f"the id {indicator.id} is taken by {found[indicator.id].file}"
            problems.append(Problem(indicator.file, 0, "", message))
            continue
        found[indicator.id] = indicator
    return found


def _repeated_tiles(indicators: Iterable[Indicator]) -> list[Problem]:
    holders: dict[int, Indicator] = {}
    problems = []
    for indicator in indicators:
        if indicator.tile is None:
            continue
        first = holders.setdefault(indicator.tile, indicator)
        if first is not indicator:
            problems.append(Problem(indicator.file, 0, "tile", f"tile {indicator.tile} is taken by {first.file}"))
    return problems


@lru_cache(maxsize=256)
def _read_file(path: Path, _mtime_ns: int, _size: int) -> tuple[Indicator | None, list[Problem]]:
    file = shown_path(path)
    if path.parent.name not in MODULES:
        return None, [Problem(file, 0, "", f"its folder must be one of {', '.join(MODULES)}")]
    if not _ID.match(path.stem):
        return None, [Problem(file, 0, "", "its name must be a lower-case id: letters, digits, _")]
    try:
        match = _FILE.match(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        return None, [Problem(file, 0, "", f"not UTF-8: {error.reason} at byte {error.start}")]
    if match is None:
        return None, [
            Problem(file, 1, "", "must begin with a header: a line /*---, YAML, a line ---*/, then the SELECT")
        ]
    try:
        fields, lines = _parse_header(match["header"])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        return None, [Problem(file, line, "", f"the header is not YAML: {getattr(error, 'problem', error)}")]
    sql_line = match["header"].count("\n") + 4
    own = {"id": path.stem, "module": path.parent.name, "file": file, "sql": match["sql"], "sql_line": sql_line}
    twice = [
        Problem(file, lines[key], key, "comes from the file's place, leave it out") for key in own if key in fields
    ]
    if twice:
        return None, twice
    try:
        return Indicator.model_validate({**fields, **own}), []
    except ValidationError as error:
        return None, [_header_problem(file, lines, dict(one)) for one in error.errors()]


def _parse_header(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The header's fields, examples as Example takes them, and the line of each key (`example.0`) in the file."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise yaml.MarkedYAMLError(problem="expected key: value lines")
        fields = loader.construct_document(node)
    finally:
        loader.dispose()
    lines = {key.value: key.start_mark.line + 2 for key, _ in node.value}
    examples = next((value for key, value in node.value if key.value == "example"), None)
    if isinstance(examples, yaml.SequenceNode):
        lines |= {f"example.{i}": item.start_mark.line + 2 for i, item in enumerate(examples.value)}
    elif examples is not None:
        lines["example.0"], fields["example"] = lines["example"], [fields["example"]]
    fields["example"] = [_example(one, lines[f"example.{i}"]) for i, one in enumerate(fields.get("example") or [])]
    return fields, lines


def _example(raw: Any, line: int) -> dict[str, Any]:
    """The raw mapping of an example: known keys stay, every other one is a view's rows."""
    if not isinstance(raw, dict):
        return {"line": line, "views": {}, "expect": raw}
    known = {key: raw[key] for key in ("as_of", "timezone", "baseline", "expect") if key in raw}
    if isinstance(known.get("expect"), dict):
        known["expect"] = [known["expect"]]
    return {"line": line, "views": {k: v for k, v in raw.items() if k not in known}, **known}


def _header_problem(file: str, lines: dict[str, int], error: dict[str, Any]) -> Problem:
    place = [str(part) for part in error["loc"]]
    line = lines.get(".".join(place[:2]), lines.get(place[0], 1)) if place else 1
    message = error["msg"].removeprefix("Value error, ")
    return Problem(file, line, ".".join(place), message)
