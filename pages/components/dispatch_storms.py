"""The storm view of sewage dispatch: the last 24 hours or a past storm, and its hours one by one."""

from datetime import datetime, timedelta
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from metrics.queries import dispatch
from pages.components.answers import answer
from pages.components.blocks import show_heading, show_missing
from pages.components.chart import show_chart
from pages.components.choices import select
from pages.components.dispatch_list import own_state, station_list
from pages.components.dispatch_storm import legend_lines, storm_chart
from pages.components.guard import guarded
from pages.components.links import SHOWN, View
from pages.components.numbers import number
from pages.components.page import Page

HOUR = timedelta(hours=1)
FORM = "%Y-%m-%dT%H:%M:%SZ"
MOST_LINES = 24
"""So many stations are listed for an hour, nearest to their alarm first."""


def show_storms(page: Page, at: datetime) -> None:
    """The chart of what is chosen, its rule, and an hour of it to drag to."""
    say = page.say
    show_heading(page, say("storm", "title"), say("storm", "means"))
    found = answer(dispatch.storms, at)
    by_id = {f"{row['starts_at']:{FORM}}": row for row in found.to_dicts()}

    def words(id_: str) -> str:
        row = by_id[id_]
        return say(
            "storm", "one", day=page.time(row["starts_at"]), mm=number(row["rain_mm"]), most=number(row["most_mm_h"])
        )

    chosen = None
    if by_id:
        chosen = select(page, "storm", say("storm", "which"), list(by_id), words, say("storm", "now"))
    rain_mm, gap_h = answer(dispatch.storm_rule, at)
    told = say("storm", "rule", mm=number(rain_mm), gap=number(gap_h), n=found.height)
    st.html(f'<p class="fact">{escape(told if by_id else say("storm", "none"))}</p>')
    if chosen is None:
        ahead = answer(dispatch.rain_ahead, at)
        _show_hours(page, answer(dispatch.last_hours, at), ahead)
        if answer(dispatch.forecast_issued, at) is None:
            st.html(f'<p class="fact" data-forecast="none">{escape(_no_forecast(page, ahead))}</p>')
    else:
        row = by_id[chosen]
        _show_hours(page, answer(dispatch.storm_hours, at, row["starts_at"], row["ends_at"]), pl.DataFrame())


def _no_forecast(page: Page, ahead: pl.DataFrame) -> str:
    if ahead.is_empty():
        rain = page.say("storm", "no_rain_forecast")
    else:
        mm = number(float(ahead["mm"].sum()))
        rain = page.say("storm", "rain_issued", time=page.time(ahead["issued_at"][0]), mm=mm)
    return page.say("storm", "no_forecast", rain=rain)


@st.fragment
def _show_hours(page: Page, storm: dispatch.Storm, ahead: pl.DataFrame) -> None:
    """The chart, and the hour that is dragged to; a drag runs this part alone, beyond the page's own guard."""
    with guarded(page.path):
        _hours(page, storm, ahead)


def _hours(page: Page, storm: dispatch.Storm, ahead: pl.DataFrame) -> None:
    say = page.say
    if storm.rain.is_empty() and storm.works.is_empty() and storm.stations.is_empty():
        show_missing(page, say("storm", "no_hours"), say("storm", "no_hours_how"))
        return
    labels = {f"{hour:{FORM}}": page.time(hour, "%m-%d %H:%M") for hour in storm.hours()}
    asked = st.query_params.get("hour", "")
    start = asked if asked in labels else f"{storm.worst_hour():{FORM}}"
    place = st.empty()
    chosen = st.select_slider(
        say("storm", "hour"), list(labels), start, format_func=labels.__getitem__, key=f"hour.{storm.starts_at:{FORM}}"
    )
    if chosen != start:
        st.query_params["hour"] = chosen
    hour = datetime.fromisoformat(chosen)
    with place.container():
        figure = storm_chart(page, storm, ahead, hour + HOUR / 2)
        if figure is not None:
            show_chart(page, figure, "storm", say("storm", "alt"), figure.layout.height, legend_lines(figure))
    st.html(_at_hour(page, storm, hour))


def _at_hour(page: Page, storm: dispatch.Storm, hour: datetime) -> str:
    """What rained, came in and stood in that hour, and the stations nearest to their alarm level."""
    say = page.say
    rain, works, stations = storm.at(hour)
    over = stations.filter(pl.col("nearness") >= 1).height
    told = escape(say("storm", "at_hour", time=page.time(hour), mm=number(rain)))
    if not stations.is_empty():
        told += escape(say("storm", "over_then", n=over))
    lines = "".join(f"<br>{_works(page, row)}" for row in works.to_dicts())
    frozen = View(page.lang, page.view.theme, hour + HOUR, SHOWN).link(page.path, **page.wanted)
    link = f'<a href="{frozen}" target="_self">{escape(say("storm", "freeze"))}</a>'
    rows = stations.head(MOST_LINES).to_dicts()
    states = {row["site_id"]: own_state(row) for row in rows}
    listed = station_list(page, rows, states) if rows else ""
    return f'<div class="hour" data-hour-over="{over}">{told}{lines}<br>{link}</div>{listed}'


def _works(page: Page, row: dict[str, Any]) -> str:
    share = number(None if row["share"] is None else 100 * row["share"])
    name, flow = page.named("sites", row["site_id"]), number(row["observed"])
    return escape(page.say("storm", "works_at", name=name, flow=flow, share=share))
