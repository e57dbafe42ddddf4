"""The rows behind a number: an indicator's SELECT turned into the rows that its last aggregation adds up.

Derived from the SQL itself, so it holds for every indicator, a utility's own ones too. Each row says what it adds to
numerator and denominator, where that can be said of a single row, and whether it counts against the indicator.
"""

from functools import lru_cache

from sqlglot import exp

from metrics.sql_rules import parse

SPAN = "span"


@lru_cache(maxsize=128)
def evidence_sql(sql: str, unit: str, direction: str) -> str:
    """A SELECT of the rows behind a catalogue SELECT, from the same views.

    Its columns: period, site_id, adds_numerator, adds_denominator (NULL where a row's share can't be told),
    counts_against (boolean; NULL where no single row is good or bad), then the columns of what it reads last.
    Raises ValueError where `sql` doesn't parse.
    """
    tree = parse(sql)
    parts = {one.alias_or_name: _bare(one) for one in tree.expressions}
    flat = tree.copy()
    for clause in ("group", "having", "order", "limit", "distinct"):
        flat.set(clause, None)
    grouped = tree.args.get("group") is not None
    adds = {name: _share(parts[name], grouped) for name in ("numerator", "denominator")}
    own: list[exp.Expr] = [exp.alias_(parts[name].copy(), name) for name in ("period", "site_id")]
    own += [exp.alias_(adds[name] or exp.null(), f"adds_{name}") for name in ("numerator", "denominator")]
    own.append(exp.alias_(_against(parts, adds, unit, direction), "counts_against"))
    own += [exp.Column(this=exp.Star(), table=exp.to_identifier(source)) for source in _sources(tree)]
    flat.set("expressions", own)
    # around it, DuckDB gives columns of one name a number each
    return exp.select("*").from_(flat.subquery("evidence")).sql(dialect="duckdb")


def _bare(projection: exp.Expr) -> exp.Expr:
    return projection.this if isinstance(projection, exp.Alias) else projection


def _sources(tree: exp.Select) -> list[str]:
    """The relations of FROM and JOIN, without span, whose columns are the same for all rows."""
    first = tree.args.get("from_") or tree.args.get("from")
    tables = [first.this, *(join.this for join in tree.args.get("joins", []))] if first is not None else []
    return [table.alias_or_name for table in tables if table.name != SPAN]


def _share(whole: exp.Expr, grouped: bool) -> exp.Expr | None:
    """What one row adds: the expression with its only aggregate replaced by the row's part; None where it has none.

    Without groups each row is one already: the expression itself. What is chosen by an aggregate has no parts.
    """
    if not grouped:
        return whole.copy()
    found = list(whole.find_all(exp.AggFunc))
    if len(found) != 1 or found[0].find_ancestor(exp.Case):
        return None
    part = _part(found[0])
    if part is None:
        return None
    copied = whole.copy()
    again = next(copied.find_all(exp.AggFunc))
    outer = again.parent if isinstance(again.parent, exp.Filter) else again
    if outer is copied:
        return part
    outer.replace(exp.paren(part))
    return copied


def _part(aggregate: exp.AggFunc) -> exp.Expr | None:
    """What one row adds to sum or count, under the aggregate's FILTER; None for any other aggregate."""
    counted = isinstance(aggregate, exp.Count)
    if not counted and not isinstance(aggregate, exp.Sum):
        return None
    if isinstance(aggregate.this, exp.Distinct):
        return None
    condition = aggregate.parent.expression.this.copy() if isinstance(aggregate.parent, exp.Filter) else None
    if counted and not isinstance(aggregate.this, exp.Star):
        there = exp.Not(this=exp.Is(this=exp.paren(aggregate.this.copy()), expression=exp.null()))
        condition = there if condition is None else exp.and_(condition, there)
    value = exp.Literal.number(1) if counted else aggregate.this.copy()
    if condition is None:
        return value
    return exp.Case(ifs=[exp.If(this=condition, true=value)], default=exp.Literal.number(0))


def _against(parts: dict[str, exp.Expr], adds: dict[str, exp.Expr | None], unit: str, direction: str) -> exp.Expr:
    """Whether a row counts against the indicator: a flag the SELECT asks of any row, a share that is not whole."""
    flags = [
        flag.this.copy()
        for name in ("numerator", "floor_state")
        for flag in (parts[name].find_all(exp.LogicalOr) if name in parts else [])
    ]
    numerator, denominator = adds["numerator"], adds["denominator"]
    if direction == "up" and unit == "%" and numerator is not None and denominator is not None:
        flags.append(exp.LT(this=exp.paren(numerator.copy()), expression=exp.paren(denominator.copy())))
    if direction == "down" and numerator is not None and isinstance(parts["denominator"], exp.Null):
        flags.append(exp.GT(this=exp.paren(numerator.copy()), expression=exp.Literal.number(0)))
    if not flags:
        return exp.null()
    return exp.func("COALESCE", exp.or_(*flags), exp.false())
