"""Packets as a station or a centre writes them: length, text, checksum, CRLF."""

from collections.abc import Iterable
from datetime import datetime

from data_sources.hj212_protocol.checksum import checksum
from data_sources.hj212_protocol.codes import ANSWER, ANSWER_WANTED, IN_PARTS, INSTANT
from data_sources.hj212_protocol.packet import Packet
from data_sources.hj212_protocol.segment import BEIJING

SYSTEM, WASTE_WATER = "91", "32"
"""ST: a packet of the system itself, such as an answer; one of a station for waste water."""


def framed(segment: bytes) -> bytes:
    """A segment of at most 9999 bytes as a packet."""
    if len(segment) > 9999:
        raise ValueError(f"{len(segment)} bytes of text, at most 9999 fit into a packet")
    return b"##%04d%b%04X\r\n" % (len(segment), segment, checksum(segment))


def answer(to: Packet) -> bytes:
    """The 9014 to a packet that wants one: the same QN, PW and MN, the version without the wish for an answer."""
    flag = to.flag & ~(ANSWER_WANTED | IN_PARTS)
    return framed(f"QN={to.qn};ST={SYSTEM};CN={ANSWER};PW={to.pw or ''};MN={to.mn};Flag={flag};CP=&&&&".encode())


def report(mn: str, data_time: datetime, values: Iterable[tuple[str, float, str]], version: int = 1) -> bytes:
    """What a station sends of an instant (CN 2011), wanting an answer: (code, value, flag) of each factor.

    `version` as in Flag: 1 is 2017, 2 is 2025.
    """
    local = data_time.astimezone(BEIJING)
    factors = [f"{code}-Rtd={value:.10g},{code}-Flag={flag}" for code, value, flag in values]
    text = ";".join([f"DataTime={local:%Y%m%d%H%M%S}", *factors])
    flag = version << 2 | ANSWER_WANTED
    head = f"QN={local:%Y%m%d%H%M%S}000;ST={WASTE_WATER};CN={INSTANT};PW=123456;MN={mn};Flag={flag};"
    return framed(f"{head}CP=&&{text}&&".encode())
