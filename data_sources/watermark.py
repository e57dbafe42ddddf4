"""How far a table of a database has been read: its watermark, and when to look behind it."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from data_sources.connector import Source

FIRST_DAYS = 7
"""How far back the first fetch goes where the map doesn't say."""
STILL_S = 1800.0
"""A watermark that nothing has moved for so long is looked behind: the source is silent, or its clock went back. Again
whenever it has stood twice as long."""


class Watermark:
    """The newest watermark of a table, the day on which late rows were last asked for, and how long the watermark had
    stood still when it was last looked behind.
    """

    def __init__(self, source: Source, since: str | None) -> None:
        self._map = source.map
        self._zone = ZoneInfo(source.timezone)
        kept = json.loads(since) if since else {}
        start = self._map.start
        if start is None:
            start = datetime.now(self._zone).replace(tzinfo=None) - timedelta(days=FIRST_DAYS)
        self._at: Any = self._not_ahead(_KINDS[kept["kind"]](kept["at"])) if kept else start
        self._day = datetime.now(UTC).date().isoformat()
        self._late = bool(self._map.late_days) and kept.get("day", self._day) != self._day
        self._old = self._at if kept else None
        self._looked_s: float = kept.get("looked_s", 0)
        self._last: Any = None
        self._ordered = True

    def binds(self) -> dict[str, Any]:
        """What `:since` is this time."""
        if self._map.watermark is None:
            return {}
        if not isinstance(self._at, date):
            return {"since": self._at}
        overlap, late = timedelta(seconds=self._map.overlap_s), timedelta(days=self._map.late_days)
        return {"since": self._at - (max(late, overlap) if self._late else overlap)}

    def stands_still(self) -> bool:
        """Whether it is time to look behind it: what is written there now, `binds` would never ask for."""
        if not isinstance(self._at, date) or self._late or self._at != self._old:
            return False
        further = bool(self._map.late_days * 86_400 > self._map.overlap_s)
        return further and self._still_s() >= max(STILL_S, 2 * self._looked_s)

    def binds_behind(self) -> dict[str, Any]:
        """What `:since` is where one looks behind it."""
        return {"since": self._at - timedelta(days=self._map.late_days)}

    def looked(self) -> str:
        """What the next fetch is given once one has looked behind it."""
        self._looked_s = self._still_s()
        return str(self.text())

    def see(self, frame: pl.DataFrame) -> bool:
        """Move on to the newest watermark of some rows; tells whether all rows came in its order."""
        column = frame[self._map.watermark].drop_nulls() if self._map.watermark in frame.columns else pl.Series([])
        if len(column):
            self._ordered &= column.is_sorted() and (self._last is None or self._last <= _plain(column[0]))
            self._last = _plain(column.max())
            newest = self._not_ahead(self._last)
            if _kind(newest) != _kind(self._at) or newest > self._at:
                self._at, self._looked_s = newest, 0
        return self._ordered

    def _not_ahead(self, at: Any) -> Any:
        """A time, but at most the present: one from a clock that ran ahead would hide all rows until then."""
        return min(at, self._now(at)) if isinstance(at, date) else at

    def _still_s(self) -> float:
        """How long ago the newest row was written, by its own clock."""
        return float((self._now(self._at) - self._at).total_seconds())

    def _now(self, like: date) -> Any:
        """The present as a watermark of that sort."""
        now = datetime.now(self._zone)
        if not isinstance(like, datetime):
            return now.date()
        return now if like.tzinfo else now.replace(tzinfo=None)

    def text(self) -> str | None:
        """What the next fetch is given."""
        if self._map.watermark is None:
            return None
        at = self._at.isoformat() if isinstance(self._at, date) else self._at
        return json.dumps({"kind": _kind(self._at)[0], "at": at, "day": self._day, "looked_s": self._looked_s})


_KINDS: dict[str, Any] = {"time": datetime.fromisoformat, "day": date.fromisoformat, "plain": lambda value: value}


def _plain(value: Any) -> Any:
    """A watermark that JSON can keep: a number of a fixed scale as a whole one, or a float."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def _kind(value: Any) -> tuple[str, bool]:
    """What sort of watermark it is: those of one sort can be compared."""
    if isinstance(value, datetime):
        return "time", value.tzinfo is not None
    return ("day", False) if isinstance(value, date) else ("plain", False)
