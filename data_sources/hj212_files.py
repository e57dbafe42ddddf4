"""HJ 212 through a one-way gate: captures that a field-side receiver left as files (`data_sources listen hj212`).

A file that was taken in is moved to `done/`.
Sample: ##0097ST=32;CN=2011;PW=123456;MN=0873HHMZWSLH02;CP=&&DataTime=20160103133030;011-Rtd=18.04,011-Flag=N&&95C1
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from pydantic import Field

from data_sources import hj212
from data_sources.connector import Source
from data_sources.drop_folder import settled, taken_in
from data_sources.hj212_protocol.capture_files import DONE as FINISHED
from data_sources.problems import BadInput, Problem
from data_sources.spool import Raw

TABLE = "reading"
SILENCE_S = hj212.SILENCE_S
COLUMNS = hj212.COLUMNS


class Settings(hj212.Stations):
    """What a source of this kind may say."""

    folder: Path = Field(description="where the gate lays the captures down")
    settle_s: float = Field(2, ge=0, description="a file is taken in once it has not changed for so long")


def fetch(source: Source, since: str | None) -> Iterator[Raw]:
    """The captures that are done, oldest first; each is moved away once its content is safe."""
    for path in settled(source.settings.folder, f"*{FINISHED}", source.settings.settle_s):
        seen = path.stat()
        yield Raw(path.read_bytes(), path.name)
        taken_in(path, seen)


def parse(payload: bytes, source: Source) -> pl.DataFrame:
    """Readings of the known stations; what can't be read, and who isn't known, as rows with a reason."""
    return hj212.parse(payload, source)


def check(source: Source) -> list[Problem]:
    """Whether the folder is there, and whether the keys in the environment are some."""
    problems = hj212.key_problems(source)
    try:
        list(settled(source.settings.folder, f"*{FINISHED}", 0))
    except BadInput as bad:
        problems += bad.problems
    return problems
