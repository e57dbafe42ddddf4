"""Every shipped indicator: its examples pass, and they show what an example has to show."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from metrics.catalogue import TILES, load_catalogue, read_indicator
from metrics.example_rows import ExampleDays, example_frames
from metrics.examples import Case, run_examples
from metrics.limits import shipped_limits
from metrics.result import result_problems
from metrics.skeleton import skeleton
from metrics.sql_rules import check_sql

CATALOGUE = load_catalogue()
OF_EVENTS = {"hotline_answer_rate", "work_order_on_time", "meters_within_verification", "critical_stock_cover"}
JUDGED_BY_FORECAST = {"supply_vs_forecast"}
OWN_LIMITS = """
subject, kind, value
pressure_compliance, warning, 10
"""


@pytest.fixture(scope="module")
def limits():
    return shipped_limits()


@pytest.fixture(params=CATALOGUE.indicators)
def indicator(request):
    return CATALOGUE.indicators[request.param]


def test_the_board_has_its_eighteen():
    assert CATALOGUE.problems == []
    assert [one.tile for one in CATALOGUE.tiles] == list(range(1, TILES + 1))


def test_examples_pass(indicator, limits):
    assert run_examples(indicator, limits) == []


def test_sql_says_only_what_it_may(indicator):
    assert check_sql(indicator.sql) == []


def test_columns_are_those_of_the_contract(indicator, limits):
    with Case(indicator, indicator.examples[0], limits) as case:
        relation = case.connection.sql(indicator.sql)
        assert result_problems(dict(zip(relation.columns, map(str, relation.types), strict=True))) == []


def test_examples_show_every_state(indicator):
    expected = [one for example in indicator.examples for one in example.expect]
    assert {one.state for one in expected} >= {"normal", "warning", "alarm", "unknown"}
    reasons = {"no_source"} if indicator.id in OF_EVENTS else {"no_source", "too_few_data"}
    assert {one.reason for one in expected} >= reasons


def test_an_example_stands_just_after_midnight(indicator):
    local = [
        example.as_of.astimezone(ExampleDays(example.timezone).zone) for example in indicator.examples if example.as_of
    ]
    assert any(moment.hour == 0 and 0 < moment.minute <= 30 for moment in local)


def test_an_example_has_a_limit_that_changed(indicator):
    if indicator.id in JUDGED_BY_FORECAST:
        assert not set(shipped_limits().filter(pl.col("subject") == indicator.id)["kind"]) - {"target"}
    else:
        assert any(_has_changing_limit(example) for example in indicator.examples)


def _has_changing_limit(example):
    """Two rows of one limit with different values: of another season or year, or another day."""
    frames = example_frames(example, ExampleDays(example.timezone))
    return any(
        frames[view].group_by(key).agg(pl.struct(values).n_unique().alias("n"))["n"].max() > 1
        for view, key, values in (
            ("limits", ["subject", "kind"], ["value"]),
            ("point_limit", ["point_id"], ["min", "max"]),
            ("parameter", ["subject", "site_id"], ["value"]),
        )
        if view in frames
    )


def test_leakage_holds_the_check_value_of_cjj_92():
    leakage = CATALOGUE.indicators["leakage_rate"]
    check = next(one for example in leakage.examples for one in example.expect if one.value == 1.54)
    example = next(example for example in leakage.examples if check in example.expect)
    assert any(one.value == 1.544 and one.beside == 9.444 for one in example.expect)


def test_a_wrong_expectation_is_told_with_its_line(limits):
    indicator = CATALOGUE.indicators["pressure_compliance"]
    example = indicator.examples[0]
    wrong = example.model_copy(update={"expect": (example.expect[0].model_copy(update={"numerator": 3.0}),)})
    (problem,) = run_examples(indicator.model_copy(update={"examples": (wrong,)}), limits)
    assert problem.line == example.line
    assert problem.message == "2026-03-15 N: numerator is 4, expected 3"


def test_a_select_that_finds_nothing_is_told_once(limits):
    indicator = CATALOGUE.indicators["pressure_compliance"]
    sql = indicator.sql.replace("points.role = 'network'", "points.role = 'tank'")
    (example, *_) = indicator.examples
    problems = run_examples(indicator.model_copy(update={"sql": sql, "examples": (example,)}), limits)
    assert [(one.line, one.message) for one in problems] == [
        (example.line, "2026-03-15: the SELECT returns no row; no row of the example passes its joins and conditions")
    ]


def test_a_period_that_has_not_come_is_told(limits):
    indicator = CATALOGUE.indicators["pressure_compliance"]
    later = indicator.examples[0].expect[0].model_copy(update={"period": date(2026, 3, 20)})
    noon = datetime(2026, 3, 15, 12, tzinfo=UTC)
    example = indicator.examples[0].model_copy(update={"expect": (later,), "as_of": noon})
    (problem,) = run_examples(indicator.model_copy(update={"examples": (example,)}), limits)
    assert problem.message == "at 2026-03-15T12:00Z the period 2026-03-20 is neither closed nor running"


def test_thresholds_come_from_the_example_where_it_has_its_own(limits):
    indicator = CATALOGUE.indicators["pressure_compliance"]
    example = next(one for one in indicator.examples if one.expect[0].state == "warning")
    own = example.model_copy(update={"views": {**example.views, "limits": OWN_LIMITS}})
    problems = run_examples(indicator.model_copy(update={"examples": (own,)}), limits)
    assert [problem.message for problem in problems[:2]] == [
        "2026-03-15 headline: state is normal, expected warning",
        "2026-03-15 headline: gap is 87.8723, expected -0.13",
    ]


@pytest.mark.parametrize("module", ["raw_water", "treatment", "assets"])
def test_the_skeleton_is_a_whole_indicator(tmp_path, module, limits):
    (tmp_path / module).mkdir()
    path = tmp_path / module / "hours_kept.sql"
    path.write_text(skeleton(module, "hours_kept"), encoding="utf-8")
    from_file, problems = read_indicator(path)
    assert problems == []
    assert from_file.id == "hours_kept"
    assert check_sql(from_file.sql) == []
    assert run_examples(from_file, limits) == []
