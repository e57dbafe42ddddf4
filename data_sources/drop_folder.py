"""A folder into which somebody drops files: those that have settled, and where they go once they are taken in."""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from data_sources.problems import BadInput, Problem

DONE, FAILED = "done", "failed"
WHY = ".txt"
"""What the file with the reason is called, behind the name of the file that failed."""
UNFINISHED = (".tmp", ".part", ".partial", ".writing", ".filepart", ".crdownload", ".new")
"""What programs call a file that they still write."""


def settled(folder: Path, pattern: str, settle_s: float) -> Iterator[Path]:
    """Files of that name that nobody has written to for so long, oldest first.

    Raises BadInput where the folder isn't there, as a share that is not mounted, or where nothing in it can be moved:
    a file would be taken in again and again.
    """
    if not folder.is_dir():
        raise BadInput([Problem(str(folder), 0, "", "no such folder; is the share mounted?")])
    if not os.access(folder, os.W_OK):
        raise BadInput([Problem(str(folder), 0, "", "can't be written to; files are moved once they are taken in")])
    found = []
    for path in folder.glob(pattern):
        if path.name.startswith((".", "~$")) or path.suffix.lower() in UNFINISHED or not path.is_file():
            continue
        changed = path.stat().st_mtime
        if time.time() - changed >= settle_s:
            found.append((changed, path))
    yield from (path for _, path in sorted(found))


def taken_in(path: Path, seen: os.stat_result) -> None:
    """Move a file to `done/`; one that was written to after it was `seen` stays, and is taken in again."""
    now = path.stat()
    if (now.st_size, now.st_mtime_ns) == (seen.st_size, seen.st_mtime_ns):
        move(path, DONE)


def newest_failed(folder: Path, pattern: str) -> tuple[int, str] | None:
    """How many files of that name lie in `failed/` of a folder, and the newest one's name with its reason; None where
    none does.
    """
    try:
        notes = [(note.stat().st_mtime, note) for note in (folder / FAILED).glob(f"{pattern}{WHY}")]
        there = sorted((at, note) for at, note in notes if note.with_suffix("").exists())
        if not there:
            return None
        newest = there[-1][1]
        why = newest.read_text(encoding="utf-8").partition("\n")[0]
    except FileNotFoundError:  # somebody tidies up at this moment
        return None
    return len(there), f"{newest.stem}: {why}"


def move(path: Path, to: str, why: str | None = None) -> Path:
    """Move a file into the folder `to` beside it, with the reason in a text file next to it; returns where it is.

    A file of that name that is there already is not replaced.
    """
    folder = path.parent / to
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.stem}-{datetime.now():%Y%m%dT%H%M%S%f}{path.suffix}"
    path.rename(target)
    if why is not None:
        target.with_name(f"{target.name}{WHY}").write_text(f"{why}\n", encoding="utf-8")
    return target
