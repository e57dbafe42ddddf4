"""What a module's page asks: its sites with yesterday's volumes, its indicators' past, its hours past a limit."""

from datetime import date, datetime, timedelta

import polars as pl

from metrics import compare
from metrics.engine import Engine
from metrics.groups import LastBatches
from metrics.moment_queries import ask_one, days_back, whole_day

_VOLUMES = ("m3", "previous_m3", "last_year_m3")


def sites(engine: Engine, as_of: datetime, module: str) -> pl.DataFrame:
    """One row a site of the module: site_id, kind, points, reporting (those that tell something now), newest, is_silent
    (nothing is measured and nothing was handed over: nobody knows that it is normal), and the columns of
    `volumes_with_others`, NULL where nothing is measured.

    `newest` of a site without points is when its groups' sources last handed something over, NULL where that was only
    after `as_of`.
    """
    rows = ask_one(engine, as_of, "module_sites", module=module)
    batches = LastBatches(engine.lake).now()
    heard = engine.utility.groups.select(
        "site_id", batch=pl.col("source").replace_strict(batches, default=None, return_dtype=pl.Datetime("us", "UTC"))
    )
    heard = heard.group_by("site_id").agg(pl.col("batch").max())
    rows = rows.join(heard, on="site_id", how="left").with_columns(
        is_silent=(pl.col("points") == 0) & pl.col("batch").is_null(),
        newest=pl.coalesce("newest", pl.when(pl.col("batch") <= as_of).then("batch")),
    )
    return rows.drop("batch").join(volumes_with_others(engine, as_of), on="site_id", how="left").sort("site_id")


def volumes_with_others(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """What passed each metered site on the last day that is over, the day before, and the same date a year before:
    site_id, m3, previous_m3, last_year_m3, and previous_share, last_year_share (by how many per cent m3 is more).
    """
    yesterday = engine.utility.day_of(as_of) - timedelta(days=1)
    days = (yesterday, yesterday - timedelta(days=1), compare.same_day_last_year(yesterday))
    first, *others = (
        volumes(engine, as_of, day).select("site_id", pl.col("m3").alias(name))
        for name, day in zip(_VOLUMES, days, strict=True)
    )
    for other in others:
        first = first.join(other, on="site_id", how="left")
    return first.with_columns(_share(other).alias(other.replace("_m3", "_share")) for other in _VOLUMES[1:])


def volumes(engine: Engine, as_of: datetime, day: date) -> pl.DataFrame:
    """What passed each metered site on a day: site_id, day, m3 (NULL unless every meter has a valid day)."""
    return ask_one(engine, as_of, "site_volumes", whole_day(engine, day))


def length(engine: Engine, as_of: datetime, indicator_id: str) -> str | None:
    """How long a period of an indicator is: day, week or month; None where the catalogue no longer has it."""
    found = engine.catalogue.indicators.get(indicator_id)
    return None if found is None else found.period


def history(engine: Engine, as_of: datetime, indicator_id: str) -> pl.DataFrame:
    """The headline's closed periods of an indicator, oldest first: period, value, state."""
    rows = engine.history([indicator_id], as_of).filter(pl.col("site_id") == "")
    return rows.select("period", "value", "state")


def periods_past(engine: Engine, as_of: datetime, ids: tuple[str, ...], first_day: date) -> pl.DataFrame:
    """The headlines' closed periods from `first_day` on in warning or alarm, newest first: indicator_id, period, value,
    state.
    """
    rows = engine.history(ids, as_of).filter(
        pl.col("site_id") == "", pl.col("period") >= first_day, pl.col("state").is_in(["alarm", "warning"])
    )
    return rows.select("indicator_id", "period", "value", "state").sort(
        "period", "indicator_id", descending=[True, False]
    )


def points_with_limit(engine: Engine, as_of: datetime, module: str) -> int:
    """How many points of the module a limit of the day judges."""
    return int(ask_one(engine, as_of, "points_with_limit", module=module).item())


def past_limit(engine: Engine, as_of: datetime, module: str, days: int) -> pl.DataFrame | None:
    """The module's points past a limit or early warning in some hour of the last `days` × 24 h; worst first. None where
    no hour of no point is known.

    Columns of hours_past_limit.sql, values in canonical units; `low` and `high` are the limit, else the early warning.
    """
    judged = ask_one(engine, as_of, "hours_past_limit", days_back(engine, as_of, days), module=module)
    return None if judged.is_empty() else judged.filter(pl.col("hours_past") > 0)


def _share(other: str) -> pl.Expr:
    """By how many per cent m3 is more than another volume; NULL where that is unknown or nothing."""
    return pl.when(pl.col(other) != 0).then((pl.col("m3") - pl.col(other)) / pl.col(other).abs() * 100)
