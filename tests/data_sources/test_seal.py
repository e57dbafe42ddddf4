"""What a reading covers, and days that are sealed and unsealed."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from data_sources.contracts import TABLES
from data_sources.seal import coverage

NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)
DAY = date(2026, 9, 14)
POINTS = pl.DataFrame(
    {
        "point_id": ["flow", "state", "kwh"],
        "mode": ["sampled", "on_change", "sampled"],
        "interval_s": [300, None, 300],
        "hold_s": [None, 900, None],
        "quantity": ["flow", "running", "energy"],
    }
)


def readings(point, *rows):
    """(seconds after noon, span_s) each."""
    return pl.DataFrame(
        [{"point_id": point, "ts": NOON + timedelta(seconds=at), "span_s": span, "value": 1.0, "quality": "good"}
         for at, span in rows],
        schema=TABLES["reading"].columns,
    )  # fmt: skip


def covered(point, *rows):
    return coverage(readings(point, *rows), POINTS)["covered_s"].to_list()


def test_an_instant_of_a_sampled_point_covers_its_interval():
    assert covered("flow", (0, 0), (300, 0)) == [300, 300]


def test_after_a_gap_nothing_is_covered():
    assert covered("flow", (0, 0), (3000, 0)) == [300, 300]


def test_where_two_overlap_the_later_one_counts():
    assert covered("flow", (0, 0), (240, 0)) == [240, 300]


def test_a_mean_covers_its_span():
    assert covered("flow", (0, 3600), (3600, 3600)) == [3600, 3600]


def test_a_value_on_change_holds_until_the_next_one_and_no_longer_than_it_may():
    assert covered("state", (0, 0), (100, 0), (2000, 0)) == [100, 900, 900]


def test_totalisers_and_strangers_cover_nothing():
    assert covered("kwh", (0, 0), (300, 0)) == [0, 0]
    assert covered("stranger", (0, 0)) == [0]


def test_points_do_not_end_one_another():
    rows = pl.concat([readings("flow", (0, 0)), readings("state", (10, 0))])
    assert coverage(rows, POINTS)["covered_s"].to_list() == [300, 900]


def of_tiny(*rows, point="W1.flow"):
    return pl.DataFrame(
        [{"point_id": point, "ts": NOON + timedelta(minutes=at), "span_s": 0, "value": value, "quality": "good"}
         for at, value in rows],
        schema=TABLES["reading"].columns,
    )  # fmt: skip


def test_a_sealed_day_is_sorted_has_one_row_a_key_and_says_what_it_covers(tiny_lake):
    tiny_lake.write("reading", of_tiny((5, 2.0), (0, 1.0)), source="scada")
    tiny_lake.write("reading", of_tiny((0, 9.0)), source="scada")
    tiny_lake.write("reading", of_tiny((0, 0.3), point="N.pressure"), source="scada")
    tiny_lake.seal([DAY])
    assert tiny_lake.sealed_days() == {DAY}
    (file,) = tiny_lake.files("reading", [DAY])
    stored = pl.read_parquet(file).select("point_id", "value", "covered_s").rows()
    assert stored == [("N.pressure", 0.3, 300), ("W1.flow", 9.0, 300), ("W1.flow", 2.0, 300)]


def test_sealing_again_changes_nothing(tiny_lake):
    tiny_lake.write("reading", of_tiny((0, 1.0)), source="scada")
    tiny_lake.seal([DAY])
    version = tiny_lake.version("reading")
    tiny_lake.seal([DAY])
    assert tiny_lake.version("reading") == version


def test_a_late_batch_unseals_its_day_and_no_other(tiny_lake):
    other = DAY + timedelta(days=1)
    tiny_lake.write("reading", of_tiny((0, 1.0), (24 * 60, 2.0)), source="scada")
    tiny_lake.seal([DAY, other])
    tiny_lake.write("reading", of_tiny((0, 1.0)), source="scada")  # nothing new
    assert tiny_lake.sealed_days() == {DAY, other}
    tiny_lake.write("reading", of_tiny((0, 5.0)), source="scada")
    assert tiny_lake.sealed_days() == {other}
    assert tiny_lake.scan("reading", [DAY]).collect()["value"].to_list() == [5.0]
    tiny_lake.seal([DAY])
    assert tiny_lake.sealed_days() == {DAY, other}
    assert tiny_lake.scan("reading").sort("ts").collect()["value"].to_list() == [5.0, 2.0]


def test_a_bulk_load_is_sealed_from_the_start(tiny_lake, tiny_utility):
    rows = pl.concat([of_tiny((24 * 60, 4.0), (5, 2.0), (0, 1.0)), of_tiny((0, 0.3), point="N.pressure")])
    tiny_lake.write_sealed(coverage(rows, tiny_utility.points), source="scada")
    assert tiny_lake.sealed_days() == {DAY, DAY + timedelta(days=1)}
    (file,) = tiny_lake.files("reading", [DAY])
    assert pl.read_parquet(file).select("point_id", "value", "covered_s").rows() == [
        ("N.pressure", 0.3, 300), ("W1.flow", 1.0, 300), ("W1.flow", 2.0, 300),
    ]  # fmt: skip
    assert tiny_lake.write("reading", rows, source="scada").rows_written == 0
    assert tiny_lake.write("reading", of_tiny((10, 3.0)), source="scada").rows_written == 1
    assert tiny_lake.sealed_days() == {DAY + timedelta(days=1)}
    assert tiny_lake.scan("reading").collect().height == 5


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (of_tiny((0, None)), "value: must not be empty"),
        (of_tiny((0, 1.0), (0, 2.0)), "repeat a key"),
    ],
)
def test_a_bad_bulk_load_is_refused_as_a_whole(tiny_lake, tiny_utility, rows, said):
    with pytest.raises(ValueError, match=said):
        tiny_lake.write_sealed(coverage(rows, tiny_utility.points), source="scada")
    assert not tiny_lake.exists("reading")


def test_a_bulk_load_never_overwrites(tiny_lake, tiny_utility):
    rows = coverage(of_tiny((0, 1.0)), tiny_utility.points)
    tiny_lake.write_sealed(rows, source="scada")
    with pytest.raises(ValueError, match="2026-09-14 has readings already"):
        tiny_lake.write_sealed(rows, source="scada")
