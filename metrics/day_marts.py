"""One stretch of days from readings to the rows of its marts: which SQL of marts/ runs on what, in memory.

Sealed days go through pieces.sql, a plain GROUP BY; days as connectors wrote them through rows.sql, which finds the
newest row of a key and what it covers. Totalisers and rainfall, few, take row_pieces.sql on sealed days, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import polars as pl

from data_sources.utility import Utility
from metrics.connection import Connection, fetch, view_of_files
from metrics.mart_days import anchor_us, calendar, mart_points, micros, moment_of

MARTS = ("hourly", "daily", "latest")
CARRIED = {
    "point_id": pl.String(),
    "us": pl.Int64(),
    "raw_value": pl.Float64(),
    "quality": pl.String(),
    "span_s": pl.Int64(),
    "good_us": pl.Int64(),
    "good_value": pl.Float64(),
    "good_until_us": pl.Int64(),
}
"""What mart latest of a day hands to the next one."""
HEAD = {"day": pl.Date(), "point_id": pl.String(), "us": pl.Int64(), "value": pl.Float64()}
"""What a day hands to the one before: its totalisers' first readings."""
_PLAIN_AND_SPECIAL = """
FROM summed ANTI JOIN (FROM points WHERE is_special) AS special USING (point_id) UNION ALL FROM row_pieces
"""
_NEWEST_SEALED = """
SELECT day, max(last_us + span_s * 1000000) FROM pieces JOIN hours USING (hour_no) GROUP BY day
"""
_NEWEST_UNSEALED = "SELECT max(epoch_us(ts) + span_s * 1000000) FROM unsealed"
_SQL = Path(__file__).parent / "marts"


@dataclass(frozen=True)
class DayMarts:
    """The marts of some days by name, the newest own time of each day's readings, and each day's `head`."""

    frames: Mapping[str, pl.DataFrame]
    newest: Mapping[date, datetime]
    head: pl.DataFrame


@lru_cache(maxsize=64)
def mart_sql(name: str) -> str:
    """The text of marts/<name>.sql."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def make_day_marts(
    connection: Connection,
    utility: Utility,
    days: Sequence[date],
    files: Sequence[str],
    as_of: datetime,
    *,
    sealed: bool,
    carried: pl.DataFrame | None = None,
    head: pl.DataFrame | None = None,
) -> DayMarts:
    """The marts of `days` (one after another without a gap) from their reading files, as at `as_of`.

    `carried` are the rows of `latest` of the day before, `head` the first readings of totalisers on the day after (both
    empty where there are none). Files of sealed days hold covered_s, and no row newer than `as_of`.
    """
    _inputs(connection, utility, days, as_of, carried, head)
    _moment(connection, utility, days[0], as_of)
    source = "sealed" if sealed else "unsealed"
    view_of_files(connection, source, files)
    _table(connection, "readings", mart_sql("sealed_rows" if sealed else "rows"))
    _table(connection, "row_pieces", mart_sql("row_pieces"))
    if sealed:
        _table(connection, "summed", mart_sql("pieces"))
        _table(connection, "pieces", _PLAIN_AND_SPECIAL)
    else:
        _table(connection, "pieces", "FROM row_pieces")
    for step in ("totals", *MARTS):
        _table(connection, step, mart_sql(step))
    return DayMarts(
        {mart: fetch(connection, f"FROM {mart} ORDER BY day, point_id") for mart in MARTS},
        _newest(connection, days, sealed=sealed),
        fetch(connection, mart_sql("head")),
    )


def first_readings(
    connection: Connection, utility: Utility, day: date, files: Sequence[str], as_of: datetime
) -> pl.DataFrame:
    """The first believable reading of each totaliser among a day's files: what the day before waits for."""
    totals = mart_points(utility).filter("is_total")
    if totals.is_empty() or not files:
        return pl.DataFrame(schema=HEAD)
    connection.register("points", totals)
    connection.register("hours", calendar(utility, [day], as_of)[0])
    view_of_files(connection, "of_all_points", files)
    # totalisers are few: what the others read is left in the files
    connection.execute("CREATE OR REPLACE VIEW unsealed AS FROM of_all_points SEMI JOIN points USING (point_id)")
    _moment(connection, utility, day, as_of)
    _table(connection, "readings", mart_sql("rows"))
    return fetch(connection, mart_sql("head"))


def _inputs(
    connection: Connection,
    utility: Utility,
    days: Sequence[date],
    as_of: datetime,
    carried: pl.DataFrame | None,
    head: pl.DataFrame | None,
) -> None:
    hours, day_frame = calendar(utility, days, as_of)
    frames = {
        "hours": hours,
        "days": day_frame,
        "points": mart_points(utility),
        "carried": pl.DataFrame(schema=CARRIED) if carried is None else carried.select(*CARRIED),
        "after": pl.DataFrame(schema=HEAD) if head is None else head,
    }
    for name, rows in frames.items():
        connection.register(name, rows)


def _moment(connection: Connection, utility: Utility, day: date, as_of: datetime) -> None:
    """What the SQL asks with getvariable: where hours begin, and now, both in microseconds."""
    connection.execute(f"SET VARIABLE anchor_us = {anchor_us(utility, day)}")
    connection.execute(f"SET VARIABLE as_of_us = {micros(as_of)}")


def _newest(connection: Connection, days: Sequence[date], *, sealed: bool) -> dict[date, datetime]:
    """The newest own time among a day's rows, those after as_of too: until then its marts aren't those of the whole
    day. Days not sealed come one by one; a day without rows has none.
    """
    if sealed:
        rows = connection.execute(_NEWEST_SEALED).fetchall()
    else:
        rows = [(days[0], *one) for one in connection.execute(_NEWEST_UNSEALED).fetchall()]
    return {day: moment for day, newest_us in rows if (moment := moment_of(newest_us)) is not None}


def _table(connection: Connection, name: str, select: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")
