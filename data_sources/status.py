"""What each source has delivered, and whether it still does."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from data_sources.connector import connector, kinds
from data_sources.contracts import PARTITIONED, TABLES
from data_sources.drain import ROWS_PER_NUMBER
from data_sources.lake import Lake
from data_sources.source_log import read_facts
from data_sources.utility import Utility

LATE_AFTER_INTERVALS = 3
"""A source that polls is late after this many intervals of its slowest point without a row."""
NEVER_LATE = "import"
MOST_NAMES = 20
_COUNTED: dict[tuple[Path, date], tuple[str, pl.DataFrame]] = {}
"""What a day's readings count, at the day's fingerprint: a page asks often, and old days don't change."""


def source_status(lake: Lake, utility: Utility, now: datetime) -> list[dict[str, Any]]:
    """The JSON of `data_sources status`, a source of sources.toml each.

    state: failed (it can't be reached, its process died, or nothing of what it sends for a table can be used; `error`
    says why, `since` from when), never (no batch yet), late (a source that polls is silent), ok. What is imported by
    hand is never late: nobody says when it is due.

    refused_at is when the newest row came that is in quarantine, refused_reason why it is there. Of a source with a
    connector also, else null: clock_s (its clock runs so many seconds ahead, or went back where negative), columns_come
    and columns_gone (so has changed what it sends), unasked (columns that no point or map asks for), ignored (rows of
    tags that its settings leave out), without_data (heartbeats and the like), set_apart and set_apart_newest (files
    that could not be taken in, and what is wrong with the newest).
    """
    stored, bad, facts = _stored(lake), _quarantined(lake), read_facts(lake.root)
    return [
        _status(
            name, settings, stored.get(name, {}), bad.get(name, {}), facts.get(name, {}), _patience(utility, name), now
        )
        for name, settings in utility.sources.items()
    ]


def remarks(fact: dict[str, Any]) -> list[str]:
    """What is odd about a source of `source_status`, a line each, as data health says it."""
    clock = fact["clock_s"] or 0
    return [
        said
        for holds, said in (
            (fact["since"], f"since {fact['since']}"),
            (clock > 0, f"clock ahead by {clock} s, readings from ahead are suspect"),
            (clock < 0, f"clock went back by {-clock} s"),
            (fact["columns_come"], f"new columns: {fact['columns_come']}"),
            (fact["columns_gone"], f"columns that went: {fact['columns_gone']}"),
            (fact["unasked"], f"columns nobody asks for: {fact['unasked']}"),
            (fact["quarantined"], f"{fact['quarantined']} rows in quarantine, the newest: {fact['refused_reason']}"),
            (fact["set_apart"], f"{fact['set_apart']} files in failed/, the newest: {fact['set_apart_newest']}"),
        )
        if holds
    ]


def _status(
    name: str,
    settings: dict[str, Any],
    tables: dict[str, dict[str, Any]],
    refused: dict[str, dict[str, Any]],
    facts: dict[str, Any],
    patience: timedelta | None,
    now: datetime,
) -> dict[str, Any]:
    written, refused_at = _newest(tables, "received_at"), _newest(refused, "received_at")
    newest, last_batch = _newest(tables, "own_time"), facts.get("last_batch_at")  # one without news left no row
    batches = [moment for moment in (written, refused_at, last_batch and datetime.fromisoformat(last_batch)) if moment]
    told = [moment for moment in (newest, written) if moment]
    # a time that lies ahead of its arrival says nothing of how lately the source was heard
    heard = min(told, default=None) if newest is not None or not facts else written
    silent = settings["kind"] != NEVER_LATE and patience is not None and heard is not None and now - heard > patience
    goes_on = settings["kind"] in kinds() and not silent
    error = facts.get("error") or _unusable(tables, refused, goes_on)
    aside = facts.get("set_apart") or {}
    return {
        "source": name,
        "kind": settings["kind"],
        "state": "failed" if error else "never" if not batches else "late" if silent else "ok",
        "last_batch_at": _iso(max(batches, default=None)),
        "last_data_time": _iso(newest),
        "rows": sum(table["rows"] for table in tables.values()),
        "quarantined": sum(table["rows"] for table in refused.values()),
        "refused_at": _iso(refused_at),
        "refused_reason": next((bad["reason"] for bad in refused.values() if bad["received_at"] == refused_at), None),
        "error": error,
        "since": facts.get("since"),
        "clock_s": facts.get("clock_s"),
        "columns_come": _columns(facts, "come"),
        "columns_gone": _columns(facts, "gone"),
        "unasked": _columns(facts, "unasked"),
        "ignored": facts.get("ignored"),
        "without_data": facts.get("without_data"),
        "set_apart": aside.get("files"),
        "set_apart_newest": aside.get("newest"),
    }


