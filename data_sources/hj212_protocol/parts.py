"""Texts that stations split: each part is kept together with those before it, as only the first has the time."""

from collections import OrderedDict

from data_sources.hj212_protocol.packet import Packet

SETS = 256
"""Texts that may be under way at once; the oldest is let go."""
LONGEST = 64 * 1024
"""Bytes of one text from which on parts stand alone."""


class Parts:
    """Remembers the parts of texts that are not complete yet."""

    def __init__(self) -> None:
        self._sets: OrderedDict[tuple[str | None, str | None, str | None], bytes] = OrderedDict()

    def with_earlier(self, packet: Packet) -> bytes:
        """The packet's bytes, after those of its text's earlier parts."""
        if packet.part is None or packet.error is not None:
            return packet.raw
        name, (number, count) = (packet.mn, packet.cn, packet.qn), packet.part
        raw = packet.raw if packet.raw.endswith(b"\n") else packet.raw + b"\r\n"
        together = self._sets.pop(name, b"") + raw
        if number < count and len(together) < LONGEST:
            self._sets[name] = together
        if len(self._sets) > SETS:
            self._sets.popitem(last=False)
        return together
