"""Past boards: as the screen showed them, or as computed now; and the engine that all pages ask beyond the snapshot."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from data_sources.contracts import TABLES
from data_sources.lake import Lake
from metrics.board import make_board, shown_board
from metrics.engine import Engine
from metrics.live_catalogue import LiveCatalogue
from metrics.stored import changed_at
from pages.components.links import COMPUTED, SHOWN, View
from pages.components.snapshot import lake_folder, settings, utility

_LOCK = Lock()
"""An engine answers about one moment at a time."""

_MADE_OF_OTHERS = {"reading", "board", "quarantine"}
"""Tables that no answer stands on directly: readings count by the marts of their days."""


@contextmanager
def shared_engine() -> Iterator[Engine]:
    """The engine over the configured lake and the catalogue's files as they are now, to one caller at a time."""
    with _LOCK:
        yield _shared(settings().utility, lake_folder()).engine()


class _Shared:
    """One lake's engine, made anew where the catalogue changes."""

    def __init__(self, lake: Lake) -> None:
        self.lake, self.catalogue = lake, LiveCatalogue(lake.utility, lake.root / "catalogue")
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        catalogue = self.catalogue.now()
        if self._engine is None or self._engine.catalogue is not catalogue:
            self._engine = Engine(self.lake.utility, self.lake, catalogue)
        return self._engine


def frozen_board(view: View) -> tuple[dict[str, Any] | None, str]:
    """The board at the view's past moment, and whether that is what was shown or what is computed now.

    Where nothing was kept of that moment, it is computed.
    """
    assert view.at is not None
    with shared_engine() as engine:
        versions = changed_at(engine.lake, "board"), data_version(engine)
        if view.how == SHOWN:
            kept = _shown(engine, view.at, versions)
            if kept is not None:
                return kept, SHOWN
        return _computed(engine, view.at, versions), COMPUTED


def data_version(engine: Engine) -> Hashable:
    """Changes with the marts of closed days, any table and the limits; not with the running day's readings."""
    tables = tuple(changed_at(engine.lake, table) for table in TABLES if table not in _MADE_OF_OTHERS)
    return _closed(engine, engine.marts.stamp), tables, id(engine.limits)


@lru_cache(maxsize=4)
def _closed(engine: Engine, _stamp: Hashable) -> int:
    """A hash of the marts of all days that are over."""
    return hash(tuple((day, one.content) for day, one in engine.marts.ledger.items() if one.as_of is None))


@lru_cache(maxsize=4)
def _shared(_folder: Path, lake: Path) -> _Shared:
    return _Shared(Lake(lake, utility()))


@lru_cache(maxsize=16)
def _shown(engine: Engine, at: datetime, _versions: object) -> dict[str, Any] | None:
    return shown_board(engine.lake, at)


@lru_cache(maxsize=16)
def _computed(engine: Engine, at: datetime, _versions: object) -> dict[str, Any]:
    return make_board(engine, at, datetime.now(UTC)).model_dump(mode="json")
