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


def totals(engine: Engine, as_of: datetime) -> dict[str, float | None]:
    """All items together: items, below (under their safety stock), critical_below, to_order, value_cny, idle,
    idle_value_cny. Values are None where no cost is known; an item without a cost adds none.
    """
    items = levels(engine, as_of)
    idle = items.filter("is_idle")
    return {
        "items": items.height,
        "below": items.filter("is_below_safety").height,
        "critical_below": items.filter("is_below_safety", "critical").height,
        "to_order": items.filter("is_to_order").height,
        "value_cny": _total(items["value_cny"]),
        "idle": idle.height,
        "idle_value_cny": _total(idle["value_cny"]) if idle.height else 0.0,
    }


def flow(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Receipts, issues and returns of the last 30 days: columns day, kind, moves, value_cny (issues negative)."""
    return ask_one(engine, as_of, "stock_flow", days_back(engine, as_of, MOVED_DAYS))


def moves(engine: Engine, as_of: datetime, item_id: str | None = None, days: int = MOVED_DAYS) -> pl.DataFrame:
    """Moves of the `days` before `as_of`, of one item where it is given, newest first: columns of stock_moves.sql.

    `stock` is what its store held of the item after the move.
    """
    rows = ask_one(engine, as_of, "stock_moves", days_back(engine, as_of, days))
    return rows if item_id is None else rows.filter(item_id=item_id)


def _total(values: pl.Series) -> float | None:
    """The sum of what is known; None where nothing is."""
    return float(values.sum()) if values.count() else None
