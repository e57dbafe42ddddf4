"""A raw capture as packets: cut out of the stream, read, and what a station split put together again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from data_sources.hj212_protocol.frame import split
from data_sources.hj212_protocol.packet import Keys, Packet, read_packet, with_values
from data_sources.hj212_protocol.sm4 import key_of

_Set = tuple[str | None, str | None, str | None]


def decode(capture: bytes, keys: Keys = key_of) -> list[Packet]:
    """Every packet of a capture, and every stretch of it that is none, in its order."""
    return list(joined(read_packet(piece, keys) for piece in split(capture)))


def joined(packets: Iterable[Packet]) -> Iterator[Packet]:
    """Parts of one text (same MN, CN and QN) as one packet once all are there; the rest unchanged.

    A part that comes again counts as it came last. What stays without its other parts comes at the end, read as far
    as it goes.
    """
    waiting: dict[_Set, dict[int, Packet]] = {}
    for packet in packets:
        if packet.part is None or packet.error is not None:
            yield packet
            continue
        name, (number, count) = (packet.mn, packet.cn, packet.qn), packet.part
        parts = waiting.setdefault(name, {})
        before = parts[number].raw if number in parts else b""
        parts[number] = replace(packet, raw=before + packet.raw)
        if len(parts) == count:
            yield _one(waiting.pop(name))
    for parts in waiting.values():
        yield _incomplete(parts)


def _one(parts: dict[int, Packet]) -> Packet:
    ordered = [parts[number] for number in sorted(parts)]
    return with_values(
        replace(ordered[-1], raw=b"".join(one.raw for one in ordered), text=";".join(one.text for one in ordered))
    )


def _incomplete(parts: dict[int, Packet]) -> Packet:
    together = _one(parts)
    _, count = together.part or (0, 0)
    return replace(together, missing=tuple(number for number in range(1, count + 1) if number not in parts))