def _unusable(tables: dict[str, dict[str, Any]], refused: dict[str, dict[str, Any]], goes_on: bool) -> str | None:
    """Why nothing can be used of what a source now sends for a table; None where something can.

    Of a source that goes on only whole batches tell so: single rows are a fault of their own, such as a station that
    nobody knows beside those that are known.
    """
    for table, bad in refused.items():
        written = tables.get(table, {}).get("received_at")
        last = bad["whole_at"] if goes_on and written is not None else bad["received_at"]
        if last is not None and (written is None or last > written):
            return str(bad["reason"])
    return None


_Tables = dict[str, dict[str, dict[str, Any]]]


def _stored(lake: Lake) -> _Tables:
    """Source → table → stored rows, newest batch, newest own time; of every table but quarantine."""
    parts = [_of_readings(lake).with_columns(table=pl.lit("reading"))]
    for name, table in TABLES.items():
        files = lake.files(name)
        if name in ("quarantine", "reading") or not files:
            continue
        own = pl.lit(None, pl.Datetime("us", "UTC"))
        if table.own_time is not None and table.columns[table.own_time] != pl.Date:
            own = pl.col(table.own_time).max()
        rows = pl.scan_parquet(files, hive_partitioning=name in PARTITIONED)
        parts.append(_counted(rows, own, "source").with_columns(table=pl.lit(name)).collect())
    together = pl.concat(parts).group_by("source", "table")
    return _by_table(together.agg(pl.col("rows").sum(), pl.col("received_at").max(), pl.col("own_time").max()))


def _of_readings(lake: Lake) -> pl.DataFrame:
    now = lake.fingerprints("reading")
    changed = [day for day, word in now.items() if _COUNTED.get((lake.root, day), ("", None))[0] != word]
    own = (pl.col("ts") + pl.duration(seconds="span_s")).max()
    files = lake.files("reading", changed)
    if files:
        rows = pl.scan_parquet(files, hive_partitioning=True, hive_schema={"day": pl.Date()})
        for (day,), counted in _counted(rows, own, "day", "source").collect().partition_by("day", as_dict=True).items():
            _COUNTED[lake.root, day] = now[day], counted.drop("day")
    time = pl.Datetime("us", "UTC")
    schema = {"source": pl.String(), "rows": pl.UInt32(), "received_at": time, "own_time": time}
    none = pl.DataFrame(schema=schema)
    return pl.concat([none, *(_COUNTED[lake.root, day][1] for day in now)])


def _counted(rows: pl.LazyFrame, own_time: pl.Expr, *by: str) -> pl.LazyFrame:
    return rows.group_by(by).agg(rows=pl.len(), received_at=pl.col("received_at").max(), own_time=own_time)


def _quarantined(lake: Lake) -> _Tables:
    """Source → table → rows in quarantine, when the newest came, when the newest whole batch did, and a reason."""
    came = pl.col("received_at")
    rows = (
        lake.scan("quarantine")
        .sort("received_at", "row", descending=[True, False])
        .group_by("source", "table", maintain_order=True)
    )
    whole = came.filter(pl.col("row") % ROWS_PER_NUMBER == 0).max()
    newest = rows.agg(rows=pl.len(), received_at=came.max(), whole_at=whole, reason=pl.col("reason").first())
    return _by_table(newest.collect())


def _by_table(rows: pl.DataFrame) -> _Tables:
    found: _Tables = {}
    for row in rows.sort("source", "table").iter_rows(named=True):
        found.setdefault(row.pop("source"), {})[row.pop("table")] = row
    return found


def _newest(tables: dict[str, dict[str, Any]], name: str) -> datetime | None:
    return max((table[name] for table in tables.values() if table[name] is not None), default=None)


def _patience(utility: Utility, source: str) -> timedelta | None:
    """How long a source may be silent: by its slowest point, else as its settings or its connector say."""
    slowest: Any = utility.points.filter(source=source)["interval_s"].max()
    if slowest is not None:
        return timedelta(seconds=int(slowest)) * LATE_AFTER_INTERVALS
    settings = utility.sources[source]
    if settings["kind"] not in kinds():
        return None
    return timedelta(seconds=settings.get("silence_s") or connector(settings["kind"]).SILENCE_S)


def _columns(facts: dict[str, Any], which: str) -> str | None:
    """Names of columns after one another, of all tables that the source fills; None where there are none."""
    names = [name for of_table in facts.get("tables", {}).values() for name in of_table[which]]
    shown = ", ".join(dict.fromkeys(names[:MOST_NAMES]))
    return (shown + " …" if len(names) > MOST_NAMES else shown) or None


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
