"""A source's spool: numbered raw batches on disk, in order. Once `append` returns, they survive a power cut.

One process appends (the receiver or poller of the source), one reads and trims (the worker). A spool is a folder of
segments `<first number>.spool`; a segment is records after one another:

    magic "WSP1" · number u64 · received_at i64 (µs since 1970) · length of label u32 · length of payload u32 ·
    CRC-32 of all the rest u32 · label (UTF-8) · payload

A record that a crash left half-written was never acknowledged: it ends the segment, and the next writer sets it apart
as `<segment>.torn`. Numbers never go back, so the newest segment stays until there is a newer one.
"""

import fcntl
import os
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data_sources.locks import LockHeld

SEGMENT_BYTES = 16 * 1024 * 1024
SEGMENT_AGE_S = 3600.0
"""A segment is closed at this size or age; only closed ones become raw copies."""

_MAGIC = b"WSP1"
_HEADER = struct.Struct("<4sQqIII")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Raw:
    """One batch as it came from a source.

    `label` says what it is where the payload doesn't (a file's name, a table); `cursor` is what `since` becomes once
    the batch is safe (None: it stays).
    """

    payload: bytes
    label: str = ""
    cursor: str | None = None


@dataclass(frozen=True)
class Record:
    """A batch in the spool; `segment` is the first number of its file."""

    number: int
    received_at: datetime
    label: str
    payload: bytes
    segment: int


@dataclass(frozen=True)
class Damage:
    """Bytes of a segment that are no record any more, between two that are: lost by the disk, not by us."""

    segment: int
    offset: int
    length: int


class Spool:
    """The writing end. Raises LockHeld where another process writes to this spool."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        safe_folder(self.folder)
        self._lock = _locked(self.folder / "lock")
        self._appending = threading.Lock()
        self._segment: int | None = None
        self._file: int | None = None
        self._begun_at, self._last_us = 0.0, 0
        segments = segments_of(self.folder)
        self.last = 0
        """The newest number; 0 where nothing was ever appended."""
        if segments:
            self._segment = segments[-1]
            self._recover(segments[-1])

    def append(self, batches: Sequence[Raw]) -> int:
        """Put batches on disk, one after another, and return the number of the last; safe to be called from threads.

        Raises OSError where they could not all be made safe; then none of them is there.
        """
        with self._appending:
            descriptor = self._open()
            start = os.fstat(descriptor).st_size
            number, last_us = self.last, self._last_us
            parts = []
            for batch in batches:
                number += 1
                last_us = max(time.time_ns() // 1000, last_us + 1)  # later than the one before, whatever the clock does
                parts.append(_packed(number, last_us, batch))
            try:
                _write_all(descriptor, b"".join(parts))
                os.fdatasync(descriptor)
            except OSError:
                os.ftruncate(descriptor, start)
                raise
            self.last, self._last_us = number, last_us
            return number

    def close(self) -> None:
        """Let go of the spool; without it, the end of the process does."""
        with self._appending:
            if self._file is not None:
                os.close(self._file)
                self._file = None
            os.close(self._lock)

    def _open(self) -> int:
        """The segment to append to: the newest, or a new one where that is full or old."""
        if self._file is None:
            self._file = self._opened(self._segment or self.last + 1)
        size = os.fstat(self._file).st_size
        if size >= SEGMENT_BYTES or (size and time.time() - self._begun_at >= SEGMENT_AGE_S):
            os.close(self._file)
            self._file, size = self._opened(self.last + 1), 0
        if not size:
            self._begun_at = time.time()
        return self._file

    def _opened(self, segment: int) -> int:
        path = segment_path(self.folder, segment)
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o640)
        self._segment = segment
        sync_folder(self.folder)
        return descriptor

    def _recover(self, segment: int) -> None:
        """Find the newest number; what follows the last whole record is set apart."""
        path = segment_path(self.folder, segment)
        self.last, whole = segment - 1, 0
        content = path.read_bytes()
        for found, end in _scan(content, segment):
            if isinstance(found, Record):
                if not whole:
                    self._begun_at = found.received_at.timestamp()
                self.last, whole = found.number, end
                self._last_us = (found.received_at - _EPOCH) // timedelta(microseconds=1)
        if whole < len(content):
            path.with_suffix(".torn").write_bytes(content[whole:])
            os.truncate(path, whole)
            sync_folder(self.folder)


class SpoolReader:
    """The reading end: batches after a number, in order, each once."""

    def __init__(self, folder: Path, after: int) -> None:
        self.folder, self._after = Path(folder), after
        self._segment: int | None = None
        self._offset = 0

    def behind(self) -> int:
        """Bytes of segments that were not read yet."""
        first = self._segment or 0
        sizes = [segment_path(self.folder, one).stat().st_size for one in segments_of(self.folder) if one >= first]
        return max(0, sum(sizes) - self._offset)

    def read(self, most_bytes: int) -> list[Record | Damage]:
        """The next batches, about `most_bytes` of payload at most (but one where there is any); [] where none is."""
        found: list[Record | Damage] = []
        size = 0
        segments = segments_of(self.folder)
        for place, segment in enumerate(segments):
            closed = place + 1 < len(segments)
            if segment < (self._segment or 0) or (closed and segments[place + 1] <= self._after + 1):
                continue
            if segment != self._segment:
                self._segment, self._offset = segment, 0
            with segment_path(self.folder, segment).open("rb") as file:
                file.seek(self._offset)
                content = file.read()
            start = self._offset
            for one, end in _scan(content, segment, start, whole=closed):
                self._offset = start + end
                if isinstance(one, Record):
                    if one.number <= self._after:
                        continue
                    self._after = one.number
                    size += len(one.payload)
                found.append(one)
                if size >= most_bytes:
                    return found
        return found


def segments_of(folder: Path) -> list[int]:
    """The first numbers of a spool's segments, in order."""
    return sorted(int(path.stem) for path in Path(folder).glob("*.spool"))


