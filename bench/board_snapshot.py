"""A board snapshot of the 18 indicators with the marts of 30 days, one year and five years."""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import polars as pl

from bench.claim import Claim, seconds
from bench.synthetic import AS_OF, demonstration
from data_sources.lake import Lake
from metrics.board import make_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.day_ledger import mart_file, read_ledger, write_ledger, write_parquet
from metrics.engine import Engine
from sample_data.build import build

GOAL = "at most 250 ms, and with five years at most 1.3 times as long as with 30 days"
SIZES = {"30_days": 30, "1_year": 365, "5_years": 1825}
RAW_DAYS = 3
"""Days that have raw readings; of all before there are marts and closed periods alone."""
_DAY = timedelta(days=1)


def prepared(folder: Path, days: int) -> Engine:
    """A lake with three days of the sample, and before them so many days of marts and of closed periods."""
    lake = Lake(folder, demonstration())
    build(lake, lake.utility, AS_OF, RAW_DAYS, 0, lambda done, total: None)
    build_marts(lake, lake.utility, AS_OF)
    engine = Engine(lake.utility, lake, load_catalogue(lake.utility))
    engine.close_periods(AS_OF)
    model = lake.utility.day_of(AS_OF) - _DAY
    _copy_marts(lake, model, days)
    _copy_periods(lake, model, days)
    return Engine(lake.utility, lake, load_catalogue(lake.utility))


def _earlier(model: date, days: int) -> Iterator[date]:
    first = model - RAW_DAYS * _DAY
    return (first - n * _DAY for n in range(days - RAW_DAYS))


def _copy_marts(lake: Lake, model: date, days: int) -> None:
    """The marts of one day again for each day before, under its own date."""
    ledger = read_ledger(lake.marts)
    frames = {mart: pl.read_parquet(mart_file(lake.marts, mart, model), glob=False) for mart in ("hourly", "daily")}
    for day in _earlier(model, days):
        back = model - day
        for mart, frame in frames.items():
            moved = frame.with_columns(pl.lit(day).alias("day"))
            if mart == "hourly":
                moved = moved.with_columns(pl.col("hour") - back)
            write_parquet(moved, mart_file(lake.marts, mart, day))
    write_ledger(lake.marts, ledger)


def _copy_periods(lake: Lake, model: date, days: int) -> None:
    """The closed periods of one day again for each day before."""
    rows = lake.scan("indicator").filter(pl.col("period") == model).collect()
    columns = rows.drop("source", "received_at", "batch_seq", "day")
    earlier = [columns.with_columns(pl.lit(day).alias("period")) for day in _earlier(model, days)]
    if earlier:
        lake.write("indicator", pl.concat(earlier), source="bench")


def main(rounds: int, sizes: dict[str, int]) -> Claim:
    """Median time of a warm snapshot in each lake, the lakes taken in turn."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        engines = {size: prepared(Path(name) / size, days) for size, days in sizes.items()}
        for engine in engines.values():
            make_board(engine, AS_OF, AS_OF)
        taken: dict[str, list[float]] = {size: [] for size in engines}
        for number in range(1, rounds + 1):
            at = AS_OF + timedelta(seconds=5 * number)
            for size, engine in engines.items():
                build_marts(engine.lake, engine.utility, at)
                taken[size].append(seconds(partial(make_board, engine, at, datetime.now(UTC))))
    medians = {size: sorted(times)[rounds // 2] for size, times in taken.items()}
    ratio = medians[max(sizes, key=lambda one: sizes[one])] / medians[min(sizes, key=lambda one: sizes[one])]
    measured = {f"{size}_ms": 1000 * median for size, median in medians.items()} | {"ratio": ratio}
    met = max(medians.values()) <= 0.25 and ratio <= 1.3
    return Claim("board_snapshot", GOAL, measured, met, {"points": demonstration().points.height, "rounds": rounds})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    print(main(parser.parse_args().rounds, SIZES).line())
