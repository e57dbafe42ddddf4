"""What the page of meters asks: how many stand where in their lives, which are due, how verifications went."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one, days_back

MOVED_DAYS = 30
VERIFIED_DAYS = 365
DUE = ("overdue", "within_30", "within_60", "within_90", "later")
"""When an installed meter's verification ends: before today, in so many days."""


def stages(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Meters of each state at `as_of` (kind `state`) and events of the 30 days before (kind `event`).

    Columns kind, name (the state or event), meters.
    """
    return ask_one(engine, as_of, "meter_stages", days_back(engine, as_of, MOVED_DAYS))


def every_meter(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """All meters at `as_of`, those whose verification ends first in front: columns of meter_list.sql.

    `due` is one of DUE; null of a meter that is not installed.
    """
    return ask_one(engine, as_of, "meter_list")


def listed(
    engine: Engine, as_of: datetime, group: str, dn_mm: int | None = None, maker: str | None = None,
    lot: str | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The meters of a group (a state, or one of DUE), of one DN, maker or lot where they are given."""
    wanted = {"dn_mm": dn_mm, "maker": maker, "lot": lot}
    rows = every_meter(engine, as_of).filter(pl.col("due" if group in DUE else "state") == group)
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def due(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Installed meters by DN (null: all) and when they are due: columns dn_mm, installed and those of DUE."""
    counts = [pl.len().alias("installed"), *((pl.col("due") == one).sum().alias(one) for one in DUE)]
    installed = every_meter(engine, as_of).filter(pl.col("due").is_not_null())
    every = installed.select(pl.lit(None, pl.Int64).alias("dn_mm"), *counts)
    return pl.concat([every, installed.group_by("dn_mm").agg(counts).sort("dn_mm")], how="vertical_relaxed")


def due_by_month(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Installed meters by the month in which their verification ends, for the year to come: columns month, meters.

    Those overdue are in the running month.
    """
    today = engine.utility.day_of(as_of)
    month = pl.max_horizontal("verified_until", pl.lit(today)).dt.truncate("1mo").alias("month")
    installed = every_meter(engine, as_of).filter(pl.col("due").is_not_null())
    months = pl.date_range(today.replace(day=1), today.replace(day=1, year=today.year + 1), "1mo", closed="left")
    every = pl.DataFrame().select(month=months)
    counts = installed.with_columns(month).group_by("month").agg(pl.len().alias("meters"))
    return every.join(counts, on="month", how="left").with_columns(pl.col("meters").fill_null(0)).sort("month")


def verifications(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Verifications of the 365 days before `as_of` by maker and lot, the worst first.

    Columns maker, lot, dn_mm, passed, failed, last_on (day of the newest), passed_share (%).
    """
    rows = ask_one(engine, as_of, "meter_verifications", days_back(engine, as_of, VERIFIED_DAYS))
    return rows.with_columns(_passed())


def makers(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The same by maker (null: all), the worst first: columns maker, lots, passed, failed, passed_share (%)."""
    counts = [pl.col("lot").n_unique().alias("lots"), pl.col("passed").sum(), pl.col("failed").sum()]
    lots = verifications(engine, as_of)
    every = lots.select(pl.lit(None, pl.String).alias("maker"), *counts)
    own = lots.group_by("maker").agg(counts).with_columns(_passed()).sort("passed_share", "maker")
    return pl.concat([every.with_columns(_passed()), own])


def stock_age(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Meters in store at `as_of` by what they wait for: to_verify, to_install, to_retire or unknown.

    Columns waits, meters, of these under_30, under_90, under_180, over_180 (days since they came in) and unknown
    (nothing says when), oldest_days.
    """
    return ask_one(engine, as_of, "meter_stock_age")


def _passed() -> pl.Expr:
    verified = pl.col("passed") + pl.col("failed")
    return pl.when(verified > 0).then(100 * pl.col("passed") / verified).alias("passed_share")
