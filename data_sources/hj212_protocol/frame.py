"""Packets in a stream of bytes: `##`, four digits of length, the segment, four of checksum, CRLF.

What stations really send: half and joined packets, no CRLF or a literal backslash r backslash n, a length that is
that of the plain text while the segment is encrypted, noise between. Every byte comes back as part of a piece or is
white space between two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data_sources.hj212_protocol.checksum import checksum

HEAD = re.compile(rb"##[0-9 ]{4}")
_END = re.compile(rb"&&([0-9A-Fa-f]{4})")
_BETWEEN = re.compile(rb"(?:\s|\\r|\\n)*")
_LINE_END = re.compile(rb"\r\n|\\r\\n|\n")
_SEALED = re.compile(rb"CP\s*=\s*&&\s*\{\s*0[xX]")
_HEX = re.compile(rb"[0-9A-Fa-f]{4}")

LONGEST = 6 + 9999 + 4
"""Bytes of the longest packet whose length four digits can say; more without an end is noise."""
_WINDOW = 2 * LONGEST
"""Bytes that are looked at for one piece: so a long capture, or a long stretch of noise, takes no longer a byte."""


@dataclass(frozen=True)
class Piece:
    """One packet as it came, or what stood where a packet should be: then `error` says what is wrong with it.

    `segment` is what lies between length and checksum, `printed` the checksum that the packet bears.
    """

    raw: bytes
    segment: bytes = b""
    printed: int = 0
    error: str | None = None


def is_encrypted(segment: bytes) -> bool:
    """Whether its text is written as encrypted blocks (`{0xE4,…}`, HJ 212-2025)."""
    return _SEALED.search(segment) is not None


class FrameReader:
    """Takes bytes as they arrive and gives whole packets back; what is unfinished waits for the rest."""

    def __init__(self) -> None:
        self._buffer, self._at = b"", 0
        self._barren = 0
        """No packet that is whole by its length begins behind `_at` and before here."""

    def feed(self, data: bytes) -> Iterator[Piece]:
        """The packets that are whole now."""
        self._buffer = self._buffer[self._at :] + data
        self._barren, self._at = max(0, self._barren - self._at), 0
        yield from self._pieces(last=False)

    def flush(self) -> Iterator[Piece]:
        """What is left when nothing more will come."""
        yield from self._pieces(last=True)

    def __len__(self) -> int:
        """Bytes that wait for the rest of their packet."""
        return len(self._buffer) - self._at

    def _pieces(self, last: bool) -> Iterator[Piece]:
        while len(self):
            window = self._buffer[self._at : self._at + _WINDOW]
            piece = self._first(window, last and len(window) == len(self))
            if piece is None:
                return
            self._at += len(piece.raw)
            if not _BETWEEN.fullmatch(piece.raw):
                yield piece

    def _first(self, window: bytes, last: bool) -> Piece | None:
        """What the window begins with; None where that can't be said before more comes."""
        head = HEAD.search(window)
        if head is None or head.start() > 0:
            return _noise(window, None if head is None else head.start(), last)
        whole = _by_length(window, 0) or _by_checksum(window) or _encrypted(window, last)
        if whole is not None:
            return whole
        following = self._following(window)
        if following is not None:
            return _broken(window[:following])
        if not _complete(window, 0):
            return _broken(window) if last else None
        head, line_end = HEAD.search(window, 6), _LINE_END.search(window, 6)
        ends = [*([head.start()] if head else []), *([line_end.end()] if line_end else [])]
        if ends:
            return _broken(window[: min(ends)])
        return _broken(window[:LONGEST]) if last or len(window) > LONGEST else None

    def _following(self, window: bytes) -> int | None:
        """Where the next packet begins that is whole by its length; a head that can't become one is looked at once."""
        settled = True
        for head in HEAD.finditer(window, max(6, self._barren - self._at)):
            at = head.start()
            if _by_length(window, at):
                return at
            settled = settled and _complete(window, at)
            if settled:
                self._barren = self._at + at + 1
        return None


def split(capture: bytes) -> Iterator[Piece]:
    """Every packet of a raw capture, in its order."""
    reader = FrameReader()
    yield from reader.feed(capture)
    yield from reader.flush()


def _noise(buffer: bytes, end: int | None, last: bool) -> Piece | None:
    """Bytes before a packet begins; without one in sight they wait, as its head may be only half there."""
    if end is None and not last and len(buffer) <= LONGEST and not _BETWEEN.fullmatch(buffer):
        return None
    raw = buffer[: end or LONGEST]
    return Piece(raw, error="no packet: expected ## and four digits of length")


def _length(buffer: bytes, at: int) -> int | None:
    digits = buffer[at + 2 : at + 6].strip()
    return int(digits) if digits.isdigit() else None


def _complete(buffer: bytes, at: int) -> bool:
    """Whether as many bytes are there as the length says that stands at `at`."""
    length = _length(buffer, at)
    return length is None or len(buffer) >= at + 6 + length + 4


def _by_length(buffer: bytes, at: int) -> Piece | None:
    """The packet that begins at `at`, where its length and its checksum are right."""
    length = _length(buffer, at)
    if length is None or not _complete(buffer, at):
        return None
    end = at + 6 + length
    if not _HEX.fullmatch(buffer, end, end + 4):
        return None
    segment = buffer[at + 6 : end]
    if checksum(segment) != int(buffer[end : end + 4], 16) and not (is_encrypted(segment) and segment.endswith(b"&&")):
        return None
    return _whole(buffer, end, at)


def _by_checksum(buffer: bytes) -> Piece | None:
    """A packet whose length is wrong, where a `&&XXXX` before the next one bears the right checksum."""
    following = HEAD.search(buffer, 6, LONGEST)
    register, at = 0xFFFF, 6
    for end in _END.finditer(buffer, 6, following.start() if following else LONGEST):
        register = checksum(buffer[at : end.start() + 2], register)
        at = end.start() + 2
        if register == int(end[1], 16):
            return _whole(buffer, at)
    return None


def _encrypted(buffer: bytes, last: bool) -> Piece | None:
    """The checksum is of the plain text and the length may be, too: up to the next `&&XXXX` before a line's end."""
    start = _SEALED.search(buffer, 6, LONGEST)
    for end in _END.finditer(buffer, start.end(), LONGEST) if start else ():
        after = end.end()
        if _LINE_END.match(buffer, after) or HEAD.match(buffer, after) or (last and after == len(buffer)):
            return _whole(buffer, end.start() + 2)
    return None


def _whole(buffer: bytes, end: int, at: int = 0) -> Piece:
    """The packet from `at` whose segment ends at `end`, with the line's end behind it where that is there already."""
    line_end = _LINE_END.match(buffer, end + 4)
    stop = line_end.end() if line_end else end + 4
    return Piece(buffer[at:stop], buffer[at + 6 : end], int(buffer[end : end + 4], 16))


def _broken(raw: bytes) -> Piece:
    length = _length(raw, 0)
    if length is None:
        return Piece(raw, error="no packet: expected ## and four digits of length")
    segment, printed = raw[6 : 6 + length], raw[6 + length : 10 + length]
    if _HEX.fullmatch(printed):
        said = printed.decode().upper()
        return Piece(raw, error=f"checksum: the packet says {said}, its text gives {checksum(segment):04X}")
    if not _complete(raw, 0):
        return Piece(raw, error=f"half a packet: {len(raw)} bytes of {length + 10}")
    return Piece(raw, error=f"length: no checksum stands after {length} bytes")
