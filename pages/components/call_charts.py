"""Charts of the customer centre: calls against the usual, how they were answered, waiting by window and hour."""

from datetime import timedelta

import plotly.graph_objects as go
import polars as pl

from pages.components.chart import line
from pages.components.theme import themes
from pages.components.words import Words

HALF = timedelta(minutes=30)
"""A bar stands over its hour."""


def calls_chart(hours: pl.DataFrame, theme: str, say: Words) -> go.Figure:
    """Bars of `hours` (local hour, calls, usual, usual_low, usual_high, is_unusual) over the band of the usual."""
    colours = themes()[theme]
    at = [hour + HALF for hour in hours["hour"]]
    figure = go.Figure()
    bars = [colours["warning" if one else "spark"] for one in hours["is_unusual"]]
    figure.add_bar(
        x=at, y=hours["calls"].to_list(), name=say("customers", "calls"), marker={"color": bars, "line_width": 0}
    )
    if hours["usual"].count():
        low, high = hours["usual_low"].to_list(), hours["usual_high"].to_list()
        edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(x=at, y=low, showlegend=False, **edge)
        figure.add_scatter(
            x=at, y=high, name=say("customers", "usual_band"), fill="tonexty", fillcolor=_clear(colours["text"]), **edge
        )
        figure.add_scatter(
            x=at,
            y=hours["usual"].to_list(),
            name=say("customers", "usual"),
            mode="lines",
            line=line(colours["text"], "dot"),
        )
    figure.update_layout(bargap=0.25)
    figure.update_xaxes(tickformat="%H:%M\n%m-%d", showgrid=False)
    return figure.update_yaxes(rangemode="tozero")


def answer_chart(hours: pl.DataFrame, every: pl.DataFrame, theme: str, say: Words) -> go.Figure:
    """Stacked bars of `hours` (hour in local time, in_time, late, abandoned), over the time of all hours in `every`."""
    colours = themes()[theme]
    at = [hour + HALF for hour in hours["hour"]]
    figure = go.Figure()
    edge = colours["muted"]
    for name, colour, pattern in (("in_time", "spark", ""), ("late", "band", ""), ("abandoned", "text", "/")):
        figure.add_bar(
            x=at, y=hours[name].to_list(), name=say("customers", name),
            marker={"color": colours[colour], "line": {"width": 1, "color": edge}, "pattern_shape": pattern},
        )  # fmt: skip
    figure.update_layout(barmode="stack", bargap=0.25)
    if every.height:
        shown = sorted(every["hour"])
        figure.update_xaxes(range=[shown[0], shown[-1] + 2 * HALF])
    return figure.update_xaxes(tickformat="%H:%M\n%m-%d", showgrid=False)


def wait_chart(waits: pl.DataFrame, theme: str, say: Words) -> go.Figure:
    """The mean wait in minutes by window and hour of the day (window, local_hour, wait_min), as shades of grey."""
    colours = themes()[theme]
    hours = sorted(waits["local_hour"].unique())
    windows = sorted(waits["window"].unique(), reverse=True)
    known = {(window, hour): wait for window, hour, wait in waits.select("window", "local_hour", "wait_min").rows()}
    grid = [[known.get((window, hour)) for hour in hours] for window in windows]
    text = [["" if wait is None else f"{wait:.0f}" for wait in row] for row in grid]
    figure = go.Figure(
        go.Heatmap(
            z=grid, x=[f"{hour}:00" for hour in hours], y=[say("customers", "window_n", n=one) for one in windows],
            text=text, texttemplate="%{text}", textfont={"color": colours["text"], "size": 15}, showscale=False,
            colorscale=[[0, colours["ground"]], [1, colours["line"]]], xgap=2, ygap=2, hoverongaps=False,
            hovertemplate="%{y} %{x}: %{z:.1f} min<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(showgrid=False, type="category")
    return figure.update_yaxes(showgrid=False, type="category")


def _clear(colour: str) -> str:
    """A colour through which one sees."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"
