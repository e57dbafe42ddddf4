"""What the page of 优水入户 asks: how far its actions have come, and whether the pilot zones' water is better."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one, days_back

QUALITY_DAYS = 7
COMPLAINT_DAYS = 30


def actions(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The items of all programmes as last reported at `as_of`.

    `progress` and `expected` (what an even pace would have reached by that report) are shares, `ahead` their
    difference; `step` is done, overdue, behind, on_track or to_come; days_left is negative after the due date.
    """
    return ask_one(engine, as_of, "action_items")


def quality(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Hourly means of quality and pressure in the 168 hours before `as_of`: pilot zones, the others, and each zone.

    Columns is_pilot, site_id (null: all of them), quantity, points, hours, mean, p05, p95 (canonical units), judged
    (hours with a limit), kept (of these).
    """
    return ask_one(engine, as_of, "zone_quality", days_back(engine, as_of, QUALITY_DAYS))


def complaints(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Calls about water quality, low pressure and no water in the 30 days before `as_of`, per 1,000 connections.

    Columns is_pilot, site_id (null: all of them), connections, complaints, per_1000, previous_per_1000 (the 30 days
    before), last_year_per_1000 (52 weeks earlier); null where connections, or calls of that time, are not known.
    """
    window = days_back(engine, as_of, COMPLAINT_DAYS)
    zones = ask_one(engine, as_of, "zone_complaints", window)
    counts = ("complaints", "previous", "last_year")
    known = zones.filter(pl.col("connections") > 0)
    # a sum of nothing known stays unknown
    sums = known.group_by("is_pilot").agg(
        pl.col("connections").sum(), *(pl.when(pl.col(n).count() > 0).then(pl.col(n).sum()).alias(n) for n in counts)
    )
    return pl.concat([sums, zones], how="diagonal").select(
        "is_pilot", "site_id", "connections", "complaints",
        (1000 * pl.col("complaints") / pl.col("connections")).alias("per_1000"),
        (1000 * pl.col("previous") / pl.col("connections")).alias("previous_per_1000"),
        (1000 * pl.col("last_year") / pl.col("connections")).alias("last_year_per_1000"),
    ).sort("is_pilot", "site_id", descending=[True, False], nulls_last=False)  # fmt: skip
