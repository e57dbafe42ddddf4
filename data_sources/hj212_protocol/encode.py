"""Packets as a station or a centre writes them: length, text, checksum, CRLF."""

from data_sources.hj212_protocol.checksum import checksum
from data_sources.hj212_protocol.codes import ANSWER, ANSWER_WANTED, IN_PARTS
from data_sources.hj212_protocol.packet import Packet

SYSTEM = "91"
"""ST of a packet of the system itself, such as an answer."""


def framed(segment: bytes) -> bytes:
    """A segment of at most 9999 bytes as a packet."""
    if len(segment) > 9999:
        raise ValueError(f"{len(segment)} bytes of text, at most 9999 fit into a packet")
    return b"##%04d%b%04X\r\n" % (len(segment), segment, checksum(segment))


def answer(to: Packet) -> bytes:
    """The 9014 to a packet that wants one: the same QN, PW and MN, the version without the wish for an answer."""
    flag = to.flag & ~(ANSWER_WANTED | IN_PARTS)
    return framed(f"QN={to.qn};ST={SYSTEM};CN={ANSWER};PW={to.pw or ''};MN={to.mn};Flag={flag};CP=&&&&".encode())
