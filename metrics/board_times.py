"""Times on the board: how new the data behind a number are, and since when an indicator has been in its state."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

import polars as pl

from data_sources.contracts import TABLES
from metrics.catalogue import Indicator
from metrics.engine import Engine
from metrics.judge import Judged
from metrics.lineage import tables_read
from metrics.spans import closed_span, newest_span

_DAY = timedelta(days=1)
SHOWN_BACK = timedelta(days=30)
"""How far back kept boards are read for the start of a state."""


def data_times(
    engine: Engine,
    verdicts: Mapping[str, Judged],
    points: Mapping[str, Collection[str]],
    freshness: pl.DataFrame,
    as_of: datetime,
) -> dict[str, datetime | None]:
    """Indicator → the end of its closed period, or the newest of what its running value was computed from.

    `points` are the ids of the points that each indicator reads.
    """
    heard = dict(freshness.select("point_id", "heard_at").rows())
    times: dict[str, datetime | None] = {}
    for id_, judged in verdicts.items():
        indicator = engine.catalogue.indicators[id_]
        if indicator.shows == "closed":
            closed = closed_span(indicator, engine.utility, judged.period) if judged.period else None
            times[id_] = closed.ends_at if closed else None
            continue
        known = [heard[point] for point in points[id_] if heard.get(point) is not None]
        known += [time for table in tables_read(indicator.sql) - {"reading"} if (time := _newest(engine, table, as_of))]
        times[id_] = max(known, default=None)
    return times


def state_since(engine: Engine, indicator: Indicator, judged: Judged, as_of: datetime) -> datetime:
    """Since when the boards that were shown have had this indicator in this state; else the start of its period."""
    start = newest_span(indicator, engine.utility, as_of).starts_at
    shown = engine.stored.rows("board", date.min, date.max)
    kept = shown.filter(pl.col("as_of") <= as_of, pl.col("as_of") > as_of - SHOWN_BACK).sort("as_of", descending=True)
    since = None
    for moment, text in kept.select("as_of", "json").iter_rows():
        if _state_in(text, indicator.id) != judged.state:
            break
        since = moment
    return since or start


def _state_in(text: str, indicator_id: str) -> str | None:
    tiles = json.loads(text)["indicators"]
    return next((tile["state"] for tile in tiles if tile["id"] == indicator_id), None)


def _newest(engine: Engine, table: str, as_of: datetime) -> datetime | None:
    """The newest own time of a table's rows up to `as_of`; of tables by month, when the month was over."""
    own = TABLES[table].own_time
    if own is None:
        return None
    today = engine.utility.day_of(as_of)
    rows = engine.stored.rows(table, today - 7 * _DAY, today)
    if rows.schema[own] == pl.Date:
        last = rows.filter(pl.col("day") <= today)["day"].max()
        return engine.utility.day_start(last) if isinstance(last, date) else None
    newest = rows.filter(pl.col(own) <= as_of)[own].max()
    return newest if isinstance(newest, datetime) else None
