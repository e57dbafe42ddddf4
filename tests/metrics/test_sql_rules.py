"""What catalogue SQL may say, and what is said of the rest."""

import pytest

from metrics.sql_rules import check_sql, parse, relations

GOOD = """
WITH hours AS (SELECT point_id, max(mean) FILTER (WHERE is_valid) AS top FROM hourly GROUP BY ALL)
SELECT span.period, sites.site_id || '/x' AS site_id, coalesce(hours.top, 0) AS numerator
FROM span
CROSS JOIN sites
LEFT JOIN hours ON hours.point_id = sites.site_id AND span.ends_at - INTERVAL '1' HOUR > span.starts_at
WHERE sites.kind IN ('works', 'wwtp') OR EXISTS (SELECT 1 FROM "call" WHERE call.channel LIKE 'hot%')
"""


def test_plain_sql_may_run():
    assert check_sql(GOOD) == []


def test_relations_are_the_views_without_its_own_names():
    assert relations(GOOD) == {"span", "sites", "hourly", "call"}
    assert relations("SELECT 1 FROM HOURLY") == {"hourly"}


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT 1 FROM span; SELECT 2 FROM span", "exactly one SELECT is wanted, this has 2 statements"),
        ("", "this has 0 statements"),
        ("DELETE FROM span", "exactly one SELECT is wanted, this is DELETE"),
        ("COPY (SELECT 1) TO 'x.csv'", "exactly one SELECT is wanted, this is COPY"),
        ("ATTACH 'x.db'", "exactly one SELECT is wanted, this is ATTACH"),
        ("SELECT FROM WHERE (", "not SQL"),
        ("SELECT * FROM nowhere", "nowhere: no such view; there are act"),
        ("SELECT * FROM main.span", "a view has no schema before it"),
        ("SELECT * FROM read_csv('/etc/passwd')", "no table functions, only the views"),
        ("SELECT * FROM 'file.parquet'", "file.parquet"),
        ("WITH span AS (SELECT 1) SELECT * FROM span", "WITH span: that is the name of a view"),
        ("WITH RECURSIVE a AS (SELECT 1 FROM span) SELECT * FROM a", "WITH RECURSIVE is not allowed"),
        ("SELECT * FROM span ASOF JOIN latest ON span.starts_at >= latest.ts", "ASOF JOIN is not allowed"),
        ("SELECT * FROM span SEMI JOIN sites ON TRUE", "SEMI JOIN is not allowed"),
        ("SELECT DISTINCT ON (period) * FROM span", "DISTINCT ON is not allowed"),
        ("SELECT * EXCLUDE (period) FROM span", "* EXCLUDE, REPLACE and RENAME are not allowed"),
        ("SELECT unnest([1, 2]) FROM span", "a table function, read the views"),
        ("SELECT period FROM span QUALIFY row_number() OVER () = 1", "Spark has none, filter around it"),
        ("SELECT starts_at AT TIME ZONE 'UTC' FROM span", "the views already know the utility's days and hours"),
        ("SELECT hours // 2 FROM span", "integer division means two things"),
        ("SELECT round(hours, 1) FROM span", "the engine keeps full numbers, the screen rounds"),
        ("SELECT now() FROM span", "not a function that DuckDB and Spark share"),
        ("SELECT getenv('HOME') FROM span", "getenv(): not a function"),
        ("SELECT date_trunc('day', starts_at) FROM span", "not a function that DuckDB and Spark share"),
        ("SELECT CAST(hours AS BLOB) FROM span", "is not allowed"),
        ("SELECT * FROM (VALUES (1)) AS t", "VALUES is not allowed"),
    ],
)
def test_what_may_not_run_is_named(sql, says):
    assert any(says in problem for problem in check_sql(sql)), check_sql(sql)


def test_everything_wrong_is_told_at_once_and_once():
    problems = check_sql("SELECT round(now()), round(hours) FROM nowhere, elsewhere")
    assert sum("round" in problem for problem in problems) == 1
    assert sum("no such view" in problem for problem in problems) == 2
    assert any("now" in problem or "current_timestamp" in problem for problem in problems)


def test_what_does_not_parse_raises():
    with pytest.raises(ValueError, match="not SQL"):
        relations("SELECT FROM WHERE (")
    with pytest.raises(ValueError, match="this is INSERT"):
        parse("INSERT INTO span SELECT 1")
