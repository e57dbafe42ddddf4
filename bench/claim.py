"""What a benchmark says: the goal, what was measured on both sides, and whether that meets it."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter


@dataclass(frozen=True)
class Claim:
    """One measured claim. `goal` says in words what `met` was decided by; `size` states what it was measured on."""

    name: str
    goal: str
    measured: dict[str, float]
    met: bool
    size: dict[str, int] = field(default_factory=dict)

    def line(self) -> str:
        """The claim as one JSON line."""
        return json.dumps(asdict(self), ensure_ascii=False)


def median_seconds(run: Callable[[], object], times: int) -> float:
    """Median wall time of `times` runs, in seconds."""
    return sorted(seconds(run) for _ in range(times))[times // 2]


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one run, in seconds."""
    started = perf_counter()
    run()
    return perf_counter() - started
