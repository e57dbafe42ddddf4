"""What a connector is, and which there are: one file `data_sources/<kind>.py` for each protocol or file shape.

A connector touches its source and nothing else; the runner owns raw copy, spool, units, contract, quarantine, append,
retry and status. In this order, a connector has:

- a docstring: what arrives, from whom, and a line `Sample: …`
- `TABLE`: the table of the lake it fills, None where each map of the source names its own
- `SILENCE_S`: how many seconds without a batch are normal, where no point of the source says
- `COLUMNS`: which column of `parse`'s frame is which of the table (as in a map of an import), {} where maps say it
- `Settings` (a `SourceSettings`): what may stand in sources.toml; `Map` (a `TableMap`) likewise, where there are maps
- `fetch(source, since)`, which yields `Raw` batches newer than the cursor `since` (None: the first time); or, of a
  source that sends by itself, `listen(source, spool)`, which appends to the spool before it answers, until the process
  ends. Nothing else touches the outside.
- `parse(payload, source)`, pure: a batch as a frame, a row as the source reports it, in the source's unit. Of a
  connector with `COLUMNS`, a column `reason` (null or "" where all is well) sends its row to quarantine, or, where it
  is WITHOUT_DATA, has it counted only. Raises BadInput where nothing can be read.
- `check(source)`: asks the source, and says what is wrong with it or its settings
- `sample(source)`, where there are maps: a few rows, as `parse` gives them, to be held against the map's table
- `set_apart(source)`, only where a connector lays aside what it can't use: how many such files there are and what is
  wrong with the newest, None where there is none
"""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, cast

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from data_sources.import_map import ImportMap
from data_sources.problems import Problem
from data_sources.spool import Raw, Spool

HERE = Path(__file__).parent
WITHOUT_DATA = "without data"
"""The `reason` of what is well but holds no reading: a heartbeat, a kind of data that isn't asked for."""
BEHIND = "rows behind the watermark"
"""The `label` of rows that only a look behind a watermark finds: new ones among them are of a clock that went back."""


class SourceSettings(BaseModel):
    """What every source of a connector may say in sources.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str
    every_s: float = Field(60, gt=0, description="seconds from one fetch to the next")
    timeout_s: float = Field(60, gt=0, description="a fetch that takes longer is killed")
    silence_s: float | None = Field(None, gt=0, description="seconds without a batch that are normal")
    ignore: tuple[str, ...] = Field((), description="tags without a point that are no mistake; * is any text")


class TableMap(ImportMap):
    """A map of a source: as that of an import, with the table it fills."""

    table: str

    @property
    def needed(self) -> set[str]:
        """Columns that the connector itself needs, beside those the map names."""
        return set()

    @property
    def always_whole(self) -> bool:
        """Whether every batch has every column of the source, so that a tag without one is missing."""
        return False


@dataclass(frozen=True)
class Source:
    """One source of sources.toml, for one of the tables it fills: what a connector is given.

    `settings` and `map` are of the connector's own classes; `timezone` is that of times without an offset.
    """

    name: str
    table: str
    settings: Any
    map: Any
    timezone: str


class Connector(Protocol):
    """The names a connector's module has (`fetch` or `listen`, not both)."""

    TABLE: str | None
    SILENCE_S: float
    COLUMNS: Mapping[str, Any]
    Settings: type[SourceSettings]
    Map: type[TableMap]

    def fetch(self, source: Source, since: str | None) -> Iterator[Raw]:
        """Batches newer than the cursor."""

    def listen(self, source: Source, spool: Spool) -> None:
        """Receive for ever."""

    def parse(self, payload: bytes, source: Source) -> pl.DataFrame:
        """A batch as rows."""

    def check(self, source: Source) -> list[Problem]:
        """What is wrong."""


@lru_cache(maxsize=1)
def kinds() -> tuple[str, ...]:
    """Every connector there is, by the name of its file."""
    return tuple(
        path.stem
        for path in sorted(HERE.glob("*.py"))
        if "\ndef parse(payload: bytes, source: Source)" in path.read_text(encoding="utf-8")
    )


def connector(kind: str) -> Connector:
    """The connector of that name. Raises KeyError where there is none."""
    if kind not in kinds():
        raise KeyError(kind)
    return cast(Connector, importlib.import_module(f"data_sources.{kind}"))


def receives(module: Connector) -> bool:
    """Whether the source sends by itself."""
    return hasattr(module, "listen")
