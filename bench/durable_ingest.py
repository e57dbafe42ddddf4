"""Durable ingest: rows from a source until they are in a Delta commit, from a database and from files, on one core.

Every step counts: fetch, fsync into the spool, parse, units, contract, comparison with what is there, commit. The
database's own work is done by its server, on another core where there is one.
"""

import argparse
import io
import os
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from sqlalchemy import create_engine, text

from bench.claim import Claim, seconds
from bench.synthetic import LAST_DAY, demonstration, minutes_of
from data_sources.collect import Collecting, spool_folder
from data_sources.connector import connector
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.runner import Runner
from data_sources.sources import sources_of
from data_sources.utility import Utility
from tests.postgres import postgres

GOAL_ROWS_S = 50_000
GOAL = f"at least {GOAL_ROWS_S} rows a second on one core, from the source to the commit, whichever way they come"
SOURCE = "sewage_scada_city"
COLUMNS = 'columns = { tag = "tag", ts = "ts", value = "value", quality = "quality" }'
QUERY = "SELECT number, tag, ts, value, quality FROM history WHERE number > :since ORDER BY number"


def rows_to_send(rows: int) -> pl.DataFrame:
    """tag, ts, value, quality: minutes of one day of as many of the source's points as it takes, by time."""
    utility = demonstration()
    points = utility.points.filter(source=SOURCE).select("point_id", "tag")
    day = minutes_of(utility, LAST_DAY, 60).join(points, on="point_id")
    return day.sort("ts").head(rows).select("tag", "ts", "value", "quality")


def utility_by(folder: Path, source: str) -> Utility:
    """The demonstration utility with one source that really delivers."""
    shutil.copytree(demonstration().folder, folder)
    others = [name for name in demonstration().sources if name != SOURCE]
    sections = [f'[{name}]\nkind = "import"\n' for name in others]
    (folder / "sources.toml").write_text("\n".join([*sections, f"[{SOURCE}]\n{source}"]), encoding="utf-8")
    return load_utility(folder)


def by_database(root: Path, url: str, rows: pl.DataFrame) -> Utility:
    """The rows in a table of a PostgreSQL, asked by a watermark."""
    with create_engine(url).begin() as connection:
        columns = "number bigint GENERATED ALWAYS AS IDENTITY, tag text, ts timestamptz, value float8, quality text"
        connection.execute(text(f"CREATE TABLE history ({columns})"))
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.cursor().copy_expert(
            "COPY history (tag, ts, value, quality) FROM STDIN CSV HEADER", io.BytesIO(rows.write_csv().encode())
        )
    asked = f'[{SOURCE}.map]\ntable = "reading"\nquery = "{QUERY}"\nwatermark = "number"\nstart = 0\n{COLUMNS}\n'
    return utility_by(root / "by_sql", f'kind = "sql"\nurl = "{url}"\n{asked}')


def by_files(root: Path, kind: str, rows: pl.DataFrame) -> Utility:
    """The rows in one file of a folder."""
    folder = root / f"in_{kind}"
    folder.mkdir()
    path = folder / f"history.{kind}"
    rows.write_csv(path) if kind == "csv" else rows.write_parquet(path)
    settings = f'kind = "files"\nfolder = "{folder}"\nsettle_s = 0\n'
    return utility_by(root / f"by_{kind}", f'{settings}[{SOURCE}.map]\ntable = "reading"\n{COLUMNS}\n')


def rows_a_second(lake: Lake, expected: int) -> tuple[float, float]:
    """From asking the source until its rows are committed, into an empty lake: by the wall clock, and by the CPU time
    of this process, which says what a busy machine would give without its neighbours.
    """
    sources = sources_of(lake.utility, SOURCE)
    collecting = Collecting(SOURCE, sources, connector(sources[0].settings.kind), spool_folder(lake.root, SOURCE))
    runner = Runner(lake, [SOURCE])

    def run() -> None:
        collecting.once()
        runner.take_all(datetime.now(UTC))

    before = time.process_time()
    taken = seconds(run)
    used = time.process_time() - before
    stored = lake.scan("reading").collect().height
    if stored != expected:
        raise RuntimeError(f"{stored} of {expected} rows came in")
    return stored / taken, stored / used


def on_one_core() -> None:
    """Every thread of this process, and those it starts, run on one core from here on."""
    core = {min(os.sched_getaffinity(0))}
    for thread in Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(thread.name), core)


def main(rows: int) -> Claim:
    """Rows a second by a database, CSV and Parquet."""
    sent = rows_to_send(rows)
    measured: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        root = Path(name)
        with postgres(root / "postgres") as server:
            utilities = {"sql": by_database(root, server.text, sent)}
            utilities |= {kind: by_files(root, kind, sent) for kind in ("csv", "parquet")}
            on_one_core()
            for way, utility in utilities.items():
                by_wall, by_cpu = rows_a_second(Lake(root / f"lake_{way}", utility), sent.height)
                measured |= {f"{way}_rows_s": by_wall, f"{way}_rows_cpu_s": by_cpu}
    met = min(rate for name, rate in measured.items() if not name.endswith("cpu_s")) >= GOAL_ROWS_S
    return Claim("durable_ingest", GOAL, measured, met, {"rows": sent.height})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=400_000)
    print(main(parser.parse_args().rows).line())
