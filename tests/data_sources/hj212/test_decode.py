"""Whole packets: the good ones, the traps of the field, parts, encrypted texts."""

from datetime import UTC, datetime

import pytest

from data_sources.hj212_protocol.checksum import checksum
from data_sources.hj212_protocol.decode import decode
from data_sources.hj212_protocol.encode import answer, framed
from data_sources.hj212_protocol.sm4 import decrypted, encrypted
from tests.data_sources.hj212.packets import (
    ANSWER_TO_MINUTES,
    ASK,
    GOOD,
    HOUR,
    KEY,
    MINUTES,
    OLD,
    TIME_OF_2025,
    sent,
)


def only(raw, keys=lambda mn: None):
    (packet,) = decode(raw, keys)
    return packet


def numbers(packet):
    return {(one.code, one.suffix): one.value for one in packet.values}


def test_checksum_by_the_standard():
    assert (checksum(b""), checksum(b"\x00")) == (0xFFFF, 0x4040)
    assert checksum(b"345", checksum(b"12")) == checksum(b"12345")


@pytest.mark.parametrize(
    ("raw", "version", "cn"),
    [
        (ASK, 2017, "1062"),
        (OLD, 2005, "2011"),
        (HOUR, 2017, "2061"),
        (MINUTES, 2017, "2051"),
        (TIME_OF_2025, 2025, "1011"),
    ],
)
def test_good_packets(raw, version, cn):
    packet = only(raw)
    assert (packet.error, packet.version, packet.cn) == (None, version, cn)


def test_what_a_box_of_2005_says_in_codes_of_2017():
    assert only(OLD).as_json() == {
        "ok": True,
        "error": None,
        "version": 2005,
        "mn": "0873HHMZWSLH02",
        "cn": "2011",
        "qn": None,
        "data_time": "2016-01-03T05:30:30Z",
        "values": [
            {"code": "w21003", "suffix": "Rtd", "value": 3.0943, "flag": "N"},
            {"code": "w01018", "suffix": "Rtd", "value": 18.0412, "flag": "N"},
            {"code": "w01001", "suffix": "Rtd", "value": 8.2137, "flag": "N"},
            {"code": "w00000", "suffix": "Rtd", "value": 10.989, "flag": "N"},
        ],
        "part": None,
    }


def test_minutes_begin_at_their_time_in_beijing():
    packet = only(MINUTES)
    assert packet.data_time == datetime(2016, 8, 1, 0, 40, tzinfo=UTC)
    assert numbers(packet)["w00000", "Avg"] == 17.5
    assert len(packet.values) == 11


def test_the_answer():
    assert answer(only(MINUTES)) == ANSWER_TO_MINUTES
    assert only(MINUTES).wants_answer
    assert not only(OLD).wants_answer


@pytest.mark.parametrize("end", [b"\r\n", b"\\r\\n", b"\n", b"", b" \r\n\r\n"])
def test_packets_end_as_stations_end_them(end):
    together = b"".join(raw.removesuffix(b"\r\n") + end for raw in GOOD)
    assert [packet.cn for packet in decode(together)] == ["1062", "2011", "2061", "2051", "1011"]


def test_traps_inside_a_packet():
    spaced = framed(b"ST = 32 ;CN=2011; MN=MN1 ;Flag=5 ;CP=&&DataTime=20260915081500;w01018-Rtd= 7 &&")
    assert numbers(only(spaced)) == {("w01018", "Rtd"): 7.0}
    commas = only(sent("DataTime=20260915081500,w01018-Rtd=1,w01018-Flag=N,w21003-Rtd=2;w21003-Flag=D"))
    assert [(one.value, one.flag) for one in commas.values] == [(1.0, "N"), (2.0, "D")]
    twice = only(sent("DataTime=20260915081500;w01018-Rtd=1,w01018-Flag=N;w01018-Rtd=2,w01018-Flag=N"))
    assert numbers(twice) == {("w01018", "Rtd"): 2.0}
    empty = only(sent("DataTime=20260915081500;w01018-Rtd=,w01018-Flag=B;w21003-Rtd=-,w21003-Flag=F"))
    assert numbers(empty) == {("w01018", "Rtd"): None, ("w21003", "Rtd"): None}
    assert empty.error is None
    gbk = only(sent("DataTime=20260915081500;w01018-Rtd=7;i1-Info=仪器正常", encoding="gbk"))
    assert (gbk.error, numbers(gbk)) == (None, {("w01018", "Rtd"): 7.0})


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (OLD.replace(b"3.0943", b"3.0944"), "checksum: the packet says A9C1"),
        (OLD[:100], "half a packet: 100 bytes of 188"),
        (b"hello", "no packet"),
        (framed(b"ST=32;CN=2011;MN=M1;DataTime=1"), "segment: no CP"),
        (sent("w01018-Rtd=7"), "DataTime: expected"),
        (sent("DataTime=20261315081500;w01018-Rtd=7"), "DataTime: expected"),
        (sent("DataTime=20260915081500;w01018-Rtd=seven"), "w01018-Rtd: expected a number, found 'seven'"),
        (sent("DataTime=20260915081500;w01018-Rtd=nan"), "w01018-Rtd: expected a number"),
        (sent("DataTime=20260915081500;oops"), "'oops': expected name=value"),
        (sent("", mn="../x"), "MN: expected"),
        (sent("", cn="20x1"), "CN: expected"),
        (sent("", flag=99), "Flag: no known version"),
        (sent("", flag=7, more="PNUM=2;PNO=3;"), "PNO: 3 is not between"),
    ],
)
def test_why_a_bad_one_is_bad(raw, said):
    assert said in only(raw).error


