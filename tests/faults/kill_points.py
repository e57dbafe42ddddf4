"""Counted kill points: the process that installs one dies by SIGKILL when the named place is passed for the n-th time.

The product knows nothing of this: functions that stand at the places are replaced in the process to be killed.
"""

import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data_sources import lake, spool
from metrics.day_ledger import LEDGER

RECEIVER, WORKER, BOARD = "receiver", "worker", "board"
"""Who dies: the receiver; the worker that takes in and seals; the worker that also makes marts and board."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_within(seconds: float) -> None:
    threading.Timer(random.uniform(0, seconds), die).start()


def _always(*rest: Any, **named: Any) -> bool:
    return True


def _passing(owner: Any, name: str, when: str, where: Callable[..., bool] = _always) -> Callable[[int], None]:
    """Installs on `owner.name` a death before, inside or after its n-th call (of those where `where` holds)."""

    def install(count: int) -> None:
        original, passed = getattr(owner, name), 0

        def instead(*arguments: Any, **named: Any) -> Any:
            nonlocal passed
            passed += where(*arguments, **named)
            now = passed == count and where(*arguments, **named)
            if now and when == "before":
                die()
            if now and when == "inside":
                die_within(0.03)
            result = original(*arguments, **named)
            if now and when == "after":
                die()
            return result

        setattr(owner, name, instead)

    return install


def _half_a_record(count: int) -> None:
    original, passed = spool._write_all, 0

    def instead(descriptor: int, content: bytes) -> None:
        nonlocal passed
        passed += 1
        if passed == count:
            original(descriptor, content[: random.randrange(1, len(content))])
            die()
        original(descriptor, content)

    spool._write_all = instead


def _below(folder: str) -> Callable[..., bool]:
    return lambda path, *rest, **named: folder in path.parts


def _is_mart_of_a_day(path: Path, *rest: Any, **named: Any) -> bool:
    return "marts" in path.parts and path.parent.name.startswith("day=")


def _is_ledger(path: Path, *rest: Any, **named: Any) -> bool:
    return LEDGER in path.name


def _is_board(path: Path, *rest: Any, **named: Any) -> bool:
    return path.name.startswith(".board.json")


def _is_segment(path: Path, *rest: Any, **named: Any) -> bool:
    return path.suffix == ".spool"


def _overwrites(*rest: Any, **named: Any) -> bool:
    return named.get("mode") == "overwrite"


def _appends(*rest: Any, **named: Any) -> bool:
    return named.get("mode") == "append"


def _to(wanted: str) -> Callable[..., bool]:
    return lambda _, table, *rest, **named: table == wanted


POINTS: dict[str, tuple[str, Callable[[int], None]]] = {
    "spool: half a record written": (RECEIVER, _half_a_record),
    "spool: written, not synced": (RECEIVER, _passing(os, "fdatasync", "before")),
    "spool: synced, not answered": (RECEIVER, _passing(os, "fdatasync", "after")),
    "pending: written, without its name": (WORKER, _passing(Path, "rename", "before", _below("pending"))),
    "pending: renamed": (WORKER, _passing(Path, "rename", "after", _below("pending"))),
    "append: about to": (WORKER, _passing(lake, "write_deltalake", "before", _appends)),
    "append: inside": (WORKER, _passing(lake, "write_deltalake", "inside", _appends)),
    "append: committed, not made safe": (WORKER, _passing(lake, "write_deltalake", "after", _appends)),
    "append: made safe, spool not trimmed": (WORKER, _passing(lake, "make_safe", "after")),
    "quarantine: merged, rows not yet": (WORKER, _passing(lake.Lake, "_merge", "after", _to("quarantine"))),
    "trim: raw copy without its name": (WORKER, _passing(Path, "rename", "before", _below("raw"))),
    "trim: raw copy named, segment there": (WORKER, _passing(Path, "unlink", "before", _is_segment)),
    "trim: segment gone": (WORKER, _passing(Path, "unlink", "after", _is_segment)),
    "seal: inside": (WORKER, _passing(lake, "write_deltalake", "inside", _overwrites)),
    "seal: written, not marked": (WORKER, _passing(lake.Lake, "_mark_sealed", "before")),
    "marts: a day's file without its name": (BOARD, _passing(Path, "replace", "before", _is_mart_of_a_day)),
    "marts: a day's file named, not on record": (BOARD, _passing(Path, "replace", "before", _is_ledger)),
    "marts: on record": (BOARD, _passing(Path, "replace", "after", _is_ledger)),
    "board: being kept": (BOARD, _passing(lake.Lake, "_merge", "inside", _to("board"))),
    "board: kept, without its name": (BOARD, _passing(Path, "replace", "before", _is_board)),
    "board: named": (BOARD, _passing(Path, "replace", "after", _is_board)),
}
