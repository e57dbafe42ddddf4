"""Which points a SELECT reads, told from its conditions on points, sites and machines."""

from collections.abc import Iterator

import duckdb
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from data_sources.utility import Utility
from metrics.sql_rules import parse
from metrics.view_columns import FILE_VIEWS, VIEW_COLUMNS

_ELECTRICITY = "quantity IN ('energy', 'power')"
_OF_POINTS = {
    "points": "", "hourly": "", "daily": "", "latest": "", "energy_points": _ELECTRICITY, "site_energy": _ELECTRICITY,
}  # fmt: skip
"""Views with a row a point, and what narrows their points further."""
_OF_FILES = ("sites", "machines", "groups")
_VALUES = ("mean", "min", "max", "last", "amount", "value", "kwh", "covered_s")
"""Columns that make reading a mart a use of its points; who asks it for hours only, asks it the time."""


def points_read(sql: str, utility: Utility) -> frozenset[str]:
    """Ids of the utility's points that a catalogue SELECT can take a value from.

    Conditions that stand on points, sites, machines and groups alone are run against the utility's files; conditions
    on times and values choose rows, not points. Raises ValueError where the SQL does not parse.
    """
    found: set[str] = set()
    with duckdb.connect(":memory:") as connection:
        for view in ("points", *_OF_FILES):
            connection.register(view, _frame(view, utility))
        for query in _point_queries(sql):
            found.update(point_id for (point_id,) in connection.sql(query).fetchall())
    return frozenset(found)


def parameters_read(sql: str) -> frozenset[str]:
    """Subjects of the parameters that a SELECT names."""
    equalities = _qualified(sql).find_all(exp.EQ)
    return frozenset(
        one.expression.name
        for one in equalities
        if isinstance(one.this, exp.Column) and one.this.name == "subject" and one.expression.is_string
    )


def _frame(view: str, utility: Utility) -> object:
    frame = getattr(utility, view)
    if view == "points":
        kinds = utility.groups.select("group_id", "site_id", group_kind="kind")
        sites = utility.sites.select("site_id", site_kind="kind")
        frame = frame.join(kinds, on="group_id", how="left").join(sites, on="site_id", how="left")
    return frame.select(list(FILE_VIEWS[view])).to_arrow()


def _qualified(sql: str) -> exp.Expr:
    return qualify(
        parse(sql),
        schema=MappingSchema({**VIEW_COLUMNS}, dialect="duckdb"),
        dialect="duckdb",
        quote_identifiers=False,
        validate_qualify_columns=False,
    )


def _point_queries(sql: str) -> Iterator[str]:
    for select in _qualified(sql).find_all(exp.Select):
        tables = {table.alias_or_name: table for table in _direct_tables(select)}
        files = {alias for alias, table in tables.items() if table.name in (*_OF_POINTS, *_OF_FILES)}
        conditions = list(_conditions(select))
        for alias, table in tables.items():
            given = _is_given(alias, table.name, conditions, files, tables)
            if table.name in _OF_POINTS and _is_used(alias, table.name, select) and not given:
                yield _query(alias, files, tables, conditions)


def _is_used(alias: str, view: str, select: exp.Select) -> bool:
    return view == "points" or any(
        column.table == alias and column.name in _VALUES for column in select.find_all(exp.Column)
    )


def _direct_tables(select: exp.Select) -> Iterator[exp.Table]:
    sources = [select.args.get("from_") or select.args.get("from"), *select.args.get("joins", [])]
    yield from (source.this for source in sources if source is not None and isinstance(source.this, exp.Table))


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    where = select.args.get("where")
    wholes = [where.this if where else None, *(join.args.get("on") for join in select.args.get("joins", []))]
    for whole in wholes:
        if whole is not None:
            yield from whole.flatten() if isinstance(whole, exp.And) else [whole]


def _is_given(alias: str, view: str, conditions: list[exp.Expr], files: set[str], tables: dict[str, exp.Table]) -> bool:
    """Whether another relation, whose own points are counted where it is made, already says which points these are."""
    key = "site_id" if view == "site_energy" else "point_id"
    for one in conditions:
        columns = list(one.find_all(exp.Column))
        if isinstance(one, exp.EQ) and len(columns) == 2 and {column.name for column in columns} == {key}:
            others = {column.table for column in columns} - {alias}
            if len(others) == 1 and (other := others.pop()) in tables and alias in {c.table for c in columns}:
                name = tables[other].name
                if name == "points" or (other not in files and name not in VIEW_COLUMNS):
                    return True
    return False


def _query(alias: str, files: set[str], tables: dict[str, exp.Table], conditions: list[exp.Expr]) -> str:
    def known(column: exp.Column) -> bool:
        view = tables[column.table].name
        return column.name in FILE_VIEWS["points" if view in _OF_POINTS else view]

    relations = ", ".join(
        f"{'points' if tables[name].name in _OF_POINTS else tables[name].name} AS {name}" for name in sorted(files)
    )
    narrowing = [f"{alias}.{extra}" for extra in [_OF_POINTS[tables[alias].name]] if extra]
    for one in conditions:
        columns = list(one.find_all(exp.Column))
        if columns and all(column.table in files and known(column) for column in columns) and not one.find(exp.Select):
            narrowing.append(f"({one.sql(dialect='duckdb')})")
    where = " AND ".join(narrowing) or "true"
    return f"SELECT DISTINCT {alias}.point_id FROM {relations} WHERE {where}"  # noqa: S608 — from SQL already checked
