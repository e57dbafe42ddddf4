"""`python -m tests.faults [--short]`: every fault in its turn, and one table of what became of the rows."""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.faults.scenarios import SCENARIOS, rows_of
from tests.faults.table import HEAD

AT_ONCE = 2
"""Scenarios beside each other: each waits about as long as it works."""


def main() -> int:
    """1 where a row was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few of each, in under a minute")
    parser.add_argument("--only", choices=SCENARIOS, help="one scenario")
    given = parser.parse_args()
    rows = []
    print(HEAD)
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as name,
        ProcessPoolExecutor(AT_ONCE, get_context("spawn")) as pool,
    ):
        wanted = [given.only] if given.only else SCENARIOS
        for done in as_completed(pool.submit(rows_of, one, Path(name) / one, given.short) for one in wanted):
            for row in done.result():
                print(row.line(), flush=True)
                rows.append(row)
    return 0 if all(row.fine for row in rows) else 1


if __name__ == "__main__":
    if os.geteuid() != 0 and "FAULTS_INSIDE" not in os.environ:  # a small disk is mounted in a name space of our own
        os.environ["FAULTS_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", "-Urm", sys.executable, "-m", "tests.faults", *sys.argv[1:]])
    sys.exit(main())
