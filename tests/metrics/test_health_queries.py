"""The questions of the page of data health on a small lake, every number by hand."""

import os
import time
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data_sources import heartbeat
from data_sources.source_log import SourceLog, write_facts
from metrics.board import make_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries import health
from tests.pages import boards

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
COLUMNS = {"usual": ["ts", "x"], "come": [], "gone": [], "unasked": ["x"]}
HOUR, FIVE = timedelta(hours=1), timedelta(minutes=5)


def engine_of(lake):
    build_marts(lake, lake.utility, AS_OF)
    return Engine(lake.utility, lake, load_catalogue(lake.utility))


def write(lake, point_id, value, first=AS_OF - 30 * HOUR, last=AS_OF, quality="good", source="scada"):
    times = [first + n * FIVE for n in range(int((last - first) / FIVE))]
    rows = pl.DataFrame({"point_id": point_id, "ts": times, "span_s": 0, "value": float(value), "quality": quality})
    return lake.write("reading", rows, source=source)


@pytest.fixture
def engine(tiny_lake):
    """Pressure all the time, a level until 05:00, its pump never; chlorine bad; one point of a works of three."""
    write(tiny_lake, "N.pressure", 0.3)
    write(tiny_lake, "P1.level", 2.0, last=AS_OF.replace(hour=5, minute=0))
    write(tiny_lake, "N.chlorine", 0.4, quality="bad")
    write(tiny_lake, "W1.flow", 800)
    return engine_of(tiny_lake)


def test_a_group_says_how_much_of_it_tells_something(engine):
    groups = {row["group_id"]: row for row in health.groups_now(engine, AS_OF).to_dicts()}
    assert list(groups) == engine.utility.groups["group_id"].to_list()
    pressure, station, works = groups["N.p"], groups["P1.s"], groups["W1.out"]
    assert (pressure["state"], pressure["points"], pressure["told"]) == ("reporting", 1, 1)
    assert (pressure["value"], pressure["quantity"], pressure["age_s"]) == (0.3, "pressure", 300)
    assert pressure["hours"] == [1.0] * 24
    # 08:20 − 04:55 − 5 min; 21 of 24 hours up to 08:00 were half covered: the pump's half never was
    assert (station["state"], station["told"], station["value"]) == ("late", 0, None)
    assert station["age_s"] == 3 * 3600 + 25 * 60
    assert station["hours"] == [0.5] * 21 + [0.0] * 3
    assert station["validity"] == pytest.approx(21 * 0.5 / 24)
    # the flow is one of its three points
    assert (works["state"], works["points"], works["told"]) == ("reporting", 3, 1)
    assert works["validity"] == pytest.approx(1 / 3)
    assert (groups["N.q"]["state"], groups["N.q"]["bad"], groups["N.q"]["validity"]) == ("faulty", 1, 0)


def test_totals_of_groups():
    states, validities = ["reporting", "late", "reporting", "faulty"], [1.0, 0.5, None, 0.0]
    groups = pl.DataFrame({"state": states, "validity": validities})
    assert health.group_totals(groups) == {"reporting": 2, "late": 1, "faulty": 1, "valid": 0.5}
    assert health.group_totals(groups.clear()) == {"reporting": 0, "late": 0, "faulty": 0, "valid": None}


def test_the_states_are_those_that_the_board_counts(engine):
    counted = make_board(engine, AS_OF, AS_OF).groups
    states = health.groups_now(engine, AS_OF)["state"].value_counts().rows()
    assert dict(states) == {"reporting": counted.reporting, "late": counted.late, "faulty": counted.faulty}


def test_a_group_without_points_counts_by_its_source(engine, tiny_lake):
    def of_the_hotline():
        return next(row for row in health.groups_now(engine, AS_OF).to_dicts() if row["group_id"] == "C1.c")

    silent = of_the_hotline()
    assert (silent["state"], silent["source"], silent["heard_at"], silent["hours"]) == ("late", "hotline", None, None)
    call = {"call_id": "1", "channel": "hotline", "started_at": AS_OF - HOUR, "category": "leak"}
    tiny_lake.write("call", pl.DataFrame([call]), source="hotline", received_at=AS_OF - HOUR)
    told = of_the_hotline()
    assert (told["state"], told["age_s"]) == ("reporting", 3600)


