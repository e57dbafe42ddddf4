"""Rows of limits.csv: subjects, kinds and units that there are, dates that make sense, no two rows of equal rank."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from data_sources import vocabulary as words
from data_sources.folder_files import LINE
from data_sources.problems import Problem
from data_sources.units import compatible, is_unit

Row = dict[str, Any]
FIRST, LAST = date.min, date.max
EVERY_KIND = {
    "indicator": (*words.INDICATOR_LIMIT_KINDS, "warning_low", "warning_high", "alarm_low", "alarm_high"),
    "quantity": words.QUANTITY_LIMIT_KINDS,
    "parameter": ("value",),
}


def subject_kind(subject: str, indicators: Collection[str] | None) -> str | None:
    """Whether a subject is a quantity, a parameter or an indicator; None where it is nothing known.

    `indicators` are the known ids; where they are not given, any other identifier passes for one.
    """
    if subject in words.QUANTITIES:
        return "quantity"
    if subject in words.PARAMETERS:
        return "parameter"
    known = subject.isidentifier() if indicators is None else subject in indicators
    return "indicator" if known else None


def limit_row_problems(
    rows: list[Row],
    shown: str,
    indicators: Collection[str] | None = None,
    sites: Collection[str] | None = None,
    points: Collection[str] | None = None,
) -> list[Problem]:
    """Everything wrong with the rows of one limits.csv, shown as file `shown`; unknown sites and points where given."""
    problems = []
    for row in rows:
        problems += [Problem(shown, row[LINE], *one) for one in _subject(row, indicators)]
        problems += [Problem(shown, row[LINE], *one) for one in _unit(row)]
        problems += [Problem(shown, row[LINE], *one) for one in _dates(row)]
        problems += [Problem(shown, row[LINE], *one) for one in _references(row, sites, points)]
    return problems or [*_overlaps(rows, shown)]


def _subject(row: Row, indicators: Collection[str] | None) -> Iterator[tuple[str, str]]:
    what = subject_kind(row["subject"], indicators)
    if what is None:
        yield "subject", f"{row['subject']!r} is no indicator, quantity or parameter"
        return
    if row["kind"] not in EVERY_KIND[what]:
        yield "kind", f"{row['kind']!r}, expected one of {', '.join(EVERY_KIND[what])} for a {what}"
    if row["medium"] is not None and row["medium"] not in words.MEDIA:
        yield "medium", f"{row['medium']!r}, expected one of {', '.join(words.MEDIA)}"
    if what != "quantity":
        for column in ("medium", "point_id", "when_quantity"):
            if row[column] is not None:
                yield column, f"only a quantity's limit has one, {row['subject']} is a {what}"
    if row["kind"] == "warning_share" and not 0 < row["value"] <= 1:
        yield "value", f"{row['value']:g}, expected a share of the limit above 0, at most 1"


def _unit(row: Row) -> Iterator[tuple[str, str]]:
    canonical = words.QUANTITIES.get(row["subject"]) or words.PARAMETERS.get(row["subject"])
    if row["unit"] is None or canonical is None:
        return
    wanted = "1" if row["kind"] == "warning_share" else canonical
    if not is_unit(row["unit"]) or not compatible(row["unit"], wanted):
        yield "unit", f"{row['unit']!r} can't be turned into {wanted}"


def _dates(row: Row) -> Iterator[tuple[str, str]]:
    if row["effective_from"] and row["effective_to"] and row["effective_from"] > row["effective_to"]:
        yield "effective_to", f"{row['effective_to']} is before effective_from, {row['effective_from']}"
    if (row["season_from"] is None) != (row["season_to"] is None):
        yield "season_to", "season_from and season_to come together or not at all"
    if (row["when_quantity"] is None) != (row["when_max"] is None):
        yield "when_max", "when_quantity and when_max come together or not at all"
    if row["when_quantity"] is not None and row["when_quantity"] not in words.QUANTITIES:
        yield "when_quantity", f"{row['when_quantity']!r}, expected one of {', '.join(words.QUANTITIES)}"


def _references(row: Row, sites: Collection[str] | None, points: Collection[str] | None) -> Iterator[tuple[str, str]]:
    for column, known in (("site_id", sites), ("point_id", points)):
        if known is not None and row[column] is not None and row[column] not in known:
            yield column, f"{row[column]!r} is not in {column.removesuffix('_id')}s.csv"


def _overlaps(rows: list[Row], shown: str) -> Iterator[Problem]:
    rank = ("subject", "medium", "site_id", "point_id", "kind", "when_quantity", "when_max")
    alike: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        for other in alike[tuple(row[column] for column in rank)]:
            if _days_meet(row, other) and _seasons_meet(row, other):
                message = f"holds on days on which line {other[LINE]}, of equal rank, holds too"
                yield Problem(shown, row[LINE], "effective_from", message)
        alike[tuple(row[column] for column in rank)].append(row)


def _days_meet(one: Row, other: Row) -> bool:
    return (one["effective_from"] or FIRST) <= (other["effective_to"] or LAST) and (
        other["effective_from"] or FIRST
    ) <= (one["effective_to"] or LAST)


def _seasons_meet(one: Row, other: Row) -> bool:
    return any(
        a_first <= b_last and b_first <= a_last
        for a_first, a_last in _parts_of_year(one)
        for b_first, b_last in _parts_of_year(other)
    )


def _parts_of_year(row: Row) -> list[tuple[str, str]]:
    first, last = row["season_from"], row["season_to"]
    if first is None:
        return [("01-01", "12-31")]
    return [(first, last)] if first <= last else [(first, "12-31"), ("01-01", last)]
