"""What the page of 优水入户 asks: how far its actions have come, and whether the pilot zones' water is better."""

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import YEAR, ask_one, days_back, days_before

QUALITY_DAYS = 7
COMPLAINT_DAYS = 30
QUANTITIES = ("turbidity", "free_chlorine", "ph", "pressure")


class Zones(NamedTuple):
    """Pilot zones beside the others (`compared`), and `each` zone, pilot zones first.

    compared: a row a side for each of QUANTITIES that it has, and for its complaints (quantity per_1000): quantity,
    is_pilot, mean (of complaints: per 1,000 connections), previous and last_year (the mean of the seven whole days
    before, of complaints the 30 before; and of 52 weeks earlier), p05, p95, kept_share (% of the hours with a limit
    that keep it), points; null where not known.
    each: site_id, is_pilot, the means of QUANTITIES (null where not measured), per_1000 complaints with those of the 30
    days before and of 52 weeks earlier.
    """

    compared: pl.DataFrame
    each: pl.DataFrame


def actions(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The items of all programmes as last reported at `as_of`: columns of action_items.sql.

    `progress` and `expected` (what an even pace would have reached by that report) are shares, `ahead` their
    difference; `step` is done, overdue, behind, on_track or to_come, `state` says which of them are abnormal;
    days_left is negative after the due date, null once done. The late ones come first.
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
    zones = ask_one(engine, as_of, "zone_complaints", days_back(engine, as_of, COMPLAINT_DAYS)).drop("is_whole")
    for name, span in days_before(engine, as_of, COMPLAINT_DAYS).items():
        past = ask_one(engine, as_of, "zone_complaints", span).filter("is_whole")
        zones = zones.join(past.select("site_id", pl.col("complaints").alias(name)), on="site_id", how="left")
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


def themes(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The items by programme and theme, in the order in which they begin.

    Columns programme, theme, items, done, overdue, behind, progress (the mean of its items, %), state (the worst).
    """
    counts = [(pl.col("step") == step).sum().alias(step) for step in ("done", "overdue", "behind")]
    mean = (100 * pl.col("progress").mean()).alias("progress")
    grouped = actions(engine, as_of).group_by("programme", "theme").agg(
        pl.len().alias("items"), *counts, mean, pl.col("starts_on").min()
    )  # fmt: skip
    worst = pl.when(pl.col("overdue") > 0).then(pl.lit("alarm")).when(pl.col("behind") > 0).then(pl.lit("warning"))
    return grouped.with_columns(worst.otherwise(pl.lit("normal")).alias("state")).sort(
        "programme", "starts_on", "theme"
    )


def zones(engine: Engine, as_of: datetime) -> Zones:
    """The water of the zones, pilot zones beside the others and each of them."""
    told, called = quality(engine, as_of), complaints(engine, as_of)
    groups = told.filter(pl.col("site_id").is_null())
    for name, back in (("previous", timedelta(days=QUALITY_DAYS)), ("last_year", YEAR)):
        past = ask_one(engine, as_of, "zone_quality_days", days_back(engine, as_of - back, QUALITY_DAYS))
        groups = groups.join(past.rename({"mean": name}), on=["quantity", "is_pilot"], how="left")
    return Zones(_compared(groups, called), _each(told, called))


def group_means(compared: pl.DataFrame, measure: str) -> dict[bool, float | None]:
    """The measure (one of QUANTITIES, or per_1000) of all pilot zones (True) and of all others (False) together."""
    return dict(compared.filter(quantity=measure).select("is_pilot", "mean").rows())


def _compared(groups: pl.DataFrame, called: pl.DataFrame) -> pl.DataFrame:
    kept = pl.when(pl.col("judged") > 0).then(100 * pl.col("kept") / pl.col("judged")).alias("kept_share")
    told = groups.select("quantity", "is_pilot", "mean", "previous", "last_year", "p05", "p95", kept, "points")
    known = called.filter(pl.col("site_id").is_null(), pl.col("per_1000").is_not_null()).select(
        pl.lit("per_1000").alias("quantity"), "is_pilot", mean="per_1000", previous="previous_per_1000",
        last_year="last_year_per_1000",
    )  # fmt: skip
    order = pl.col("quantity").replace_strict([*QUANTITIES, "per_1000"], range(len(QUANTITIES) + 1))
    return pl.concat([told, known], how="diagonal").sort(order, "is_pilot", descending=[False, True])


def _each(told: pl.DataFrame, called: pl.DataFrame) -> pl.DataFrame:
    means = told.filter(pl.col("site_id").is_not_null())
    wide = means.pivot(on="quantity", index="site_id", values="mean") if means.height else means.select("site_id")
    absent = [pl.lit(None, pl.Float64).alias(name) for name in QUANTITIES if name not in wide.columns]
    own = called.filter(pl.col("site_id").is_not_null())
    return own.join(wide.with_columns(absent).select("site_id", *QUANTITIES), on="site_id", how="left")
