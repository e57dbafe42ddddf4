"""What screens ask of demand: what is forecast ahead, and yesterday's forecast beside what came. Volumes in m³."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import polars as pl

from brain.demand.bands import QUANTILES
from brain.demand.rows import DAY_SERIES
from brain.demand.series import FLOWS, demand
from brain.inputs import read_inputs
from brain.issue import SHOWN
from brain.question import Need
from metrics.engine import Engine

BACK = timedelta(days=3)
"""How far back what came is shown."""
LOOK_BACK_D = 8
"""Days within which the newest issue is looked for."""
DAY = timedelta(days=1)
NAMES = dict(zip(map(str, QUANTILES), ("p2", "p10", "p50", "p90", "p97"), strict=True))


def series_list(engine: Engine, as_of: datetime) -> list[str]:
    """The sites of which a demand forecast was issued lately: the network, then the others as sites.csv has them."""
    rows = _issued(engine, as_of).select(pl.col("series").unique()).collect()["series"]
    found = {name.removesuffix("/demand") for name in rows if name.endswith("/demand")}
    known = engine.utility.sites.sort(pl.col("kind") != "network", maintain_order=True)["site_id"].to_list()
    return [site for site in known if site in found]


def ahead(engine: Engine, as_of: datetime, site_id: str) -> pl.DataFrame:
    """The newest forecast of a site: columns issued_at, valid_at, p2, p10, p50, p90, p97 in m³/h."""
    return _newest(_issued(engine, as_of), [f"{site_id}/demand"])


def days_ahead(engine: Engine, as_of: datetime, site_id: str) -> pl.DataFrame:
    """The newest forecast of business days' totals, m³: columns as `ahead`; empty where a site has none."""
    return _newest(_issued(engine, as_of), [f"{site_id}/demand{DAY_SERIES}"])


def came(engine: Engine, as_of: datetime, site_id: str | None = None) -> pl.DataFrame:
    """What came in the hours of the last three days: series, valid_at, value in m³/h; of one site or of all."""
    needs = {"hourly": Need("hourly", back=BACK, where=FLOWS), "sites": Need("sites")}
    inputs = read_inputs(engine, needs, as_of)
    rows = demand(inputs["hourly"], inputs["sites"])
    return rows if site_id is None else rows.filter(pl.col("series") == f"{site_id}/demand")


def yesterday(engine: Engine, as_of: datetime, site_id: str) -> pl.DataFrame:
    """Yesterday's hours as last forecast before they began, beside what came: columns of `ahead`, `came`, `is_inside`.

    Yesterday is the business day before that of `as_of`.
    """
    return _beside(engine, as_of).filter(pl.col("series") == f"{site_id}/demand").drop("series")


def sites_table(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """One row a site: next_24h_m3 (the median ahead), last_24h_m3, and of yesterday forecast_m3, came_m3, off_pct and
    inside_pct, the share of hours inside P10–P90. Null where hours are missing.
    """
    names = [f"{site}/demand" for site in series_list(engine, as_of)]
    hour = as_of.replace(minute=0, second=0, microsecond=0)
    coming = _newest(_issued(engine, as_of), names).filter(
        pl.col("valid_at").is_between(hour, hour + DAY, closed="left")
    )
    past = came(engine, as_of).filter(pl.col("valid_at") >= hour - DAY)
    then = (
        _beside(engine, as_of)
        .group_by("series")
        .agg(
            forecast_m3=pl.when(pl.col("came").count() == pl.len()).then(pl.col("p50").sum()),
            came_m3=pl.when(pl.col("came").count() == pl.len()).then(pl.col("came").sum()),
            inside_pct=pl.col("is_inside").mean() * 100,
        )
    )
    table = pl.DataFrame({"series": names}, schema={"series": pl.String()})
    for rows in (
        coming.group_by("series").agg(next_24h_m3=pl.when(pl.len() >= 23).then(pl.col("p50").sum())),
        past.group_by("series").agg(last_24h_m3=pl.when(pl.len() >= 23).then(pl.col("value").sum())),
        then,
    ):
        table = table.join(rows, on="series", how="left")
    off = (pl.col("came_m3") / pl.col("forecast_m3") - 1) * 100
    return table.select(
        pl.col("series").str.strip_suffix("/demand").alias("site_id"), pl.all().exclude("series"), off_pct=off
    )


def _beside(engine: Engine, as_of: datetime) -> pl.DataFrame:
    utility = engine.utility
    today = utility.day_start(utility.day_of(as_of))
    start = utility.day_start(utility.day_of(as_of) - DAY)
    names = [f"{site}/demand" for site in series_list(engine, as_of)]
    issued = _issued(engine, as_of).filter(pl.col("issued_at") < start)
    rows = _newest(issued, names).filter(pl.col("valid_at").is_between(start, today, closed="left"))
    beside = rows.join(came(engine, as_of).rename({"value": "came"}), on=["series", "valid_at"], how="left")
    return beside.with_columns(is_inside=pl.col("came").is_between(pl.col("p10"), pl.col("p90")))


def _issued(engine: Engine, as_of: datetime) -> pl.LazyFrame:
    """What was shown of demand up to `as_of`."""
    today = engine.utility.day_of(as_of)
    days = [today - timedelta(days=n) for n in range(LOOK_BACK_D)]
    rows = engine.lake.scan("forecast", days)
    of_demand = pl.col("series").str.contains("/demand", literal=True)
    return rows.filter(of_demand & (pl.col("model") == SHOWN) & (pl.col("issued_at") <= as_of))


def _newest(issued: pl.LazyFrame, series: Sequence[str]) -> pl.DataFrame:
    """The last issue of each series that reaches furthest back to now, one row an hour."""
    rows = issued.filter(pl.col("series").is_in(list(series))).collect()
    newest = rows.filter(pl.col("issued_at") == pl.col("issued_at").max().over("series"))
    wide = newest.with_columns(pl.col("quantile").cast(pl.String).replace(NAMES)).pivot(
        "quantile", index=["series", "issued_at", "valid_at"], values="value"
    )
    empty = [pl.lit(None, pl.Float64).alias(name) for name in NAMES.values() if name not in wide.columns]
    return (
        wide.with_columns(empty).select("series", "issued_at", "valid_at", *NAMES.values()).sort("series", "valid_at")
    )
