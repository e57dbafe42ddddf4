"""Limits and thresholds as data: the standards that ship with the product, and what a utility puts in their place."""

from pathlib import Path

import polars as pl

from data_sources.load import read_limits
from data_sources.problems import BadInput, Problem
from data_sources.utility import Utility
from metrics.catalogue import load_catalogue

SHIPPED = Path(__file__).parent / "limits.csv"
REPLACED_BY = ("subject", "medium", "kind")
"""A utility's rows for one such triple replace all shipped rows of it."""


def shipped_limits() -> pl.DataFrame:
    """The rows of metrics/limits.csv: the columns of limits.csv, `line` and `origin`. Raises BadInput where broken."""
    problems: list[Problem] = []
    rows = read_limits(SHIPPED, problems)
    if problems:
        raise BadInput(problems)
    return rows.with_columns(origin=pl.lit("shipped"))


def resolve_limits(utility: Utility) -> pl.DataFrame:
    """The rows that hold for a utility: its own, and the shipped ones that it does not replace.

    Columns of limits.csv, `line` (in its file) and `origin` (shipped or utility).
    """
    own = utility.limits.with_columns(origin=pl.lit("utility"))
    kept = shipped_limits().join(own, on=REPLACED_BY, how="anti", nulls_equal=True)
    return pl.concat([kept, own.select(kept.columns)])


def limit_problems(utility: Utility) -> list[Problem]:
    """What is wrong with the shipped limits, and subjects of the utility's own that no indicator has."""
    ids = load_catalogue(utility).indicators.keys()
    problems: list[Problem] = []
    read_limits(SHIPPED, problems, ids)
    path = utility.folder / "limits.csv"
    if path.exists():
        read_limits(path, problems, ids)
    return problems
