"""Sealed days: one row a key, sorted by point and time, with the seconds that each row covers already written."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from data_sources.vocabulary import TOTALISERS

SEALED_SCHEMA = {"day": pl.Date(), "fingerprint": pl.String()}


def coverage(rows: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """`rows` of table reading (one a key) sorted by point and time, with `covered_s` (i64) added.

    A mean or sum covers its span, an instant of a sampled point its interval, one of an on_change point its hold; each
    ends where the point's next row begins. A totaliser's rows cover nothing, its differences do. A point that is not
    in `points` covers nothing, too.
    """
    nominal = (
        pl.when(pl.col("span_s") > 0)
        .then("span_s")
        .when(pl.col("mode") == "on_change")
        .then("hold_s")
        .otherwise("interval_s")
    )
    known = points.select("point_id", "mode", "interval_s", "hold_s", total=pl.col("quantity").is_in(TOTALISERS))
    until_next = (pl.col("ts").shift(-1) - pl.col("ts")).dt.total_seconds()
    same_point = pl.col("point_id").shift(-1) == pl.col("point_id")
    return (
        rows.sort("point_id", "ts", "span_s", descending=[False, False, True])
        .join(known, on="point_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("total").fill_null(value=True))
            .then(0)
            .otherwise(pl.min_horizontal(nominal, pl.when(same_point).then(until_next)))
            .cast(pl.Int64)
            .alias("covered_s")
        )
        .drop("mode", "interval_s", "hold_s", "total")
    )


def fingerprint(files: Iterable[str]) -> str:
    """One word for a partition's list of files: it changes whenever a row of the day does."""
    return hashlib.sha1("\n".join(sorted(files)).encode(), usedforsecurity=False).hexdigest()


def read_sealed(path: Path) -> dict[date, str]:
    """Which days were sealed, at which fingerprint."""
    if not path.exists():
        return {}
    return dict(pl.read_parquet(path).select("day", "fingerprint").rows())


def write_sealed_days(path: Path, sealed: Mapping[date, str]) -> None:
    """Keep which days are sealed, whole or not at all."""
    fresh = path.with_suffix(".new")
    pl.DataFrame(sorted(sealed.items()), schema=SEALED_SCHEMA, orient="row").write_parquet(fresh)
    fresh.rename(path)
