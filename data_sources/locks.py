"""Two locks of a lake: one for every commit, one that a worker holds for life. A dead holder lets go of its flock."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType


class LockHeld(Exception):
    """Somebody else holds the lock; says who."""


class WaitingLock:
    """Held by one thread of one process at a time; the thread that holds it may take it again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = threading.RLock()
        self._held: list[ExitStack] = []

    def __enter__(self) -> None:
        self._thread.acquire()
        stack = ExitStack()
        stack.callback(self._thread.release)
        if not self._held:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(self._path.open("a+b"))  # closing it lets go of the flock
            fcntl.flock(file, fcntl.LOCK_EX)
        self._held.append(stack)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.pop().close()


@contextmanager
def only_holder(path: Path) -> Iterator[None]:
    """Hold the lock at `path` with this process's number in it. Raises LockHeld, naming the holder, where taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().decode(errors="replace").strip() or "unknown"
            raise LockHeld(f"{path} is held by process {holder}") from error
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file, fcntl.LOCK_UN)
