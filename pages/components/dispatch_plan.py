"""The plan of sewage dispatch: gain, works' inflow against capacity, pumps as a Gantt chart, limits in words."""

from collections.abc import Mapping
from datetime import datetime
from html import escape

import plotly.graph_objects as go
import polars as pl
import streamlit as st
from plotly.subplots import make_subplots

from brain.dispatch.rows import ADVISED, INSTALLED
from brain.dispatch.summary import Totals, bindings, most_different, most_m3h, pumping_spans, totals, works_inflow
from metrics.queries import dispatch
from metrics.queries.plan import newest_plan
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures, show_heading, show_missing, told_short
from pages.components.chart import ABOVE, LEGEND_LINE, TICKS, line, show_chart
from pages.components.numbers import number
from pages.components.page import Page
from pages.components.theme import themes
from pages.components.timeline import state_timeline, timeline_height

STATIONS, LIMITS = 8, 5
"""How many stations the Gantt chart shows, and how many limits are named."""
STATES = {"low": "band", "middle": "spark", "full": "text"}
ROW_HEIGHT = 150
"""Of each works, in px."""
UNITS = {"overflow": "m^3", "excess": "m^3", "energy": "kWh", "cost": "元", "starts": ""}


def show_plan(page: Page, at: datetime) -> None:
    """The newest plan beside the rule installed; what is missing where there is none."""
    show_heading(page, page.say("plan", "title"), page.say("plan", "title_means"))
    rows = answer(newest_plan, at)
    if rows.is_empty():
        show_missing(page, page.say("plan", "none"), page.say("plan", "none_how"))
        return
    told = page.say("plan", "issued", time=page.time(rows["issued_at"][0]))
    if ADVISED not in rows["variant"]:
        told = page.say("plan", "only_installed")
    st.html(f'<p class="told" data-plan="{escape(rows["issued_at"][0].isoformat())}">{escape(told)}</p>')
    if ADVISED in rows["variant"]:
        draw_plan(page, rows, "plan", {ADVISED: page.say("plan", ADVISED), INSTALLED: page.say("plan", INSTALLED)})


def draw_plan(page: Page, rows: pl.DataFrame, key: str, variants: Mapping[str, str]) -> None:
    """A plan (the first of `variants`: id → words) beside another; `key` tells its charts from those of other plans."""
    ours, other = variants
    show_figures(page, gain_figures(page, totals(rows, ours), totals(rows, other), variants[other]))
    st.html(limits_html(page, bindings(rows, LIMITS, ours)))
    st.html(f"<h3>{escape(page.say('plan', 'works'))}</h3>")
    capacity = dict(answer(dispatch.works_now, page.at).select("site_id", "capacity_m3h").iter_rows())
    works = works_chart(page, rows, variants, capacity)
    height = ROW_HEIGHT * len(capacity) + ABOVE + TICKS + LEGEND_LINE
    show_chart(page, works, f"{key}-works", page.say("plan", "works_alt"), height)
    sites = most_different(rows, STATIONS, ours, other)
    st.html(f"<h3>{escape(page.say('plan', 'gantt', n=len(sites)))}</h3>")
    figure = gantt(page, rows, sites, variants)
    show_chart(page, figure, f"{key}-gantt", page.say("plan", "gantt_alt"), timeline_height(2 * len(sites)))


def gain_figures(page: Page, ours: Totals, other: Totals, name: str) -> list[Figure]:
    """What the plan comes to, each beside what the other does."""
    pairs = {
        "overflow": (ours.overflow_m3, other.overflow_m3),
        "excess": (ours.excess_m3, other.excess_m3),
        "energy": (ours.kwh, other.kwh),
        "cost": (ours.cost, other.cost),
        "starts": (ours.starts, other.starts),
    }
    return [
        Figure(page.say("plan", word), mine, UNITS[word], _beside(page, name, theirs, mine - theirs, UNITS[word]))
        for word, (mine, theirs) in pairs.items()
    ]


