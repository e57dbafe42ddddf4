"""What became of each question when it was last asked: <lake>/brain/status.json, for screens and the next run."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from data_sources.lake import Lake


@dataclass(frozen=True)
class Outcome:
    """One question's run: `at` is the moment it was answered for, `shown` the model whose answer is shown.

    state: ok (method and baseline answered), baseline (the method could not, `reason` says why), failed (neither).
    """

    question: str
    at: datetime
    state: Literal["ok", "baseline", "failed"]
    reason: str | None
    shown: str | None
    seconds: float


def read_status(lake: Lake) -> dict[str, Outcome]:
    """The newest outcome of each question; empty where none was ever asked."""
    path = _file(lake)
    if not path.exists():
        return {}
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {row["question"]: Outcome(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows}


def write_status(lake: Lake, outcomes: Mapping[str, Outcome]) -> None:
    """Replace what stands there, by rename."""
    rows = [{**asdict(outcome), "at": outcome.at.isoformat()} for outcome in outcomes.values()]
    path = _file(lake)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(path)


def was_backtested(lake: Lake) -> bool:
    """Whether a backtest ever came to its end."""
    return _backtest_file(lake).exists()


def note_backtest(lake: Lake) -> None:
    """Remember that a backtest came to its end."""
    _backtest_file(lake).parent.mkdir(parents=True, exist_ok=True)
    _backtest_file(lake).touch()


def _backtest_file(lake: Lake) -> Path:
    return lake.root / "brain" / "backtested"


def _file(lake: Lake) -> Path:
    return lake.root / "brain" / "status.json"
