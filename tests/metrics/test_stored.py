"""The lake's tables as frames: read once after each commit, and what a commit made old is let go."""

import gc
import weakref
from datetime import UTC, date, datetime, timedelta

from metrics.stored import StoredTables
from tests.metrics.lake_rows import write

DAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


def rain(hours_later):
    at = NOON + timedelta(hours=hours_later)
    return {"place_id": "P1", "kind": "observed", "issued_at": at, "valid_at": at, "member": 0, "rain_mm": 1.0}


def test_a_table_is_read_once_after_each_commit(tiny_lake, tiny_utility):
    stored = StoredTables(tiny_lake, tiny_utility)
    write(tiny_lake, "weather", rain(0))
    first = stored.rows("weather", DAY, DAY)
    assert stored.rows("weather", DAY, DAY) is first
    write(tiny_lake, "weather", rain(1))
    assert (first.height, stored.rows("weather", DAY, DAY).height) == (1, 2)


def test_stretches_of_days_gone_by_are_let_go_with_the_next_commit(tiny_lake, tiny_utility):
    stored = StoredTables(tiny_lake, tiny_utility)
    write(tiny_lake, "weather", rain(0))
    yesterdays = weakref.ref(stored.rows("weather", DAY - timedelta(days=7), DAY))
    others = weakref.ref(stored.rows("forecast", DAY, DAY))
    write(tiny_lake, "weather", rain(24))
    stored.rows("weather", DAY - timedelta(days=6), DAY + timedelta(days=1))
    gc.collect()
    assert yesterdays() is None
    assert others() is not None