def test_the_points_of_a_group(engine):
    rows = {row["point_id"]: row for row in health.points_of(engine, AS_OF, "W1.out").to_dicts()}
    assert list(rows) == ["W1.flow", "W1.turbidity", "W1.kw"]
    assert (rows["W1.flow"]["value"], rows["W1.flow"]["tag"], rows["W1.flow"]["interval_s"]) == (800, "W1_FLOW", 300)
    assert rows["W1.kw"]["value"] is None


def test_sources_worst_first_with_what_hangs_on_them(engine):
    sources = health.sources_now(engine, AS_OF)
    assert sources["source"][-1] == "scada"
    assert set(sources["state"].head(2)) == {"never"}
    (scada,) = sources.filter(source="scada").to_dicts()
    assert (scada["groups"], scada["lag_s"]) == (11, 300)
    assert sources.filter(source="hotline")["groups"][0] == 1


def test_sources_that_never_came(tiny_lake):
    sources = health.sources_now(engine_of(tiny_lake), AS_OF)
    assert set(sources["state"]) == {"never"}
    assert sources["lag_s"].null_count() == sources.height


def test_what_was_refused_and_why(engine, tiny_lake):
    assert health.quarantine(engine, AS_OF).is_empty()
    rows = pl.DataFrame(
        {"point_id": "N.pressure", "ts": [AS_OF - 2 * HOUR, AS_OF - HOUR], "span_s": 0, "value": 0.3}
    ).with_columns(quality=pl.Series(["fine", "good"]))
    tiny_lake.write("reading", rows, source="scada", batch="b1", received_at=AS_OF - HOUR)
    (batch,) = health.quarantine(engine, AS_OF).to_dicts()
    assert (batch["batch"], batch["source"], batch["table"], batch["rows"]) == ("b1", "scada", "reading", 1)
    assert batch["reason"] == "quality: not one of its values"
    (row,) = health.quarantined_rows(engine, AS_OF, "b1").to_dicts()
    assert row["row"] == 0
    assert '"quality":"fine"' in row["payload"]
    assert health.quarantine(engine, AS_OF - 2 * HOUR).is_empty()  # then it was not there yet
    assert health.quarantine(engine, AS_OF + timedelta(days=31)).is_empty()


@pytest.mark.parametrize(
    ("unknown", "partial", "level"),
    [(0, 0, "full"), (0, 1, "partly"), (1, 0, "partly"), (8, 3, "partly"), (9, 0, "none"), (18, 0, "none")],
)
def test_how_far_a_board_may_be_trusted(unknown, partial, level):
    board = boards.board()
    for tile in board["indicators"][:unknown]:
        tile.update(state="unknown", reason="too_few_data")
    for tile in board["indicators"][18 - partial :]:
        tile["partial"] = True
    told = health.trust(board)
    assert (told.level, len(told.unknown), len(told.partial), told.indicators) == (level, unknown, partial, 18)
    assert (told.groups, told.reporting, told.late, told.faulty) == (385, 381, 3, 1)


def test_a_board_without_indicators_tells_nothing():
    assert health.trust(boards.board(indicators=[])).level == "none"


def test_silent_sources_are_named():
    assert health.trust(boards.alarming()).silent == ("scada",)


