"""How a mistake in somebody's file is reported: where it stands and what was expected."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


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
