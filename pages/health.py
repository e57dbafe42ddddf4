"""Data health: how far today's board may be trusted, each monitoring group, each source, what was refused."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from pathlib import Path

import polars as pl
import streamlit as st

from data_sources.vocabulary import QUANTITIES
from metrics.queries import health
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures, show_heading, show_missing, term
from pages.components.choices import choose, select
from pages.components.frozen import shared_engine
from pages.components.health_groups import RANK, group_columns, kinds_html
from pages.components.health_sources import show_import, show_quarantine, show_sources, troubles_html
from pages.components.page import open_page
from pages.components.page_board import board_of
from pages.components.snapshot import lake_folder, newest_board
from pages.components.states import SHAPES
from pages.components.table import Column, show_table

LEAST = 0.8
"""Below this share of valid data a group is listed as abnormal, as everywhere in the product."""
MOST_GROUPS = 1000
LOOK_EVERY_S = 5.0
MARKS = {"full": "normal", "partly": "warning", "none": "alarm"}
POINT_COLUMNS = (
    ("point_id", "point"), ("quantity", "quantity"), ("role", "role"), ("value", "value"), ("unit", "unit"),
    ("quality", "quality"), ("ts", "heard"), ("interval_s", "interval"), ("tag", "tag"), ("source", "source"),
)  # fmt: skip

page = open_page("health", follows=True)
say, at = page.say, page.at
assert at is not None
groups = answer(health.groups_now, at)
asked_at = datetime.now(UTC) if page.view.at is None else at
with shared_engine() as now_engine:
    sources = health.sources_now(now_engine, datetime.now(UTC))


@lru_cache(maxsize=1)
def style() -> str:
    """What only this page's drawings need."""
    return (Path(__file__).parent / "components" / "health.css").read_text(encoding="utf-8")


def show_trust() -> None:
    """One line: how far the board may be trusted, and why."""
    board = board_of(page)
    if board is None:
        st.html(f'<div class="trust"><p class="first">{escape(say("trust", "no_board"))}</p></div>')
        return
    told = health.trust(board)
    names = {one["id"]: one[f"name_{page.lang}"] for one in board["indicators"]}
    known = say("trust", "known", n=told.indicators, known=told.indicators - len(told.unknown))
    reporting = say("trust", "groups", n=told.groups, reporting=told.reporting)
    unknown = [(id_, because(names[id_], why)) for id_, why in told.unknown]
    reasons = [
        *causes("unknown", unknown),
        *causes("partial", [(one, names[one]) for one in told.partial]),
        *causes("silent", [(None, one) for one in told.silent]),
        *(odd_sources() if page.view.at is None else []),
    ]
    mark = MARKS[told.level]
    st.html(
        f'<div class="trust {mark}" data-trust="{told.level}">'
        f'<p class="first"><i class="{mark}">{SHAPES[mark]}</i> {escape(say("trust", told.level))}'
        f"<span>{escape(known)} · {escape(reporting)}</span></p>{''.join(reasons)}"
        f"{term('?', say('trust', 'means'))}</div>"
    )


def odd_sources() -> list[str]:
    """The sources that are not well, a line each state; what is wrong with each stands in their table."""
    between, lines = say("exceptions", "between"), []
    for state in ("failed", "late", "look"):
        if names := sources.filter(state=state)["source"].to_list() if sources.height else []:
            head = say("trust", "sources", state=say("source_state", state))
            lines.append(f'<p data-sources="{state}">{escape(head)} {escape(between.join(names))}</p>')
    return lines


@st.fragment(run_every=LOOK_EVERY_S)
def show_troubles() -> None:
    """What is wrong with the product itself, as of now: it goes on telling while nothing else here is renewed."""
    board = newest_board()
    made_at = None if board is None else datetime.fromisoformat(board["made_at"])
    found = health.troubles(lake_folder(), made_at, datetime.now(UTC))
    st.html(troubles_html(page, found) or "<span></span>")


def because(name: str, reason: str | None) -> str:
    """An indicator's name with the reason why it is unknown."""
    return say("trust", "because", name=name, reason=say("reason", reason)) if reason else name


