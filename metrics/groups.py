"""How many monitoring groups report, are late, are faulty."""

from datetime import datetime, timedelta

import polars as pl

from data_sources.contracts import PARTITIONED, TABLES
from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.board_model import Groups

BATCH_LATE = timedelta(days=3)
"""Business systems hand over once a day: three times that, as with points."""


def group_states(utility: Utility, states: pl.DataFrame, batches: dict[str, datetime], as_of: datetime) -> pl.DataFrame:
    """Every group's state: reporting, late or faulty. Columns group_id, state, in the order of groups.csv.

    `states` are the answers of queries/groups.sql; groups without points count by their source's last batch.
    """
    late = set(states.filter("is_late")["group_id"])
    faulty = set(states.filter("is_faulty")["group_id"])
    for group_id, source in utility.groups.filter(pl.col("source").is_not_null()).select("group_id", "source").rows():
        if source not in batches or as_of - batches[source] > BATCH_LATE:
            late.add(group_id)
    named = [
        "late" if id_ in late else "faulty" if id_ in faulty else "reporting" for id_ in utility.groups["group_id"]
    ]
    return utility.groups.select("group_id", state=pl.Series(named, dtype=pl.String))


def count_groups(utility: Utility, states: pl.DataFrame, batches: dict[str, datetime], as_of: datetime) -> Groups:
    """How many groups are in each state; the arguments are those of `group_states`."""
    told = group_states(utility, states, batches, as_of)["state"]
    counts = {state: int((told == state).sum()) for state in ("reporting", "late", "faulty")}
    return Groups(expected=told.len(), **counts)


class LastBatches:
    """When each source last handed something to the tables of business; read again only where a table changed."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._kept: dict[str, tuple[int | None, dict[str, datetime]]] = {}

    def now(self) -> dict[str, datetime]:
        """Source → when its last batch was received."""
        newest: dict[str, datetime] = {}
        for table in TABLES.keys() - {*PARTITIONED, "board", "quarantine", "act"}:
            for source, moment in self._of(table).items():
                newest[source] = max(moment, newest.get(source, moment))
        return newest

    def _of(self, table: str) -> dict[str, datetime]:
        version = self.lake.version(table)
        kept = self._kept.get(table)
        if kept is None or kept[0] != version:
            rows = self.lake.scan(table).group_by("source").agg(pl.col("received_at").max()).collect()
            kept = (version, dict(rows.rows()))
            self._kept[table] = kept
        return kept[1]
