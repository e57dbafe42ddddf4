"""What the four command lines share: facts as JSON, a moment as text, progress, one clear line where input is bad."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from data_sources.problems import BadInput

FOUND_SOMETHING = 1
BAD_INPUT = 2

Tick = Callable[[int, int], None]
"""Called with how much is done and how much there is."""


def print_json(fact: Any) -> None:
    """One JSON document on stdout, and nothing else there."""
    typer.echo(json.dumps(fact, ensure_ascii=False, indent=None, default=str))


def moment(text: str) -> datetime:
    """An ISO 8601 time with offset or Z, as UTC. Raises typer.BadParameter for any other text."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not an ISO 8601 time such as 2026-09-15T08:20:00Z") from error
    if parsed.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no offset; add Z or +08:00")
    return parsed.astimezone(UTC)


@contextmanager
def bad_input_ends() -> Iterator[None]:
    """Ends the command with exit code 2 where input is bad: a line a problem on stderr, no traceback."""
    try:
        yield
    except BadInput as bad:
        sys.stderr.write(f"{bad}\n")
        raise typer.Exit(BAD_INPUT) from bad


@contextmanager
def shown_progress(label: str) -> Iterator[Tick]:
    """A bar that moves with each call of what it yields; without a call there is no bar."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task(label, total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=total > 0)
