"""`check --source` against real servers: one clear line for whatever is wrong with a source."""

import socket

import pytest
from sqlalchemy import text

from data_sources.load import check_utility, load_utility
from data_sources.probe import probe
from tests.small_utility import write_small_utility

SOURCES = """
[scada]
kind = "sql"
url = "{url}"
timeout_s = {timeout_s}
[scada.map]
table = "reading"
query = "SELECT tag, ts, value FROM history WHERE number > :since ORDER BY number"
watermark = "number"
start = 0
columns = {{ tag = "tag", ts = "ts", value = "value" }}

[hotline]
kind = "import"
[lab]
kind = "import"
"""


@pytest.fixture
def folder(tmp_path):
    return write_small_utility(tmp_path / "tiny")


def said(folder, url, old="", new="", timeout_s=30):
    """What is wrong with the source, without the file's name."""
    path = folder / "sources.toml"
    path.write_text(SOURCES.format(url=url, timeout_s=timeout_s).replace(old, new), encoding="utf-8")
    return [str(one).removeprefix(str(path)) for one in probe(load_utility(folder), "scada")]


@pytest.fixture
def url(database):
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE history (number int, tag text, ts timestamptz, value text)"))
        connection.execute(text("INSERT INTO history VALUES (1, 'W1_FLOW', now(), '812.5'), (2, 'N_P', now(), 'bad')"))
    return database.url.render_as_string(hide_password=False)


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("tag, ts, value FROM", "tag, ts, number, value FROM", []),
        ("FROM history", "FROM log",
         [':8: scada.map.query: log can\'t be asked: relation "log" does not exist; '
          "the query takes tag, ts, value, number from it"]),
        ("ts, value FROM", "ts, val AS value FROM",
         [":8: scada.map.query: history has no column val; it has number, tag, ts, value"]),
        ("ts, value FROM", "ts, number, value AS val FROM",
         [":11: scada.map.columns.value: the query gives no column 'value'; it gives tag, ts, number, val"]),
        ("ts, value FROM", "number, number AS ts, value FROM",
         [":11: scada.map.columns.ts: expected a time, found '1'"]),
        ("ts, value FROM", "ts, number, ts AS value FROM",
         [":11: scada.map.columns.value: expected a number, found '"]),
        ("tag, ts, value FROM", "number, value AS tag, ts, tag AS value FROM",
         [":11: scada.map.columns.value: expected a number, found 'W1_FLOW'"]),
    ],
)  # fmt: skip
def test_a_database_that_has_not_what_the_map_expects(folder, url, old, new, problems):
    found = said(folder, url, old, new)
    assert len(found) == len(problems)
    assert all(one.startswith(start) for one, start in zip(found, problems, strict=True)), found


def test_a_wide_table_without_a_column_for_a_tag(folder, url):
    long = "SELECT tag, ts, value FROM history WHERE number > :since ORDER BY number"
    tags = load_utility(folder).points.filter(source="scada")["tag"].to_list()
    given = ", ".join(f'1.0 AS \\"{tag}\\"' for tag in tags if tag not in ("N_P", "L1_FLOW"))
    path = folder / "sources.toml"
    wide = SOURCES.replace(long, f"SELECT ts, number, {given} FROM history WHERE number > :since")
    wide = wide.replace('tag = "tag", ts = "ts", value = "value"', 'ts = "ts"').replace(
        "start", 'shape = "wide"\nstart'
    )
    path.write_text(wide.format(url=url, timeout_s=30), encoding="utf-8")
    (problem,) = probe(load_utility(folder), "scada")
    assert (problem.line, problem.column) == (10, "scada.map.shape")
    assert problem.message.startswith(
        "no column for N_P, L1_FLOW, tags of points.csv; the query gives ts, number, S1_CODMN"[:62]
    )


def test_nobody_answers(folder):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg2://board@127.0.0.1:{silent.getsockname()[1]}/x"
        (refused,) = said(folder, url)  # nobody listens yet
        assert "Connection refused" in refused
        assert "\n" not in refused
        silent.listen()
        assert said(folder, url, timeout_s=1) == [":2: scada: gave no answer in time"]


def test_a_driver_that_is_not_there_or_dies(folder, tmp_path, monkeypatch):
    assert said(folder, "mysql+pymysql://u@127.0.0.1/x") == [
        ":2: scada: ModuleNotFoundError: No module named 'pymysql'"
    ]
    (tmp_path / "deadly.py").write_text("import os\nos.kill(os.getpid(), 11)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    dying = 'driver = "deadly"\ntimeout_s'
    assert said(folder, "postgresql://u@127.0.0.1/x", "timeout_s", dying) == [
        ":2: scada: its process ended with SIGSEGV"
    ]


def test_a_driver_that_speaks_in_bytes(folder):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        (problem,) = said(folder, f"mssql+pymssql://u@127.0.0.1:{nobody.getsockname()[1]}/x")
    assert problem.startswith(":2: scada: OperationalError: DB-Lib error message 20009, severity 9: Unable to connect")
    assert "\\n" not in problem


def test_what_nobody_can_ask_is_not_asked(folder):
    assert probe(load_utility(folder), "scada") == []


@pytest.mark.parametrize(
    ("url", "more", "where"),
    [
        ("postgresql://u:geheim@h/d", "", ":4: scada.url: holds a password"),
        ("taosws://u@h/d?token=geheim", "", ":4: scada.url: holds a token"),
        ("postgresql://u@h/d", 'options = { password = "geheim" }\n', ":5: scada.options: holds a password"),
        ("geheim", "", ":4: scada.url: no URL of SQLAlchemy"),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_shown(folder, url, more, where):
    path = folder / "sources.toml"
    path.write_text(SOURCES.format(url=url, timeout_s=1).replace("timeout_s", f"{more}timeout_s"), encoding="utf-8")
    (problem,) = [str(one) for one in check_utility(folder)]
    assert problem.removeprefix(str(path)).startswith(where)
    assert "geheim" not in problem