def test_what_is_right_in_a_packet_stays_when_something_is_wrong():
    packet = only(sent("DataTime=20260915081500;w01018-Rtd=x;w21003-Rtd=2"))
    assert numbers(packet)["w21003", "Rtd"] == 2.0
    assert packet.error


def test_a_broken_packet_costs_no_other():
    broken = OLD.replace(b"3.0943", b"3.0944")
    half = MINUTES[:150]
    packets = decode(MINUTES + broken + HOUR + half + b"noise" + ASK)
    assert [packet.error is None for packet in packets] == [True, False, True, False, True]
    assert b"".join(packet.raw for packet in packets) == MINUTES + broken + HOUR + half + b"noise" + ASK


def test_a_wrong_length_is_found_out_by_the_checksum():
    for length in (b"##0101", b"##0999", b"##  12"):
        assert only(length + OLD[6:]).values == only(OLD).values


@pytest.mark.parametrize("flag", [8, 9])
def test_a_heartbeat_and_data_sent_again_as_of_2025(flag):
    beat = only(sent("", cn="9015", flag=flag))
    assert (beat.problem, beat.version, beat.is_data, beat.wants_answer) == (None, 2025, False, flag == 9)
    again = only(sent("DataTime=20260915081500;w01018-Rtd=7", flag=flag, more="RF=1;"))
    assert (again.problem, numbers(again)) == (None, {("w01018", "Rtd"): 7.0})


def test_long_noise_is_cut_into_pieces_and_hides_no_packet():
    noise = b"##0001" * 10_900  # for minutes, where each piece is searched to the end for the next packet
    *bad, good = decode(noise + MINUTES)
    assert good.raw == MINUTES
    assert b"".join(packet.raw for packet in bad) == noise


def test_parts_are_put_together_whatever_their_order():
    first = sent("DataTime=20260915081500;w01018-Rtd=7", flag=7, more="PNUM=2;PNO=1;")
    second = sent("w01018-Flag=T;w21003-Rtd=2,w21003-Flag=N", flag=7, more="PNUM=2;PNO=2;")
    for raw in (first + MINUTES + second, second + MINUTES + first):
        other, whole = decode(raw)
        assert other.cn == "2051"
        assert [(one.code, one.value, one.flag) for one in whole.values] == [("w01018", 7.0, "T"), ("w21003", 2.0, "N")]
        assert whole.error is None
    assert (only(first).problem, only(first).error) == ("parts missing: 2 of 2", None)
    assert numbers(only(first)) == {("w01018", "Rtd"): 7.0}
    assert "parts missing: 1 of 2; DataTime" in only(second).problem


def sealed(cp: str, length_of_plain: bool) -> bytes:
    """A packet of 2025 whose text is encrypted; its checksum is of the plain one."""
    head = b"QN=20260915081500000;ST=32;CN=2011;PW=123456;MN=MN1;Flag=9;CP=&&"
    plain = head + cp.encode() + b"&&"
    segment = head + encrypted(cp.encode(), KEY) + b"&&"
    return b"##%04d%b%04X\r\n" % (len(plain if length_of_plain else segment), segment, checksum(plain))


def test_sm4_by_the_standard():
    # GB/T 32907, appendix A.1: the key encrypts itself
    assert encrypted(KEY, KEY) == (b"{0x68,0x1E,0xDF,0x34,0xD2,0x06,0x96,0x5E,0x86,0xB3,0xE9,0x4F,0x53,0x6E,0x42,0x46}")
    assert decrypted(encrypted(KEY + b"tail", KEY), KEY) == KEY + b"tail"


@pytest.mark.parametrize("length_of_plain", [True, False])
def test_encrypted_texts(length_of_plain):
    raw = sealed("DataTime=20260915081500;w01018-Rtd=7.5,w01018-Flag=N", length_of_plain)
    with_key = only(raw, {"MN1": KEY}.get)
    assert (with_key.error, numbers(with_key)) == (None, {("w01018", "Rtd"): 7.5})
    for mixed in (MINUTES + raw + HOUR, MINUTES + raw.removesuffix(b"\r\n") + b"\\r\\n" + HOUR):
        assert [packet.error for packet in decode(mixed, lambda mn: None)] == [None, "encrypted", None]
    assert only(raw, lambda mn: None).wants_answer
    wrong = only(raw, {"MN1": KEY[::-1]}.get)
    assert wrong.error.startswith("encrypted: the key of this station")
    assert wrong.values == ()


def test_an_encrypted_text_of_half_a_block():
    segment = b"ST=32;CN=2011;MN=MN1;Flag=9;CP=&&{0xE4,0x01}&&"
    packet = only(b"##%04d%b0000\r\n" % (len(segment), segment), {"MN1": KEY}.get)
    assert packet.error == "encrypted: 2 encrypted bytes, expected a multiple of 16"


def test_keys_come_from_the_environment(monkeypatch):
    raw = sealed("DataTime=20260915081500;w01018-Rtd=7.5", length_of_plain=False)
    monkeypatch.setenv("WATER_SM4_MN1", KEY.hex())
    assert decode(raw)[0].error is None
    monkeypatch.setenv("WATER_SM4_MN1", "short")
    assert decode(raw)[0].error == "encrypted: WATER_SM4_MN1 is no SM4 key: expected 32 hex digits"
