"""Single readings past a limit in the last quarter of an hour: quality in network and sewers, pressure, wells."""

from datetime import datetime, timedelta

import polars as pl

from metrics.connection import Connection, fetch_few, own_connection, view_of_files
from metrics.engine import Engine
from metrics.moment_queries import query

LISTED = timedelta(minutes=15)
"""How long a breach stays listed after it ended, so that nothing flickers."""
LOOK_BACK = timedelta(days=2)
"""How far back the start of a breach is looked for."""


SCHEMA = {
    "point_id": pl.String(),
    "site_id": pl.String(),
    "quantity": pl.String(),
    "is_over": pl.Boolean(),
    "value": pl.Float64(),
    **dict.fromkeys(("min", "max", "warning_min", "warning_max", "distance"), pl.Float64()),
    "since": pl.Datetime("us", "UTC"),
}


def breaches(engine: Engine, watched: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Watched points past a limit or an early warning within 15 minutes before `as_of`, worst first.

    Columns point_id, site_id, quantity, is_over (a limit; else an early warning), value (the worst), min, max,
    warning_min, warning_max, distance (past the limit ÷ the limit), since (start of the unbroken run).
    """
    # one for each board: a database that is asked for weeks takes more and more (docs/performance.md)
    with own_connection() as connection:
        recent = _ask(connection, engine, watched, as_of, LISTED)
        if recent.is_empty():
            return recent
        of_recent = watched.join(recent.select("point_id"), on="point_id", how="semi")
        return _ask(connection, engine, of_recent, as_of, LOOK_BACK)


def _ask(
    connection: Connection, engine: Engine, watched: pl.DataFrame, as_of: datetime, back: timedelta
) -> pl.DataFrame:
    """The same from the readings of so long before `as_of`: first few for all points, then more for few."""
    day = engine.utility.day_of
    days = pl.date_range(day(as_of - back), day(as_of), eager=True).to_list()
    files = engine.lake.files("reading", days)
    if not files or watched.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    connection.register("watched", watched)
    connection.execute("SET VARIABLE as_of = $as_of", {"as_of": as_of})
    connection.execute("SET VARIABLE earliest = $earliest", {"earliest": as_of - back})
    view_of_files(connection, "readings", files)
    return fetch_few(connection, query("breaches")).select(list(SCHEMA))
