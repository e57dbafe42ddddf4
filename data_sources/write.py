"""A batch on its way into a table: typed, one row a key, held to the contract, without what is there already. Pure."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import polars as pl

from data_sources.contracts import PARTITIONED, Table
from data_sources.problems import BadInput, Problem
from data_sources.utility import Utility

STORED = {"source": pl.String(), "received_at": pl.Datetime("us", "UTC"), "batch_seq": pl.Int64()}
"""What every stored row says beside the contract's columns."""
ROW = "row"
"""A batch may number its rows by this column (as they stand in a file), else they are counted from 0."""
RECEIVED = "received_at"
"""A batch may say of each row when it came by this column, else all came at once."""
MASK = "***"
_REASON = "_reason"


@dataclass(frozen=True)
class WriteReport:
    """What became of a batch's rows; `days` are the partitions that changed, `newest` the newest own time of the rows
    that were written (of instants; null where none was).
    """

    table: str
    batch: str
    rows_read: int
    rows_written: int
    rows_duplicate: int
    rows_quarantined: int
    days: frozenset[date] = field(default=frozenset())
    newest: datetime | None = None


@dataclass(frozen=True)
class Checked:
    """A batch after the contract: the good rows (the contract's columns, and RECEIVED where the batch has it), and the
    bad ones as rows of quarantine.

    Of a wide file's row several readings can be bad: they are counted one by one, but stand in one row of `bad`.
    """

    good: pl.DataFrame
    bad: pl.DataFrame
    quarantined: int
    read: int
    repeated: int


def batch_name(source: str, table: str, rows: pl.DataFrame) -> str:
    """A name that the same rows from the same source get again, so that sending them again repeats no quarantine."""
    content = hashlib.sha1(rows.write_ipc(None).getbuffer(), usedforsecurity=False).hexdigest()
    return f"{source}/{table}/{content[:16]}"


def checked(table: Table, rows: pl.DataFrame, batch: str, unread: pl.DataFrame | None = None) -> Checked:
    """Type, deduplicate (the last row of a key wins) and check a batch; `unread` rows are bad from the start.

    Raises BadInput where columns don't fit.
    """
    typed, untypable = _typed(table, _with_columns_of(table, rows, batch))
    whole_key = pl.all_horizontal(pl.col(table.key).is_not_null())
    keyed = typed.filter(whole_key)
    last = keyed.unique(table.key, keep="last", maintain_order=True)
    judged = pl.concat([last, typed.filter(~whole_key)]).with_columns(broken_rules(table).alias(_REASON))
    bad = [_quarantined(table, frame, batch) for frame in (untypable, judged.filter(pl.col(_REASON) != ""))]
    if unread is not None:
        bad.append(
            unread.select(
                pl.lit(batch).alias("batch"),
                ROW,
                pl.lit(table.name).alias("table"),
                "reason",
                "payload",
            )
        )
    quarantined = pl.concat(bad)
    good = judged.filter(pl.col(_REASON) == "").drop(ROW, _REASON)
    repeated = keyed.height - last.height
    read = good.height + quarantined.height + repeated
    return Checked(good, _one_a_row(quarantined), quarantined.height, read, repeated)


def stamped(rows: pl.DataFrame, source: str | None, received_at: datetime, batch_seq: int) -> pl.DataFrame:
    """`rows` with what every stored row says beside the contract's columns; a row that says when it came keeps that."""
    return rows.with_columns(
        source=pl.col("source") if source is None else pl.lit(source),
        received_at=pl.col(RECEIVED) if RECEIVED in rows.columns else pl.lit(received_at, STORED[RECEIVED]),
        batch_seq=pl.lit(batch_seq, pl.Int64),
    )


