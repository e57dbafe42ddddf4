"""Batches on their way into the lake: late, repeated, corrected and bad rows, the locks, and a kill in between."""

import json
import multiprocessing
import os
import sys
from datetime import UTC, date, datetime, timedelta
from types import ModuleType

import dataframely
import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_sources.contracts import TABLES
from data_sources.lake import Lake
from data_sources.locks import LockHeld
from data_sources.problems import BadInput
from data_sources.write import broken_rules

NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)
"""12:00 in Shanghai on 14 September."""
TODAY = date(2026, 9, 14)


def readings(*rows, point="W1.flow"):
    """(minutes after noon, value) or (minutes after noon, value, quality) each."""
    return pl.DataFrame(
        [
            {"point_id": point, "ts": NOON + timedelta(minutes=row[0]), "span_s": 0, "value": row[1],
             "quality": row[2] if len(row) > 2 else "good"}
            for row in rows
        ],
        schema=TABLES["reading"].columns,
    )  # fmt: skip


def values(lake, table="reading", column="value"):
    return lake.scan(table).sort(TABLES[table].key).collect()[column].to_list()


def a_call(call_id="c1", **changes):
    row = {
        "call_id": call_id,
        "channel": "hotline",
        "started_at": NOON,
        "answered_at": None,
        "ended_at": None,
        "category": "leak",
        "site_id": "Z1",
        "lon": None,
        "lat": None,
        "repeat_of": None,
        "caller": "13800000000",
    }
    return pl.DataFrame([row | changes], schema=TABLES["call"].columns)  # fmt: skip


def test_an_empty_lake_answers_everything(tiny_lake):
    assert not tiny_lake.exists("reading")
    assert tiny_lake.version("reading") is None
    assert tiny_lake.files("reading") == []
    assert tiny_lake.fingerprints("reading") == {}
    assert tiny_lake.newest("reading") is None
    assert tiny_lake.sealed_days() == set()
    for name, table in TABLES.items():
        columns = tiny_lake.scan(name).collect_schema().names()
        assert set(table.columns) | {"source", "received_at", "batch_seq"} <= set(columns)


def test_a_batch_comes_back_as_it_went_in(tiny_lake):
    report = tiny_lake.write("reading", readings((0, 1.0), (5, 2.0)), source="scada", received_at=NOON)
    assert (report.rows_read, report.rows_written, report.rows_duplicate, report.rows_quarantined) == (2, 2, 0, 0)
    assert report.days == {TODAY}
    rows = tiny_lake.scan("reading").sort("ts").collect()
    assert rows["value"].to_list() == [1.0, 2.0]
    assert rows["source"].unique().to_list() == ["scada"]
    assert rows["received_at"].unique().to_list() == [NOON]
    assert rows["day"].unique().to_list() == [TODAY]
    assert rows["covered_s"].null_count() == 2


def test_the_partition_is_the_business_day(tiny_lake):
    # 15:59:59 UTC is 23:59:59 in Shanghai, one second later it is the 15th there
    last = datetime(2026, 9, 14, 15, 59, 59, tzinfo=UTC)
    rows = readings((0, 1.0), (0, 2.0)).with_columns(
        ts=pl.Series([last, last + timedelta(seconds=1)]).dt.cast_time_unit("us")
    )
    tiny_lake.write("reading", rows, source="scada")
    assert sorted(tiny_lake.fingerprints("reading")) == [TODAY, date(2026, 9, 15)]
    assert tiny_lake.scan("reading", [TODAY]).collect()["value"].to_list() == [1.0]


def test_the_last_row_of_a_key_in_a_batch_wins(tiny_lake):
    report = tiny_lake.write("reading", readings((0, 1.0), (0, 7.0)), source="scada")
    assert (report.rows_read, report.rows_written, report.rows_duplicate) == (2, 1, 1)
    assert values(tiny_lake) == [7.0]


