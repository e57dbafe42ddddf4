"""What was fitted, kept as JSON under <lake>/brain/<question>/ with its training window; it can be made again."""

import gzip
import json
import os
from collections.abc import Callable
from datetime import datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import brain
from brain.question import Inputs, Question, slot
from data_sources.lake import Lake

KEPT = 60
"""Fitted states kept of a question: what a backtest of a month with daily fits leaves."""


def fitted_at(question: Question, lake: Lake, now: datetime, read: Callable[[datetime], Inputs]) -> dict[str, Any]:
    """The state fitted at the newest refit moment up to `now`: from its file, or made now from `read(moment)`.

    It never stands on anything after that moment, and a changed program makes it anew. Empty where nothing is fitted.
    """
    if question.fit is None:
        return {}
    moment = slot(question.refit, now, lake.utility)
    path = _folder(question, lake) / f"{moment:%Y%m%dT%H%M%SZ}.json.gz"
    program = _program()
    if path.exists():
        kept = json.loads(gzip.decompress(path.read_bytes()))
        if kept["program"] == program:
            return dict(kept["state"])
    inputs = read(moment)
    back = max(need.back for need in (question.fit_inputs or question.inputs).values())
    kept = {
        "question": question.id,
        "program": program,
        "window_start": (moment - back).isoformat(),
        "window_end": moment.isoformat(),
        "state": question.fit(inputs, moment),
    }
    _write(path, kept)
    return json.loads(json.dumps(kept["state"]))


def _write(path: Path, kept: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(gzip.compress(json.dumps(kept).encode(), 3, mtime=0))
    unfinished.replace(path)
    for old in sorted(path.parent.glob("*.json.gz"))[:-KEPT]:
        old.unlink(missing_ok=True)


def _folder(question: Question, lake: Lake) -> Path:
    return lake.root / "brain" / question.id


def _program() -> str:
    """A hash of all of the brain's code, since what fits may call any of it: a new version fits anew."""
    files = sorted(Path(brain.__path__[0]).rglob("*.py"))
    return sha1(b"".join(file.read_bytes() for file in files), usedforsecurity=False).hexdigest()[:16]
