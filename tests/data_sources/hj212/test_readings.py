"""Which numbers become readings, of which moment and span, of which quality."""

from datetime import UTC, datetime

import pytest

from data_sources.hj212_protocol.codes import UNITS
from data_sources.hj212_protocol.decode import decode
from data_sources.hj212_protocol.readings import readings
from data_sources.units import is_unit
from tests.data_sources.hj212.packets import ASK, HOUR, MINUTES, OLD, sent


def test_minutes_are_means_of_the_span_from_their_time():
    assert readings(decode(MINUTES), minutes_s=600).rows() == [
        ("010000A8900016F000169DC0/w00000", datetime(2016, 8, 1, 0, 40, tzinfo=UTC), 600, 17.5, "good"),
        ("010000A8900016F000169DC0/w01001", datetime(2016, 8, 1, 0, 40, tzinfo=UTC), 600, 7.5, "good"),
        ("010000A8900016F000169DC0/w01018", datetime(2016, 8, 1, 0, 40, tzinfo=UTC), 600, 40.1, "good"),
    ]


def test_instants_hours_and_days():
    assert readings(decode(HOUR), 600)["span_s"].to_list() == [3600]
    assert set(readings(decode(OLD), 600)["span_s"]) == {0}
    day = sent("DataTime=20260914000000;w01018-Avg=7,w01018-Flag=N", cn="2031")
    assert readings(decode(day), 600)["span_s"].to_list() == [86_400]


def test_states_of_devices():
    rows = readings(decode(sent("DataTime=20260914000000;SB1-RS=1;SB2-RS=0", cn="2021")), 600)
    assert rows.select("tag", "span_s", "value").rows() == [("MN1/SB1", 0, 1), ("MN1/SB2", 0, 0)]


def test_nothing_of_control_packets_and_empty_values():
    assert readings(decode(ASK), 600).is_empty()
    assert readings(decode(sent("DataTime=20260915081500;w01018-Rtd=-,w01018-Flag=B")), 600).is_empty()


@pytest.mark.parametrize(
    ("flag", "quality"),
    [("N", "good"), ("S", "manual"), ("T", "suspect"), ("D", "bad"), ("F", "bad"), ("B", "bad"), ("?", "bad")],
)
def test_flags(flag, quality):
    packet = sent(f"DataTime=20260915081500;w01018-Rtd=7,w01018-Flag={flag}")
    assert readings(decode(packet), 600)["quality"].to_list() == [quality]


def test_every_unit_of_the_code_table_is_one():
    assert [unit for unit in UNITS.values() if not is_unit(unit)] == []
    traces = {"w20111", "w20115", "w20117", "w20119", "w20120"}
    assert {code for code, unit in UNITS.items() if unit == "µg/L"} == traces
    assert UNITS["w00000"] == "L/s"
