"""The connector: rows of the stations it knows, the rest with a reason; settings; whether it could listen."""

import socket
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from data_sources import hj212
from data_sources.connector import WITHOUT_DATA, Source
from tests.data_sources.hj212.packets import ASK, GOOD, HOUR, KEY, MINUTES, OLD, sent
from tests.data_sources.hj212.test_decode import sealed

STATIONS = ("010000A8900016F000169DC0", "0873HHMZWSLH02", "MN1")


def source(**more):
    settings = hj212.Settings.model_validate({"kind": "hj212", "port": 8589, "stations": STATIONS, **more})
    return Source("outlets", "reading", settings, None, "Asia/Shanghai")


def test_rows_of_what_is_known_and_reasons_for_the_rest():
    broken = OLD.replace(b"3.0943", b"3.0944")
    rows = hj212.parse(b"".join([*GOOD, broken]), source())
    good = rows.filter(rows["reason"].is_null())
    assert good.filter(tag="0873HHMZWSLH02/w21003").rows() == [
        ("0873HHMZWSLH02/w21003", datetime(2016, 1, 3, 5, 30, 30, tzinfo=UTC), 0, 3.0943, "good", None, None)
    ]
    assert good.height == 4 + 3
    asked, stranger, time_set, mutilated = rows.filter(rows["reason"].is_not_null())["packet", "reason"].rows()
    assert (asked[1], time_set[1]) == (WITHOUT_DATA, WITHOUT_DATA)
    assert stranger == (HOUR.decode().strip(), "23040281003022 is none of the stations of this source")
    assert mutilated[0] == broken.decode().strip()
    assert mutilated[1].startswith("checksum: the packet says A9C1")


def test_an_encrypted_packet_without_key(monkeypatch):
    raw = sealed("DataTime=20260915081500;w01018-Rtd=7.5", length_of_plain=True)
    assert hj212.parse(raw, source())["reason"].to_list() == ["encrypted"]
    monkeypatch.setenv("WATER_SM4_MN1", KEY.hex())
    assert hj212.parse(raw, source())["value"].to_list() == [7.5]


def test_what_is_right_in_a_bad_packet_is_a_reading():
    rows = hj212.parse(sent("DataTime=20260915081500;w01018-Rtd=x;w21003-Rtd=2"), source())
    assert rows["value"].to_list() == [2.0, None]
    assert rows["reason"].to_list() == [None, "w01018-Rtd: expected a number, found 'x'"]


def test_what_holds_no_reading_is_counted():
    of_nothing = sent("DataTime=20260915081500;w01018-Rtd=-,w01018-Flag=B;w21003-Cou=3")
    for packet, more in ((ASK, {}), (sent("", cn="9015"), {}), (MINUTES, {"data": ["2061"]}), (of_nothing, {})):
        assert hj212.parse(packet, source(**more))["reason"].to_list() == [WITHOUT_DATA]


@pytest.mark.parametrize("more", [{"stations": []}, {"data": ["9014"]}, {"port": 0}, {"minutes_s": 0}])
def test_settings(more):
    with pytest.raises(ValidationError):
        source(**more)


def test_check(monkeypatch):
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))
        free = ours.getsockname()[1]
    assert hj212.check(source(port=free)) == []
    (problem,) = hj212.check(source(port=free, address="203.0.113.7"))
    assert (problem.file, problem.column) == ("outlets", "port")
    monkeypatch.setenv("WATER_SM4_MN1", "no key")
    (problem,) = hj212.check(source(port=free))
    assert "WATER_SM4_MN1" in problem.message
