"""Where public records lie that are measured against: they are not shipped."""

import os
from pathlib import Path

from data_sources.problems import ROOT


def dataset(name: str) -> Path:
    """The folder of a record under $WATER_DATASETS, else under shared/datasets beside a folder above; maybe absent."""
    named = os.environ.get("WATER_DATASETS")
    folders = [Path(named)] if named else [folder / "shared" / "datasets" for folder in ROOT.parents]
    found = next((folder / name for folder in folders if (folder / name).exists()), None)
    return found or folders[0] / name
