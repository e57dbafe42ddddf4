"""The day ahead in the sewers: rain, inflow of the works as a fan, wells by their chance of alarm with their levels."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import NamedTuple

import plotly.graph_objects as go
import polars as pl
import streamlit as st
from plotly.subplots import make_subplots

from metrics.queries.outlook import Outlook, outlook
from pages.components.answers import answer
from pages.components.blocks import show_heading, show_missing
from pages.components.chart import line, show_chart
from pages.components.numbers import number
from pages.components.page import Page
from pages.components.theme import themes

NAMED, DRAWN = 12, 3
"""How many stations are named by their chance, and of how many the level is drawn."""
RAIN_HEIGHT, ROW_HEIGHT, LEGEND_HEIGHT = 110, 150, 90
HALF = timedelta(minutes=30)


def show_forecast(page: Page, at: datetime) -> None:
    """Chart of rain and inflow, then the stations at risk; what is missing where nothing was forecast."""
    show_heading(page, page.say("outlook", "title"), page.say("outlook", "means"), "outlook")
    ahead = answer(outlook, at)
    if ahead.issued is None:
        show_missing(page, page.say("outlook", "none"), page.say("outlook", "none_how"))
        return
    rain = "—" if ahead.rain_issued is None else page.time(ahead.rain_issued)
    told = page.say("outlook", "issued", rain=rain, inflow=page.time(ahead.issued))
    st.html(f'<p class="fact" data-forecast="{escape(ahead.issued.isoformat())}">{escape(told)}</p>')
    works = ahead.inflow["site_id"].unique(maintain_order=True).to_list()
    height = RAIN_HEIGHT + ROW_HEIGHT * len(works) + LEGEND_HEIGHT
    show_chart(page, inflow_chart(page, ahead, works, at), "outlook-inflow", page.say("outlook", "chart"), height)
    st.html(risk_html(page, ahead.stations))
    likeliest = ahead.stations.filter(pl.col("probability") > 0)["site_id"].head(DRAWN).to_list()
    if likeliest:
        st.html(f"<h3>{escape(page.say('outlook', 'levels', n=len(likeliest)))}</h3>")
        figure = level_chart(page, ahead, likeliest, at)
        height = ROW_HEIGHT * len(likeliest) + LEGEND_HEIGHT
        show_chart(page, figure, "outlook-levels", page.say("outlook", "levels_chart"), height)


class AtRisk(NamedTuple):
    """The stations' chance of alarm in words: how many may (`many`), the likeliest of them, and how many others. The
    `state` is unknown or normal where one line says that nobody knows, or that none may; else None.
    """

    state: str | None
    many: int
    named: list[str]
    others: str = ""


def at_risk(page: Page, stations: pl.DataFrame, most: int) -> AtRisk:
    """Of stations (site_id, probability, the likeliest first) at most so many are named."""
    known = stations.drop_nulls("probability")
    risky = known.filter(pl.col("probability") > 0)
    if known.is_empty():
        return AtRisk("unknown", 0, [page.say("outlook", "risk_unknown")])
    if risky.is_empty():
        return AtRisk("normal", 0, [page.say("outlook", "risk_none")])
    named = [
        page.say("outlook", "risk_one", site=page.named("sites", site), percent=number(100 * chance))
        for site, chance in risky.head(most).select("site_id", "probability").iter_rows()
    ]
    others = page.say("outlook", "risk_more", n=risky.height - most) if risky.height > most else ""
    return AtRisk(None, risky.height, named, others)


def risk_html(page: Page, stations: pl.DataFrame) -> str:
    """The stations by their chance of alarm, the likeliest first."""
    told = at_risk(page, stations, NAMED)
    said = f"<p>{' · '.join(escape(one) for one in told.named)}</p>"
    if told.others:
        said += f"<p>{escape(told.others)}</p>"
    return f'<div data-at-risk="{told.many}"><h3>{escape(page.say("outlook", "risk"))}</h3>{said}</div>'


def inflow_chart(page: Page, ahead: Outlook, works: Sequence[str], at: datetime) -> go.Figure:
    """Rain from the top, below it each works: measured, fan, capacity."""
    colours = themes()[page.view.theme]
    titles = [page.say("outlook", "rain"), *(f"{page.named('sites', one)} m³/h" for one in works)]
    heights = [RAIN_HEIGHT, *(ROW_HEIGHT for _ in works)]
    figure = make_subplots(
        len(titles), 1, shared_xaxes=True, row_heights=heights, subplot_titles=titles, vertical_spacing=0.07
    )
    for kind, filled in (("observed", True), ("forecast", False)):
        rows = ahead.rain.filter(pl.col("kind") == kind)
        colour = colours["spark"] if filled else "rgba(0,0,0,0)"
        figure.add_bar(
            x=_local(page, rows["valid_at"]), y=rows["mm"].to_list(), showlegend=False, hovertemplate="%{y:.1f} mm",
            marker={"color": colour, "line": {"color": colours["spark"], "width": 1}}, row=1, col=1,
        )  # fmt: skip
    figure.update_yaxes(autorange="reversed", row=1, col=1)
    for row, site in enumerate(works, start=2):
        own = ahead.inflow.filter(pl.col("site_id") == site)
        _fan(page, figure, row, own, own.select("valid_at", value="observed"))
        limit = own["capacity_m3h"][0]
        if limit is not None:
            figure.add_hline(limit, line=line(colours["muted"], "dash", 1.5), row=row, col=1)
    _name_limit(page, figure, "capacity", colours)
    return _finished(page, figure, at, colours)


def level_chart(page: Page, ahead: Outlook, sites: Sequence[str], at: datetime) -> go.Figure:
    """Of each station the level measured, its fan and its alarm level, m."""
    colours, alarms = themes()[page.view.theme], dict(ahead.stations.select("site_id", "alarm_level").iter_rows())
    titles = [page.named("sites", one) for one in sites]
    figure = make_subplots(len(sites), 1, shared_xaxes=True, subplot_titles=titles)
    for row, site in enumerate(sites, start=1):
        past = ahead.past.filter(pl.col("site_id") == site).select(valid_at="hour", value="level_m")
        _fan(page, figure, row, ahead.ahead.filter(pl.col("site_id") == site), past)
        if alarms[site] is not None:
            figure.add_hline(alarms[site], line=line(colours["alarm"], "dash", 1.5), row=row, col=1)
    _name_limit(page, figure, "alarm", colours)
    return _finished(page, figure, at, colours)


def _fan(page: Page, figure: go.Figure, row: int, ahead: pl.DataFrame, observed: pl.DataFrame) -> None:
    """P10–P90 as a band, the median dotted, and what was measured as a line."""
    colours, known = themes()[page.view.theme], ahead.drop_nulls("p50")
    times, first = _local(page, known["valid_at"]), not any(trace.type == "scatter" for trace in figure.data)
    band = {"line": {"width": 0}, "mode": "lines", "legendgroup": "band", "hoverinfo": "skip"}
    figure.add_scatter(x=times, y=known["p10"].to_list(), showlegend=False, **band, row=row, col=1)
    figure.add_scatter(
        x=times, y=known["p90"].to_list(), fill="tonexty", fillcolor=colours["band"], showlegend=first,
        name=page.say("outlook", "band"), **band, row=row, col=1,
    )  # fmt: skip
    figure.add_scatter(
        x=times, y=known["p50"].to_list(), line=line(colours["spark"], "dot"), mode="lines", showlegend=first,
        name=page.say("outlook", "median"), legendgroup="median", row=row, col=1,
    )  # fmt: skip
    seen = observed.drop_nulls("value")
    figure.add_scatter(
        x=_local(page, seen["valid_at"]), y=seen["value"].to_list(), line=line(colours["text"]), mode="lines",
        showlegend=first, name=page.say("outlook", "observed"), legendgroup="observed", row=row, col=1,
    )  # fmt: skip
    figure.update_yaxes(rangemode="tozero", row=row, col=1)


def _name_limit(page: Page, figure: go.Figure, word: str, colours: dict[str, str]) -> None:
    colour = colours["muted" if word == "capacity" else "alarm"]
    figure.add_scatter(x=[None], y=[None], mode="lines", line=line(colour, "dash", 1.5), name=page.say("outlook", word))


def _finished(page: Page, figure: go.Figure, at: datetime, colours: dict[str, str]) -> go.Figure:
    """With the line of now."""
    now = at.astimezone(page.utility.zone).replace(tzinfo=None)
    return figure.add_vline(x=now, line=line(colours["line"], width=1.5)).update_layout(bargap=0.15)


def _local(page: Page, times: pl.Series) -> list[datetime]:
    """The middle of each hour by the utility's clock; a chart knows no time zones."""
    return (times.dt.convert_time_zone(page.utility.timezone).dt.replace_time_zone(None) + HALF).to_list()
