"""Wrong versions of a SELECT, as people write them: a filter forgotten, no denominator, a mean of rates, > for >=."""

from collections.abc import Callable, Iterator

from sqlglot import exp

from metrics.sql_rules import parse

_OTHER_SIDE: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT}


def mutants(sql: str) -> Iterator[tuple[str, str]]:
    """Every wrong version that the examples of a file must notice: what was done to it, and its SQL."""
    yield from dropped_filters(sql)
    yield from moved_bounds(sql)
    if not is_count(sql):
        yield "without denominator", dropped_denominator(sql)
    else:
        yield "with a denominator", doubled_denominator(sql)
    if not has_only_a_headline(sql) and not is_count(sql):
        yield "mean of rates", mean_of_rates(sql)


def dropped_filters(sql: str) -> Iterator[tuple[str, str]]:
    """The SELECT without one of its conditions, for each condition of every ON, WHERE, HAVING, FILTER and WHEN."""
    yield from _replaced(sql, _conditions, "without", lambda condition: exp.true())


def moved_bounds(sql: str) -> Iterator[tuple[str, str]]:
    """The SELECT with > for >=, >= for >, < for <= or <= for <, for each comparison in it."""

    def comparisons(tree: exp.Expr) -> Iterator[exp.Expr]:
        return tree.find_all(*_OTHER_SIDE)

    yield from _replaced(sql, comparisons, "bound moved in", lambda one: _OTHER_SIDE[type(one)](**one.args))


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


def is_count(sql: str) -> bool:
    """Whether the SELECT has no denominator, so that numerators are summed."""
    return isinstance(_column(sql, "denominator"), exp.Null)


def has_only_a_headline(sql: str) -> bool:
    """Whether its only row a period is the headline's own."""
    site_id = _column(sql, "site_id")
    return isinstance(site_id, exp.Literal) and site_id.name == ""


def _column(sql: str, name: str) -> exp.Expr:
    return next(column.unalias() for column in parse(sql).selects if column.alias_or_name == name)


def _replaced(
    sql: str,
    places: Callable[[exp.Expr], Iterator[exp.Expr]],
    what: str,
    other: Callable[[exp.Expr], exp.Expr],
) -> Iterator[tuple[str, str]]:
    """The SELECT with one of its places changed, for each of them in turn; names carry a number where they repeat."""
    found = [place.sql(dialect="duckdb") for place in places(parse(sql))]
    for number, text in enumerate(found):
        tree = parse(sql)
        place = list(places(tree))[number]
        place.replace(other(place.copy()))
        nth = f" ({found[: number + 1].count(text)})" if found.count(text) > 1 else ""
        yield f"{what} {text}{nth}", tree.sql(dialect="duckdb")


def _conditions(tree: exp.Expr) -> Iterator[exp.Expr]:
    for node in tree.walk():
        place = None
        if isinstance(node, exp.Join):
            place = node.args.get("on")
        elif isinstance(node, exp.Where | exp.Having | exp.If):
            place = node.this
        if place is not None:
            yield from place.flatten() if isinstance(place, exp.And) else [place]