def causes(name: str, named: Sequence[tuple[str | None, str]]) -> list[str]:
    """One cause as a line, what it names as links to their pages."""
    links = [
        escape(words)
        if id_ is None
        else f'<a href="{page.link("indicator", id=id_)}" target="_self">{escape(words)}</a>'
        for id_, words in named
    ]
    between = escape(say("exceptions", "between"))
    mark = between.rstrip()  # stays with what it follows, where the line breaks
    told = [f'<span class="one">{link}{mark}</span>' for link in links[:-1]] + links[-1:]
    head, gap = escape(say("trust", name, names="")).strip(), between[len(mark) :]
    return [f"<p>{head} {gap.join(told)}</p>"] if links else []


def show_first() -> None:
    """How many groups are in each state, how valid they are, how much was refused."""
    with shared_engine() as engine:
        batches = health.quarantine(engine, asked_at)
    of_all = say("health", "of_all", n=groups.height)
    counts = health.group_totals(groups)
    valid = counts["valid"]
    states = {
        "reporting": None,
        "late": "unknown" if counts["late"] else None,
        "faulty": "warning" if counts["faulty"] else None,
    }
    figures = [
        *(
            Figure(say("health", name), counts[name], beside=of_all, state=state, means=say("health", f"{name}_means"))
            for name, state in states.items()
        ),
        Figure(
            say("health", "valid"),
            None if valid is None else 100 * valid,
            "%",
            say("health", "valid_beside"),
            means=say("health", "valid_means"),
        ),
        Figure(
            say("health", "refused"),
            int(batches["rows"].sum()),
            beside=say("health", "refused_beside", n=batches.height),
            state="warning" if batches.height else None,
            means=say("health", "refused_means"),
        ),
    ]
    show_figures(page, figures)


def show_groups() -> None:
    """Every kind as squares, then the groups: the abnormal ones first, or alone."""
    show_heading(page, say("health", "groups"), say("health", "groups_means"))
    if groups.is_empty():
        show_missing(page, say("health", "no_groups"), say("health", "no_groups_how"))
        return
    st.html(kinds_html(page, groups))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        show = choose(page, "show", {"all": say("health", "all"), "bad": say("health", "bad")}, "all")
        kinds = groups["kind"].unique(maintain_order=True).to_list()
        kind = select(page, "kind", say("health", "kind"), kinds, lambda one: say("group_kind", one))
    shown = groups if kind is None else groups.filter(pl.col("kind") == kind)
    if show == "bad":
        shown = shown.filter((pl.col("state") != "reporting") | (pl.col("validity") < LEAST))
    if shown.is_empty():
        st.html(f'<p class="fact">{escape(say("health", "all_well"))}</p>')
        return
    names = pl.Series([page.named("groups", one) for one in shown["group_id"]], dtype=pl.String)
    worst = pl.col("state").replace_strict(RANK)
    ordered = shown.with_columns(name=names).sort(worst, "validity", nulls_last=True, maintain_order=True)
    show_table(page, ordered, group_columns(page), "groups", 620, MOST_GROUPS)


def show_points(at: datetime) -> None:
    """The points of the group that the address names."""
    group_id = page.wanted.get("group")
    if group_id is None or group_id not in set(groups["group_id"]):
        return
    show_heading(page, say("health", "points_of", name=page.named("groups", group_id)))
    points = answer(health.points_of, at, group_id)
    # a value stands in its quantity's unit, whatever the source reports in
    points = points.with_columns(unit=pl.col("quantity").replace_strict(QUANTITIES))
    words = {"quantity": "quantity", "quality": "quality_word", "role": "role", "unit": "unit"}
    columns = [Column(name, say("health", label), words=words.get(name)) for name, label in POINT_COLUMNS]
    show_table(page, points, columns, f"points-{group_id}", None)
    st.html(f'<a class="close" href="{page.here(group=None)}" target="_self">{escape(say("health", "close"))}</a>')


st.html(f"<style>{style()}</style>")
if page.view.at is None:
    show_troubles()
line = st.empty()  # the board of a past moment may have to be computed: the groups stand first
show_first()
with line:
    show_trust()
show_points(at)
show_groups()
show_sources(page, sources)
refused = st.container()  # what an import refuses stands above it at once
show_import(page)
with refused:
    show_quarantine(page, datetime.now(UTC) if page.view.at is None else at)
