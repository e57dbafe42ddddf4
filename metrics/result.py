"""What a catalogue SELECT returns: the columns it must and may have, and the frame that judge reads."""

from collections.abc import Iterable, Mapping

import polars as pl

REQUIRED = {
    "period": "DATE",
    "site_id": "VARCHAR",
    "numerator": "number",
    "denominator": "number",
    "valid": "number",
    "expected": "number",
}
OPTIONAL = {
    **dict.fromkeys(("target", "warning", "alarm"), "number"),
    **dict.fromkeys(("warning_low", "warning_high", "alarm_low", "alarm_high"), "number"),
    **dict.fromkeys(("floor_state", "floor_reason", "reason"), "VARCHAR"),
    "beside": "number",
}
NO_ROWS = {
    name: pl.Date() if kind == "DATE" else pl.String() if kind == "VARCHAR" else pl.Float64()
    for name, kind in REQUIRED.items()
}
"""The columns of a SELECT that returned nothing."""
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "UINTEGER", "UBIGINT")
_NULL = ('"NULL"', "NULL", "INTEGER")
"""DuckDB's types of a column that is NULL in every row."""


def result_problems(columns: Mapping[str, str]) -> list[str]:
    """What is wrong with the columns (name → DuckDB type) a SELECT returns."""
    wanted = REQUIRED | OPTIONAL
    missing = [f"no column {name}" for name in REQUIRED if name not in columns]
    strange = [f"column {name} is not in the contract ({', '.join(wanted)})" for name in columns if name not in wanted]
    wrong = [
        f"column {name} is {kind}, expected {wanted[name]}"
        for name, kind in columns.items()
        if name in wanted and not _fits(kind, wanted[name])
    ]
    return missing + strange + wrong


def as_result(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with all numbers as f64. Raises ValueError where columns break the contract or a key comes twice."""
    missing = [name for name in REQUIRED if name not in rows.columns]
    if missing:
        raise ValueError(f"no column {', '.join(missing)}")
    if rows.select("period", "site_id").is_duplicated().any():
        raise ValueError("two rows of one period and site")
    return rows.with_columns(pl.col(_numeric(rows.columns)).cast(pl.Float64))


def _numeric(columns: Iterable[str]) -> list[str]:
    return [name for name in columns if (REQUIRED | OPTIONAL).get(name) == "number"]


def _fits(kind: str, wanted: str) -> bool:
    if kind in _NULL:
        return True
    return kind.startswith(_NUMBERS) if wanted == "number" else kind == wanted
