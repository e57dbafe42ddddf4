"""Electricity prices: every hour of every month has exactly one, and what a holiday changes does not overlap itself."""

from collections import defaultdict
from collections.abc import Iterator

from data_sources import vocabulary as words
from data_sources.folder_checks import Folder, Row
from data_sources.problems import Problem

MINUTES = 24 * 60


def months_of(text: str) -> list[int]:
    """`2-6,9-11` → [2, 3, 4, 5, 6, 9, 10, 11]. Raises ValueError for anything else."""
    months: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        months += range(int(first), int(last or first) + 1)
    if not months or min(months) < 1 or max(months) > 12 or len(set(months)) != len(months):
        raise ValueError(text)
    return months


def minutes_of(clock: str) -> int:
    """`07:30` → 450; `24:00` → 1440."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def tariff_problems(folder: Folder) -> list[Problem]:
    """Everything wrong in tariff.csv beyond its cells."""
    good, problems = [], []
    for row in folder.rows("tariff.csv"):
        wrong = list(_cells(folder, row))
        problems += wrong
        if not wrong:
            good.append(row)
    return problems or list(_hours(folder, good))


def _cells(folder: Folder, row: Row) -> Iterator[Problem]:
    try:
        months_of(row["months"])
    except ValueError:
        yield folder.problem("tariff.csv", row, "months", f"{row['months']!r}, expected months such as 2-6,9-11")
    for column, allowed in (("day_kind", words.DAY_KINDS), ("period", words.TARIFF_PERIODS)):
        if row[column] not in allowed:
            message = f"{row[column]!r}, expected one of {', '.join(allowed)}"
            yield folder.problem("tariff.csv", row, column, message)
    if minutes_of(row["from"]) >= minutes_of(row["to"]):
        message = f"{row['to']} is not after {row['from']}; a span past midnight takes two rows"
        yield folder.problem("tariff.csv", row, "to", message)


def _hours(folder: Folder, rows: list[Row]) -> Iterator[Problem]:
    kept: dict[tuple[object, str, int], list[Row]] = defaultdict(list)
    for row in rows:
        for month in months_of(row["months"]):
            kept[row["effective_from"], row["day_kind"], month].append(row)
    for (start, day_kind, month), spans in kept.items():
        end = 0
        for row in sorted(spans, key=lambda one: minutes_of(one["from"])):
            begins = minutes_of(row["from"])
            if begins < end:
                yield folder.problem("tariff.csv", row, "from", f"month {month}: {row['from']} has a price already")
            elif begins > end and day_kind == "any":
                yield folder.problem("tariff.csv", row, "from", f"month {month}: no price before {row['from']}")
            end = max(end, minutes_of(row["to"]))
        if day_kind == "any" and end < MINUTES:
            last = spans[-1]
            yield folder.problem("tariff.csv", last, "to", f"month {month} from {start}: no price until 24:00")
