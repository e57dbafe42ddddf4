"""Where a process says what went wrong: stderr, one plain line a fact, so that stdout holds nothing but answers."""

import sys

import structlog


def log_to_stderr() -> None:
    """Send every log of this process to stderr, in UTC and without colours."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper("iso", utc=True), plain],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