def segment_path(folder: Path, segment: int) -> Path:
    """A segment's file."""
    return Path(folder) / f"{segment:020d}.spool"


def records_in(content: bytes, segment: int) -> list[Record | Damage]:
    """All records of a closed segment's bytes."""
    return [found for found, _ in _scan(content, segment, whole=True)]


def safe_folder(folder: Path) -> None:
    """Make a folder, and those above it that aren't there, whose names survive a power cut."""
    if not folder.exists():
        safe_folder(folder.parent)
        folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder as safe as the files: a rename or a new file survives a power cut after this."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _scan(content: bytes, segment: int, base: int = 0, *, whole: bool = False) -> Iterator[tuple[Record | Damage, int]]:
    """Records, and damage between them, with where each ends in `content`.

    What follows the last record is somebody's record in the making, but damage where the segment is `whole` (closed).
    """
    at = 0
    while at < len(content):
        record, end = _unpacked(content, at, segment)
        if record is not None:
            yield record, end
            at = end
            continue
        after = content.find(_MAGIC, at + 1)
        while after != -1 and _unpacked(content, after, segment)[0] is None:
            after = content.find(_MAGIC, after + 1)
        if after == -1:
            if whole:
                yield Damage(segment, base + at, len(content) - at), len(content)
            return
        yield Damage(segment, base + at, after - at), after
        at = after


def _packed(number: int, received_us: int, batch: Raw) -> bytes:
    label = batch.label.encode()
    plain = _HEADER.pack(_MAGIC, number, received_us, len(label), len(batch.payload), 0)
    crc = zlib.crc32(batch.payload, zlib.crc32(label, zlib.crc32(plain)))
    return _HEADER.pack(_MAGIC, number, received_us, len(label), len(batch.payload), crc) + label + batch.payload


def _unpacked(content: bytes, at: int, segment: int) -> tuple[Record | None, int]:
    if len(content) - at < _HEADER.size:
        return None, at
    magic, number, received_us, label_length, length, crc = _HEADER.unpack_from(content, at)
    middle = at + _HEADER.size + label_length
    end = middle + length
    if magic != _MAGIC or end > len(content):
        return None, at
    label, payload = content[at + _HEADER.size : middle], content[middle:end]
    plain = _HEADER.pack(magic, number, received_us, label_length, length, 0)
    if crc != zlib.crc32(payload, zlib.crc32(label, zlib.crc32(plain))):
        return None, at
    received_at = _EPOCH + timedelta(microseconds=received_us)
    return Record(number, received_at, label.decode(errors="replace"), payload, segment), end


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise LockHeld(f"{path.parent} is written to by process {holder}") from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor
