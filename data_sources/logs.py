"""Where a process says what went wrong: stderr, one plain line a fact, so that stdout holds nothing but answers.

Worker and sources also keep it as JSON in `<lake>/logs/<process>.log`, in files that never fill a disk.
"""

import json
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

FILE_BYTES, FILES = 10 * 1024 * 1024, 5
"""A file that reaches this size is set aside as .1, which was .1 as .2, and so on; the oldest goes."""


def log_to_stderr() -> None:
    """Send every log of this process to stderr, in UTC and without colours."""
    _configure([])


def log_to(folder: Path, process: str) -> None:
    """The same, and as JSON into the process's own file of a folder: two processes can't rotate one file."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = _Handler(folder / f"{process}.log", maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8", delay=True)
    _configure([_ToFile(handler)])


def _configure(beside: list[Any]) -> None:
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    stamps: list[Any] = [structlog.processors.add_log_level, structlog.processors.TimeStamper("iso", utc=True)]
    everything: list[Any] = [*stamps, *beside, plain]
    structlog.configure(processors=everything, logger_factory=structlog.PrintLoggerFactory(sys.stderr))


class _Handler(RotatingFileHandler):
    """A rotating file whose full disk stops no process."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: stderr has the line."""


class _ToFile:
    """A processor that writes each event to a file and passes it on."""

    def __init__(self, handler: logging.Handler) -> None:
        self._handler = handler

    def __call__(self, logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
        """Write the event, a traceback as text."""
        whole = structlog.processors.format_exc_info(logger, method, dict(event))
        line = json.dumps(whole, ensure_ascii=False, default=str)
        self._handler.handle(logging.makeLogRecord({"msg": line, "levelno": logging.INFO}))
        return event
