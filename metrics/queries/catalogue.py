"""What the page of the catalogue asks: every indicator with what it stands on, its examples run, a draft tried out."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from data_sources.problems import Problem, shown_path
from data_sources.settings import ROOT
from data_sources.utility import Utility
from metrics.board_times import data_times
from metrics.catalogue import SHIPPED, Indicator, read_indicator
from metrics.check import check_indicator
from metrics.engine import Engine
from metrics.judge import Judged
from metrics.lineage import tables_read
from metrics.moment_queries import ask
from metrics.queries.indicator import inputs, limits, points_of
from metrics.spans import newest_span
from metrics.sql_rules import check_sql, relations
from metrics.view_columns import SPAN_VIEWS

_LISTED = {
    "id": pl.String(),
    "module": pl.String(),
    "tile": pl.Int64(),
    "unit": pl.String(),
    "file": pl.String(),
    "shipped": pl.Boolean(),
    "examples": pl.Int64(),
    "points": pl.Int64(),
    "tables": pl.List(pl.String()),
}
VERDICT = {
    "id": pl.String(),
    "state": pl.String(),
    "reason": pl.String(),
    "value": pl.Float64(),
    "validity": pl.Float64(),
    "newest": pl.Datetime("us", "UTC"),
}
"""What is said of an indicator at a moment."""
_CHECKED: dict[tuple[str, Path], tuple[Problem, ...]] = {}
"""What the check said of a version of a file; there are few, and it takes a third of a second."""
_PLACE = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Draft:
    """A file under work, tried at a moment: what is wrong with it, and what it says where its SELECT runs.

    `rows` are those of its SELECT (the contract's columns).
    """

    problems: tuple[Problem, ...]
    indicator: Indicator | None = None
    judged: Judged | None = None
    rows: pl.DataFrame | None = None


@dataclass(frozen=True)
class Detail:
    """One indicator: its file's text as it is now, what it reads (`inputs`, `views`), the limits that judge it."""

    indicator: Indicator
    text: str
    inputs: pl.DataFrame
    views: tuple[str, ...]
    limits: pl.DataFrame


def listing(engine: Engine, _as_of: datetime) -> pl.DataFrame:
    """Every indicator in the board's order.

    Columns id, module, tile, unit, file, shipped (came with the product), examples (how many), points and tables that
    it reads.
    """
    rows = [
        {
            "id": one.id,
            "module": one.module,
            "tile": one.tile,
            "unit": one.unit,
            "file": one.file,
            "shipped": file_of(one).is_relative_to(SHIPPED),
            "examples": len(one.examples),
            "points": len(points_of(engine, one.id)),
            "tables": sorted(tables_read(one.sql)),
        }
        for one in engine.catalogue.indicators.values()
    ]
    return pl.DataFrame(rows, schema=_LISTED)


def verdicts(engine: Engine, as_of: datetime, ids: tuple[str, ...]) -> pl.DataFrame:
    """What these indicators say at `as_of`: columns of VERDICT, newest being the time of the newest data behind it."""
    judged = engine.evaluate(as_of, ids)
    points = {id_: points_of(engine, id_) for id_ in ids}
    newest = data_times(engine, judged, points, ask(engine, as_of, ["freshness"])["freshness"], as_of)
    rows = [
        (id_, one.state, one.reason, one.value, one.validity, newest[id_]) for id_, one in judged.items() if id_ in ids
    ]
    return pl.DataFrame(rows, schema=VERDICT, orient="row")


def problems_of(engine: Engine, _as_of: datetime) -> tuple[Problem, ...]:
    """What is wrong with the catalogue's files now; each goes on by its last good version, where it has one."""
    return tuple(engine.catalogue.problems)


def examples_of(indicator: Indicator, utility: Utility) -> tuple[Problem, ...]:
    """An indicator's rules, columns and examples run as `metrics check` does; () where all pass."""
    key = indicator.model_dump_json(), utility.folder
    if key not in _CHECKED:
        _CHECKED[key] = tuple(check_indicator(indicator, utility))
    return _CHECKED[key]


def detail(engine: Engine, as_of: datetime, indicator_id: str) -> Detail:
    """One indicator's file and what it stands on at `as_of`. Raises KeyError where there is no such indicator."""
    indicator = engine.catalogue.indicators[indicator_id]
    path = file_of(indicator)
    return Detail(
        indicator=indicator,
        text=path.read_text(encoding="utf-8", errors="replace") if path.exists() else "",
        inputs=inputs(engine, indicator_id, as_of),
        views=tuple(sorted(relations(indicator.sql) - SPAN_VIEWS.keys())),
        limits=limits(engine, indicator_id, newest_span(indicator, engine.utility, as_of).last_day),
    )


def file_of(indicator: Indicator) -> Path:
    """Where an indicator's file stands."""
    return ROOT / indicator.file


def try_draft(engine: Engine, as_of: datetime, module: str, indicator_id: str, text: str) -> Draft:
    """Read, check and run a text as if it stood in `<module>/<indicator_id>.sql`; nothing is kept.

    A draft whose examples fail still says what it would show. Its SELECT runs where catalogue SQL runs: over views
    alone, in a connection that can read no file.
    """
    if not _PLACE.match(module) or not _PLACE.match(indicator_id):
        return Draft(
            (Problem(f"{module}/{indicator_id}", 0, "", "expected a module, and lower-case letters, digits, _"),)
        )
    with TemporaryDirectory() as folder:
        path = Path(folder) / module / f"{indicator_id}.sql"
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        indicator, problems = read_indicator(path)
        shown = {shown_path(path): f"{module}/{indicator_id}.sql"}
    if indicator is None or check_sql(indicator.sql):
        broken = problems if indicator is None else check_indicator(indicator, engine.utility)
        return Draft(_renamed(broken, shown), indicator)
    problems = check_indicator(indicator, engine.utility)
    span = newest_span(indicator, engine.utility, as_of)
    try:
        rows = engine.select(engine.views(as_of), indicator, [span])
    except (duckdb.Error, ValueError) as error:
        said = Problem(indicator.file, indicator.sql_line, "", str(error).splitlines()[0])
        return Draft(_renamed(problems or [said], shown), indicator)
    return Draft(_renamed(problems, shown), indicator, engine.judged(indicator, rows, span), rows)


def _renamed(problems: list[Problem], shown: dict[str, str]) -> tuple[Problem, ...]:
    """With the name that the draft will have, in place of where it lay for a moment."""
    return tuple(Problem(shown.get(one.file, one.file), one.line, one.column, one.message) for one in problems)
