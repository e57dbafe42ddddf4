"""What the page of the customer centre asks of calls: how many against the usual, how answered, about what, where."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one, days_back, days_before

REPEAT_DAYS = 30
CHANNEL_DAYS = 30


def against_usual(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Hotline calls of the last 24 clock hours beside the same hours of the eight weeks before.

    Columns hour (UTC; null: all 24), category (null: all), calls, usual (median), usual_low (P10), usual_high (P90),
    weeks (how many of the eight the lake knows; the three are null where none), is_unusual (so many more that it isn't
    chance: parameter unusual_calls). The running hour is compared with as much of it.
    """
    return ask_one(engine, as_of, "calls_usual")


def answered(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Hotline calls that ended in the last 24 clock hours, by hour (UTC; null: all 24).

    Columns hour, ended, in_time (answered within 20 s), late, abandoned, wait_s (median of the answered),
    longest_wait_s.
    """
    return ask_one(engine, as_of, "calls_answered")


def before(engine: Engine, as_of: datetime) -> dict[str, dict[str, float | None]]:
    """Hotline calls, abandoned ones, and reports of leaks and of no water by any channel, of the same 24 clock hours a
    day (`previous`) and 52 weeks (`last_year`) before: calls, abandoned, reports. None where the lake's begin later.
    """
    rows = ask_one(engine, as_of, "calls_before").to_dicts()
    return {row.pop("name"): row for row in rows}


def open_now(engine: Engine, as_of: datetime) -> dict[str, float | None]:
    """The hotline at `as_of`: ringing, talking, longest_wait_s (of those that ring; None where none does)."""
    return ask_one(engine, as_of, "calls_open").row(0, named=True)


def repeated(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Calls of the 30 days before `as_of` about something reported before, newest first, with the first report."""
    return ask_one(engine, as_of, "calls_repeated", days_back(engine, as_of, REPEAT_DAYS))


def repeats(engine: Engine, as_of: datetime) -> dict[str, int | None]:
    """Of the 30 days before `as_of`: calls (all), repeated (about something reported before), previous (repeated in the
    30 days before those), last_year (52 weeks earlier); the last two None where the lake doesn't reach back.
    """
    told = ask_one(engine, as_of, "calls_repeats", days_back(engine, as_of, REPEAT_DAYS)).row(0, named=True)
    found = {"calls": told["calls"], "repeated": told["repeated"]}
    for name, span in days_before(engine, as_of, REPEAT_DAYS).items():
        past = ask_one(engine, as_of, "calls_repeats", span).row(0, named=True)
        found[name] = past["repeated"] if past["is_whole"] else None
    return found


def reports(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Reports of leaks and of no water in the last 24 clock hours, newest first: columns of leak_reports.sql."""
    return ask_one(engine, as_of, "leak_reports")


def report_zones(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Zones with such reports in the last 24 clock hours, most first, beside a usual day: columns of leak_zones.sql."""
    return ask_one(engine, as_of, "leak_zones")


def channels(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Contacts by channel over the 30 days before `as_of`, most first.

    Columns channel, contacts, share (%), previous (the 30 days before those), last_year (52 weeks earlier); the last
    two are null where the lake doesn't reach back.
    """
    told = ask_one(engine, as_of, "contact_channels", days_back(engine, as_of, CHANNEL_DAYS)).drop("is_whole")
    for name, span in days_before(engine, as_of, CHANNEL_DAYS).items():
        past = ask_one(engine, as_of, "contact_channels", span).filter("is_whole")
        told = told.join(
            past.select("channel", pl.col("contacts").alias(name)), on="channel", how="left", maintain_order="left"
        )
    return told