def test_only_the_asked_for_rows_are_read_whether_sealed_or_not(tiny_lake):
    tiny_lake.write("reading", readings((0, 1.0), (5, 2.0)), source="scada")
    tiny_lake.write("reading", readings((0, 7.0), point="P1.level"), source="scada")
    for _ in range(2):
        found = tiny_lake.scan("reading", [TODAY], pl.col("point_id") == "W1.flow").collect()
        assert sorted(found["value"]) == [1.0, 2.0]
        tiny_lake.seal([TODAY])


def test_what_is_there_already_is_not_written_again(tiny_lake):
    tiny_lake.write("reading", readings((0, 1.0), (5, 2.0)), source="scada")
    version, words = tiny_lake.version("reading"), tiny_lake.fingerprints("reading")
    again = tiny_lake.write("reading", readings((0, 1.0), (5, 2.0)), source="scada")
    assert (again.rows_written, again.rows_duplicate, again.days) == (0, 2, frozenset())
    assert tiny_lake.version("reading") == version
    assert tiny_lake.fingerprints("reading") == words


def test_a_correction_writes_only_the_row_that_differs(tiny_lake):
    tiny_lake.write("reading", readings((0, 1.0), (5, 2.0)), source="scada")
    corrected = tiny_lake.write("reading", readings((0, 1.0), (5, 2.5)), source="scada")
    assert (corrected.rows_written, corrected.rows_duplicate) == (1, 1)
    assert values(tiny_lake) == [1.0, 2.5]


def test_back_to_the_first_value_is_a_correction_too(tiny_lake):
    for value in (1.0, 2.0, 1.0):
        assert tiny_lake.write("reading", readings((0, value)), source="scada").rows_written == 1
    assert values(tiny_lake) == [1.0]


def test_a_late_batch_that_was_received_earlier_does_not_win(tiny_lake):
    tiny_lake.write("reading", readings((0, 2.0)), source="scada", received_at=NOON + timedelta(hours=1))
    late = tiny_lake.write("reading", readings((0, 1.0), (5, 3.0)), source="scada", received_at=NOON)
    assert late.rows_written == 1
    assert values(tiny_lake) == [2.0, 3.0]


def test_of_one_moment_the_later_batch_counts(tiny_lake):
    for batch_seq, value in ((2, 20.0), (1, 10.0)):
        tiny_lake.write("reading", readings((0, value)), source="scada", received_at=NOON, batch_seq=batch_seq)
    assert values(tiny_lake) == [20.0]


def test_a_day_changes_its_word_and_the_others_keep_theirs(tiny_lake):
    tiny_lake.write("reading", readings((0, 1.0), (24 * 60, 2.0)), source="scada")
    before = tiny_lake.fingerprints("reading")
    tiny_lake.write("reading", readings((5, 3.0)), source="scada")
    after = tiny_lake.fingerprints("reading")
    assert before[TODAY] != after[TODAY]
    assert before[TODAY + timedelta(days=1)] == after[TODAY + timedelta(days=1)]
    assert len(tiny_lake.files("reading", [TODAY])) == 2


def test_small_tables_are_merged_by_key(tiny_lake):
    tiny_lake.write("call", a_call(), source="hotline")
    answered = a_call(answered_at=NOON + timedelta(seconds=12))
    report = tiny_lake.write("call", pl.concat([answered, a_call("c2")]), source="hotline")
    assert (report.rows_written, report.rows_duplicate, report.days) == (2, 0, frozenset())
    assert values(tiny_lake, "call", "answered_at") == [NOON + timedelta(seconds=12), None]
    assert tiny_lake.write("call", pl.concat([answered, a_call("c2")]), source="hotline").rows_written == 0


def test_bad_rows_go_to_quarantine_and_good_ones_in(tiny_lake):
    rows = readings((0, 1.0), (5, None), (10, 2.0, "splendid"), (15, float("inf")))
    report = tiny_lake.write("reading", rows, source="scada", batch="b1")
    assert (report.rows_written, report.rows_quarantined) == (1, 3)
    bad = tiny_lake.scan("quarantine").sort("row").collect()
    assert bad["row"].to_list() == [1, 2, 3]
    assert bad["batch"].unique().to_list() == ["b1"]
    assert bad["reason"].to_list() == [
        "value: must not be empty", "quality: not one of its values", "value: breaks the rule inf",
    ]  # fmt: skip
    assert json.loads(bad["payload"][1])["quality"] == "splendid"


