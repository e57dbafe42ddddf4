"""Answers of metrics/queries as at a moment, kept for all viewers until what they stand on changes."""

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar, cast

from data_sources.contracts import TABLES
from metrics.engine import Engine
from metrics.stored import changed_at
from pages.components.frozen import shared_engine

P = ParamSpec("P")
R = TypeVar("R")
KEPT = 400
"""Answers kept at once."""
_MADE_OF_OTHERS = {"reading", "board", "quarantine"}
"""Tables that no answer stands on directly: readings count by the marts of their days."""


def answer(
    question: Callable[Concatenate[Engine, datetime, P], R], as_of: datetime, /, *args: P.args, **named: P.kwargs
) -> R:
    """What `question(engine, as_of, …)` says. Its further arguments must be hashable; what it returns is shared, so
    read it only.

    Asked again at the same moment it is the same answer, until a closed day or a table changes; what comes late for the
    running day shows with the next moment.
    """
    with shared_engine() as engine:
        return cast(R, _kept(engine, _version(engine), question, as_of, args, tuple(sorted(named.items()))))


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


def _version(engine: Engine) -> Hashable:
    """Changes with the marts of closed days, with any table, and with the limits."""
    tables = tuple(changed_at(engine.lake, table) for table in TABLES if table not in _MADE_OF_OTHERS)
    return _closed(engine, engine.marts.stamp), tables, id(engine.limits)


@lru_cache(maxsize=4)
def _closed(engine: Engine, _stamp: Hashable) -> int:
    """A hash of the marts of all days that are over."""
    return hash(tuple((day, one.content) for day, one in engine.marts.ledger.items() if one.as_of is None))
