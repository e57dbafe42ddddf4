"""`python -m tests.faults [--short]`: every fault in its turn, and one table of what became of the rows."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.faults.database import database, second_worker
from tests.faults.disk import disk
from tests.faults.folder import folder
from tests.faults.kills import kills
from tests.faults.outage import outage
from tests.faults.table import HEAD
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


def main() -> int:
    """1 where a row was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few of each, in under a minute")
    parser.add_argument("--only", choices=SCENARIOS, help="one scenario")
    given = parser.parse_args()
    rows = []
    print(HEAD)
    with tempfile.TemporaryDirectory(prefix="faults-") as name:
        for scenario in [given.only] if given.only else SCENARIOS:
            for row in SCENARIOS[scenario](Path(name) / scenario, given.short):
                print(row.line(), flush=True)
                rows.append(row)
    return 0 if all(row.fine for row in rows) else 1


if __name__ == "__main__":
    if os.geteuid() != 0 and "FAULTS_INSIDE" not in os.environ:  # a small disk is mounted in a name space of our own
        os.environ["FAULTS_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", "-Urm", sys.executable, "-m", "tests.faults", *sys.argv[1:]])
    sys.exit(main())
