"""Wrong versions of a SELECT, of the kinds people write: a filter forgotten, no denominator, a mean of rates."""

from collections.abc import Iterator

from sqlglot import exp

from metrics.sql_rules import parse


def dropped_filters(sql: str) -> Iterator[tuple[str, str]]:
    """The SELECT without one of its conditions, for each condition of every ON, WHERE, HAVING, FILTER and WHEN."""
    count = len(list(_conditions(parse(sql))))
    for number in range(count):
        tree = parse(sql)
        condition = list(_conditions(tree))[number]
        name = condition.sql(dialect="duckdb")
        condition.replace(exp.true())
        yield f"{number} without {name}", tree.sql(dialect="duckdb")


def dropped_denominator(sql: str) -> str:
    """The SELECT with nothing to divide by (the sum of numerators instead of a ratio)."""
    return f"SELECT * EXCLUDE (denominator), NULL AS denominator FROM ({sql})"


def doubled_denominator(sql: str) -> str:
    """The SELECT of an indicator that is a count, with a denominator it must not have."""
    return f"SELECT * EXCLUDE (denominator), 2 AS denominator FROM ({sql})"


def mean_of_rates(sql: str) -> str:
    """The SELECT whose headline is the mean of the rows' own rates."""
    return f"""
        SELECT
            period, '' AS site_id, avg(CASE WHEN denominator <> 0 THEN numerator / denominator END) AS numerator,
            1 AS denominator, sum(valid) AS valid, sum(expected) AS expected
        FROM ({sql}) GROUP BY ALL
    """


def _conditions(tree: exp.Expr) -> Iterator[exp.Expr]:
    for node in tree.walk():
        place = None
        if isinstance(node, exp.Join):
            place = node.args.get("on")
        elif isinstance(node, exp.Where | exp.Having | exp.If):
            place = node.this
        if place is not None:
            yield from place.flatten() if isinstance(place, exp.And) else [place]
