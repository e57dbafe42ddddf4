"""All kinds of fault by name, those that take longest first."""

from pathlib import Path

from tests.faults.database import database, second_worker
from tests.faults.disk import disk
from tests.faults.folder import folder
from tests.faults.kills import kills
from tests.faults.outage import outage
from tests.faults.table import Row
from tests.faults.whole import whole

SCENARIOS = {
    "kills": kills,
    "whole": whole,
    "outage": outage,
    "disk": disk,
    "database": database,
    "folder": folder,
    "second_worker": second_worker,
}


def rows_of(scenario: str, folder: Path, short: bool) -> list[Row]:
    """All lines of one scenario."""
    return list(SCENARIOS[scenario](folder, short))
