"""The process of one source: asks it, or receives from it, into its spool. It touches nothing else of the lake.

Started by the worker (`supervise`), one for each source, so that a source that hangs or brings its driver down is alone
with that. Ends with its parent.
"""

import json
import os
import pickle
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from tenacity import RetryCallState, Retrying, stop_never, wait_exponential_jitter

from data_sources.connector import Connector, Source, connector, receives
from data_sources.hidden import without_secrets
from data_sources.logs import log_to
from data_sources.problems import BadInput
from data_sources.spool import Raw, Spool

log = structlog.get_logger()
RETRY = wait_exponential_jitter(initial=1, max=60, jitter=2)
"""Seconds until a source that failed is asked again."""
LOOK_FOR_PARENT_S = 1.0
LISTENS_AFTER_S = 1.0
"""A receiver that has not failed for so long does receive."""
LAST_TRY = "last_try.json"
"""Beside a spool: what became of the last try (state, error, tried_at, since), and what files were set apart."""


def spool_folder(lake_root: Path, name: str) -> Path:
    """Where a source's spool lies."""
    return lake_root / "spool" / name


class Collecting:
    """One source being collected; what became of the last try stands in LAST_TRY beside the spool."""

    def __init__(self, name: str, sources: list[Source], module: Connector, folder: Path) -> None:
        self.name, self.sources, self.module, self.folder = name, sources, module, folder
        self.spool = Spool(folder)
        self._cursors: dict[str, str] = read_json(folder / "cursors.json")
        last = read_json(folder / LAST_TRY)
        self._failing, self._set_apart = last.get("state") == "failed", last.get("set_apart")

    def once(self) -> int:
        """Fetch what is new of every table and put it into the spool; returns how many batches came.

        A table that can't be had holds up no other; its error is raised at the end.
        """
        count, aside, errors = 0, [], []
        for source in self.sources:
            try:
                with killed_after(source.settings.timeout_s) as begin_again:
                    for raw in self.module.fetch(source, self._cursors.get(source.table)):
                        self.spool.append([Raw(raw.payload, f"{source.table}/{raw.label}")])
                        self._advance(source.table, raw.cursor)
                        count += 1
                        begin_again()
                    aside.append(self.module.set_apart(source) if hasattr(self.module, "set_apart") else None)
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]
        self._note_aside([one for one in aside if one is not None])
        self.say("ok")
        return count

    def for_ever(self) -> None:
        """Receive, or fetch on schedule; a failure is said once, tried again, and its end is said."""
        if receives(self.module):
            self._retrying(self._listen)
        every_s = min(source.settings.every_s for source in self.sources)
        while True:
            started = time.monotonic()
            self._retrying(self.once)
            time.sleep(max(0.0, every_s - (time.monotonic() - started)))

    def say(self, state: str, error: str | None = None) -> None:
        """Keep what became of this try, and log where that is new."""
        if state == "failed" and not self._failing:
            log.warning("source failed", source=self.name, error=error)
        elif state == "ok" and self._failing:
            log.info("source recovered", source=self.name)
        before = read_json(self.folder / LAST_TRY)
        same = before.get("state") == state
        now = datetime.now(UTC).isoformat()
        self._failing = state == "failed"
        fact = {
            "state": state,
            "error": error,
            "tried_at": now,
            "since": before["since"] if same else now,
            "set_apart": self._set_apart,
        }
        with suppress(OSError):  # a full disk is what failed, most likely
            write_json(self.folder / LAST_TRY, fact)

    def _note_aside(self, found: list[tuple[int, str]]) -> None:
        """Note what files the connector laid aside; the newest is logged once."""
        now = {"files": sum(count for count, _ in found), "newest": found[-1][1]} if found else None
        if now is not None and now["newest"] != (self._set_apart or {}).get("newest"):
            log.warning("file set apart", source=self.name, **now)
        self._set_apart = now

    def _listen(self) -> None:
        """Receive; all is well once that has gone on for a moment: a port that is taken shows at once."""
        well = threading.Timer(LISTENS_AFTER_S, self.say, ["ok"])
        well.daemon = True
        well.start()
        try:
            self.module.listen(self.sources[0], self.spool)
        finally:
            well.cancel()

    def _retrying(self, act: Any) -> None:
        Retrying(wait=RETRY, stop=stop_never, before_sleep=self._say_failure)(act)

    def _say_failure(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        self.say("failed", shown_error(error, self.sources))

    def _advance(self, table: str, cursor: str | None) -> None:
        """Move the cursor; should that be lost, the same rows come again, which changes nothing."""
        if cursor is not None and cursor != self._cursors.get(table):
            self._cursors[table] = cursor
            write_json(self.folder / "cursors.json", self._cursors)


def shown_error(error: BaseException | None, sources: list[Source]) -> str:
    """An error as one line that shows no secret."""
    cause = getattr(error, "orig", None) or error  # what SQLAlchemy lays around a driver's own words is for programmers
    said = _in_words(cause).partition("(Background on this error")[0]
    text = " ".join([line.strip() for line in said.splitlines() if line.strip()][:2])[:300]
    if not isinstance(error, BadInput):
        text = f"{type(error).__name__}: {text}"
    for source in sources:
        text = without_secrets(text, source.settings.model_dump())
    return text


def _in_words(cause: BaseException | None) -> str:
    """What an error says; some drivers say it in bytes."""
    args: tuple[Any, ...] = getattr(cause, "args", ())
    parts = args[0] if len(args) == 1 and isinstance(args[0], tuple) else args
    return "\n".join(one.decode(errors="replace") for one in parts if isinstance(one, bytes)) or str(cause)


@contextmanager
def killed_after(seconds: float) -> Iterator[Any]:
    """The process ends (by SIGALRM, so even inside a driver) where the body, or the time since the last call of what
    is yielded, takes longer.
    """

    def begin() -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    begin()
    try:
        yield begin
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def write_json(path: Path, fact: Any) -> None:
    """Replace a small file, whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(fact, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """What stands in a small file; {} where it isn't there or is no JSON object."""
    try:
        fact = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return fact if isinstance(fact, dict) else {}


def _end_with_parent(parent: int) -> None:
    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_FOR_PARENT_S)
        os._exit(0)

    threading.Thread(target=look, name="parent", daemon=True).start()


def main() -> int:
    """Collect until killed."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("source", help="its name; what it is stands on stdin, pickled: a list of Source")
    parser.add_argument("--lake", type=Path, required=True)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--once", action="store_true", help="fetch once; exit code 1, and why on stderr, on failure")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal: the parent ends this one
    _end_with_parent(given.parent)
    log_to(given.lake / "logs", f"source-{given.source}")
    sources: list[Source] = pickle.load(sys.stdin.buffer)
    module = connector(sources[0].settings.kind)
    collecting = Collecting(given.source, sources, module, spool_folder(given.lake, given.source))
    if not given.once:
        collecting.for_ever()
    try:
        collecting.once()
    except Exception as error:
        collecting.say("failed", shown_error(error, sources))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
