"""The snapshot that all viewers share: read again only where the worker has renamed a new one into place."""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_sources.load import load_utility
from data_sources.settings import Settings
from data_sources.utility import Utility
from metrics.board import board_file


def newest_board() -> dict[str, Any] | None:
    """The newest board's JSON, None where there is none; not to be changed, everybody reads the same one."""
    path = board_file(lake_folder())
    if not path.exists():
        return None
    stat = path.stat()
    return _read(path, stat.st_mtime_ns, stat.st_ino)


def lake_folder() -> Path:
    """Where the lake of the configured utility lies."""
    return settings().lake_of(utility().id)


def utility() -> Utility:
    """The configured utility, read once: a changed folder wants a restart."""
    return _utility(settings().utility)


def settings() -> Settings:
    """The settings, read again only where the environment changed."""
    return _settings(tuple(os.environ.get(f"WATER_{name.upper()}") for name in Settings.model_fields))


@lru_cache(maxsize=4)
def _settings(_environment: tuple[str | None, ...]) -> Settings:
    return Settings()


@lru_cache(maxsize=4)
def _utility(folder: Path) -> Utility:
    return load_utility(folder)


@lru_cache(maxsize=4)
def _read(path: Path, _mtime_ns: int, _inode: int) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read
