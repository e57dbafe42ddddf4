"""What the page of meters asks: how many stand where in their lives, which are due, how verifications went."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one, days_back

MOVED_DAYS = 30
VERIFIED_DAYS = 365


def stages(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Meters of each state at `as_of` (kind `state`) and events of the 30 days before (kind `event`).

    Columns kind, name (the state or event), meters.
    """
    return ask_one(engine, as_of, "meter_stages", days_back(engine, as_of, MOVED_DAYS))


def every_meter(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """All meters at `as_of`, those whose verification ends first in front: columns of meter_list.sql.

    `due` is overdue, within_30, within_60, within_90 (days), later; null of a meter that is not installed.
    """
    return ask_one(engine, as_of, "meter_list")


def verifications(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Verifications of the 365 days before `as_of` by maker and lot, the worst first.

    Columns maker, lot, dn_mm, passed, failed, last_on (day of the newest).
    """
    window = days_back(engine, as_of, VERIFIED_DAYS)
    return ask_one(engine, as_of, "meter_verifications", window)


def stock_age(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Meters in store at `as_of`: what they wait for, DN, age class, how many.

    `waits` is to_verify, to_install, to_retire or unknown; `age` under_30, under_90, under_180, over_180 (days) or
    unknown (nothing says when it came).
    """
    return ask_one(engine, as_of, "meter_stock_age")
