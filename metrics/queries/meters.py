"""What the page of meters asks: how many stand where in their lives, which are due, how verifications went."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one, days_back, days_before

MOVED_DAYS = 30
VERIFIED_DAYS = 365
DUE = ("overdue", "within_30", "within_60", "within_90", "later")
"""When an installed meter's verification ends: before today, in so many days."""
WAITS = ("to_verify", "to_install", "to_retire", "unknown")
"""For what a meter in store waits."""
AGES = {"under_30": 0, "under_90": 30, "under_180": 90, "over_180": 180}
"""How long a meter has been in store, and from how many days on."""
RESULTS = {"passed": "verified", "failed": "failed"}
"""How a verification ends, and the event that says so."""
_UNKNOWN_AGE = "unknown"


def stages(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Meters of each state at `as_of` (kind `state`) and events of the 30 days before (kind `event`).

    Columns kind, name (the state or event), meters; of events also previous (of the 30 days before those) and last_year
    (52 weeks earlier), null where the lake doesn't reach back.
    """
    told = ask_one(engine, as_of, "meter_stages", days_back(engine, as_of, MOVED_DAYS))
    for name, span in days_before(engine, as_of, MOVED_DAYS).items():
        past = ask_one(engine, as_of, "meter_stages", span).filter("is_whole")
        own = told.join(past.select("kind", "name", pl.col("meters").alias(name)), on=["kind", "name"], how="left")
        # of a time that the lake knows, what it doesn't tell of did not happen
        known = pl.lit(past.height > 0) & (pl.col("kind") == "event")
        told = own.with_columns(pl.when(known).then(pl.col(name).fill_null(0)).alias(name))
    return told.drop("is_whole").sort("kind", "name")


def every_meter(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """All meters at `as_of`, those whose verification ends first in front: columns of meter_list.sql.

    `due` is one of DUE, null of a meter that is not installed; `waits` one of WAITS, null of one that is not in store.
    """
    return ask_one(engine, as_of, "meter_list").with_columns(_age().alias("age"))


def listed(
    engine: Engine, as_of: datetime, group: str, dn_mm: int | None = None, maker: str | None = None,
    lot: str | None = None, age: str | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The meters of a group, of one DN, maker, lot or age in store (AGES, unknown) where they are given.

    A group is a state, one of DUE, WAITS or RESULTS (of the 365 days before), `installed`, or `every`.
    """
    wanted = {"dn_mm": dn_mm, "maker": maker, "lot": lot, "age": age}
    rows = every_meter(engine, as_of)
    if group in RESULTS:
        tested = _tested(engine, as_of).filter(event=RESULTS[group])["meter_id"]
        rows = rows.filter(pl.col("meter_id").is_in(tested.implode()))
    else:
        rows = rows.filter(_in_group(group))
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

    Columns maker, lot, passed, failed, last_on (day of the newest), passed_share (%).
    """
    counts = [(pl.col("event") == event).sum().alias(name) for name, event in RESULTS.items()]
    lots = _tested(engine, as_of).group_by("maker", "lot").agg(*counts, pl.col("day").max().alias("last_on"))
    return lots.with_columns(_passed()).sort("passed_share", "maker", "lot")


def makers(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The same by maker (null: all), the worst first: columns maker, lots, passed, failed, passed_share (%)."""
    counts = [pl.col("lot").n_unique().alias("lots"), pl.col("passed").sum(), pl.col("failed").sum()]
    lots = verifications(engine, as_of)
    every = lots.select(pl.lit(None, pl.String).alias("maker"), *counts)
    own = lots.group_by("maker").agg(counts).with_columns(_passed()).sort("passed_share", "maker")
    return pl.concat([every.with_columns(_passed()), own])


def stock_age(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Meters in store at `as_of` by what they wait for: one of WAITS, the most first.

    Columns waits, meters, of these those of each of AGES and unknown (nothing says when they came in), oldest_days.
    """
    stored = every_meter(engine, as_of).filter(pl.col("waits").is_not_null())
    counts = [(pl.col("age") == age).sum().alias(age) for age in (*AGES, _UNKNOWN_AGE)]
    oldest = pl.col("stored_days").max().alias("oldest_days")
    return stored.group_by("waits").agg(pl.len().alias("meters"), *counts, oldest).sort(
        "meters", "waits", descending=[True, False]
    )  # fmt: skip


def _tested(engine: Engine, as_of: datetime) -> pl.DataFrame:
    return ask_one(engine, as_of, "meter_verifications", days_back(engine, as_of, VERIFIED_DAYS))


def _in_group(group: str) -> pl.Expr:
    if group in DUE:
        return pl.col("due") == group
    if group in WAITS:
        return pl.col("waits") == group
    if group == "installed":
        return pl.col("due").is_not_null()
    return pl.lit(True) if group == "every" else pl.col("state") == group


def _age() -> pl.Expr:
    """Which of AGES a meter in store has; null of one that isn't."""
    told = [pl.when(pl.col("stored_days") >= days).then(pl.lit(age)) for age, days in reversed(AGES.items())]
    return pl.when(pl.col("waits").is_not_null()).then(pl.coalesce(*told, pl.lit(_UNKNOWN_AGE)))


def _passed() -> pl.Expr:
    verified = pl.col("passed") + pl.col("failed")
    return pl.when(verified > 0).then(100 * pl.col("passed") / verified).alias("passed_share")
