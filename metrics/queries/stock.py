"""What the page of stock asks: how long each item lasts, what to order, what moved."""

from datetime import datetime

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import ask_one, days_back

USE_DAYS = 90
"""Over which the use of an item is taken."""
MOVED_DAYS = 30


def levels(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Every item at `as_of`, critical ones below their safety stock first: columns of stock_levels.sql.

    Quantities are in the item's unit, used_a_day per day over the 90 days before (null where nothing went out),
    days_left in days, values in CNY (null where the cost is unknown).
    """
    return ask_one(engine, as_of, "stock_levels", days_back(engine, as_of, USE_DAYS))


def flow(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Receipts, issues and returns of the last 30 days: columns day, kind, moves, value_cny (issues negative)."""
    return ask_one(engine, as_of, "stock_flow", days_back(engine, as_of, MOVED_DAYS))


def moves(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Every move of the 30 days before `as_of`, newest first, `stock` being what was there after it."""
    return ask_one(engine, as_of, "stock_moves", days_back(engine, as_of, MOVED_DAYS))
