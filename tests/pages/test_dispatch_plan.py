"""The plan on the dispatch page: gains, limits in words, the works' chart and the Gantt chart, from a few rows."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import polars as pl
import pytest

from brain.dispatch.rows import ADVISED, INSTALLED
from brain.dispatch.summary import bindings, totals
from pages.components.dispatch_plan import gain_figures, gantt, limits_html, works_chart
from pages.components.words import words_in
from tests.brain.dispatch.test_rows_and_summary import NOON, row

VARIANTS = {ADVISED: "建议方案", INSTALLED: "现状规则"}
ROWS = pl.DataFrame(
    [
        row("PS01", ADVISED, 0, 0), row("PS01", ADVISED, 1, 1140, overflow_m3=1.0),
        row("PS01", INSTALLED, 0, 500, overflow_m3=12.0, starts=3.0), row("PS01", INSTALLED, 1, 500),
        row("WW1", ADVISED, 0, 3000, level_m=None, kwh=0.0, cost_cny=0.0, binding="works", binding_m3=2.5),
        row("WW1", INSTALLED, 0, 4000, level_m=None, kwh=0.0, cost_cny=0.0, overflow_m3=60.0),
    ]
)  # fmt: skip


@pytest.fixture
def page(demonstration):
    return SimpleNamespace(
        say=words_in("zh"),
        named=lambda rows_of, id_: f"<{id_}>",
        utility=demonstration,
        view=SimpleNamespace(theme="dark"),
    )


def test_gains_stand_beside_what_the_rule_installed_does(page):
    ours, theirs = totals(ROWS, ADVISED), totals(ROWS, INSTALLED)
    by_name = {one.name: one for one in gain_figures(page, ours, theirs, "现状规则")}
    assert by_name["泵站溢流"].value == 1.0
    assert by_name["泵站溢流"].beside == "现状规则 12 m³，差 −11 m³"
    assert by_name["超污水厂能力"].beside == "现状规则 60 m³，差 −60 m³"
    assert by_name["水泵启动"].beside == "现状规则 3，差 −3"
    many = gain_figures(page, replace(ours, cost=24_700.0), replace(theirs, cost=25_445.0), "现状规则")
    assert many[3].beside == "现状规则 2.54 万元，差 −745 元"


def test_limits_are_said_in_words_and_names_are_escaped(page):
    html = limits_html(page, bindings(ROWS, 5))
    assert "&lt;WW1&gt;的处理能力：每多 1 m³/h，24 小时少溢 2.5 m³" in html
    assert "<WW1>" not in html
    assert "各处能力都有余量" in limits_html(page, bindings(ROWS.head(4), 5))


def test_a_works_stands_against_its_capacity(page):
    figure = works_chart(page, ROWS, VARIANTS, {"WW1": 3750.0})
    assert [list(trace.y or []) for trace in figure.data[:2]] == [[3000.0], [4000.0]]
    assert figure.layout.shapes[0].y0 == 3750.0
    assert [one.text for one in figure.layout.annotations] == ["<WW1> m³/h"]


def test_the_gantt_chart_has_a_line_for_each_way(page):
    figure = gantt(page, ROWS, ["PS01"], VARIANTS)
    bars = [(trace.name, list(trace.y), list(trace.x)) for trace in figure.data]
    quarter = timedelta(minutes=15) / timedelta(milliseconds=1)
    assert bars == [
        ("小流量（不到四成）", ["<PS01> · 建议方案"], [None]),
        ("部分开启", ["<PS01> · 现状规则"], [2 * quarter]),
        ("全开", ["<PS01> · 建议方案"], [quarter]),
    ]
    assert figure.data[2].base[0] == (NOON + timedelta(hours=8, minutes=15)).replace(tzinfo=None)
