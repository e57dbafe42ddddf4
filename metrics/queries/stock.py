"""What the page of stock asks: how long each item lasts, what to order, what moved."""

from datetime import datetime, timedelta

import polars as pl

from metrics.engine import Engine
from metrics.moment_queries import YEAR, ask_one, days_back, days_before

USE_DAYS = 90
"""Over which the use of an item is taken."""
MOVED_DAYS = 30


def levels(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Every item at `as_of`, critical ones below their safety stock first: columns of stock_levels.sql.

    Quantities are in the item's unit, used_a_day per day over the 90 days before (null where nothing went out),
    days_left in days, short_by in whole units, values in CNY (null where the cost is unknown).
    """
    return ask_one(engine, as_of, "stock_levels", days_back(engine, as_of, USE_DAYS))


def totals(engine: Engine, as_of: datetime) -> dict[str, float | None]:
    """All items together: items, below (under their safety stock), critical_below, to_order, critical_to_order,
    value_cny, idle, idle_value_cny. Values are None where no cost is known; an item without a cost adds none.
    """
    items = levels(engine, as_of)
    idle = items.filter("is_idle")
    return {
        "items": items.height,
        "below": items.filter("is_below_safety").height,
        "critical_below": items.filter("is_below_safety", "critical").height,
        "to_order": items.filter("is_to_order").height,
        "critical_to_order": items.filter("is_to_order", "critical").height,
        "value_cny": _total(items["value_cny"]),
        "idle": idle.height,
        "idle_value_cny": _total(idle["value_cny"]) if idle.height else 0.0,
    }


def value_before(engine: Engine, as_of: datetime) -> dict[str, float | None]:
    """The value in stock (CNY) of 30 days before `as_of` (previous) and of 52 weeks before (last_year), at today's unit
    costs; None where the lake has no move from before then.
    """
    found = {}
    for name, back in (("previous", timedelta(days=MOVED_DAYS)), ("last_year", YEAR)):
        items = ask_one(engine, as_of, "stock_levels", days_back(engine, as_of - back, USE_DAYS))
        found[name] = _total(items["value_cny"]) if items["still_since"].count() else None
    return found


def moved(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Receipts, issues and returns of the last 30 days together.

    Columns kind, value_cny (issues negative), previous (of the 30 days before those), last_year (52 weeks earlier); the
    last two null where the lake doesn't reach back.
    """
    by_kind = flow(engine, as_of).group_by("kind").agg(pl.col("value_cny").sum())
    for name, span in days_before(engine, as_of, MOVED_DAYS).items():
        past = ask_one(engine, as_of, "stock_flow", span).filter("is_whole")
        sums = past.group_by("kind").agg(pl.col("value_cny").sum().alias(name))
        # of a time that the lake knows, what it doesn't tell of did not happen
        filled = pl.col(name).fill_null(0.0) if past.height else pl.col(name)
        by_kind = by_kind.join(sums, on="kind", how="left").with_columns(filled)
    return by_kind.sort("kind")


def flow(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Receipts, issues and returns of the last 30 days: columns day, kind, moves, value_cny (issues negative)."""
    return ask_one(engine, as_of, "stock_flow", days_back(engine, as_of, MOVED_DAYS)).drop("is_whole")


def moves(engine: Engine, as_of: datetime, item_id: str | None = None, days: int = MOVED_DAYS) -> pl.DataFrame:
    """Moves of the `days` before `as_of`, of one item where it is given, newest first: columns of stock_moves.sql.

    `stock` is what its store held of the item after the move.
    """
    rows = ask_one(engine, as_of, "stock_moves", days_back(engine, as_of, days))
    return rows if item_id is None else rows.filter(item_id=item_id)


def _total(values: pl.Series) -> float | None:
    """The sum of what is known; None where nothing is."""
    return float(values.sum()) if values.count() else None
