"""What if: a form for rain, pumps and works, and what would come of it beside the plan without it."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import escape

import polars as pl
import streamlit as st

from brain.dispatch.rows import ADVISED
from brain.dispatch.solve import NoPlan
from brain.dispatch.what_if import WHAT_IF, Scenario, Supposed, what_if
from brain.inputs import inputs_of
from brain.question import TooLittle, slot
from brain.sewage_dispatch import QUESTION
from metrics.queries.plan import newest_plan, risk_now
from pages.components.answers import answer
from pages.components.blocks import grid, show_heading, show_missing
from pages.components.dispatch_plan import draw_plan
from pages.components.frozen import shared_engine
from pages.components.numbers import number
from pages.components.page import Page
from pages.components.table import Column, show_table

MOST_MM, MOST_HOURS, USUAL_HOURS = 300, 24, 6
RISKS = 12
"""Stations whose risk is listed: those with the highest under the scenario."""


def show_what_if(page: Page, at: datetime) -> None:
    """The form; once it is sent, inflow, risk and plan of its scenario beside those without it."""
    show_heading(page, page.say("what_if", "title"), page.say("what_if", "title_means"))
    pumps = page.utility.machines.filter(kind="pump").join(
        page.utility.sites.filter(kind="sewage_station").select("site_id"), on="site_id", how="semi"
    )
    if pumps.is_empty():
        show_missing(page, page.say("what_if", "no_pumps"), page.say("what_if", "no_pumps_how"))
        return
    scenario = _asked(page, pumps["machine_id"].to_list())
    if scenario is None:
        st.html(f'<p class="told">{escape(page.say("what_if", "none"))}</p>')
        return
    try:
        with st.spinner(page.say("what_if", "computing")):
            supposed, without = _computed(page, at, scenario), _without(page, at)
    except (TooLittle, NoPlan) as reason:
        why = page.say("brain_reason", str(reason))
        show_missing(page, page.say("what_if", "failed", reason=why), page.say("plan", "none_how"))
        return
    _show(page, supposed, without)


def _asked(page: Page, pumps: list[str]) -> Scenario | None:
    """What the form says, once it is sent, or the address; None where it supposes nothing."""
    say, sites = page.say, page.utility.sites
    works = sites.filter(kind="wwtp")["site_id"].to_list()
    station = dict(page.utility.machines.select("machine_id", "site_id").iter_rows())
    asked = _of_address(page.wanted, pumps, works)

    def pump_name(machine: str) -> str:
        return f"{page.named('sites', station[machine])} {page.named('machines', machine)}"

    with st.form("what_if", border=True):
        with grid("what_if"):
            mm = None if asked.rain_mm is None else int(asked.rain_mm)
            rain = st.number_input(
                f"{say('what_if', 'rain')} (mm)", 0, MOST_MM, mm, key="what_if.mm",
                placeholder=say("what_if", "as_forecast"),
            )  # fmt: skip
            label = f"{say('what_if', 'hours')} (h)"
            hours = st.number_input(label, 1, MOST_HOURS, asked.rain_hours, key="what_if.hours")
            none = say("what_if", "choose")
            out = st.multiselect(
                say("what_if", "pump"), pumps, asked.pumps_out, format_func=pump_name, key="what_if.pumps",
                placeholder=none,
            )  # fmt: skip
            half = st.multiselect(
                say("what_if", "works"), works, asked.works_at_half, format_func=lambda one: page.named("sites", one),
                key="what_if.works", placeholder=none,
            )  # fmt: skip
        sent = st.form_submit_button(say("what_if", "compute"), type="primary")
    if sent:
        asked = Scenario(None if rain is None else float(rain), int(hours), tuple(out), tuple(half))
        _into_address(asked)
    return None if asked == Scenario(rain_hours=asked.rain_hours) else asked


def _of_address(wanted: Mapping[str, str], pumps: list[str], works: list[str]) -> Scenario:
    """The scenario that an address tells; what it says wrongly is not supposed."""

    def whole(name: str, least: int, most: int) -> int | None:
        text = wanted.get(name, "")
        return int(text) if text.isdecimal() and least <= int(text) <= most else None

    def named(name: str, known: list[str]) -> tuple[str, ...]:
        told = wanted.get(name, "").split(",")
        return tuple(one for one in known if one in told)

    rain, hours = whole("rain_mm", 0, MOST_MM), whole("rain_h", 1, MOST_HOURS)
    return Scenario(
        None if rain is None else float(rain), hours or USUAL_HOURS, named("out", pumps), named("half", works)
    )


def _into_address(asked: Scenario) -> None:
    rain = None if asked.rain_mm is None else f"{asked.rain_mm:.0f}"
    told = {
        "rain_mm": rain, "rain_h": rain and str(asked.rain_hours), "out": ",".join(asked.pumps_out),
        "half": ",".join(asked.works_at_half),
    }  # fmt: skip
    for name in told:
        st.query_params.pop(name, None)
    st.query_params.update({name: text for name, text in told.items() if text})


def _computed(page: Page, at: datetime, scenario: Scenario) -> Supposed:
    return _kept(page.utility.id, slot(QUESTION.clock, at, page.utility), scenario)


def _without(page: Page, at: datetime) -> Supposed:
    """The plan and the risks as issued, where they are those of this hour; else computed now."""
    rows, risk = answer(newest_plan, at).filter(pl.col("variant") == ADVISED), answer(risk_now, at)
    if rows.is_empty() or rows["issued_at"][0] != slot(QUESTION.clock, at, page.utility):
        found = _computed(page, at, Scenario())
        return Supposed(found.rows.with_columns(variant=pl.lit(ADVISED)), found.risk)
    return Supposed(rows, risk)


@lru_cache(maxsize=32)
def _kept(_utility: str, at: datetime, scenario: Scenario) -> Supposed:
    with shared_engine() as engine:
        inputs = inputs_of(engine, QUESTION, at)
    return what_if(inputs, at, scenario)


def _show(page: Page, supposed: Supposed, without: Supposed) -> None:
    rows = pl.concat([supposed.rows, without.rows], how="diagonal_relaxed")
    names = {WHAT_IF: page.say("plan", "with"), ADVISED: page.say("plan", "without")}
    draw_plan(page, rows, "what-if", names)
    risk = without.risk.rename({"probability": "without"})
    both = supposed.risk.join(risk, on="site_id", how="left").sort(
        "probability", "site_id", descending=[True, False], nulls_last=True
    )
    st.html(f"<h3>{escape(page.say('what_if', 'risk'))}</h3>")
    show_table(page, both.head(RISKS), _columns(page), "what-if-risk", None)


def _columns(page: Page) -> list[Column]:
    def percent(name: str) -> Column:
        return Column(
            name,
            page.say("plan", "with" if name == "probability" else "without"),
            draw=lambda row: "–" if row[name] is None else f"{number(100 * row[name])} %",
        )

    station = Column(
        "site_id",
        page.say("what_if", "station"),
        draw=lambda row: escape(page.named("sites", row["site_id"])),
    )
    return [station, percent("probability"), percent("without")]
