"""What catalogue SQL may say: one SELECT over the known views, in the words that DuckDB and Spark share.

`relations` and `check_sql` read the tree that sqlglot makes of it; nothing is run.
"""

from collections.abc import Iterator
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from metrics.view_columns import VIEW_COLUMNS

FUNCTIONS: frozenset[type[exp.Expr]] = frozenset(
    {
        # totals of a group
        exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.AnyValue, exp.ArgMax, exp.ArgMin, exp.Median,
        exp.LogicalAnd, exp.LogicalOr,
        # along a window
        exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue,
        # numbers
        exp.Abs, exp.Ceil, exp.Floor, exp.Sqrt, exp.Exp, exp.Ln, exp.Pow, exp.Greatest, exp.Least,
        # nothing, choice, type
        exp.Coalesce, exp.Nullif, exp.Case, exp.If, exp.Cast, exp.Exists, exp.And, exp.Or,
        # text
        exp.Lower, exp.Upper, exp.Trim, exp.Concat, exp.SplitPart,
    }
)  # fmt: skip
"""Functions that DuckDB and Spark both have with one meaning, as sqlglot names them. Rounding is not among them: the
engine keeps full numbers and the screen rounds. max_by and min_by need a FILTER where the value may be null."""

TYPES = frozenset(
    exp.DataType.Type[name]
    for name in ("BOOLEAN", "INT", "BIGINT", "DOUBLE", "DECIMAL", "VARCHAR", "TEXT", "DATE", "TIMESTAMPTZ")
)

WORDS: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit,
        exp.With, exp.CTE, exp.Subquery, exp.Union, exp.Except, exp.Intersect, exp.Distinct,
        exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star,
        exp.Literal, exp.Boolean, exp.Null, exp.Interval, exp.Var, exp.DataType, exp.DataTypeParam,
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Paren, exp.Not, exp.IgnoreNulls,
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ,
        exp.In, exp.Between, exp.Like, exp.Filter, exp.Window, exp.WindowSpec,
    }
)  # fmt: skip
"""All else that may stand in the tree; what neither list names is refused."""

_INSTEAD: dict[type[exp.Expr], str] = {
    exp.Unnest: "a table function, read the views",
    exp.Explode: "a table function, read the views",
    exp.Qualify: "Spark has none, filter around it",
    exp.AtTimeZone: "the views already know the utility's days and hours",
    exp.IntDiv: "integer division means two things",
    exp.Values: "rows belong into the utility's files",
    exp.Round: "the engine keeps full numbers, the screen rounds",
}


def parse(sql: str) -> exp.Select:
    """The tree of one SELECT. Raises ValueError with what was found instead."""
    try:
        statements = [statement for statement in sqlglot.parse(sql, read="duckdb") if statement is not None]
    except (ParseError, TokenError) as error:
        raise ValueError(f"not SQL: {_first_line(error)}") from error
    if len(statements) != 1:
        raise ValueError(f"exactly one SELECT is wanted, this has {len(statements)} statements")
    (statement,) = statements
    if not isinstance(statement, exp.Select):
        raise ValueError(f"exactly one SELECT is wanted, this is {statement.key.upper()}")
    return statement


@lru_cache(maxsize=1024)
def relations(sql: str) -> frozenset[str]:
    """The views a SELECT reads, without the names that its own WITH gives. Raises ValueError where it doesn't parse."""
    tree = parse(sql)
    return frozenset(table.name.lower() for table in _tables(tree))


def check_sql(sql: str) -> list[str]:
    """All that is wrong with a catalogue file's SQL, each thing in words; [] where it may run."""
    try:
        tree = parse(sql)
    except ValueError as error:
        return [str(error)]
    return [*dict.fromkeys([*_bad_relations(tree), *_bad_words(tree), *_bad_functions(tree), *_bad_types(tree)])]


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].replace("\x1b[4m", "").replace("\x1b[0m", "")


def _own_names(tree: exp.Expr) -> set[str]:
    return {cte.alias.lower() for cte in tree.find_all(exp.CTE)}


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    own = _own_names(tree)
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db or table.name.lower() not in own:
            yield table


def _bad_relations(tree: exp.Select) -> Iterator[str]:
    for name in _own_names(tree) & VIEW_COLUMNS.keys():
        yield f"WITH {name}: that is the name of a view"
    for table in _tables(tree):
        if not isinstance(table.this, exp.Identifier):
            yield f"{table.this.sql(dialect='duckdb')}: no table functions, only the views"
        elif table.db or table.catalog:
            yield f"{table.sql(dialect='duckdb')}: a view has no schema before it"
        elif table.name.lower() not in VIEW_COLUMNS:
            yield f"{table.name}: no such view; there are {', '.join(sorted(VIEW_COLUMNS))}"


def _bad_words(tree: exp.Select) -> Iterator[str]:
    for node in tree.walk():
        if isinstance(node, exp.Join) and (node.method or node.kind in ("SEMI", "ANTI", "LATERAL")):
            yield f"{node.method or node.kind} JOIN is not allowed"
        elif isinstance(node, exp.With) and node.recursive:
            yield "WITH RECURSIVE is not allowed"
        elif isinstance(node, exp.Distinct) and node.args.get("on"):
            yield "DISTINCT ON is not allowed (Spark has none)"
        elif isinstance(node, exp.Star) and any(node.args.get(name) for name in ("except_", "replace", "rename")):
            yield "* EXCLUDE, REPLACE and RENAME are not allowed, name the columns"
        elif not isinstance(node, exp.Func) and type(node) not in WORDS:
            yield f"{node.key.upper()} is not allowed{_instead(node)}"


def _bad_functions(tree: exp.Select) -> Iterator[str]:
    for node in tree.find_all(exp.Func):
        if type(node) not in FUNCTIONS | WORDS and not isinstance(node.parent, exp.Table):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name().lower()
            yield f"{name}(): not a function that DuckDB and Spark share with one meaning{_instead(node)}"


def _instead(node: exp.Expr) -> str:
    return f" ({_INSTEAD[type(node)]})" if type(node) in _INSTEAD else ""


def _bad_types(tree: exp.Select) -> Iterator[str]:
    for cast in tree.find_all(exp.Cast):
        if cast.to.this not in TYPES:
            yield f"a cast to {cast.to.sql(dialect='duckdb')} is not allowed"
