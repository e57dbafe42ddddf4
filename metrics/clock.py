"""What time it is for a utility: the wall clock, or of an archive its newest reading."""

from datetime import UTC, datetime

from data_sources.lake import Lake
from data_sources.utility import Utility


def now_of(utility: Utility, lake: Lake) -> datetime:
    """The present moment, UTC; for clock "data" the own time of the newest reading, where there is one."""
    newest = lake.newest("reading") if utility.clock == "data" else None
    return newest or datetime.now(UTC)
