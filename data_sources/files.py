"""A folder into which another system drops files: CSV, workbooks or Parquet, taken in once nobody writes to them.

From exports of SCADA, billing, laboratories, weather offices, and from behind a one-way gate. A file that was taken in
is moved to `done/`, one that can't be read to `failed/`, with the reason beside it as `<file>.txt`; what is wrong with
single rows goes to quarantine.
Sample: Time,W1_FLOW,N_P⏎2026-09-15 16:20,812.5,0.31
"""

import io
import json
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import Field

from data_sources.connector import Source, SourceSettings, TableMap
from data_sources.import_map import headers_of
from data_sources.problems import BadInput, Problem
from data_sources.spool import Raw
from data_sources.tabular import cells_of, one_line

TABLE = None
SILENCE_S = 86_400.0
COLUMNS: dict[str, Any] = {}
DONE, FAILED = "done", "failed"
PARQUET = ".parquet"


class Settings(SourceSettings):
    """The folder."""

    folder: Path
    settle_s: float = Field(5, ge=0, description="a file is taken in once it has not changed for so long")


class Map(TableMap):
    """How files of a name are read."""

    pattern: str = Field("*", description="names of the files, such as flows_*.csv")


def fetch(source: Source, since: str | None) -> Iterator[Raw]:
    """Files that have settled, oldest first; one is moved away once its content is safe."""
    folder: Path = source.settings.folder
    for path in _settled(folder, source.map.pattern, source.settings.settle_s):
        payload = _payload(path)
        try:
            _refuse_misfit(parse(payload, source), source.map)
        except BadInput as bad:
            _move(path, folder / FAILED, str(bad))
            continue
        yield Raw(payload, path.name)
        _move(path, folder / DONE)
