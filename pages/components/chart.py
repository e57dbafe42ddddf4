"""A chart on a page: the screen's colours and type, a fixed key and height, and its picture to take away."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from pages.components.page import Page
from pages.components.theme import themes

HEIGHT = 340
ABOVE, TICKS, LEGEND_LINE = 34, 48, 22
"""Heights in px: of what stands above a plot, of the axis' labels below it, of a line of the legend below those."""
EDGE = 0.04
"""Of what is drawn, how much more an axis shows beyond a value at its end: at the very edge a line loses its half."""
_BUTTONS = ["zoom2d", "pan2d", "select2d", "lasso2d", "zoomIn2d", "zoomOut2d", "autoScale2d", "resetScale2d"]
"""Buttons that a chart doesn't show: what stays saves its picture."""

_DAY_MS = 86_400_000
_DATES = [
    {"dtickrange": [None, _DAY_MS - 1], "value": "%H:%M\n%m-%d"},
    {"dtickrange": [_DAY_MS, "M1"], "value": "%m-%d\n%Y"},
    {"dtickrange": ["M1", None], "value": "%Y-%m"},
]
"""How an axis of time writes its ticks, in either language."""


def show_chart(page: Page, figure: go.Figure, name: str, alt: str, height: int = HEIGHT, legend_lines: int = 1) -> None:
    """Draw a figure in the page's colours. Its picture downloads as `<name>.png`; `alt` says in words what it shows.

    `legend_lines` is how many lines the legend needs, where that is more than one.
    """
    config = {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtonsToRemove": _BUTTONS,
        "toImageButtonOptions": {"format": "png", "filename": name, "scale": 2},
        "locale": page.lang,
        "locales": {page.lang: {"dictionary": {"Download plot as a PNG": page.say("page", "chart_picture")}}},
    }
    dressed(figure, page.view.theme, height, legend_lines)
    st.plotly_chart(figure, theme=None, key=f"chart.{name}", height=height, config=config, alt=alt)


def dressed(figure: go.Figure, theme: str, height: int = HEIGHT, legend_lines: int = 1) -> go.Figure:
    """A figure in the colours and type of the screen."""
    plot = max(height - ABOVE - TICKS - LEGEND_LINE * legend_lines, LEGEND_LINE)
    colours = themes()[theme]
    axis = {
        "gridcolor": colours["line"],
        "zerolinecolor": colours["line"],
        "linecolor": colours["line"],
        "automargin": True,
        "exponentformat": "none",
        "separatethousands": True,
        "title": {"font": {"size": 15}},
    }
    font = {"family": "Noto Sans SC, sans-serif", "size": 15, "color": colours["muted"]}
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": ABOVE, "b": 8}, paper_bgcolor=colours["ground"],
        plot_bgcolor=colours["ground"], font=font, hovermode="x unified", separators=".\N{THIN SPACE}",
        legend={"orientation": "h", "y": -TICKS / plot, "yanchor": "top", "x": 0}, hoverlabel_namelength=-1,
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colours["muted"], "activecolor": colours["text"]},
    )  # fmt: skip
    figure.update_xaxes(axis).update_yaxes(axis)
    return figure.update_xaxes(tickformatstops=_DATES, selector=lambda one: one.tickformat is None)


def of_a_whole(figure: go.Figure) -> go.Figure:
    """An axis of per cent that ends at 0 and 100, unless something drawn goes on, with room for a line there."""
    drawn = [value for trace in figure.data for value in trace.y if value is not None]
    drawn += [value for shape in figure.layout.shapes for value in (shape.y0, shape.y1)]
    low, high = min(drawn, default=0), max(drawn, default=0)
    room = EDGE * ((high - low) or 1)
    whole = {"clipmin": -room if low >= 0 else None, "clipmax": 100 + room if high <= 100 else None}
    return figure.update_yaxes(autorangeoptions=whole)


def line(colour: str, dash: str = "solid", width: float = 2) -> dict[str, Any]:
    """How a line is drawn."""
    return {"color": colour, "dash": dash, "width": width}
