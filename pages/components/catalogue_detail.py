"""One indicator of the catalogue: lineage, inputs, its file, its examples one by one."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from data_sources.problems import Problem
from metrics.catalogue import Example, Expectation
from metrics.queries.catalogue import Detail
from pages.components.blocks import show_heading
from pages.components.found_columns import WORDS, with_subject_names
from pages.components.lineage_picture import show_lineage
from pages.components.page import Page
from pages.components.problem_words import problem_message
from pages.components.side_by_side import side_by_side
from pages.components.table import Column, show_table

INPUTS = ("input", "source", "points", "newest")
LIMITS = ("subject", "site_id", "kind", "value", "unit", "standard", "effective_from", "in_force")


def show_detail(page: Page, detail: Detail, problems: Sequence[Problem]) -> None:
    """Lineage first, then what it reads and is judged by, its examples with their verdicts, and the file."""
    say, one = page.say, detail.indicator
    link = page.link("indicator", id=one.id)
    st.html(f'<p class="detail"><a href="{link}" target="_self">{escape(say("catalogue", "open"))}</a></p>')
    show_heading(page, say("catalogue", "lineage"), say("catalogue", "lineage_means"))
    show_lineage(page, detail.inputs, detail.views, one)
    left, right = side_by_side("detail")
    with left:
        show_heading(page, say("catalogue", "inputs"))
        show_table(page, detail.inputs, _columns(page, INPUTS), f"{one.id}-inputs", 300)
    with right:
        show_heading(page, say("catalogue", "limits"))
        show_table(page, with_subject_names(page, detail.limits), _columns(page, LIMITS), f"{one.id}-limits", 300)
    show_heading(page, say("catalogue", "examples"), say("catalogue", "list_means"))
    st.html("".join(_example(page, example, problems) for example in one.examples))
    show_heading(page, f"SELECT · {one.file}:{one.sql_line}")
    st.code(one.sql.strip(), language="sql", line_numbers=True, wrap_lines=True)
    with st.expander(say("catalogue", "header"), key="header", bind="query-params"):
        st.code(detail.text.partition("---*/")[0].partition("/*---")[2].strip(), language="yaml", wrap_lines=True)


def _columns(page: Page, names: Sequence[str]) -> list[Column]:
    return [Column(name, page.say("column", name), words=WORDS.get(name)) for name in names]


def _example(page: Page, example: Example, problems: Sequence[Problem]) -> str:
    """An example's rows, what they must give, and whether they do."""
    say = page.say
    wrong = [problem_message(problem.message, page.lang) for problem in problems if problem.line == example.line]
    verdict = say("catalogue", "gives", problems="; ".join(wrong)) if wrong else say("catalogue", "right")
    mark = '<i class="alarm">▲</i>' if wrong else '<i class="normal">○</i>'
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd><pre>{escape(text.strip())}</pre></dd>" for name, text in example.views.items()
    )
    expected = "".join(
        f"<pre>{escape(', '.join(f'{name}: {_told(value)}' for name, value in _named(one)))}</pre>"
        for one in example.expect
    )
    passes = "no" if wrong else "yes"
    return (
        f'<details class="example" data-example="{example.line}" data-passes="{passes}"><summary>{mark} '
        f"{escape(say('catalogue', 'example', line=example.line))} · {escape(verdict)}</summary>"
        f"<dl>{rows}<dt>{escape(say('catalogue', 'expects'))}</dt><dd>{expected}</dd></dl></details>"
    )


def _named(expected: Expectation) -> list[tuple[str, object]]:
    """The period, the site and what else an expectation names."""
    place = [("period", expected.period), *([("site_id", expected.site_id)] if expected.site_id else [])]
    return [*place, *expected.named.items()]


def _told(value: object) -> str:
    return "–" if value is None else str(value)
