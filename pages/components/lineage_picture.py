"""What an indicator stands on, as a picture in DOT: sources → tables → views → the indicator."""

from collections.abc import Iterable
from html import escape

import polars as pl
import streamlit as st

from metrics.catalogue import Indicator
from metrics.lineage import TABLE_OF_VIEW
from pages.components.blocks import wide
from pages.components.page import Page
from pages.components.theme import themes


def show_lineage(page: Page, inputs: pl.DataFrame, views: Iterable[str], indicator: Indicator) -> None:
    """Draw what an indicator stands on, `inputs` being those of metrics.queries.indicator, and let it be taken away."""
    title = getattr(indicator.name, page.lang)
    pairs = inputs.select("input", "source").drop_nulls().rows()
    with wide("lineage"):
        st.graphviz_chart(lineage_picture(pairs, views, title, page.view.theme))
        label = escape(page.say("page", "picture"))
        st.html(f'<button class="picture" data-picture="{escape(indicator.id)}-lineage.svg">{label}</button>')


def lineage_picture(inputs: Iterable[tuple[str, str]], views: Iterable[str], title: str, theme: str) -> str:
    """The DOT text for what is read: `inputs` are pairs of table and source, `views` what the SELECT names."""
    colours = themes()[theme]
    seen, pairs = sorted(views), sorted(set(inputs))
    tables, sources = sorted({table for table, _ in pairs}), sorted({source for _, source in pairs})
    style = f'shape=box style="rounded" color="{colours["line"]}" fontcolor="{colours["text"]}" fontname="Noto Sans SC"'
    lines = [
        f'digraph {{ rankdir=LR bgcolor="transparent" node [{style}] edge [color="{colours["muted"]}"]',
        *(f"{_quoted('source ' + source)} [label={_quoted(source)} shape=cds]" for source in sources),
        *(f"{_quoted('table ' + table)} [label={_quoted(table)} shape=cylinder]" for table in tables),
        *(f"{_quoted('view ' + view)} [label={_quoted(view)}]" for view in seen),
        f'"indicator" [label={_quoted(title)} penwidth=2]',
        *(f"{_quoted('source ' + source)} -> {_quoted('table ' + table)}" for table, source in pairs),
        *(f"{_quoted('table ' + table)} -> {_quoted('view ' + view)}" for table, view in _shown(tables, seen)),
        *(f'{_quoted("view " + view)} -> "indicator"' for view in seen),
        "}",
    ]
    return "\n".join(lines)


def _shown(tables: Iterable[str], views: Iterable[str]) -> list[tuple[str, str]]:
    return [(table, view) for table in tables for view in views if TABLE_OF_VIEW.get(view, view) == table]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
