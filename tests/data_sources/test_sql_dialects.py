"""What the SQL connector says to other databases: only that it is theirs, and which tables of a query it knows."""

import tomllib

import pytest
import sqlglot
from sqlalchemy import create_engine, text

from data_sources import sql
from data_sources.contracts import TABLES
from data_sources.map_checks import checked_map
from data_sources.sources import READY_MADE

SHIPPED = sorted(READY_MADE.glob("*.toml"))
DIALECTS = {
    "postgresql+psycopg2://u@h/d": "postgres",
    "mssql+pymssql://u@h/d": "tsql",
    "dm+dmPython://u@h:5236": "oracle",
    "opengauss+psycopg2://u@h/d": "postgres",
    "taosws://u@h:6041/d": "",
}


@pytest.mark.parametrize("url", DIALECTS)
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_ready_made_queries_compile_in_every_dialect(path, url):
    dialect = create_engine(url).dialect
    query = tomllib.loads(path.read_text(encoding="utf-8"))["query"]
    compiled = str(text(query).compile(dialect=dialect))
    assert ":since" not in compiled
    if url.startswith("mssql") or not path.stem.startswith("u8"):
        assert len(sqlglot.parse(query, dialect=DIALECTS[url])) == 1


def test_kingbase_by_its_own_driver():
    assert create_engine("postgresql+psycopg2://u@h/d", module=__import__("ksycopg2")).dialect.dbapi.paramstyle


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_ready_made_maps_fit_their_tables_and_queries(path):
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    how = checked_map(sql.Map, content | {"source": "x"}, path, "", content["table"])
    given = sqlglot.parse_one(how.query, dialect="tsql").named_selects
    assert {column.column for column in how.columns.values() if column.column} <= set(given)
    assert how.watermark is None or how.watermark in given
    required = {name for name, column in TABLES[how.table].schema.columns().items() if not column.nullable}
    assert required <= set(how.columns)


@pytest.mark.parametrize(
    ("query", "dialect", "used"),
    [
        ("WITH x AS (SELECT a, b FROM t) SELECT a FROM x WHERE a > :since", "postgresql", {"t": ["a", "b"]}),
        ("SELECT TOP 9 a FROM dbo.t WITH (NOLOCK) WHERE a > :since", "mssql", {"dbo.t WITH (NOLOCK)": ["a"]}),
        ("SELECT a FROM history(:since)", "postgresql", {}),
        ("SELECT ts, value FROM OPENQUERY(HIST, 'SELECT 1') WHERE ts > :since", "mssql", {}),
        ("SELECT _wstart, avg(v) FROM meters WHERE ts > :since PARTITION BY tbname INTERVAL(1m)", "taosws", {}),
        ("EXEC dbo.usp_readings :since", "mssql", {}),
    ],
)
def test_the_tables_of_a_query_and_what_only_its_database_can_read(query, dialect, used):
    assert sql.columns_used(query, dialect) == used