def test_what_is_wrong_with_the_product_itself(tmp_path, monkeypatch):
    def codes(made_at=AS_OF):
        return [one.code for one in health.troubles(tmp_path, made_at, AS_OF)]

    monkeypatch.setattr(health, "DISK_LOW_BYTES", 0)
    assert codes() == ["worker_stopped"]
    heartbeat.pulse_file(tmp_path).touch()
    steps = {"seal": {"seconds": 0.1, "failed": True, "error": "OSError: disk gone"}}
    heartbeat.say(tmp_path, {"commit_s": None, "steps": steps | {"board": {"seconds": 1, "failed": False}}})
    (trouble,) = health.troubles(tmp_path, AS_OF, AS_OF)
    assert (trouble.code, trouble.args) == ("step_failed", {"step": "seal", "error": "OSError: disk gone"})
    assert codes(AS_OF - timedelta(seconds=61)) == ["step_failed", "snapshot_old"]
    monkeypatch.setattr(health, "DISK_LOW_BYTES", 1 << 60)
    assert codes() == ["step_failed", "disk_low"]


def test_a_worker_that_died_is_told_for_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr(health, "DISK_LOW_BYTES", 0)
    heartbeat.say_death(tmp_path, "SIGKILL")
    assert [one.code for one in health.troubles(tmp_path, AS_OF, AS_OF)] == ["worker_stopped", "worker_died"]
    heartbeat.pulse_file(tmp_path).touch()
    (trouble,) = health.troubles(tmp_path, AS_OF, AS_OF)
    assert trouble.args["how"] == "SIGKILL"
    assert 0 <= trouble.args["seconds"] < 60
    long_ago = time.time() - health.DIED_LATELY_S
    os.utime(tmp_path / heartbeat.DEATH, (long_ago, long_ago))
    assert health.troubles(tmp_path, AS_OF, AS_OF) == []


@pytest.mark.parametrize(
    ("fact", "state"),
    [
        ({}, "ok"),
        ({"tables": {"reading": COLUMNS}}, "ok"),
        ({"clock_s": 3600}, "look"),
        ({"tables": {"reading": COLUMNS | {"come": ["y"]}}}, "look"),
        ({"tables": {"sale": COLUMNS, "reading": COLUMNS | {"gone": ["N_P"]}}}, "look"),
        ({"set_apart": {"files": 1, "newest": "a.csv: is empty"}}, "look"),
        ({"error": "down", "clock_s": 3600}, "failed"),
    ],
)
def test_a_source_that_is_well_but_odd_wants_to_be_looked_at(tiny_lake, fact, state):
    write(tiny_lake, "N.pressure", 0.3, first=AS_OF - HOUR)
    write_facts(tiny_lake.root, {"scada": SourceLog({}).facts | fact})
    states = {row["source"]: row["state"] for row in health.sources_now(engine_of(tiny_lake), AS_OF).to_dicts()}
    assert states["scada"] == state


def test_refused_rows_are_looked_at_for_a_day(tiny_lake):
    write(tiny_lake, "N.pressure", 0.3, first=AS_OF - HOUR)
    bad = pl.DataFrame({"point_id": ["N.pressure"], "ts": [AS_OF], "span_s": 0, "value": [0.2], "quality": ["fine"]})
    tiny_lake.write("reading", bad, source="scada", received_at=AS_OF)
    write(tiny_lake, "N.pressure", 0.3, first=AS_OF - HOUR, last=AS_OF + FIVE)  # and good ones again
    engine = engine_of(tiny_lake)
    at = {hours: health.sources_now(engine, AS_OF + hours * HOUR).filter(source="scada") for hours in (1, 25)}
    assert {hours: one["state"][0] for hours, one in at.items()} == {1: "look", 25: "ok"}
    assert {hours: one["refused"][0] for hours, one in at.items()} == {1: 1, 25: None}


def test_a_source_of_which_every_file_failed_is_not_just_one_that_never_came(tiny_lake):
    write(tiny_lake, "N.pressure", 0.3, first=AS_OF - HOUR)
    write_facts(tiny_lake.root, {"lab": SourceLog({}).facts | {"set_apart": {"files": 1, "newest": "a.csv: is empty"}}})
    states = {row["source"]: row["state"] for row in health.sources_now(engine_of(tiny_lake), AS_OF).to_dicts()}
    assert (states["lab"], states["hotline"]) == ("look", "never")
