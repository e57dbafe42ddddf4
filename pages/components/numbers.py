"""Numbers and times as people read them: three significant digits, unless a limit needs more."""

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from math import floor, log10
from zoneinfo import ZoneInfo

from pages.components.words import Words

SIGNIFICANT = 3
MOST_DECIMALS = 6
_LONG = re.compile(r"([+−]?)(\d{5,})")
_ALONE = re.compile(r"(?<![A-Za-z0-9.-])\d{5,}(?![A-Za-z0-9])")
"""A long number that is no part of a name."""
DURATIONS = {"days": 86_400, "hours": 3_600, "minutes": 60}


def number(value: float | None, beside: Iterable[float | None] = ()) -> str:
    """A value with three significant digits (whole numbers whole, no zeros at the end), – where unknown.

    Where that would look the same as one of `beside` (a threshold) without being it, it gets more digits.
    """
    if value is None:
        return "–"
    decimals = _decimals(value)
    others = [other for other in beside if other is not None and other != value]
    while decimals < MOST_DECIMALS and any(_fixed(value, decimals) == _fixed(other, decimals) for other in others):
        decimals += 1
    return _fixed(value, decimals)


def signed(difference: float | None, value: float) -> str:
    """A difference with its sign, as finely as `value`, to which it belongs, is written; – where unknown."""
    if difference is None:
        return "–"
    text = _fixed(abs(difference), max(1, _decimals(value)))
    return "±0" if text == "0" else f"{'+' if difference > 0 else '−'}{text}"


def apart(text: str) -> str:
    """HTML of a number whose thousands stand apart where it has five digits or more; as text it stays what it was."""
    found = _LONG.match(text)
    if found is None:
        return text
    sign, digits = found.groups()
    first = len(digits) % 3 or 3
    groups = "".join(f'<span class="k">{digits[at : at + 3]}</span>' for at in range(first, len(digits), 3))
    return f"{sign}{digits[:first]}{groups}{text[found.end() :]}"


def thousands(text: str) -> str:
    """HTML of a text in which the thousands of its numbers stand `apart`."""
    return _ALONE.sub(lambda found: apart(found[0]), escape(text))


def change(value: float | None, other: float | None) -> str:
    """How much more `value` is than `other`, in per cent of it; the difference where that is 0; – where unknown."""
    if value is None or other is None:
        return "–"
    if other == 0:
        return signed(value - other, value)
    return f"{signed(100 * (value - other) / abs(other), 10.0)} %"


def local(moment: str | datetime, timezone: str, form: str = "%m-%d %H:%M") -> str:
    """An instant (ISO 8601) by the utility's clock."""
    return instant(moment).astimezone(ZoneInfo(timezone)).strftime(form)


def instant(moment: str | datetime) -> datetime:
    """An instant, also where it is written as ISO 8601."""
    return datetime.fromisoformat(moment) if isinstance(moment, str) else moment


def duration(seconds: float, say: Words) -> str:
    """A length of time in its largest whole unit: 45 s, 5 min, 3 h, 2 d."""
    for unit, length in DURATIONS.items():
        if seconds >= length:
            return say("duration", unit, n=int(seconds // length))
    return say("duration", "seconds", n=max(0, int(seconds)))


def short_time(moment: str | datetime, beside: str | datetime, timezone: str) -> str:
    """The time of day where `moment` falls on the day of `beside`, else the date."""
    same_day = local(moment, timezone, "%Y-%m-%d") == local(beside, timezone, "%Y-%m-%d")
    return local(moment, timezone, "%H:%M" if same_day else "%m-%d")


def near_time(moment: str | datetime, beside: str | datetime, timezone: str) -> str:
    """The time of day, with the date before it where `moment` is not on the day of `beside`."""
    day = short_time(moment, beside, timezone)
    time = local(moment, timezone, "%H:%M")
    return time if day == time else f"{day} {time}"


def _decimals(value: float) -> int:
    if value == 0:
        return 0
    return min(MOST_DECIMALS, max(0, SIGNIFICANT - 1 - floor(log10(abs(value)))))


def _fixed(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", "−")
