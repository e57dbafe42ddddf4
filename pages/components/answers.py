"""Answers of metrics/queries as at a moment, kept for all viewers until what they stand on changes."""

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar, cast

from metrics.engine import Engine
from pages.components.frozen import data_version, shared_engine

P = ParamSpec("P")
R = TypeVar("R")
KEPT = 400
"""Answers kept at once."""


def answer(
    question: Callable[Concatenate[Engine, datetime, P], R], as_of: datetime, /, *args: P.args, **named: P.kwargs
) -> R:
    """What `question(engine, as_of, …)` says. Its further arguments must be hashable; what it returns is shared, so
    read it only.

    Asked again at the same moment it is the same answer, until a closed day or a table changes; what comes late for the
    running day shows with the next moment.
    """
    with shared_engine() as engine:
        return cast(R, _kept(engine, data_version(engine), question, as_of, args, tuple(sorted(named.items()))))


@lru_cache(maxsize=KEPT)
def _kept(
    engine: Engine,
    _version: Hashable,
    question: Callable[..., object],
    as_of: datetime,
    args: tuple[Hashable, ...],
    named: tuple[tuple[str, Hashable], ...],
) -> object:
    return question(engine, as_of, *args, **dict(named))
