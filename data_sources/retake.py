"""Raw copies of quarantined batches, taken in again once the mapping is mended: points, map or settings changed."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping

import polars as pl
import structlog

from data_sources.connector import Connector, Source
from data_sources.contracts import TABLES
from data_sources.drain import ROWS_PER_NUMBER, Drained, drained, table_of
from data_sources.hj212_protocol.sm4 import KEY_VARIABLE
from data_sources.lake import Lake
from data_sources.raw_copies import batches_of, raw_folder
from data_sources.tabular import ROW
from data_sources.utility import Utility
from data_sources.write import checked

log = structlog.get_logger()
BEFORE_ALL = -1
"""The batch_seq of rows that are taken in again: of the same moment, what came in then counts."""


def mapping_word(utility: Utility, name: str, sources: Mapping[str, Source]) -> str:
    """One word for everything that decides what a source's batches become; it changes with that.

    The keys of its stations count too; the word tells nothing of them.
    """
    points = utility.points.filter(source=name).write_json()
    said = [(one.settings.model_dump_json(), one.map.model_dump_json()) for one in sources.values()]
    sites = utility.sites["site_id"].to_list()
    keys = sorted(pair for pair in os.environ.items() if pair[0].startswith(KEY_VARIABLE))
    return hashlib.sha256(json.dumps([points, said, sites, keys]).encode()).hexdigest()


Usual = Callable[[str], frozenset[str] | None]


def retake(lake: Lake, name: str, sources: Mapping[str, Source], module: Connector, usual: Usual) -> int:
    """Take in again what of a source stands in quarantine; returns how many rows are good now.

    `usual` tells the columns that batches for a table usually have. A batch whose raw copy is gone stays as it is.
    """
    refused = lake.scan("quarantine").filter(pl.col("source") == name).select("batch", "table", ROW).collect()
    good = 0
    for (batch,), rows in refused.partition_by("batch", as_dict=True).items():
        segment = str(batch).removeprefix(f"{name}/")
        if not segment.isdecimal():
            continue  # a file that somebody imported under this source's name
        try:
            found = batches_of(int(segment), lake.root / "spool" / name, raw_folder(lake.root, name))
        except FileNotFoundError:
            log.warning("raw copy is gone", source=name, batch=batch)
            continue
        for table, source in sources.items():
            asked = rows.filter(pl.col("table") == table)[ROW]
            if len(asked):
                mine = [one for one in found if table_of(one, sources) == table]
                made = drained(mine, module, source, lake.utility, usual(table))
                good += _again(lake, source, made, str(batch), asked)
    return good


def _again(lake: Lake, source: Source, made: Drained, batch: str, asked: pl.Series) -> int:
    """The refused rows of one batch and table; a refused batch is all its rows."""
    contract = TABLES[source.table]
    mine = pl.col(ROW).is_in(asked.implode()) | (pl.col(ROW) // ROWS_PER_NUMBER * ROWS_PER_NUMBER).is_in(
        asked.implode()
    )
    rows, unread = made.rows.filter(mine), made.unread.filter(mine)
    still_bad = checked(contract, rows, batch, unread).bad[ROW]
    lake.write(source.table, rows, source=source.name, batch_seq=BEFORE_ALL, batch=batch, unread=unread)
    mended = asked.filter(~asked.is_in(still_bad.implode()))
    lake.release(batch, source.table, mended)
    return rows.height - rows.filter(pl.col(ROW).is_in(still_bad.implode())).height
