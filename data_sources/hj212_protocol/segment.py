"""The text of one packet: header fields and the fields of CP, whatever separators the station takes."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from data_sources.hj212_protocol.codes import SUFFIXES, modern

BEIJING = timezone(timedelta(hours=8))
"""A fixed offset: the protocol knows no summer time."""
_CP = re.compile(rb"CP\s*=\s*&&")
_SEPARATOR = re.compile(r"[;,]")
"""Some stations put a comma between factors, or a semicolon inside one: the code before the hyphen tells them apart."""
_FACTOR = re.compile(r"([A-Za-z0-9]{1,12})-([A-Za-z]{1,12})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")
_TIME = re.compile(r"[0-9]{14}(?:[0-9]{3})?")
_SUFFIX = {suffix.lower(): suffix for suffix in SUFFIXES}
_NOTHING = ("", "-", "--")


@dataclass(frozen=True)
class Value:
    """One number of one factor: `code` of 2017; `value` None where the station left it empty."""

    code: str
    suffix: str
    value: float | None
    flag: str | None


@dataclass
class Fields:
    """The fields of CP: values of factors in their order, the rest by name, and what couldn't be read."""

    values: list[Value] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def text_of(data: bytes) -> str:
    """Bytes as text: UTF-8, else GBK as older stations have it."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def parted(segment: bytes) -> tuple[dict[str, str], bytes] | None:
    """Header fields by their name in capitals, and the bytes between `CP=&&` and the last `&&`; None without CP."""
    start = _CP.search(segment)
    if start is None:
        return None
    header = {}
    for part in _SEPARATOR.split(text_of(segment[: start.start()])):
        name, equals, value = part.partition("=")
        if equals:
            header[name.strip().upper()] = value.strip()
    return header, segment[start.end() :].strip().removesuffix(b"&&")


def fields_of(text: str) -> Fields:
    """What the text between the `&&` of CP says; of a field that comes twice the last one counts."""
    found = Fields()
    numbers: dict[tuple[str, str], float | None] = {}
    flags: dict[str, str] = {}
    for part in filter(None, map(str.strip, _SEPARATOR.split(text))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        factor = _FACTOR.fullmatch(name)
        if not equals:
            found.problems.append(f"{part[:40]!r}: expected name=value")
        elif factor is None:
            found.others[name] = value
        elif factor[2].lower() == "flag":
            flags[modern(factor[1])] = value.upper()
        elif (suffix := _SUFFIX.get(factor[2].lower())) is None:
            found.others[name] = value
        else:
            key = modern(factor[1]), suffix
            numbers[key] = _number(value, name, found.problems)
    found.values = [Value(code, suffix, number, flags.get(code)) for (code, suffix), number in numbers.items()]
    return found


def time_of(text: str | None) -> datetime | None:
    """`20160801084000` (Beijing; milliseconds may follow) in UTC; None where it is no time."""
    if text is None or not _TIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _number(text: str, name: str, problems: list[str]) -> float | None:
    if text in _NOTHING:
        return None
    if not _NUMBER.fullmatch(text):
        problems.append(f"{name}: expected a number, found {text[:40]!r}")
        return None
    return float(text)
