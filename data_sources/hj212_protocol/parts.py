"""Texts that stations split: each part is kept together with those before it, as only the first has the time."""

from collections import OrderedDict

from data_sources.hj212_protocol.packet import Packet

SETS = 256
"""Texts that may be under way at once; the oldest is let go."""
LONGEST = 64 * 1024
"""Bytes of one text from which on parts stand alone."""


class Parts:
    """Remembers the parts of texts that are not complete yet, in whatever order they come."""

    def __init__(self) -> None:
        self._sets: OrderedDict[tuple[str | None, str | None, str | None], dict[int, bytes]] = OrderedDict()

    def with_earlier(self, packet: Packet) -> bytes:
        """The packet's bytes, after those of its text's parts that came before."""
        if packet.part is None or packet.error is not None:
            return packet.raw
        name, (number, count) = (packet.mn, packet.cn, packet.qn), packet.part
        parts = self._sets.pop(name, {})
        parts.pop(number, None)  # one that comes again counts as it came last
        parts[number] = packet.raw if packet.raw.endswith(b"\n") else packet.raw + b"\r\n"
        together = b"".join(parts.values())
        if len(parts) < count and len(together) < LONGEST:
            self._sets[name] = parts
        if len(self._sets) > SETS:
            self._sets.popitem(last=False)
        return together
