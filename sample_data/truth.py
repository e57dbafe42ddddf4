"""<lake>/truth.parquet: what was planted where and when. Tests and scores alone may read it."""

import json
from datetime import datetime
from pathlib import Path

import polars as pl

from data_sources.utility import Utility
from sample_data.events import truth
from sample_data.times import moments, utc

SCHEMA = {
    "event_id": pl.String(), "kind": pl.String(), "site_id": pl.String(), "point_id": pl.String(),
    "started_at": pl.Datetime("us", "UTC"), "ended_at": pl.Datetime("us", "UTC"), "detail": pl.String(),
}  # fmt: skip


def truth_rows(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """The planted events that touch [start, end)."""
    offset_s = moments(utility, start, end, 3600).offset_s
    rows = [
        {
            **{name: row[name] for name in ("event_id", "kind", "site_id", "point_id")},
            "started_at": utc(int(str(row["started_s"]))),
            "ended_at": utc(int(str(row["ended_s"]))),
            "detail": json.dumps(row["detail"]),
        }
        for row in truth(start, end, offset_s)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def write_truth(root: Path, utility: Utility, start: datetime, end: datetime) -> None:
    """Write the file anew."""
    root.mkdir(parents=True, exist_ok=True)
    truth_rows(utility, start, end).write_parquet(root / "truth.parquet")