def test_a_row_without_its_key_is_quarantined_not_lost(tiny_lake):
    rows = readings((0, 1.0), (5, 2.0)).with_columns(point_id=pl.Series([None, None], dtype=pl.String))
    report = tiny_lake.write("reading", rows, source="scada")
    assert (report.rows_read, report.rows_quarantined, report.rows_duplicate) == (2, 2, 0)


def test_personal_columns_are_masked_in_quarantine(tiny_lake):
    tiny_lake.write("call", a_call(category="gossip"), source="hotline")
    payload = json.loads(tiny_lake.scan("quarantine").collect()["payload"][0])
    assert payload["category"] == "gossip"
    assert payload["caller"] == "***"
    everything = b"".join(path.read_bytes() for path in tiny_lake.root.rglob("*.parquet"))
    assert b"13800000000" not in everything


def test_the_same_bad_batch_twice_is_quarantined_once(tiny_lake):
    for _ in range(2):
        tiny_lake.write("reading", readings((5, None)), source="scada")
    assert tiny_lake.scan("quarantine").collect().height == 1


def test_a_value_of_another_type_is_quarantined(tiny_lake):
    rows = readings((0, 1.0), (5, 2.0)).with_columns(value=pl.Series(["12.5", "30.044.50"]))
    report = tiny_lake.write("reading", rows, source="scada")
    assert (report.rows_written, report.rows_quarantined) == (1, 1)
    assert values(tiny_lake) == [12.5]


def test_columns_that_do_not_fit_are_refused_all_at_once(tiny_lake):
    with pytest.raises(BadInput) as refused:
        tiny_lake.write("reading", readings((0, 1.0)).drop("quality", "ts").with_columns(colour=1), source="scada")
    assert {problem.column for problem in refused.value.problems} == {"quality", "ts", "colour"}


def test_a_naive_time_is_refused(tiny_lake):
    with pytest.raises(BadInput, match="ts: expected a time with its time zone"):
        tiny_lake.write(
            "reading", readings((0, 1.0)).with_columns(pl.col("ts").dt.replace_time_zone(None)), source="scada"
        )


def test_a_kill_between_quarantine_and_append_loses_nothing(tiny_lake, tiny_utility, monkeypatch):
    rows = readings((0, 1.0), (5, None))

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "_append", killed)
        with pytest.raises(KeyboardInterrupt):
            tiny_lake.write("reading", rows, source="scada")
    after = Lake(tiny_lake.root, tiny_utility)  # the next process
    report = after.write("reading", rows, source="scada")
    assert (report.rows_written, report.rows_quarantined) == (1, 1)
    assert values(after) == [1.0]
    assert after.scan("quarantine").collect().height == 1


def test_the_newest_time_is_the_end_of_what_a_row_speaks_of(tiny_lake):
    hour = readings((0, 1.0)).with_columns(span_s=pl.lit(3600, pl.Int64))
    tiny_lake.write("reading", pl.concat([hour, readings((30, 1.0))]), source="scada")
    assert tiny_lake.newest("reading") == NOON + timedelta(hours=1)
    sale = {"site_id": "Z1", "month": date(2026, 8, 1), "use_class": "household", "volume_m3": 1.0, "amount_cny": None}
    tiny_lake.write("sale", pl.DataFrame([sale], schema=TABLES["sale"].columns), source="billing")
    assert tiny_lake.newest("sale") == datetime(2026, 8, 31, 16, tzinfo=UTC)


def test_another_process_sees_what_was_written(tiny_lake, tiny_utility):
    other = Lake(tiny_lake.root, tiny_utility)
    for count in (1, 2):
        tiny_lake.write("reading", readings((count, 1.0)), source="scada")
        assert other.scan("reading").collect().height == count


