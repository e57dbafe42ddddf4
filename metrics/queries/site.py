"""What the page of a site asks: its points now, their last day and month, its machines' states, what stands on it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from data_sources.vocabulary import TOTALISERS
from metrics.engine import Engine
from metrics.moment_queries import ask_one, ask_with, days_back
from metrics.queries.indicator import points_of

DAY = timedelta(days=1)
MISSED = 3
"""A sampled value is too old after so many of its intervals."""
_TOLD = ["machine_id", "quantity", "ts", "value", "longest_s"]


def points(engine: Engine, as_of: datetime, site_id: str) -> pl.DataFrame:
    """The site's points now: columns of site_points.sql, and `hours`, the last 24 clock hours' shares of valid data."""
    shares = ask_one(engine, as_of, "site_validity", site=site_id)
    hours = shares.group_by("point_id", maintain_order=True).agg(hours=pl.col("share"))
    rows = ask_one(engine, as_of, "site_points", site=site_id)
    return rows.join(hours, on="point_id", how="left", maintain_order="left")


def last_day(engine: Engine, as_of: datetime, site_id: str) -> pl.DataFrame:
    """The site's readings of the last 24 hours, good and manual ones: point_id, quantity, role, ts, value (canonical).

    Totalisers are left out: what they count shows by the day.
    """
    own = _own(engine, site_id).filter(~pl.col("quantity").is_in(TOTALISERS))
    rows = _readings(engine, as_of, own["point_id"].to_list())
    return rows.join(own.select("point_id", "quantity", "role"), on="point_id").sort("point_id", "ts")


def last_month(engine: Engine, as_of: datetime, site_id: str) -> pl.DataFrame:
    """The valid days of the last 30: point_id, day, quantity, role, mean, min, max."""
    return ask_one(engine, as_of, "site_days", days_back(engine, as_of, 30), site=site_id)


def machine_states(engine: Engine, as_of: datetime, site_id: str) -> pl.DataFrame:
    """What each machine of the site did in the last 24 hours: machine_id, state, starts_at, ends_at (UTC).

    State: running, stopped or unavailable; a stretch about which nobody said anything is left out.
    """
    tells = pl.col("machine_id").is_not_null() & pl.col("quantity").is_in(["running", "available"])
    own = _own(engine, site_id).filter(tells)
    rows = _readings(engine, as_of, own["point_id"].to_list())
    longest = pl.coalesce(pl.col("hold_s"), pl.col("interval_s") * MISSED).alias("longest_s")
    told = rows.join(own.select("point_id", "machine_id", "quantity", longest), on="point_id").select(_TOLD)
    return ask_with(engine, as_of, "machine_states", told=told)


def depends_on(engine: Engine, as_of: datetime, site_id: str) -> Mapping[str, list[str]]:
    """What stands on a site: `indicators` that read a point of it, `fed` sites whose parent it is, `drained` sites
    whose sewage comes here, and `neighbours` that its meters measure the flow to or from.
    """
    utility = engine.utility
    own = set(_own(engine, site_id)["point_id"])
    reading = [id_ for id_ in engine.catalogue.indicators if own & points_of(engine, id_)]
    sites = utility.sites
    flows = utility.points.filter(pl.col("to_site_id").is_not_null()).join(
        utility.groups.select("group_id", "site_id"), on="group_id"
    )
    out = flows.filter(pl.col("site_id") == site_id)["to_site_id"].to_list()
    into = flows.filter(pl.col("to_site_id") == site_id)["site_id"].to_list()
    return {
        "indicators": reading,
        "fed": sites.filter(pl.col("parent_id") == site_id)["site_id"].to_list(),
        "drained": sites.filter(pl.col("drains_to") == site_id)["site_id"].to_list(),
        "neighbours": sorted({*out, *into} - {site_id}),
    }


def _own(engine: Engine, site_id: str) -> pl.DataFrame:
    """The site's points as in points.csv."""
    groups = engine.utility.groups.filter(pl.col("site_id") == site_id)
    return engine.utility.points.filter(pl.col("group_id").is_in(groups["group_id"].to_list()))


def _readings(engine: Engine, as_of: datetime, point_ids: list[str]) -> pl.DataFrame:
    """Good and manual readings of points in the 24 hours before as_of: point_id, ts, value."""
    day = engine.utility.day_of
    days = sorted({day(as_of - DAY), day(as_of)})
    rows = engine.lake.scan("reading", days).filter(
        pl.col("point_id").is_in(point_ids),
        pl.col("ts") > as_of - DAY,
        pl.col("ts") + pl.duration(seconds="span_s") <= as_of,
        pl.col("quality").is_in(["good", "manual"]),
    )
    return rows.select("point_id", "ts", "value").collect()
