"""Monitoring groups of a city at one look: a small square a group, a line a kind; and the columns of their table."""

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl

from data_sources.vocabulary import QUANTITIES
from pages.components.numbers import duration, number
from pages.components.page import Page
from pages.components.states import SHAPES
from pages.components.table import Column
from pages.components.timeline import strip

AS_STATE = {"reporting": "normal", "late": "unknown", "faulty": "warning"}
"""A group's state as the screen's states look."""
RANK = {"faulty": 0, "late": 1, "reporting": 2}

Row = Mapping[str, Any]


def kinds_html(page: Page, groups: pl.DataFrame) -> str:
    """Every kind with its groups as squares and how many of them report; a tap shows that kind's groups."""
    lines = []
    for (kind,), own in groups.partition_by("kind", as_dict=True, maintain_order=True).items():
        squares = "".join(f'<u class="{AS_STATE[state]}"></u>' for state in own["state"])
        reporting = int((own["state"] == "reporting").sum())
        label = escape(page.say("group_kind", kind))
        lines.append(
            f'<a href="{page.here(kind=kind, show="all", group=None)}" target="_self" data-kind="{escape(kind)}">'
            f"<b>{label}</b><span>{reporting} / {own.height}</span><small>{squares}</small></a>"
        )
    return f'<nav class="kinds">{"".join(lines)}</nav>'


def group_columns(page: Page) -> list[Column]:
    """The columns of the table of groups."""
    say = page.say

    def label(name: str) -> str:
        return say("health", name)

    return [
        Column(
            "site_id", label("site"), draw=lambda row: escape(page.named("sites", row["site_id"])), link=_site(page)
        ),
        Column("name", label("group"), link=lambda row: page.here(group=row["group_id"])),
        Column("state", label("state"), words="group_state", draw=lambda row: group_mark(page, row["state"])),
        Column("value", label("value"), draw=lambda row: _value(page, row)),
        Column("age_s", label("age"), draw=lambda row: _age(page, row)),
        Column("hours", label("hours"), draw=lambda row: _strip(page, row)),
        Column("validity", label("validity"), "%", draw=lambda row: number(_percent(row["validity"]))),
        Column("told", label("told"), draw=lambda row: f"{row['told'] or 0} / {row['points']}"),
        Column("kind", label("of_kind"), words="group_kind"),
        Column("source", label("source")),
        Column("heard_at", label("heard")),
    ]


def group_mark(page: Page, state: str) -> str:
    """A group's state: shape, word, colour."""
    shown = AS_STATE[state]
    return f'<i class="{shown}">{SHAPES[shown]}</i> {escape(page.say("group_state", state))}'


def _site(page: Page) -> Any:
    return lambda row: page.link("site", site=row["site_id"])


def _value(page: Page, row: Row) -> str:
    if row["quantity"] is None:
        return "–"
    unit = page.say("unit", QUANTITIES[row["quantity"]])
    told = f"{unit} {page.say('quantity', row['quantity'])}".strip()
    return f"{number(row['value'])} <small>{escape(told)}</small>"


def _age(page: Page, row: Row) -> str:
    return "–" if row["age_s"] is None else escape(duration(row["age_s"], page.say))


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _strip(page: Page, row: Row) -> str:
    if row["hours"] is None:
        return f"<small>{escape(page.say('health', 'no_strip'))}</small>"
    return strip(row["hours"], page.say("health", "strip", n=number(_percent(row["validity"]))))