def _beside(page: Page, name: str, theirs: float, off: float, unit: str) -> str:
    """What the other comes to, and by how much ours is more or less."""
    sign = "+" if off > 0 else "−" if off < 0 else "±"
    told = [" ".join(told_short(page, value, unit)).rstrip() for value in (theirs, abs(off))]
    return page.say("plan", "instead_of", name=name, value=told[0], off=f"{sign}{told[1]}")


def limits_html(page: Page, limits: pl.DataFrame) -> str:
    """What binds the plan, in words."""
    if limits.is_empty():
        said = f"<p>{escape(page.say('plan', 'binding_none'))}</p>"
    else:
        lines = [
            page.say(
                "plan",
                "works_limit" if binding == "works" else binding,
                site=page.named("sites", site_id),
                m3=number(m3),
            )
            for site_id, binding, m3 in limits.select("site_id", "binding", "binding_m3").iter_rows()
        ]
        said = f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in lines)}</ul>"
    return (
        f'<div class="limits" data-limits="{limits.height}"><h3>{escape(page.say("plan", "binding"))}</h3>{said}</div>'
    )


def works_chart(
    page: Page, rows: pl.DataFrame, variants: Mapping[str, str], capacity: Mapping[str, float | None]
) -> go.Figure:
    """Inflow of each works one under the other, m³/h: both variants, and what it can take (`capacity`, by works)."""
    colours, flows = themes()[page.view.theme], works_inflow(rows)
    works = flows["site_id"].unique(maintain_order=True).to_list()
    names = [f"{page.named('sites', one)} m³/h" for one in works]
    rows_of = max(len(works), 1)
    figure = make_subplots(rows_of, 1, shared_xaxes=True, subplot_titles=names, vertical_spacing=0.25 / rows_of)
    lines = [line(colours["text"], width=2.5), line(colours["spark"], "dot")]
    for place, site in enumerate(works, start=1):
        for (variant, word), drawn in zip(variants.items(), lines, strict=True):
            own = flows.filter((pl.col("site_id") == site) & (pl.col("variant") == variant))
            times = own["valid_at"].dt.convert_time_zone(page.utility.timezone).dt.replace_time_zone(None).to_list()
            figure.add_scatter(
                x=times, y=own["flow_m3h"].to_list(), line=drawn, name=word, legendgroup=variant,
                showlegend=place == 1, mode="lines", row=place, col=1,
            )  # fmt: skip
        if capacity.get(site) is not None:
            figure.add_hline(capacity[site], line=line(colours["muted"], "dash", 1.5), row=place, col=1)
    if works and capacity.get(works[0]) is not None:
        figure.add_scatter(
            x=[None], y=[None], mode="lines", line=line(colours["muted"], "dash", 1.5),
            name=page.say("plan", "capacity"),
        )  # fmt: skip
    return figure.update_yaxes(rangemode="tozero")


def gantt(page: Page, rows: pl.DataFrame, sites: list[str], variants: Mapping[str, str]) -> go.Figure:
    """When these stations pump how much, two lines each; the first of `variants` above the other."""
    most = {site: flow for site, flow in most_m3h(page.utility.machines).items() if site in sites}
    spans = pumping_spans(rows, most).with_columns(
        pl.col("starts_at", "ends_at").dt.convert_time_zone(page.utility.timezone).dt.replace_time_zone(None),
        at=pl.col("site_id").replace_strict({one: n for n, one in enumerate(sites)}, return_dtype=pl.Int64),
        turn=pl.col("variant").replace_strict({one: n for n, one in enumerate(variants)}, return_dtype=pl.Int64),
    )
    named = spans.sort("at", "turn", "starts_at").with_columns(
        name=pl.format(
            "{} · {}",
            pl.col("site_id").replace_strict({one: page.named("sites", one) for one in sites}, return_dtype=pl.String),
            pl.col("variant").replace_strict(dict(variants), return_dtype=pl.String),
        )
    )
    times = rows["valid_at"].dt.convert_time_zone(page.utility.timezone).dt.replace_time_zone(None)
    states = {state: (page.say("plan", state), colour) for state, colour in STATES.items()}
    return state_timeline(named, states, times.min(), times.max(), page.view.theme)  # type: ignore[arg-type]
