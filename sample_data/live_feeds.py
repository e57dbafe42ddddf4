"""The systems of the demonstration utility: a database, a folder that fills, stations that send HJ 212."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import structlog
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Engine,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import insert

from data_sources.contracts import TABLES
from data_sources.units import conversion
from data_sources.vocabulary import QUANTITIES
from sample_data.hj212_stations import packets, send
from sample_data.live_utility import BY_FILE, MADE, STATIONS

log = structlog.get_logger()
AT_ONCE = 5_000
_TYPES: dict[type, Any] = {
    pl.String: Text(), pl.Float64: Double(), pl.Int64: BigInteger(), pl.Boolean: Boolean(), pl.Date: Date(),
    pl.Datetime: DateTime(timezone=True),
}  # fmt: skip


class Database:
    """History and business tables of the systems that hand over by SQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine, meta = engine, MetaData()
        self._history = Table(
            "history",
            meta,
            Column("number", BigInteger, Identity(), primary_key=True),
            Column("source", Text),
            Column("tag", Text),
            Column("ts", DateTime(timezone=True)),
            Column("value", Double),
            Column("quality", Text),
            Index("history_by_source", "source", "number"),
        )
        names = {made.table for made in MADE if made.source not in BY_FILE}
        self._tables = {name: _business_table(name, meta) for name in names}
        meta.create_all(engine)

    def add_readings(self, rows: pl.DataFrame) -> None:
        """source, tag, ts, value (in the point's unit), quality."""
        with self._engine.begin() as connection:
            for part in rows.iter_slices(AT_ONCE):
                connection.execute(self._history.insert(), part.to_dicts())

    def put(self, table: str, source: str, rows: pl.DataFrame) -> None:
        """Rows of a business table, new or changed."""
        into, key = self._tables[table], TABLES[table].key
        statement = insert(into)
        new = {name: statement.excluded[name] for name in rows.columns if name not in key}
        changed = statement.on_conflict_do_update(
            index_elements=key, set_={**new, "changed_at": func.clock_timestamp()}
        )
        with self._engine.begin() as connection:
            for part in rows.with_columns(source=pl.lit(source)).iter_slices(AT_ONCE):
                connection.execute(changed, part.to_dicts())


class Folder:
    """Files as other systems drop them: written under another name, renamed when done."""

    def __init__(self, root: Path) -> None:
        self._root = root
        for source in BY_FILE:
            (root / source).mkdir(parents=True, exist_ok=True)

    def put(self, table: str, source: str, rows: pl.DataFrame, at: datetime) -> None:
        """One file of rows of a table; of readings a column a tag."""
        if table == "reading":
            rows = rows.pivot("tag", index="ts", values="value")
        path = self._root / source / f"{table}-{at:%Y%m%dT%H%M%S%f}.csv"
        part = path.with_suffix(".part")
        rows.write_csv(part)
        part.rename(path)


class Stations:
    """HJ 212 stations; what was not answered is sent again with the next reports, as they do."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._waiting: list[bytes] = []

    def put(self, rows: pl.DataFrame) -> None:
        """Report readings (tag, ts, value, quality)."""
        self._waiting += packets(rows)
        try:
            send(self._address, self._waiting)
        except OSError as error:
            log.warning("stations get no answer", waiting=len(self._waiting), error=str(error))
        else:
            self._waiting = []


def as_reported(rows: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """source, tag, ts, value in the unit the source reports in, quality, of readings in canonical units."""
    told = [
        (point, source, tag, *conversion(QUANTITIES[quantity], unit or QUANTITIES[quantity]))
        for point, source, tag, quantity, unit in points.select("point_id", "source", "tag", "quantity", "unit").rows()
    ]
    schema = {"point_id": pl.String, "source": pl.String, "tag": pl.String, "factor": pl.Float64, "offset": pl.Float64}
    named = rows.drop("source", strict=False).join(pl.DataFrame(told, schema=schema, orient="row"), on="point_id")
    value = pl.col("value") * pl.col("factor") + pl.col("offset")
    return named.sort("ts").select("source", "tag", "ts", value, "quality")


def deliver(
    rows: pl.DataFrame, business: Iterable[tuple[str, str, pl.DataFrame]], at: datetime,
    database: Database, folder: Folder, stations: Stations,
) -> None:  # fmt: skip
    """Readings as reported, and (table, source, rows), each by the way its source has; the database, which somebody may
    end, comes last.
    """
    by_file, sent = pl.col("source").is_in(BY_FILE), pl.col("source") == STATIONS
    if rows.filter(sent).height:
        stations.put(rows.filter(sent).drop("source"))
    for (source,), of_source in rows.filter(by_file).partition_by("source", as_dict=True).items():
        folder.put("reading", str(source), of_source, at)
    database.add_readings(rows.filter(~by_file & ~sent))
    for table, source, changed in business:
        folder.put(table, source, changed, at) if source in BY_FILE else database.put(table, source, changed)


def _business_table(name: str, meta: MetaData) -> Table:
    key = TABLES[name].key
    columns = [
        Column(column, _TYPES[type(dtype)], primary_key=column in key) for column, dtype in TABLES[name].columns.items()
    ]
    changed = Column("changed_at", DateTime(timezone=True), server_default=func.clock_timestamp(), index=True)
    return Table(name, meta, *columns, Column("source", Text), changed)
