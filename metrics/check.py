"""`metrics check`: every catalogue file read, its SQL held to the rules and compiled, its examples run."""

import re

import duckdb

from data_sources.problems import Problem, shown_path
from data_sources.utility import Utility
from metrics.catalogue import SHIPPED, Indicator, load_catalogue
from metrics.examples import locked_memory, run_examples
from metrics.limits import limit_problems, resolve_limits, shipped_limits
from metrics.result import result_problems
from metrics.sql_rules import check_sql
from metrics.view_columns import VIEW_COLUMNS

_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)


def check_catalogue(utility: Utility) -> list[Problem]:
    """All that is wrong with the shipped and the utility's own indicators and with the limits; [] where all is well."""
    catalogue = load_catalogue(utility)
    problems = [*limit_problems(utility), *catalogue.problems]
    for indicator in catalogue.indicators.values():
        problems += check_indicator(indicator, utility)
    return sorted(problems)


def check_indicator(indicator: Indicator, utility: Utility) -> list[Problem]:
    """What is wrong with one file that could be read: the rules for SQL, then its columns, then its examples.

    The examples of a shipped file are judged by the shipped limits, those of the utility's own by the utility's.
    """
    shipped = shown_path(SHIPPED / indicator.module / f"{indicator.id}.sql") == indicator.file
    limits = shipped_limits() if shipped else resolve_limits(utility)
    broken = [Problem(indicator.file, indicator.sql_line, "", message) for message in check_sql(indicator.sql)]
    return broken or compile_problems(indicator) or run_examples(indicator, limits)


def compile_problems(indicator: Indicator) -> list[Problem]:
    """What DuckDB says of the SELECT over empty views, at its line, or which columns break the contract."""
    with locked_memory() as connection:
        for name, columns in VIEW_COLUMNS.items():
            fields = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            connection.execute(f'CREATE TABLE "{name}" ({fields})')
        try:
            described = connection.execute(f"DESCRIBE {indicator.sql}").fetchall()
        except duckdb.Error as error:
            return [_compile_problem(indicator, str(error))]
    columns = {str(row[0]): str(row[1]) for row in described}
    return [Problem(indicator.file, indicator.sql_line, "", message) for message in result_problems(columns)]


def _compile_problem(indicator: Indicator, message: str) -> Problem:
    place = _LINE.search(message)
    line = indicator.sql_line + (int(place[1]) - 1 if place else 0)
    return Problem(indicator.file, line, "", message.splitlines()[0])
