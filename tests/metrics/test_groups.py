"""Groups that report, are late, are faulty."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from metrics.groups import LastBatches, count_groups

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)


def states(utility, late=(), faulty=()):
    groups = utility.groups.filter(pl.col("source").is_null())["group_id"]
    return pl.DataFrame(
        {"group_id": groups, "is_late": [one in late for one in groups], "is_faulty": [one in faulty for one in groups]}
    )


@pytest.mark.parametrize(
    ("late", "faulty", "batch_age_h", "expected"),
    [
        ((), (), 1, (12, 12, 0, 0)),
        (("N.p",), ("P1.s",), 1, (12, 10, 1, 1)),
        (("N.p",), ("N.p",), 1, (12, 11, 1, 0)),  # late before faulty
        ((), (), 71, (12, 12, 0, 0)),
        ((), (), 73, (12, 11, 1, 0)),
        ((), (), None, (12, 11, 1, 0)),
    ],
)
def test_counts(tiny_utility, late, faulty, batch_age_h, expected):
    batches = {} if batch_age_h is None else {"hotline": AS_OF - timedelta(hours=batch_age_h)}
    groups = count_groups(tiny_utility, states(tiny_utility, late, faulty), batches, AS_OF)
    assert (groups.expected, groups.reporting, groups.late, groups.faulty) == expected


def test_the_last_batch_of_a_source(tiny_lake):
    batches = LastBatches(tiny_lake)
    assert batches.now() == {}
    row = {"call_id": "1", "channel": "hotline", "started_at": AS_OF, "category": "leak"}
    for hour in (2, 5):
        received = AS_OF + timedelta(hours=hour)
        tiny_lake.write("call", pl.DataFrame([row | {"call_id": str(hour)}]), source="hotline", received_at=received)
    assert batches.now() == {"hotline": AS_OF + timedelta(hours=5)}
