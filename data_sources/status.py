"""What each source has delivered, and whether it still does."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from data_sources.contracts import PARTITIONED, TABLES
from data_sources.lake import Lake
from data_sources.utility import Utility

LATE_AFTER_INTERVALS = 3
"""A source that polls is late after this many intervals of its slowest point without a row."""


def source_status(lake: Lake, utility: Utility, now: datetime) -> list[dict[str, Any]]:
    """The JSON of `data_sources status`, a source of sources.toml each.

    state: never (no batch yet), failed (the newest batch went to quarantine as a whole; `error` says why), late
    (a source that polls is silent), ok. What is imported by hand is never late: nobody says when it is due.
    """
    stored = _stored(lake)
    bad = _quarantined(lake)
    return [
        _status(name, settings.get("kind", ""), stored.get(name, {}), bad.get(name, {}), _patience(utility, name), now)
        for name, settings in utility.sources.items()
    ]


def _status(
    name: str, kind: str, rows: dict[str, Any], bad: dict[str, Any], patience: timedelta | None, now: datetime
) -> dict[str, Any]:
    written, refused = rows.get("received_at"), bad.get("received_at")
    newest = rows.get("own_time")
    failed = refused is not None and (written is None or refused > written)
    silent = kind != "import" and patience is not None and newest is not None and now - newest > patience
    state = "failed" if failed else "never" if written is None else "late" if silent else "ok"
    batches = [moment for moment in (written, refused) if moment is not None]
    return {
        "source": name,
        "kind": kind,
        "state": state,
        "last_batch_at": _iso(max(batches, default=None)),
        "last_data_time": _iso(newest),
        "rows": rows.get("rows", 0),
        "quarantined": bad.get("rows", 0),
        "error": bad["reason"] if failed else None,
    }


def _stored(lake: Lake) -> dict[str, dict[str, Any]]:
    """Source → stored rows, newest batch, newest own time, over all tables but quarantine."""
    parts = []
    for name, table in TABLES.items():
        files = lake.files(name)
        if name == "quarantine" or not files:
            continue
        own = pl.lit(None, pl.Datetime("us", "UTC"))
        if table.own_time is not None and table.columns[table.own_time] != pl.Date:
            span = pl.duration(seconds="span_s") if name == "reading" else pl.duration()
            own = (pl.col(table.own_time) + span).max()
        rows = pl.scan_parquet(files, hive_partitioning=name in PARTITIONED)
        parts.append(rows.group_by("source").agg(rows=pl.len(), received_at=pl.col("received_at").max(), own_time=own))
    if not parts:
        return {}
    together = pl.concat(pl.collect_all(parts)).group_by("source")
    newest = together.agg(pl.col("rows").sum(), pl.col("received_at").max(), pl.col("own_time").max())
    return {row.pop("source"): row for row in newest.iter_rows(named=True)}


def _quarantined(lake: Lake) -> dict[str, dict[str, Any]]:
    """Source → rows in quarantine, when the newest came, and the reason of one of those."""
    rows = (
        lake.scan("quarantine")
        .sort("received_at", "row", descending=[True, False])
        .group_by("source", maintain_order=True)
    )
    newest = rows.agg(rows=pl.len(), received_at=pl.col("received_at").max(), reason=pl.col("reason").first()).collect()
    return {row.pop("source"): row for row in newest.iter_rows(named=True)}


def _patience(utility: Utility, source: str) -> timedelta | None:
    slowest: Any = utility.points.filter(source=source)["interval_s"].max()
    return None if slowest is None else timedelta(seconds=int(slowest)) * LATE_AFTER_INTERVALS


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
