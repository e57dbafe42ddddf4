"""One new day in the marts, with 30 days and with five years before it."""

import argparse
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from bench.claim import Claim, seconds
from bench.synthetic import LAST_DAY, days_before, demonstration, fill
from data_sources.lake import Lake
from data_sources.utility import Utility
from metrics.build import build_marts

GOAL = "with five years before it at most 1.3 times as long as with 30 days"
OLD_STEP_S = 3600
"""What lies before is hourly, as archives are; it must not be read anyway."""
NEW_STEP_S = 60


def prepared(folder: Path, utility: Utility, before: int) -> Lake:
    """A lake with `before` days and their marts."""
    lake = Lake(folder, utility)
    list(fill(lake, days_before(before), OLD_STEP_S))
    build_marts(lake, utility, _end_of(LAST_DAY))
    return lake


def _end_of(day: date) -> datetime:
    """A moment by which a day of the demonstration utility (UTC+8) has ended, and the next has hardly begun."""
    return datetime.combine(day, time(16, 1), UTC)


def main(years: int, rounds: int) -> Claim:
    """Medians over `rounds` new days, of both lengths of history, the two taken in turn."""
    utility = demonstration()
    sizes = {"short": 30, "long": years * 365}
    times: dict[str, list[float]] = {side: [] for side in sizes}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        lakes = {side: prepared(Path(name) / side, utility, before) for side, before in sizes.items()}
        for number in range(1, rounds + 1):
            day = LAST_DAY + timedelta(days=number)
            for side, lake in lakes.items():
                list(fill(lake, [day], NEW_STEP_S))
                times[side].append(seconds(partial(build_marts, lake, utility, _end_of(day))))
    taken = {side: sorted(found)[rounds // 2] for side, found in times.items()}
    ratio = taken["long"] / taken["short"]
    return Claim(
        "one_new_day",
        GOAL,
        {"after_30_days_s": taken["short"], f"after_{years}_years_s": taken["long"], "ratio": ratio},
        ratio <= 1.3,
        {"points": utility.points.height, "rows_of_the_day": utility.points.height * 86_400 // NEW_STEP_S},
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(main(given.years, given.rounds).line())
