"""The worker's memory over a time-compressed day: all groups live, a round every quarter of an hour of that day."""

import argparse
import gc
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

import metrics.clock as clock_module
import worker as worker_module
from bench.claim import Claim
from bench.synthetic import demonstration
from data_sources.lake import Lake
from sample_data.build import build
from worker import Worker

GOAL = "flat within ± 5 % once it has warmed up"
STEP = timedelta(minutes=15)
WARM = 0.25
"""Share of the day after which memory is looked at."""


class Clock(datetime):
    """The day's time, which the worker and the board take for now."""

    at = datetime(2026, 9, 15, tzinfo=UTC)

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        """The compressed moment."""
        return cls.at


def main(rounds: int) -> Claim:
    """Resident memory after each round, from the end of the warm-up on."""
    utility, start = demonstration(), datetime(2026, 9, 14, 16, tzinfo=UTC)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        lake = Lake(Path(name) / "lake", utility)
        build(lake, utility, start, 2, 0, lambda done, total: None)
        worker_module.datetime = clock_module.datetime = Clock  # type: ignore[misc]
        worker, process, seen = Worker(lake), psutil.Process(), []
        for number in range(rounds):
            Clock.at = start + STEP * number
            worker.once()
            gc.collect()
            seen.append(process.memory_info().rss / 2**20)
        failed = worker._failed
        worker.sources.stop()
    if failed:
        raise RuntimeError(f"steps failed: {failed}")
    warm = seen[int(len(seen) * WARM) :]
    middle = sorted(warm)[len(warm) // 2]
    measured = {
        "median_mb": middle,
        "least_mb": min(warm),
        "most_mb": max(warm),
        "first_mb": warm[0],
        "last_mb": warm[-1],
    }
    met = max(warm) <= 1.05 * middle and min(warm) >= 0.95 * middle
    return Claim("worker_memory", GOAL, measured, met, {"rounds": rounds, "points": utility.points.height})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=96)
    print(main(parser.parse_args().rounds).line())
