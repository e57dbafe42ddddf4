"""Whatever arrives ends as a packet that was read, or as one with the reason why not; no byte is lost on the way.

FUZZ_INPUTS says how many inputs are tried (`make faults` takes 10,000).
"""

import os
import random
import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from data_sources import hj212
from data_sources.connector import Source
from data_sources.hj212_protocol.decode import decode, joined
from data_sources.hj212_protocol.encode import answer, framed
from data_sources.hj212_protocol.frame import FrameReader, split
from data_sources.hj212_protocol.packet import read_packet
from data_sources.hj212_protocol.readings import readings
from tests.data_sources.hj212.packets import GOOD, KEY, sent
from tests.data_sources.hj212.test_decode import sealed
from tests.data_sources.mutation import mutated

INPUTS = int(os.environ.get("FUZZ_INPUTS", "1000"))
REAL = (
    *GOOD,
    sealed("DataTime=20260915081500;w01018-Rtd=7.5,w01018-Flag=N", length_of_plain=True),
    sealed("DataTime=20260915081500;w01018-Rtd=7.5,w01018-Flag=N", length_of_plain=False),
    sent("DataTime=20260915081500;w01018-Rtd=7", flag=7, more="PNUM=2;PNO=1;"),
    sent("w01018-Flag=T;w21003-Rtd=2,w21003-Flag=N", flag=7, more="PNUM=2;PNO=2;"),
    sent("DataTime=20260915081500;i1-Info=仪器正常", encoding="gbk"),
)
TOKENS = (
    b"##",
    b"&&",
    b"CP=&&",
    b";",
    b",",
    b"-",
    b"\r\n",
    b"\\r\\n",
    b"{0xE4,",
    b"Flag=",
    b"=",
    b"9" * 400,
    b"\xc4\xe3",
)
KEYS = {"MN1": KEY}.get
SETTINGS = hj212.Settings(kind="hj212", port=8589, stations=("MN1", "0873HHMZWSLH02", "010000A8900016F000169DC0"))
SOURCE = Source("outlets", "reading", SETTINGS, None, "Asia/Shanghai")
BLANK = re.compile(rb"(?:\s|\\r|\\n)*")


def assert_accounted_for(raw: bytes) -> None:
    started = time.monotonic()
    packets = decode(raw, KEYS)
    assert time.monotonic() - started < 5, "this input takes for ever"
    left = raw
    for piece in split(raw):  # in their order, with nothing but white space between them
        before, found, left = left.partition(piece.raw)
        assert found and BLANK.fullmatch(before), (before, raw)
    assert BLANK.fullmatch(left)
    assert sorted(b"".join(one.raw for one in packets)) == sorted(b"".join(piece.raw for piece in split(raw)))
    for packet in packets:
        assert packet.problem or not packet.is_data or packet.data_time is not None
        assert packet.error != ""
        if packet.wants_answer:
            assert decode(answer(packet))[0].qn == packet.qn
    read = readings(packets, 600)
    assert read["value"].is_finite().all()
    assert read.height <= sum(len(packet.values) for packet in packets)


def assert_told_of_each(raw: bytes) -> None:
    """Each packet ends as readings, as a row with its reason (quarantine), or as one that is counted only."""
    for packet in decode(raw, KEYS):
        assert not hj212.parse(packet.raw, SOURCE).is_empty(), packet


def some_mutated(dice: random.Random) -> bytes:
    """A few real packets, one of them mutated; half of these with a checksum that fits again."""
    packets = [dice.choice(REAL) for _ in range(dice.randint(1, 4))]
    at = dice.randrange(len(packets))
    data = mutated(packets[at], dice, TOKENS)
    packets[at] = framed(data[6:-6][:9999]) if dice.random() < 0.5 else data
    return b"".join(packets)


def test_mutated_packets():
    for seed in range(INPUTS):
        raw = some_mutated(random.Random(seed))
        assert_accounted_for(raw)
        assert_told_of_each(raw)


@settings(max_examples=INPUTS // 2)
@given(st.binary(max_size=300))
def test_any_bytes(raw):
    assert_accounted_for(raw)


@settings(max_examples=INPUTS // 2)
@given(st.text(max_size=200), st.sampled_from(["2011", "2051", "2061", "9014"]), st.integers(0, 12))
def test_any_text_in_a_whole_packet(text, cn, flag):
    assert_accounted_for(sent(text, cn=cn, flag=flag))


@given(st.lists(st.sampled_from(REAL), min_size=1, max_size=5), st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_how_the_bytes_arrive_makes_no_difference(packets, sizes):
    whole, reader, pieces, at = b"".join(packets), FrameReader(), [], 0
    for size in sizes:
        pieces += reader.feed(whole[at : at + size])
        at += size
    pieces += [*reader.feed(whole[at:]), *reader.flush()]
    arrived = list(joined(read_packet(piece, KEYS) for piece in pieces))
    assert [packet.as_json() for packet in arrived] == [packet.as_json() for packet in decode(whole, KEYS)]
