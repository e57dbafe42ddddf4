"""How long the brain takes on the demonstration utility: its first run, the next ticks, a plan, a what-if."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from functools import partial

from bench.claim import Claim, seconds
from bench.served import history_copied
from brain.dispatch.known import situation
from brain.dispatch.sewers import plan
from brain.dispatch.what_if import Scenario, what_if
from brain.inputs import inputs_of
from brain.question import slot
from brain.sewage_dispatch import QUESTION
from data_sources.lake import Lake
from data_sources.problems import ROOT
from metrics.catalogue import load_catalogue
from metrics.engine import Engine

GOAL = (
    "all questions for the first time, fits included, in at most 60 s; a quarter of an hour and an hour later in at "
    "most 10 s each; a plan for 64 stations and a what-if, from the inputs read to its rows, in at most 5 s each"
)
MOST_S = {"first_run": 60.0, "quarter_later": 10.0, "hour_later": 10.0, "plan": 5.0, "what_if": 5.0}
STORM = Scenario(rain_mm=50.0, rain_hours=6)


def asked(lake: Lake, at: datetime) -> None:
    """`python -m brain run` as at a moment, in a process of its own as the worker starts it."""
    environment = {**os.environ, "WATER_UTILITY": str(lake.utility.folder), "WATER_LAKE": str(lake.root)}
    command = [sys.executable, "-m", "brain", "run", "--as-of", at.isoformat()]
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)


def supposed(engine: Engine, at: datetime, scenario: Scenario) -> None:
    """A what-if as the page asks it."""
    what_if(inputs_of(engine, QUESTION, at), at, scenario)


def main() -> Claim:
    """On a copy of the demonstration's lake that nobody has asked yet. Raises SystemExit where there is none."""
    with history_copied("brain", "board.json") as lake:
        newest = lake.newest("reading")
        assert newest is not None
        at = slot(QUESTION.clock, newest - timedelta(hours=2), lake.utility)
        later = {"first_run": timedelta(), "quarter_later": timedelta(minutes=15), "hour_later": timedelta(hours=1)}
        taken = {step: seconds(partial(asked, lake, at + after)) for step, after in later.items()}
        engine = Engine(lake.utility, lake, load_catalogue(lake.utility))
        network, now, _ = situation(inputs_of(engine, QUESTION, at), at)
        taken["plan"] = max(seconds(partial(plan, network, now)) for _ in range(3))
        taken["what_if"] = max(seconds(partial(supposed, engine, at, rain)) for rain in (STORM, Scenario()))
    met = all(taken[step] <= most for step, most in MOST_S.items())
    return Claim(
        "brain_times", GOAL, {f"{step}_s": s for step, s in taken.items()}, met, {"stations": len(network.stations)}
    )


if __name__ == "__main__":
    print(main().line())
