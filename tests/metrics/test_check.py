"""What `metrics check` says of a broken file, and where."""

import pytest

from metrics.catalogue import SHIPPED, read_indicator
from metrics.check import check_catalogue, check_indicator

GOOD = (SHIPPED / "distribution" / "pressure_compliance.sql").read_text(encoding="utf-8")


def broken(tmp_path, old: str, new: str, name: str = "pressure_compliance"):
    assert old in GOOD
    path = tmp_path / "distribution" / f"{name}.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    return read_indicator(path)


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(GOOD.splitlines(), 1) if text in line)


def test_the_shipped_file_is_well(tmp_path, tiny_utility):
    indicator, problems = broken(tmp_path, "管网部", "管网部")
    assert problems == []
    assert check_indicator(indicator, tiny_utility) == []


def test_an_unknown_column_is_named_at_its_line(tmp_path, tiny_utility):
    indicator, _ = broken(tmp_path, "points.role = 'network'\nJOIN", "points.rolle = 'network'\nJOIN")
    (problem,) = check_indicator(indicator, tiny_utility)
    assert problem.line == line_of("JOIN points ON points.quantity")
    assert "rolle" in problem.message


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("FROM span", "FROM read_parquet('/etc/passwd') AS span", "READ_PARQUET"),
        ("FROM span", "FROM somewhere AS span", "somewhere"),
        ("span.period,", "round(span.hours) AS period,", "round"),
        ("AS valid,", "AS valuid,", "valid"),
    ],
)
def test_what_is_not_allowed_is_refused(tmp_path, tiny_utility, old, new, word):
    indicator, _ = broken(tmp_path, old, new)
    problems = check_indicator(indicator, tiny_utility)
    assert any(word in problem.message for problem in problems), problems


def test_a_wrong_number_fails_its_example(tmp_path, tiny_utility):
    indicator, _ = broken(tmp_path, "hourly.mean >= point_limit.min", "hourly.mean > point_limit.min")
    problems = check_indicator(indicator, tiny_utility)
    assert problems
    assert {problem.column for problem in problems} == {"example"}


def test_a_header_mistake_names_key_and_line(tmp_path, tiny_utility):
    indicator, problems = broken(tmp_path, "direction: up", "direction: sideways")
    assert indicator is None
    assert [(one.line, one.column) for one in problems] == [(line_of("direction:"), "direction")]


def test_a_utility_with_a_broken_own_file(tiny_utility):
    own = tiny_utility.folder / "catalog" / "distribution" / "mine.sql"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("SELECT 1", encoding="utf-8")
    problems = check_catalogue(tiny_utility)
    assert [(problem.line, "must begin with a header" in problem.message) for problem in problems] == [(1, True)]
