"""Mistakes in a map are named with file, line, key and what was expected; the examples of docs/import.md run."""

import json
import re
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner

from data_sources.__main__ import app
from data_sources.map_checks import load_map
from data_sources.problems import BadInput
from tests.small_utility import FILES, write_small_utility

GOOD = """\
source = "scada"
shape = "wide"

[columns]
ts = { column = "time", format = "%d/%m/%Y" }
"""
PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


@pytest.fixture
def mistakes(tmp_path):
    def found(text, table="reading"):
        path = tmp_path / "map.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadInput) as refused:
            load_map(path, table)
        return [(problem.line, problem.column, problem.message) for problem in refused.value.problems]

    return found


def test_a_good_map(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text(GOOD, encoding="utf-8")
    read = load_map(path, "reading")
    assert (read.source, read.shape, read.delimiter, read.decimal, read.missing) == ("scada", "wide", ",", ".", ())
    assert read.columns["ts"].format == "%d/%m/%Y"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "said"),
    [
        ('source = "scada"\n', "", 0, "source", "missing; docs/import.md says what it is"),
        ("shape", "shap", 2, "shap", "unknown key"),
        ('"wide"', '"broad"', 2, "shape", "'wide' or 'long'"),
        ("\n\n", '\nencoding = "gkb"\n\n', 3, "encoding", "'gkb' is no encoding"),
        ("\n\n", '\ntimezone = "Peking"\n\n', 3, "timezone", "'Peking' is no time zone"),
        ("\n\n", '\ndecimal = ";"\n\n', 3, "decimal", "'.' or ','"),
        ("ts =", "time =", 5, "columns.time", "reading has no such column; it has point_id, ts"),
        ("format", "layout", 5, "columns.ts.layout", "unknown key"),
        ('column = "time"', 'column = "time", value = 1', 5, "columns.ts", "expected a header"),
        ('"%d/%m/%Y"', '"%d/%m/%Y", unit = "h"', 5, "columns.ts", "has no unit"),
        ('"%d/%m/%Y"', '"%d/%m/%Y", unit = "furlong/s^"', 5, "columns.ts", "is no unit"),
        ("ts = {", 'point_id = "a"\nts = {', 5, "columns.point_id", "a wide file's headers say this"),
    ],
)
def test_each_mistake_has_its_line(mistakes, old, new, line, key, said):
    assert old in GOOD
    found = mistakes(GOOD.replace(old, new, 1))
    assert (line, key) in [(one[0], one[1]) for one in found]
    assert any(said in one[2] for one in found if one[1] == key)


def test_what_is_missing_is_said_for_every_column(mistakes):
    text = 'source = "lab"\n[columns]\nsite_id = "site"\n'
    found = mistakes(text, "lab_sample")
    missing = [message.split()[0] for _, key, message in found if key == "columns"]
    assert missing == ["medium", "quantity", "sampled_at", "value"]
    assert {line for line, _, _ in found} == {2}


def test_only_readings_are_wide(mistakes):
    assert any("only readings can be wide" in message for _, _, message in mistakes(GOOD, "stock_move"))


def test_what_is_no_toml_and_no_file(mistakes, tmp_path):
    assert "is not TOML" in mistakes("source = ")[0][2]
    with pytest.raises(BadInput, match="no such file"):
        load_map(tmp_path / "nothing.toml", "reading")


def blocks():
    """title → text of the page's code blocks that have one."""
    return dict(re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', PAGE, re.S))


def commands():
    """(arguments, what the page says comes out) of each import on the page."""
    return [
        (line.removeprefix("$ python -m data_sources ").split(), said.strip())
        for line, said in re.findall(r"```console\n(\$ .*?)\n(.*?)```", PAGE, re.S)
    ]


def write_examples(folder):
    for title, text in blocks().items():
        if title.endswith(".xlsx"):
            book = xlsxwriter.Workbook(folder / title)
            sheet = book.add_worksheet("结果")
            for number, line in enumerate(text.splitlines()):
                sheet.write_row(number, 0, line.split(","))
            book.close()
        elif title not in FILES:
            (folder / title).write_text(text, encoding="utf-8")


def test_the_page_needs_what_the_small_utility_has():
    for name in ("points.csv", "sources.toml"):
        for line in blocks()[name].splitlines():
            assert line in FILES[name].splitlines()


@pytest.mark.parametrize(
    ("arguments", "said"), commands(), ids=lambda given: given[-2] if isinstance(given, list) else ""
)
def test_the_examples_of_the_page_run(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WATER_UTILITY", str(write_small_utility(tmp_path / "tiny")))
    monkeypatch.setenv("WATER_LAKE", str(tmp_path / "lake"))
    write_examples(tmp_path)
    result = CliRunner().invoke(app, arguments)
    if not said.startswith("{"):
        assert result.exit_code == 2
        assert said in result.stderr
        assert not (tmp_path / "lake" / "reading").exists()
        return
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert {**report, **json.loads(said)} == report
    assert (report["quarantine_file"] is None) == (report["rows_quarantined"] == 0)
    again = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert (again["rows_written"], again["rows_duplicate"]) == (0, report["rows_written"])
