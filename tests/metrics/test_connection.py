"""What the locked connection refuses, and what it must still do."""

import duckdb
import polars as pl
import pytest

from metrics.connection import fetch, locked_connection


@pytest.fixture
def files(tmp_path):
    for name in ("allowed", "other"):
        pl.DataFrame({"x": [1, 2]}).write_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


@pytest.fixture
def locked(files):
    with locked_connection([str(files / "allowed.parquet")]) as connection:
        yield connection


def test_reads_the_files_it_is_given(locked, files):
    allowed = files / "allowed.parquet"
    assert locked.execute(f"SELECT sum(x) FROM read_parquet('{allowed}')").fetchall() == [(3,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{folder}/other.parquet')",
        "SELECT * FROM read_parquet('{folder}/*.parquet')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('{folder}/*')",
        "COPY (SELECT 1 AS x) TO '{folder}/new.parquet' (FORMAT parquet)",
        "COPY (SELECT 1 AS x) TO '{folder}/allowed.parquet' (FORMAT parquet)",
        "ATTACH '{folder}/new.db' AS stolen",
        "EXPORT DATABASE '{folder}/export'",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_refuses_the_file_system(locked, files, sql):
    before = sorted(path.name for path in files.iterdir())
    with pytest.raises(duckdb.Error, match=r"(?i)permission|cannot access|disabled"):
        locked.execute(sql.format(folder=files)).fetchall()
    assert sorted(path.name for path in files.iterdir()) == before
    assert pl.read_parquet(files / "allowed.parquet")["x"].to_list() == [1, 2]


@pytest.mark.parametrize(
    "sql",
    [
        "SET TimeZone = 'Asia/Shanghai'",
        "RESET TimeZone",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "PRAGMA threads = 1",
    ],
)
def test_refuses_to_be_set(locked, sql):
    with pytest.raises(duckdb.Error, match=r"configuration has been locked|Cannot change configuration"):
        locked.execute(sql)


def test_a_cursor_is_as_locked_and_as_utc_as_its_connection(locked, files):
    cursor = locked.cursor()
    with pytest.raises(duckdb.Error, match=r"(?i)permission"):
        cursor.execute(f"SELECT * FROM read_parquet('{files}/other.parquet')").fetchall()
    assert cursor.execute("SELECT hour(TIMESTAMPTZ '2026-01-01T00:00:00+08:00')").fetchall() == [(16,)]


def test_with_no_files_not_even_writing_over_one_that_was_loaded_works(files):
    """A COPY past the temporary file would write over a file that may be read; so nothing may be read."""
    allowed = files / "allowed.parquet"
    with locked_connection(prepare=lambda c: c.execute(f"CREATE TABLE t AS FROM '{allowed}'")) as connection:
        assert connection.execute("SELECT sum(x) FROM t").fetchall() == [(3,)]
        with pytest.raises(duckdb.Error, match=r"(?i)permission"):
            connection.execute(f"COPY (SELECT 9 AS x) TO '{allowed}' (FORMAT parquet, USE_TMP_FILE false)")
    assert pl.read_parquet(allowed)["x"].to_list() == [1, 2]


def test_a_quote_in_a_path_stays_a_path(tmp_path):
    path = tmp_path / "it's.parquet"
    pl.DataFrame({"x": [7]}).write_parquet(path)
    with locked_connection([str(path)]) as connection:
        quoted = str(path).replace("'", "''")
        assert connection.execute(f"SELECT x FROM read_parquet('{quoted}')").fetchall() == [(7,)]


def test_instants_are_fetched_in_utc(locked):
    rows = fetch(locked, "SELECT TIMESTAMPTZ '2026-01-01T08:00:00+08:00' AS at")
    assert rows.schema["at"] == pl.Datetime("us", "UTC")
    assert rows["at"][0].hour == 0
