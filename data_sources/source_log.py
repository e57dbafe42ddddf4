"""What the runner knows of each source: batches, rows, newest data, what is wrong; kept in `<lake>/sources.json`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from data_sources.drain import CLOCK_AHEAD, Drained
from data_sources.write import WriteReport

FILE = "sources.json"
STEPS_BACK = 3
"""A clock went back where so many batches in a row are older than what came before; one alone is a late batch."""
WENT_BACK = timedelta(minutes=10)
AHEAD_FOR = timedelta(minutes=15)
"""So long after the newest row from ahead the mark stays: of many stations only one may be wrong."""
GONE_AFTER = timedelta(hours=1)
"""A column that has been missing for so long went."""


class SourceLog:
    """The facts of one source; they go on from what an earlier run left."""

    def __init__(self, earlier: dict[str, Any]) -> None:
        self.facts: dict[str, Any] = {
            "batches": 0, "rows": 0, "duplicates": 0, "quarantined": 0, "ignored": 0, "without_data": 0,
            "last_batch_at": None, "last_data_time": None, "last_reading_time": None, "clock_s": None, "ahead_at": None,
            "tables": {}, "error": None, "since": None, "set_apart": None, "waiting_bytes": 0,
        } | earlier  # fmt: skip
        for of_table in self.facts["tables"].values():  # whoever restarts has seen what went
            of_table["usual"] = sorted(set(of_table["usual"]) - set(of_table["gone"]))
            of_table["gone"] = []
        self._back = 0

    def batch(
        self, made: Drained, report: WriteReport, newest: datetime | None, received_at: datetime, behind: bool = False
    ) -> None:
        """Count what became of some batches; watch the source's clock and columns.

        `newest` is the newest own time of all their rows; `behind` says that the rows among them that are new stand
        behind a watermark that nothing has moved for long.
        """
        facts = self.facts
        facts["batches"] += made.batches
        facts["rows"] += report.rows_written
        facts["duplicates"] += report.rows_duplicate
        facts["quarantined"] += report.rows_quarantined
        facts["ignored"] += made.ignored
        facts["without_data"] += made.without_data
        facts["last_batch_at"] = received_at.isoformat()
        self._columns(made, report.table, received_at)
        if newest is not None:
            self._clock(newest, report, received_at, 1 if behind else STEPS_BACK)

    def odd(self) -> dict[str, str]:
        """What is odd about the source: its clock (ahead, back), the columns that came or went, all tables together."""
        clock = self.facts["clock_s"]
        found = {"clock": "ahead" if clock > 0 else "back"} if clock else {}
        for which in ("come", "gone"):
            if names := sorted({name for of_table in self.facts["tables"].values() for name in of_table[which]}):
                found[f"columns_{which}"] = ", ".join(names)
        return found

    def usual(self, table: str) -> frozenset[str] | None:
        """The columns that batches for a table usually have; None where none came yet."""
        of_table = self.facts["tables"].get(table)
        return None if of_table is None else frozenset(of_table["usual"])

    def error(self, said: str | None, since: str | None = None) -> None:
        """What is wrong with the source now; None where nothing is."""
        if (said is None) != (self.facts["error"] is None):
            self.facts["since"] = None if said is None else since or datetime.now(UTC).isoformat()
        self.facts["error"] = said

    def _columns(self, made: Drained, table: str, received_at: datetime) -> None:
        """A source that changes what it sends is named: columns that went, until a restart; columns that came and that
        nobody asks for, until somebody does or they are ignored.

        Not every batch has every column: one that is missing went where others came in its place, or after a while.
        """
        if not made.columns:
            return
        known = self.usual(table)
        usual = made.columns if known is None else known | (made.columns - made.unasked)
        come, before = sorted(made.unasked - usual), self.facts["tables"].get(table, {}).get("missing", {})
        missing = {name: before.get(name, received_at.isoformat()) for name in sorted(usual - made.columns)}
        long_ago = (received_at - GONE_AFTER).isoformat()
        self.facts["tables"][table] = {
            "usual": sorted(usual),
            "come": come,
            "missing": missing,
            "gone": [name for name, since in missing.items() if come or since <= long_ago],
            "unasked": sorted(made.unasked),
        }

    def _clock(self, newest: datetime, report: WriteReport, received_at: datetime, steps: int) -> None:
        """A clock that runs ahead shows at once, one that went back after so many batches.

        Only of readings: a row of another table may change long after its own time. What is there already tells
        nothing of a clock that went back.
        """
        facts = self.facts
        if newest > received_at + CLOCK_AHEAD:
            facts["clock_s"] = round((newest - received_at).total_seconds())
            facts["ahead_at"] = received_at.isoformat()
            return
        if report.newest is None:
            return
        facts["last_data_time"] = _later(facts["last_data_time"], report.newest)
        if facts["ahead_at"] and received_at - datetime.fromisoformat(facts["ahead_at"]) < AHEAD_FOR:
            return
        if report.table != "reading":
            facts["clock_s"] = facts["clock_s"] if (facts["clock_s"] or 0) < 0 else None
            return
        known = datetime.fromisoformat(_later(facts["last_reading_time"], report.newest))
        if report.newest == known:
            self._back, facts["clock_s"], facts["last_reading_time"] = 0, None, known.isoformat()
        elif known - report.newest > WENT_BACK:
            self._back += 1
            if self._back >= steps:
                facts["clock_s"] = round((report.newest - known).total_seconds())


def _later(known: str | None, moment: datetime) -> str:
    return (moment if known is None else max(moment, datetime.fromisoformat(known))).isoformat()


def read_facts(lake_root: Path) -> dict[str, dict[str, Any]]:
    """Source → its facts, as the runner last wrote them; {} where none ever ran."""
    try:
        facts: dict[str, dict[str, Any]] = json.loads((lake_root / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return facts


def write_facts(lake_root: Path, facts: Mapping[str, dict[str, Any]]) -> None:
    """Keep the facts, whole or not at all."""
    fresh = lake_root / f"{FILE}.new"
    fresh.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    fresh.replace(lake_root / FILE)
