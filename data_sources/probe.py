"""What is wrong with a source itself (`check --source`), asked in a process of its own: a driver may hang, or die."""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from data_sources.collect import killed_after, shown_error
from data_sources.connector import Source, connector
from data_sources.contracts import TABLES
from data_sources.import_map import TAG, line_of
from data_sources.import_rows import Cells
from data_sources.problems import ROOT, Problem, shown_path
from data_sources.sources import FILE, sources_of
from data_sources.supervise import how_ended
from data_sources.tabular import ROW
from data_sources.utility import Utility


def probe(utility: Utility, name: str) -> list[Problem]:
    """It doesn't answer, has not what its map expects, or gives what no column of its table can hold."""
    sources, file = sources_of(utility, name), utility.folder / FILE
    if not sources:
        return []  # nobody can ask it, its rows come by themselves
    command = [sys.executable, "-m", "data_sources.probe"]
    tags = utility.points.filter(source=name)["tag"].drop_nulls().to_list()
    asked = subprocess.run(command, input=pickle.dumps((sources, tags)), stdout=subprocess.PIPE, cwd=ROOT, check=False)
    found: list[Problem | str] = pickle.loads(asked.stdout) if asked.returncode == 0 else [how_ended(asked.returncode)]
    place = shown_path(file), line_of(file, name), name
    return list(dict.fromkeys(Problem(*place, one) if isinstance(one, str) else one for one in found))


def asked_of(source: Source, tags: Sequence[str]) -> list[Problem]:
    """What a source says is wrong; of a few of its rows, which columns are not of their table's type, and in a wide
    table which `tags` have none.
    """
    module = connector(source.settings.kind)
    problems = module.check(source)
    if problems or not hasattr(module, "sample"):
        return problems
    rows = module.sample(source)
    return misfits(source, rows) + without_column(source, rows, tags)


def without_column(source: Source, rows: pl.DataFrame, tags: Sequence[str]) -> list[Problem]:
    """The tags of a wide table that it has no column for."""
    if source.table != "reading" or source.map.shape != "wide" or not source.map.always_whole:
        return []
    missing = ", ".join(tag for tag in tags if tag not in rows.columns)
    if not missing:
        return []
    gives = ", ".join(rows.columns)
    return [source.map.problem("shape", f"no column for {missing}, tags of points.csv; the query gives {gives}")]


def misfits(source: Source, rows: pl.DataFrame) -> list[Problem]:
    """Columns of some rows, as the connector parses them, of which no cell can be read as what the table needs."""
    rows = rows if ROW in rows.columns else rows.with_row_index(ROW, offset=1)
    cells = Cells(source.map, source.timezone, rows, Path(source.name))
    types = {TAG: pl.String(), "value": pl.Float64()} | TABLES[source.table].columns
    problems = []
    for name in source.map.columns:
        value, reasons = cells.typed(name, types[name])
        why = next(filter(None, reasons), None)
        if why is not None and value.null_count() == len(value):
            problems.append(source.map.problem(f"columns.{name}", why.removeprefix(f"{name}: ")))
    return problems


def main() -> None:
    """Ask the sources that stand on stdin, pickled, with the tags of their points, and say on stdout, likewise, what is
    wrong: problems, or texts.
    """
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a driver prints is no answer
    found: list[Problem | str] = []
    sources, tags = pickle.load(sys.stdin.buffer)
    for source in sources:
        with killed_after(source.settings.timeout_s):
            try:
                found += asked_of(source, tags)
            except Exception as error:
                found.append(shown_error(error, [source]))
    answer.write(pickle.dumps(found))
    answer.close()


if __name__ == "__main__":
    main()
