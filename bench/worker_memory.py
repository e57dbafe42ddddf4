"""The worker's memory over a time-compressed day and the next: all groups live, a round every half hour of these days.

The running day's readings become more until it is over, so a day is held against the one before, hour by hour; a day
goes before both, in which all that is loaded once has come. What is looked at is what the worker holds between rounds,
where it spends its time: two seconds after one, as allocators give pages back after one. What it holds at the end of a
round, which here follow each other at once, is told beside it.
"""

import data_sources.allocators  # noqa: F401, as the worker has it

# isort: split
import argparse
import gc
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psutil

import metrics.clock as clock_module
import worker as worker_module
from bench.claim import Claim
from bench.synthetic import demonstration
from data_sources.lake import Lake
from sample_data.build import build
from worker import Worker

GOAL = "of the second day within ± 5 % of the first at the same hour, after a day of warming up"
STEP = timedelta(minutes=30)
ROUNDS_AN_HOUR = timedelta(hours=1) // STEP
HOURS = 24
REST_S = 2.0
HISTORY_DAYS = 31
"""As far back as a board looks by the day, so that what it reads stays as much from day to day."""


class Clock(datetime):
    """The day's time, which the worker and the board take for now."""

    at = datetime(2026, 9, 15, tzinfo=UTC)

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        """The compressed moment."""
        return cls.at


def main() -> Claim:
    """Resident memory at rest once an hour; the median of three hours stands for one."""
    utility, start = demonstration(), datetime(2026, 9, 14, 16, tzinfo=UTC)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        lake = Lake(Path(name) / "lake", utility)
        build(lake, utility, start, HISTORY_DAYS, 0, lambda done, total: None)
        worker_module.datetime = clock_module.datetime = Clock  # type: ignore[misc]
        worker, process, resting, busy = Worker(lake), psutil.Process(), [], []
        for number in range(3 * HOURS * ROUNDS_AN_HOUR):
            Clock.at = start + STEP * number
            worker.once()
            gc.collect()
            busy.append(process.memory_info().rss / 2**20)
            if (number + 1) % ROUNDS_AN_HOUR == 0:
                time.sleep(REST_S)
                resting.append(process.memory_info().rss / 2**20)
        failed = worker._failed
        worker.sources.stop()
    if failed:
        raise RuntimeError(f"steps failed: {failed}")
    smooth = [median(resting[max(0, at - 1) : at + 2]) for at in range(len(resting))]
    first, second = smooth[HOURS : 2 * HOURS], smooth[2 * HOURS :]
    ratios = sorted(later / before for before, later in zip(first, second, strict=True))
    measured = {
        "first_day_least_mb": min(first),
        "first_day_most_mb": max(first),
        "second_day_least_mb": min(second),
        "second_day_most_mb": max(second),
        "second_day_most_after_a_round_mb": max(busy[2 * HOURS * ROUNDS_AN_HOUR :]),
        "least_ratio": ratios[0],
        "most_ratio": ratios[-1],
    }
    met = ratios[0] >= 0.95 and ratios[-1] <= 1.05
    return Claim("worker_memory", GOAL, measured, met, {"rounds": len(busy), "points": utility.points.height})


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(main().line())
