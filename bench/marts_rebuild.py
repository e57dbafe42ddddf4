"""A full rebuild of the marts of a year at one-minute steps against one hand-written GROUP BY over the same files."""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from bench.claim import Claim, seconds
from bench.synthetic import AS_OF, days_before, demonstration, fill
from data_sources.lake import Lake
from metrics.build import build_marts

GOAL = "at most 1.5 times the GROUP BY and 2 GB"
BY_HAND = """
COPY (
    SELECT point_id, date_trunc('hour', ts) AS hour, avg(value) AS mean, min(value) AS min, max(value) AS max,
           arg_max(value, ts) AS last, sum(covered_s) AS covered_s
    FROM read_parquet({files}) GROUP BY ALL
) TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""


def run_side(side: str, folder: Path) -> None:
    """One side in this process; prints seconds and peak memory in bytes."""
    lake = Lake(folder / "lake", demonstration())
    if side == "ours":
        shutil.rmtree(lake.marts, ignore_errors=True)
        taken = seconds(lambda: build_marts(lake, lake.utility, AS_OF))
    else:
        files = "[" + ", ".join(f"'{file}'" for file in lake.files("reading")) + "]"
        sql = BY_HAND.format(files=files, target=folder / "by_hand.parquet")
        with duckdb.connect(config={"temp_directory": str(folder / "spill"), "memory_limit": "6GB"}) as connection:
            connection.execute("SET preserve_insertion_order = false")
            taken = seconds(lambda: connection.execute(sql))
    print(taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def measured(side: str, folder: Path) -> tuple[float, float]:
    """Seconds and bytes of one side, each in its own process."""
    command = [sys.executable, "-m", "bench.marts_rebuild", "--side", side, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    taken, memory = map(float, done.stdout.split())
    return taken, memory


def main(days: int, step_s: int) -> Claim:
    """Both sides over `days` days with a reading every `step_s` seconds, the better of two rounds of each."""
    utility = demonstration()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        written = list(fill(Lake(folder / "lake", utility), days_before(days), step_s))
        rounds = [(measured("by_hand", folder), measured("ours", folder)) for _ in range(2)]
    by_hand = min(one[0][0] for one in rounds)
    ours, memory = min(one[1][0] for one in rounds), max(one[1][1] for one in rounds)
    rows = len(written) * utility.points.height * (86_400 // step_s)
    return Claim(
        "marts_rebuild",
        GOAL,
        {"ours_s": ours, "by_hand_s": by_hand, "ratio": ours / by_hand, "peak_gb": memory / 1e9},
        ours <= 1.5 * by_hand and memory <= 2e9,
        {"days": len(written), "points": utility.points.height, "step_s": step_s, "rows": rows},
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365, help="fewer, where time or disk is short (365)")
    parser.add_argument("--step", type=int, default=60, help="seconds between readings (60)")
    parser.add_argument("--side", choices=("ours", "by_hand"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        run_side(given.side, given.folder)
    else:
        print(main(given.days, given.step).line())
