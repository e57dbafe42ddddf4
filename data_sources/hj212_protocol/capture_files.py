"""Captures as files of a folder, for a gate that lets files through one way: each is done once it has its last name."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from data_sources.locks import only_holder
from data_sources.spool import sync_folder

DONE = ".hj212"
WRITING = ".writing"
LARGEST = 8 * 1024 * 1024


class CaptureFiles:
    """The file that is being written, and when it is done: after `every_s`, or where it is large."""

    def __init__(self, folder: Path, every_s: float) -> None:
        self.folder, self._every_s = folder, every_s
        self._lock = threading.Lock()
        self._file: int | None = None
        self._path = folder
        self._begun = 0.0
        for left in folder.glob(f"*{WRITING}"):  # by a process that was killed; a last packet cut short shows itself
            _finish(left)

    def append(self, captures: Sequence[bytes]) -> None:
        """Make captures safe; raises OSError, and keeps none of them, where that can't be."""
        with self._lock:
            descriptor = self._file if self._file is not None else self._begin()
            start = os.fstat(descriptor).st_size
            try:
                rest = memoryview(b"".join(captures))
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
                os.fdatasync(descriptor)
            except OSError:
                os.ftruncate(descriptor, start)
                raise
            if os.fstat(descriptor).st_size >= LARGEST:
                self._end()

    def finish_old(self) -> None:
        """Give the file its last name where it is old enough."""
        with self._lock:
            if self._file is not None and time.monotonic() - self._begun >= self._every_s:
                self._end()

    def close(self) -> None:
        """Give the file its last name."""
        with self._lock:
            if self._file is not None:
                self._end()

    def _begin(self) -> int:
        now = datetime.now(UTC)
        self._path = self.folder / f"{now:%Y%m%dT%H%M%S.%fZ}{WRITING}"
        self._file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o640)
        self._begun = time.monotonic()
        sync_folder(self.folder)
        return self._file

    def _end(self) -> None:
        assert self._file is not None
        os.close(self._file)
        self._file = None
        _finish(self._path)


def _finish(path: Path) -> None:
    path.rename(path.with_suffix(DONE))
    sync_folder(path.parent)


@contextmanager
def capture_files(folder: Path, every_s: float) -> Iterator[CaptureFiles]:
    """Files of `folder` as long as the body runs. Raises LockHeld where another process writes there."""
    folder.mkdir(parents=True, exist_ok=True)
    with only_holder(folder / "lock"):
        files, ended = CaptureFiles(folder, every_s), threading.Event()

        def look() -> None:
            while not ended.wait(min(1.0, every_s)):
                files.finish_old()

        clock = threading.Thread(target=look, name="captures", daemon=True)
        clock.start()
        try:
            yield files
        finally:
            ended.set()
            clock.join()
            files.close()
