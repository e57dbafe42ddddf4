"""What each source has delivered: never, ok, late, failed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data_sources.contracts import TABLES
from data_sources.lake import Lake
from data_sources.status import remarks, source_status

NOW = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)


def a_reading(ago_s, value=1.0):
    row = {"point_id": "W1.flow", "ts": NOW - timedelta(seconds=ago_s), "span_s": 0, "value": value, "quality": "good"}
    return pl.DataFrame([row], schema=TABLES["reading"].columns)


@pytest.fixture
def polled(tiny_utility, tmp_path):
    sources = {**tiny_utility.sources, "scada": {"kind": "sample"}}
    return Lake(tmp_path / "polled", replace(tiny_utility, sources=sources))


def of(lake, name="scada", now=NOW):
    return next(one for one in source_status(lake, lake.utility, now) if one["source"] == name)


def test_before_the_first_batch(tiny_lake):
    assert [one["state"] for one in source_status(tiny_lake, tiny_lake.utility, NOW)] == ["never"] * 3
    assert of(tiny_lake) == {
        "source": "scada", "kind": "import", "state": "never", "last_batch_at": None, "last_data_time": None,
        "rows": 0, "quarantined": 0, "refused_at": None, "refused_reason": None, "error": None, "since": None,
        "clock_s": None, "columns_come": None, "columns_gone": None, "unasked": None, "ignored": None,
        "without_data": None,
        "set_apart": None, "set_apart_newest": None,
    }  # fmt: skip


def test_rows_of_all_tables_count(tiny_lake):
    tiny_lake.write("reading", a_reading(600), source="scada", received_at=NOW)
    order = {"order_id": "o", "kind": "leak", "opened_at": NOW - timedelta(hours=1), "due_at": NOW}
    tiny_lake.write("work_order", pl.DataFrame([order]), source="scada", received_at=NOW - timedelta(minutes=1))
    status = of(tiny_lake)
    assert (status["state"], status["rows"]) == ("ok", 2)
    assert status["last_batch_at"] == "2026-09-15T08:20:00Z"
    assert status["last_data_time"] == "2026-09-15T08:10:00Z"


@pytest.mark.parametrize(("ago_s", "state"), [(900, "ok"), (901, "late")])
def test_a_source_that_polls_is_late_after_three_intervals(polled, ago_s, state):
    polled.write("reading", a_reading(ago_s), source="scada")
    assert of(polled)["state"] == state


def test_what_is_imported_by_hand_is_never_late(tiny_lake):
    tiny_lake.write("reading", a_reading(90_000), source="scada")
    assert of(tiny_lake)["state"] == "ok"


def test_a_batch_of_which_nothing_could_be_used(tiny_lake):
    tiny_lake.write("reading", a_reading(600), source="scada", received_at=NOW)
    tiny_lake.write("reading", a_reading(300, None), source="scada", received_at=NOW + timedelta(minutes=5))
    status = of(tiny_lake)
    assert (status["state"], status["quarantined"], status["error"]) == ("failed", 1, "value: must not be empty")
    assert status["last_batch_at"] == "2026-09-15T08:25:00Z"
    tiny_lake.write("reading", a_reading(300), source="scada", received_at=NOW + timedelta(minutes=6))
    assert of(tiny_lake)["state"] == "ok"


@pytest.fixture
def stations(tiny_utility, tmp_path):
    """The lake of a utility whose scada is a port that several stations send to."""
    sources = {**tiny_utility.sources, "scada": {"kind": "hj212", "port": 8590, "stations": ["A"]}}
    return Lake(tmp_path / "stations", replace(tiny_utility, sources=sources))


def refused(lake, minutes, row, table="reading"):
    """A row of scada that went to quarantine so many minutes after NOW; row 0 is a whole batch."""
    unread = pl.DataFrame({"row": [row], "reason": ["STRANGER is none of the stations"], "payload": ["{}"]})
    none = pl.DataFrame(schema=TABLES[table].columns)
    came = NOW + timedelta(minutes=minutes)
    lake.write(table, none, source="scada", received_at=came, batch=f"scada/{minutes}", unread=unread)


def test_a_stranger_beside_good_stations_is_no_failure_of_the_source(stations):
    stations.write("reading", a_reading(0), source="scada", received_at=NOW)
    refused(stations, 1, 1)
    status = of(stations, now=NOW + timedelta(minutes=2))
    assert (status["state"], status["quarantined"], status["refused_at"]) == ("ok", 1, "2026-09-15T08:21:00Z")
    assert remarks(status) == ["1 rows in quarantine, the newest: STRANGER is none of the stations"]


def test_where_nothing_good_comes_any_more_the_refused_rows_are_the_reason(stations):
    stations.write("reading", a_reading(0), source="scada", received_at=NOW)
    refused(stations, 10, 1)
    status = of(stations, now=NOW + timedelta(minutes=16))
    assert (status["state"], status["error"]) == ("failed", "STRANGER is none of the stations")


def test_a_whole_batch_of_one_table_fails_whatever_the_other_tables_bring(stations):
    stations.write("reading", a_reading(0), source="scada", received_at=NOW)
    refused(stations, 1, 0)
    call = {"call_id": "1", "channel": "hotline", "started_at": NOW, "category": "leak"}
    stations.write("call", pl.DataFrame([call]), source="scada", received_at=NOW + timedelta(minutes=2))
    assert of(stations, now=NOW + timedelta(minutes=3))["state"] == "failed"
    stations.write("reading", a_reading(-180), source="scada", received_at=NOW + timedelta(minutes=3))
    assert of(stations, now=NOW + timedelta(minutes=3))["state"] == "ok"


def test_a_time_ahead_of_its_arrival_hides_no_silence(polled):
    polled.write("reading", a_reading(-86_400), source="scada", received_at=NOW)
    assert of(polled, now=NOW + timedelta(seconds=900))["state"] == "ok"
    assert of(polled, now=NOW + timedelta(seconds=901))["state"] == "late"
