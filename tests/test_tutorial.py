"""The tutorial does what it says: its own commands, run as they stand, give the numbers of its CSV."""

import csv
import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from data_sources.problems import ROOT

FOLDER = ROOT / "docs" / "tutorial"
LAST = "2026-08-29"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """What each command of the page printed, in its order."""
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ (.+)$", page, re.MULTILINE)
    environment, printed = dict(os.environ), {}
    for command in commands:
        if command.startswith("export "):
            environment |= dict(one.split("=", 1) for one in shlex.split(command)[1:])
            environment["WATER_LAKE"] = str(tmp_path_factory.mktemp("tutorial") / "lake")
            continue
        words = shlex.split(command)
        done = subprocess.run(
            [sys.executable, *words[1:]], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        printed[command] = done.stdout
    return printed


@pytest.fixture(scope="module")
def rows():
    with (FOLDER / "works.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def said(walked, command: str):
    return json.loads(next(text for line, text in walked.items() if command in line))


def test_every_cell_comes_in_as_the_hours_of_its_day(walked, rows):
    cells = sum(row[name] != "?" for row in rows for name in list(row)[3:])
    report = said(walked, "import")
    assert report["rows_written"] == report["rows_read"] == 24 * cells
    assert (report["rows_quarantined"], report["ignored"]) == (0, [])


def test_energy_of_the_last_day_is_that_of_the_file(walked, rows):
    last = rows[-1]
    energy = said(walked, "preview wastewater_energy")
    (row,) = energy["rows"]
    assert row["period"] == LAST
    assert row["numerator"] == pytest.approx(float(last["Energy Consumption"]))
    assert row["denominator"] == pytest.approx(float(last["Average Inflow"]) * 86_400)
    assert energy["value"] == pytest.approx(row["numerator"] / row["denominator"])


def test_the_own_indicator_is_on_the_board(walked, rows):
    load = said(walked, "preview ammonia_load")
    last = rows[-1]
    by_hand = float(last["Ammonia"]) * float(last["Average Inflow"]) * 86_400 / 1000
    assert load["value"] == pytest.approx(by_hand)
    assert load["unit"] == "kg/d"
    board = next(text for line, text in walked.items() if line.endswith("metrics board"))
    assert re.search(r"^13 ammonia_load +\S+ kg/d", board, re.MULTILINE)
    assert re.search(r"^ 1 raw_water_compliance +unknown", board, re.MULTILINE)


def test_the_page_shows_the_map_that_is_there():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert (FOLDER / "works.toml").read_text(encoding="utf-8") in page
    assert "\n".join((FOLDER / "works.csv").read_text(encoding="utf-8").splitlines()[:2]) in page