def test_duckdb_reads_the_files_as_they_are(tiny_lake):
    tiny_lake.write("reading", readings((0, 1.5), (5, 2.5)), source="scada")
    tiny_lake.seal([TODAY])
    tiny_lake.write("reading", readings((10, 4.0)), source="scada")
    connection = duckdb.connect()
    total, kind = connection.execute(
        "SELECT sum(value), any_value(typeof(ts)) FROM read_parquet(?)", [tiny_lake.files("reading")]
    ).fetchone()
    assert (total, kind) == (8.0, "TIMESTAMP WITH TIME ZONE")


def test_a_second_worker_is_told_who_the_first_is(tiny_lake):
    with tiny_lake.worker_lock(), pytest.raises(LockHeld, match=str(os.getpid())), tiny_lake.worker_lock():
        raise AssertionError("two workers")
    with tiny_lake.worker_lock():
        assert (tiny_lake.root / "worker.lock").read_text() == str(os.getpid())


def _write_twenty(root, utility, first):
    lake = Lake(root, utility)
    for minute in range(first, first + 20):
        lake.write("call", a_call(f"c{minute}"), source="hotline")


def test_two_processes_merge_at_once_and_lose_nothing(tiny_lake, tiny_utility, monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # else a page that a test drew runs in both
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.starmap(_write_twenty, [(tiny_lake.root, tiny_utility, 0), (tiny_lake.root, tiny_utility, 20)])
    assert tiny_lake.scan("call").collect().height == 40


def test_the_holder_of_the_commit_lock_may_write(tiny_lake):
    with tiny_lake.commit_lock():
        assert tiny_lake.write("reading", readings((0, 1.0)), source="scada").rows_written == 1


some_readings = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from([1.0, 2.0, None]), st.sampled_from(["good", "bad", "odd"])), max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(some_readings, min_size=1, max_size=3))
def test_batches_are_idempotent_and_the_last_word_holds(tmp_path_factory, tiny_utility, batches):
    lake = Lake(tmp_path_factory.mktemp("lake"), tiny_utility)
    expected = {}
    for number, batch in enumerate(batches):
        rows = readings(*batch)
        report = lake.write("reading", rows, source="scada", received_at=NOON + timedelta(minutes=number))
        assert report.rows_read == len(batch)
        assert report.rows_read == report.rows_written + report.rows_duplicate + report.rows_quarantined
        of_batch = {minute: (value, quality) for minute, value, quality in batch}
        expected |= {m: row for m, row in of_batch.items() if row[0] is not None and row[1] != "odd"}
        assert lake.write("reading", rows, source="scada").rows_written == 0
    now = lake.scan("reading").sort("ts").collect()
    assert list(zip(now["value"], now["quality"], strict=True)) == [expected[minute] for minute in sorted(expected)]


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["a", "", None]), st.integers(-1, 1), st.sampled_from([1.0, float("nan"), None])),
        min_size=1, max_size=6, unique_by=lambda row: row[:2],
    )
)  # fmt: skip
def test_our_reasons_are_those_of_the_contract(rows):
    schema = TABLES["reading"].schema
    frame = pl.DataFrame(
        [{"point_id": p, "ts": NOON, "span_s": s, "value": v, "quality": "good"} for p, s, v in rows],
        schema=TABLES["reading"].columns,
    )
    good, _ = schema.filter(frame)
    assert isinstance(good, pl.DataFrame) and issubclass(schema, dataframely.Schema)
    assert frame.filter(frame.select(why=broken_rules(TABLES["reading"]))["why"] == "").equals(good)


def test_compacting_changes_files_but_no_row(tiny_lake):
    times = [datetime(2026, 9, 15, 1, n, tzinfo=UTC) for n in range(12)]
    for ts in times:
        row = {"point_id": "N.pressure", "ts": ts, "span_s": 0, "value": 0.3, "quality": "good"}
        tiny_lake.write("reading", pl.DataFrame([row]), source="scada")
    before = tiny_lake.scan("reading").collect().sort("ts")
    assert len(tiny_lake.files("reading")) == 12
    tiny_lake.compact(date(2026, 9, 15))
    assert len(tiny_lake.files("reading")) == 1
    assert tiny_lake.scan("reading").collect().sort("ts").equals(before)
    assert tiny_lake.newest("reading") == times[-1]
