"""How a mistake in somebody's file is reported: where it stands and what was expected."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

FAILURES = (Exception, pl.exceptions.PanicException)
"""Whatever can go wrong with input that nobody foresaw: a mistake within polars is no Exception to Python."""
ROOT = Path(__file__).resolve().parent.parent
"""The product's own folder."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in one file. `line` counts from 1 with the header as line 1; 0 means the whole file."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.column}: {self.message}" if self.column else f"{where}: {self.message}"

    def as_json(self) -> dict[str, str | int]:
        """The JSON object of `data_sources check --json`."""
        return asdict(self)


class BadInput(Exception):
    """Input from outside that can't be used; carries every problem found, not just the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


def shown_failure(error: BaseException) -> str:
    """Any failure as one line."""
    said = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    return f"{type(error).__name__}: {said}"[:300]


def shown_path(path: Path) -> str:
    """A file's name as people read it: from the product's folder where it lies inside."""
    path = path.resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