def without_current(table: Table, rows: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """The (stamped) rows that say something new: not equal to the current row of their key, and not older than it."""
    if current.is_empty() or rows.is_empty():
        return rows
    values = [name for name in table.columns if name not in table.key]
    pairs = rows.join(current, on=table.key, how="left", suffix="_now", maintain_order="left")
    same = pl.all_horizontal(
        [pl.col(name).eq_missing(pl.col(f"{name}_now")) for name in values] or [pl.lit(value=True)]
    )
    there = pl.col("received_at_now").is_not_null()
    newer = (pl.col("received_at_now") > pl.col("received_at")) | (
        (pl.col("received_at_now") == pl.col("received_at")) & (pl.col("batch_seq_now") > pl.col("batch_seq"))
    )
    return pairs.filter(~(there & (same | newer))).select(rows.columns)


def unsaid(bad: pl.DataFrame, quarantine: pl.LazyFrame) -> pl.DataFrame:
    """The (stamped) rows for quarantine of which it doesn't say the same already, each once."""
    same = ["source", "table", "reason", "payload"]
    said = quarantine.select(same).join(bad.lazy().select(same), on=same, how="semi").collect()
    return bad.unique(same, keep="first", maintain_order=True).join(said, on=same, how="anti")


def newest_time(rows: pl.DataFrame, own_time: str | None) -> datetime | None:
    """The newest own time of rows; None where their table has none, or they are none."""
    if own_time is None or rows.is_empty() or not isinstance(rows.schema[own_time], pl.Datetime):
        return None
    newest = rows[own_time].max()
    return newest.astimezone(UTC) if isinstance(newest, datetime) else None


def report_of(table: Table, batch: str, split: Checked, fresh: pl.DataFrame, again: int) -> WriteReport:
    """What became of a batch of which `fresh` was written; `again` of its bad rows stand in quarantine already."""
    return WriteReport(
        table=table.name,
        batch=batch,
        rows_read=split.read,
        rows_written=fresh.height,
        rows_duplicate=split.repeated + split.good.height - fresh.height + again,
        rows_quarantined=split.quarantined - again,
        days=frozenset(fresh["day"].unique()) if table.name in PARTITIONED else frozenset(),
        newest=newest_time(fresh, table.own_time),
    )


def with_day(table: Table, rows: pl.DataFrame, utility: Utility) -> pl.DataFrame:
    """`rows` with the partition they belong to, where the table has any."""
    if table.name not in PARTITIONED:
        return rows
    own = "period" if table.name == "indicator" else str(table.own_time)
    day = pl.col(own) if rows.schema[own] == pl.Date else utility.day_expr(own)
    return rows.with_columns(day=day)


def _with_columns_of(table: Table, rows: pl.DataFrame, batch: str) -> pl.DataFrame:
    """The contract's columns and the row number; columns that may be null may be left out."""
    required = {name for name, column in table.schema.columns().items() if not column.nullable}
    missing = [name for name in table.columns if name in required and name not in rows.columns]
    strange = [name for name in rows.columns if name not in (*table.columns, ROW, RECEIVED)]
    if missing or strange:
        problems = [Problem(batch, 0, name, f"missing, {table.name} needs it") for name in missing]
        problems += [Problem(batch, 0, name, f"not a column of {table.name}") for name in strange]
        raise BadInput(problems)
    if ROW not in rows.columns:
        rows = rows.with_row_index(ROW)
    empty = [pl.lit(None, dtype).alias(name) for name, dtype in table.columns.items() if name not in rows.columns]
    extra = [RECEIVED] if RECEIVED in rows.columns else []
    return rows.with_columns(pl.col(ROW).cast(pl.Int64), *empty).select(ROW, *table.columns, *extra)


def _typed(table: Table, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows in the contract's types, and those with a value that can't be one, with the reason."""
    other = {name: dtype for name, dtype in table.columns.items() if rows.schema[name] != dtype}
    naive = [name for name in other if isinstance(dtype := rows.schema[name], pl.Datetime) and not dtype.time_zone]
    if naive:
        raise BadInput([Problem(table.name, 0, name, "expected a time with its time zone") for name in naive])
    if not other:
        return rows, rows.clear().with_columns(pl.lit("").alias(_REASON))
    cast = rows.with_columns([pl.col(name).cast(dtype, strict=False) for name, dtype in other.items()])
    reasons = [
        pl.when(rows[name].is_not_null() & cast[name].is_null()).then(pl.lit(f"{name}: expected {dtype}"))
        for name, dtype in other.items()
    ]
    reason = pl.select(pl.concat_str(reasons, separator="; ", ignore_nulls=True).alias(_REASON))[_REASON]
    lost = reason != ""
    return cast.filter(~lost), rows.with_columns(reason).filter(lost)


def broken_rules(table: Table) -> pl.Expr:
    """The rules of the contract that a row breaks, in words; empty where it breaks none. (Keys come once by then.)"""
    broken = [
        pl.when(~rule).then(pl.lit(f"{name}: {_in_words(word)}"))
        for name, column in table.schema.columns().items()
        for word, rule in column.validation_rules(pl.col(name)).items()
    ]
    return pl.concat_str(broken, separator="; ", ignore_nulls=True)


def _in_words(rule: str) -> str:
    """A rule's name as people read it."""
    return {"nullability": "must not be empty", "check": "not one of its values"}.get(rule, f"breaks the rule {rule}")


def _quarantined(table: Table, rows: pl.DataFrame, batch: str) -> pl.DataFrame:
    shown = [
        pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) if name in table.personal else pl.col(name)
        for name in table.columns
    ]
    return rows.select(
        pl.lit(batch).alias("batch"),
        pl.col(ROW),
        pl.lit(table.name).alias("table"),
        pl.col(_REASON).alias("reason"),
        pl.struct(shown).struct.json_encode().alias("payload"),
    )


def _one_a_row(bad: pl.DataFrame) -> pl.DataFrame:
    """Rows of quarantine, one a key."""
    together = bad.group_by("batch", ROW, "table", maintain_order=True).agg(
        pl.col("reason").str.join("; "),
        pl.when(pl.len() == 1).then(pl.col("payload").first()).otherwise("[" + pl.col("payload").str.join(", ") + "]"),
    )
    return together.select(bad.columns)
