"""The board snapshot on a small lake: every number by hand, the same twice, kept as it was shown."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from metrics.board import make_board, read_board, shown_board, write_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
"""16:20 in Shanghai: the day is sixteen hours and twenty minutes old."""
VALUES = {
    "W1.flow": 800.0, "Z1.flow": 60.0, "L1.flow": 5.0, "T1.in.flow": 500.0, "T1.out.flow": 490.0, "R1.rain": 0.1,
    "N.pressure": 0.3, "N.chlorine": 0.5, "P1.level": 2.0, "W1.turbidity": 0.1,
}  # fmt: skip
FIELDS = {
    "utility", "as_of", "made_at", "groups", "today", "indicators", "sites", "sewage", "exceptions", "advice",
    "name_zh", "name_en", "clock", "refresh_seconds",
}  # fmt: skip
INDICATOR_FIELDS = {
    "id", "tile", "module", "value", "unit", "target", "gap", "direction", "state", "reason", "partial", "validity",
    "beside", "data_time", "compare", "trend", "band", "sites", "warning", "alarm",
}  # fmt: skip


def fill(lake, hours: float = 36, until: datetime = AS_OF, **changes: float) -> None:
    """Readings every five minutes of the last hours, the same all the time."""
    times = [until - timedelta(minutes=5 * n) for n in range(1, int(hours * 12) + 1)]
    rows = [
        pl.DataFrame({"point_id": point, "ts": times, "span_s": 0, "value": value, "quality": "good"})
        for point, value in (VALUES | changes).items()
    ]
    lake.write("reading", pl.concat(rows), source="scada")


@pytest.fixture
def engine(tiny_lake):
    fill(tiny_lake)
    return ready(tiny_lake)


def ready(lake, at: datetime = AS_OF) -> Engine:
    build_marts(lake, lake.utility, at)
    return Engine(lake.utility, lake, load_catalogue(lake.utility))


def test_the_json_has_every_field(engine):
    document = make_board(engine, AS_OF, AS_OF).model_dump(mode="json")
    assert document.keys() >= FIELDS
    assert [one["tile"] for one in document["indicators"]] == list(range(1, 19))
    for one in document["indicators"]:
        assert one.keys() >= INDICATOR_FIELDS
    assert document["as_of"] == "2026-09-15T08:20:00Z"
    assert document["groups"].keys() == {"expected", "reporting", "late", "faulty"}
    assert document["sewage"].keys() == {"issued_at", "rain", "inflow", "stations", "plan"}


def test_the_same_rows_and_moment_give_the_same_board(engine):
    first = make_board(engine, AS_OF, AS_OF)
    again = make_board(ready(engine.lake), AS_OF, AS_OF)
    assert first == again


def test_todays_volumes_by_hand(engine):
    today = make_board(engine, AS_OF, AS_OF).today
    # 16 h 20 min so far: 800 × 16.333 = 13,066.7 m³ supplied, 490 × 16.333 = 8,003.3 m³ treated
    assert today.supplied_m3 == pytest.approx(800 * (16 + 1 / 3))
    assert today.treated_m3 == pytest.approx(490 * (16 + 1 / 3))
    # 0.1 mm in each of 196 five minutes
    assert today.rain_mm == pytest.approx(19.6)
    assert today.supplied_expected_m3 is None


def test_the_sewage_panel_by_hand(engine):
    sewage = make_board(engine, AS_OF, AS_OF).sewage
    (station,) = sewage.stations
    assert (station.site_id, station.level_m, station.alarm_level, station.probability) == ("P1", 2.0, 4.0, None)
    assert len(sewage.inflow) == 24
    # a works of 20,000 m³ a day takes 833.3 m³/h
    assert {(one.observed, round(one.capacity_m3h or 0, 1)) for one in sewage.inflow} == {(500.0, 1250.0)}
    assert [round(one.mm, 3) for one in sewage.rain][:3] == [1.2, 1.2, 1.2]
    assert sewage.rain[-1].mm == pytest.approx(0.4)  # twenty minutes of the running hour


def test_the_forecast_fan_and_what_the_day_will_bring_by_hand(engine):
    issued = datetime(2026, 9, 15, 8, tzinfo=UTC)
    hours = [issued + timedelta(hours=h) for h in range(24)]
    row = {"series": "T1/inflow", "model": "shown", "inputs_age_s": 0.0}
    rows = [
        {**row, "issued_at": at, "valid_at": valid_at, "quantile": q, "value": value + more}
        for at, more in ((issued, 0.0), (issued - timedelta(hours=1), 999.0))
        for valid_at in hours
        for q, value in ((0.025, 300.0), (0.1, 400.0), (0.5, 520.0), (0.9, 600.0))
    ]
    engine.lake.write("forecast", pl.DataFrame(rows), source="brain")
    board = make_board(engine, AS_OF, AS_OF)
    ahead = [one for one in board.sewage.inflow if one.p50 is not None]
    assert [one.valid_at for one in ahead] == hours and len(board.sewage.inflow) == 24 + 23  # both of the running hour
    assert {(one.p10, one.p50, one.p90) for one in ahead} == {(400.0, 520.0, 600.0)}
    # 16 h 20 min of 490 m³/h treated, and 7 h 40 min of 520 m³/h to come
    assert board.today.treated_expected_m3 == pytest.approx(490 * (16 + 1 / 3) + 520 * (7 + 2 / 3))


def test_a_tile_by_hand(engine):
    tiles = {one.id: one for one in make_board(engine, AS_OF, AS_OF).indicators}
    pressure = tiles["pressure_compliance"]
    assert (pressure.value, pressure.state, pressure.target, pressure.gap) == (100.0, "normal", 98.0, 2.0)
    assert pressure.data_time == AS_OF - timedelta(minutes=5)
    night = tiles["net_night_flow"]
    # (60 − 5) m³/h ÷ 4,000 connections = 13.75 L/h
    assert (night.value, night.state) == (13.75, "alarm")
    assert [(one.site_id, one.value, one.state) for one in night.sites] == [("Z1", 13.75, "alarm")]
    assert tiles["hotline_answer_rate"].reason == "no_source"
    assert tiles["hotline_answer_rate"].value is None


def test_states_of_sites(engine):
    sites = {one.site_id: one for one in make_board(engine, AS_OF, AS_OF).sites}
    assert (sites["Z1"].state, sites["Z1"].reason) == ("alarm", "indicator_alarm")
    assert (sites["W1"].state, sites["W1"].reason) == ("normal", None)
    # of its points none ever spoke
    assert sites["S1"].state == "unknown"


def test_a_past_moment_knows_nothing_of_later_rows(tiny_lake):
    fill(tiny_lake, 30, until=AS_OF)
    fill(tiny_lake, 4, until=AS_OF + timedelta(hours=4, minutes=5), **{"N.pressure": 0.05})
    engine = ready(tiny_lake, AS_OF + timedelta(hours=4))
    then, later = (make_board(engine, at, AS_OF) for at in (AS_OF, AS_OF + timedelta(hours=4)))
    assert {one.subject for one in then.exceptions} == {"net_night_flow", "S1", "T1", "P1"}  # three have silent points
    assert "N" in {one.subject for one in later.exceptions}
    pressure = next(one for one in then.indicators if one.id == "pressure_compliance")
    assert pressure.value == 100.0


def test_a_pressure_below_its_minimum_is_an_exception_for_a_quarter_of_an_hour(tiny_lake):
    fill(tiny_lake, 30, until=AS_OF - timedelta(hours=1))
    fill(tiny_lake, 1 / 3, until=AS_OF - timedelta(minutes=40), **{"N.pressure": 0.10})
    fill(tiny_lake, 2 / 3, until=AS_OF)
    found = {}
    for minutes in (-45, -30, -20):
        at = AS_OF + timedelta(minutes=minutes)
        board = make_board(ready(tiny_lake, at), at, at)
        found[minutes] = next((one for one in board.exceptions if one.subject == "N"), None)
    # low at :20, :25, :30, :35; still listed at :50, no longer at 08:00
    low = found[-45]
    assert low is not None
    assert (low.code, low.state, low.since) == ("point_limit", "alarm", AS_OF - timedelta(minutes=60))
    # 0.10 against 0.14: 28.6 % past
    assert low.distance == pytest.approx(0.04 / 0.14)
    assert found[-30] is not None
    assert found[-20] is None


def test_a_bad_reading_is_no_breach(tiny_lake):
    fill(tiny_lake, 30)
    row = {"point_id": "N.pressure", "ts": AS_OF - timedelta(minutes=3), "span_s": 0, "value": 0.01, "quality": "bad"}
    tiny_lake.write("reading", pl.DataFrame([row]), source="scada")
    assert "N" not in {one.subject for one in make_board(ready(tiny_lake), AS_OF, AS_OF).exceptions}


def test_a_well_at_its_alarm_level_raises_indicator_and_exception(tiny_lake):
    fill(tiny_lake, 30, until=AS_OF - timedelta(minutes=15))
    fill(tiny_lake, 0.25, **{"P1.level": 4.2})
    board = make_board(ready(tiny_lake), AS_OF, AS_OF)
    risk = next(one for one in board.indicators if one.id == "overflow_risk_stations")
    assert (risk.value, risk.state, risk.reason) == (1.0, "alarm", "at_alarm_level")
    well = next(one for one in board.exceptions if one.subject == "P1")
    # 4.2 m against 4.0 m
    assert (well.code, well.args["quantity"], well.distance) == ("point_limit", "level", pytest.approx(0.05))


def test_boards_are_kept_every_quarter_of_an_hour_and_at_each_change(tiny_lake):
    fill(tiny_lake, 30)
    engine = ready(tiny_lake)
    board = make_board(engine, AS_OF, AS_OF)
    kept = []
    for minutes, name in ((0, "a"), (5, "a"), (14, "a"), (15, "a"), (20, "changed"), (25, "changed")):
        at = AS_OF + timedelta(minutes=minutes)
        tiles = list(board.indicators)
        if name == "changed":
            tiles[0] = tiles[0].model_copy(update={"state": "alarm"})
        write_board(tiny_lake, board.model_copy(update={"as_of": at, "made_at": at, "indicators": tuple(tiles)}))
        kept.append(tiny_lake.scan("board").select(pl.len()).collect().item())
    assert kept == [1, 1, 1, 2, 3, 3]
    newest = read_board(tiny_lake)
    assert newest is not None
    assert newest["as_of"] == "2026-09-15T08:45:00Z"
    shown = shown_board(tiny_lake, AS_OF + timedelta(minutes=16))
    assert shown is not None
    assert shown["as_of"] == "2026-09-15T08:35:00Z"
    assert shown_board(tiny_lake, AS_OF - timedelta(minutes=1)) is None


def test_since_goes_back_as_far_as_the_boards_that_showed_it(tiny_lake):
    fill(tiny_lake, 30)
    engine = ready(tiny_lake)
    write_board(tiny_lake, make_board(engine, AS_OF, AS_OF))
    later = AS_OF + timedelta(minutes=30)
    fill(tiny_lake, 0.5, until=later)
    board = make_board(ready(tiny_lake, later), later, later)
    night = next(one for one in board.exceptions if one.subject == "net_night_flow")
    assert night.since == AS_OF


def test_acknowledged_by_an_act(tiny_lake):
    fill(tiny_lake, 30)
    engine = ready(tiny_lake)
    before = make_board(engine, AS_OF, AS_OF).exceptions[0]
    act = {"act_id": "1", "done_at": AS_OF, "user": "Li", "verb": "acknowledge", "subject": before.id}
    tiny_lake.write("act", pl.DataFrame([act]), source="app")
    after = make_board(engine, AS_OF, AS_OF).exceptions
    assert (before.acknowledged, [one.acknowledged for one in after if one.id == before.id]) == (False, [True])
    assert [one for one in after if one.acknowledged and one.id != before.id] == []


def test_advice_that_has_not_expired_with_what_was_done(tiny_lake):
    fill(tiny_lake, 30)
    row = {
        "advice_id": "a", "kind": "pump", "site_id": "P1", "made_at": AS_OF - timedelta(hours=1), "action_zh": "抽空",
        "action_en": "Empty it", "confidence": 0.8, "inputs_age_s": 60.0, "evidence": "{}",
    }  # fmt: skip
    rows = [row | {"expires_at": AS_OF + timedelta(hours=1)}, row | {"advice_id": "b", "expires_at": AS_OF}]
    tiny_lake.write("advice", pl.DataFrame(rows), source="brain")
    done = {"act_id": "1", "done_at": AS_OF, "user": "Li", "verb": "accept", "subject": "a"}
    engine = ready(tiny_lake)
    assert [one.status for one in make_board(engine, AS_OF, AS_OF).advice] == ["open"]
    tiny_lake.write("act", pl.DataFrame([done]), source="app")
    assert [(one.advice_id, one.status) for one in make_board(engine, AS_OF, AS_OF).advice] == [("a", "accept")]
