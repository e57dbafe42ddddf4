"""The worker's pulse: a file it touches every second, so that a screen can tell a stopped worker from a slow one."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

EVERY_S = 1.0
STOPPED_AFTER_S = 6.0
"""A worker that has not beaten for so long is stopped; board.js counts the same."""
DEATH = "worker.died"


def pulse_file(lake_folder: Path) -> Path:
    """The file whose time of change is the last beat."""
    return lake_folder / "worker.pulse"


@contextmanager
def beating(lake_folder: Path) -> Iterator[None]:
    """Beat while the body runs; the file goes when the worker ends as it should."""
    lake_folder.mkdir(parents=True, exist_ok=True)
    path, ended = pulse_file(lake_folder), Event()

    def beat() -> None:
        path.touch()
        while not ended.wait(EVERY_S):
            path.touch()

    heart = Thread(target=beat, name="pulse", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join()
        path.unlink(missing_ok=True)


def say(lake_folder: Path, facts: dict[str, Any]) -> None:
    """Keep what the worker says of its last round: commit_s, and of each of its steps seconds, failed, and the error
    (null where it is well).
    """
    fresh = lake_folder / "worker.json.new"
    fresh.write_text(json.dumps(facts), encoding="utf-8")
    fresh.replace(lake_folder / "worker.json")


def said(lake_folder: Path) -> dict[str, Any]:
    """What the worker said last; {} where none ever did."""
    try:
        facts: dict[str, Any] = json.loads((lake_folder / "worker.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return facts


def age_s(lake_folder: Path) -> float | None:
    """Seconds since the last beat; None where no worker beats."""
    try:
        return max(0.0, time.time() - pulse_file(lake_folder).stat().st_mtime)
    except FileNotFoundError:
        return None


def say_death(lake_folder: Path, how: str) -> None:
    """Keep what the worker's process ended with, for whoever asks after it was started again."""
    lake_folder.mkdir(parents=True, exist_ok=True)
    (lake_folder / DEATH).write_text(how, encoding="utf-8")


def death(lake_folder: Path) -> tuple[float, str] | None:
    """Seconds since the worker's process last ended unasked, and with what; None where it never did."""
    try:
        ago = time.time() - (lake_folder / DEATH).stat().st_mtime
        return max(0.0, ago), (lake_folder / DEATH).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
