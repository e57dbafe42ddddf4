"""A batch on its way into a table: typed, one row a key, held to the contract, without what is there already. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from data_sources.contracts import PARTITIONED, TABLES, Table
from data_sources.problems import BadInput, Problem
from data_sources.utility import Utility

STORED = {"source": pl.String(), "received_at": pl.Datetime("us", "UTC"), "batch_seq": pl.Int64()}
"""What every stored row says beside the contract's columns."""
ROW = "row"
"""A batch may number its rows by this column (as they stand in a file), else they are counted from 0."""
MASK = "***"
_REASON = "reason"


@dataclass(frozen=True)
class WriteReport:
    """What became of a batch's rows; `days` are the partitions that changed."""

    table: str
    batch: str
    rows_read: int
    rows_written: int
    rows_duplicate: int
    rows_quarantined: int
    days: frozenset[date] = field(default=frozenset())


@dataclass(frozen=True)
class Checked:
    """A batch after the contract: the good rows (the contract's columns), and the bad ones as rows of quarantine."""

    good: pl.DataFrame
    bad: pl.DataFrame
    repeated: int


def checked(table: Table, rows: pl.DataFrame, batch: str) -> Checked:
    """Type, deduplicate (the last row of a key wins) and check a batch. Raises BadInput where columns don't fit."""
    named = _with_columns_of(table, rows, batch)
    typed, untypable = _typed(table, named)
    known, keyless = _split(typed, ~pl.any_horizontal(pl.col(table.key).is_null()))
    last = known.unique(table.key, keep="last", maintain_order=True)
    result, failure = table.schema.filter(pl.concat([last, keyless]).drop(ROW))
    if not len(failure):
        good, broken = result, pl.DataFrame()
    else:
        good, broken = _broken(table, pl.concat([last, keyless]))
    bad = pl.concat([_quarantined(table, frame, batch) for frame in (untypable, broken) if frame.height] or [_none()])
    return Checked(good.select(list(table.columns)), bad, known.height - last.height)


def without_current(
    table: Table, rows: pl.DataFrame, current: pl.DataFrame, stamp: tuple[datetime, int]
) -> pl.DataFrame:
    """The rows that say something new: not equal to the current row of their key, and not older than it."""
    if current.is_empty() or rows.is_empty():
        return rows
    values = [name for name in table.columns if name not in table.key]
    pairs = rows.join(current, on=table.key, how="left", suffix="_now", maintain_order="left")
    same = pl.all_horizontal(
        [pl.col(name).eq_missing(pl.col(f"{name}_now")) for name in values] or [pl.lit(value=True)]
    )
    there = pl.col("received_at").is_not_null()
    received_at, batch_seq = stamp
    newer = (pl.col("received_at") > received_at) | (
        (pl.col("received_at") == received_at) & (pl.col("batch_seq") > batch_seq)
    )
    return pairs.filter(~(there & (same | newer))).select(list(table.columns))


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
    strange = [name for name in rows.columns if name not in table.columns and name != ROW]
    if missing or strange:
        problems = [Problem(batch, 0, name, f"missing, {table.name} needs it") for name in missing]
        problems += [Problem(batch, 0, name, f"not a column of {table.name}") for name in strange]
        raise BadInput(problems)
    if ROW not in rows.columns:
        rows = rows.with_row_index(ROW)
    empty = [pl.lit(None, dtype).alias(name) for name, dtype in table.columns.items() if name not in rows.columns]
    return rows.with_columns(pl.col(ROW).cast(pl.Int64), *empty).select(ROW, *table.columns)


def _typed(table: Table, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows in the contract's types, and those with a value that can't be one, with the reason."""
    other = {name: dtype for name, dtype in table.columns.items() if rows.schema[name] != dtype}
    if not other:
        return rows, rows.clear()
    cast = rows.with_columns([pl.col(name).cast(dtype, strict=False) for name, dtype in other.items()])
    reasons = [
        pl.when(rows[name].is_not_null() & cast[name].is_null()).then(pl.lit(f"{name}: expected {dtype}"))
        for name, dtype in other.items()
    ]
    reason = pl.select(pl.concat_str(reasons, separator="; ", ignore_nulls=True).alias(_REASON))[_REASON]
    lost = reason != ""
    return cast.filter(~lost), rows.with_columns(reason).filter(lost)


def _split(rows: pl.DataFrame, condition: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    marked = rows.with_columns(_in=condition)
    return marked.filter("_in").drop("_in"), marked.filter(~pl.col("_in")).drop("_in")


def _broken(table: Table, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Good rows, and bad ones with the names of the rules they break."""
    numbered = rows.with_row_index("_at")
    result, failure = table.schema.filter(rows.drop(ROW))
    rules = list(failure.counts())
    details = failure.details()
    broken = pl.concat_str(
        [pl.when(pl.col(rule) == "invalid").then(pl.lit(_rule_in_words(rule))) for rule in rules],
        separator="; ",
        ignore_nulls=True,
    )
    # details come in the order of the rows that failed; the rows themselves find their numbers by their values
    reasons = details.select(*table.columns, broken.alias(_REASON))
    named = numbered.join(reasons.unique(maintain_order=True), on=list(table.columns), how="inner", nulls_equal=True)
    return result, named.drop("_at").select(ROW, *table.columns, _REASON)


def _rule_in_words(rule: str) -> str:
    """`value|nullability` → `value: must not be empty`, as people read it."""
    column, _, check = rule.partition("|")
    words = {"nullability": "must not be empty", "primary_key": "comes twice"}
    return f"{column}: {words.get(check, f'breaks the rule {check}')}" if check else rule


def _quarantined(table: Table, rows: pl.DataFrame, batch: str) -> pl.DataFrame:
    shown = [
        pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) if name in table.personal else pl.col(name)
        for name in table.columns
    ]
    return rows.select(
        pl.lit(batch).alias("batch"),
        pl.col(ROW),
        pl.lit(table.name).alias("table"),
        pl.col(_REASON),
        pl.struct(shown).struct.json_encode().alias("payload"),
    )


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema=TABLES["quarantine"].columns)
