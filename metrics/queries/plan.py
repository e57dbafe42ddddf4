"""What pages ask of the newest sewage plan."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one


def newest_plan(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The newest plan issued up to `as_of`, a row a site, variant and quarter of an hour; columns of table plan.

    m³/h, m, m³, kWh, 元. No row where none was issued in the last 24 hours.
    """
    return ask_one(engine, as_of, "plan_newest")


def risk_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """P(level ≥ alarm level within a day) of each sewage station as last computed: site_id, probability, 0–1."""
    return ask_one(engine, as_of, "stations").select("site_id", "probability")
