"""Charts of the page of stock."""

from datetime import datetime

import plotly.graph_objects as go
import polars as pl

from pages.components.chart import line
from pages.components.theme import themes
from pages.components.words import Words

ROW_HEIGHT, ENDS = 30, 80
KINDS = {"receipt": ("spark", ""), "return": ("spark", "/"), "issue": ("band", "")}
"""Kinds of move, the colour of the theme and the pattern that each is drawn in."""


def days_chart(items: pl.DataFrame, theme: str, say: Words) -> go.Figure:
    """Bars of `items` (name_zh, state, days_left, lead_time_days), in the frame's order from the top."""
    colours = themes()[theme]
    names = items["name_zh"].to_list()
    figure = go.Figure()
    for state in ("normal", "warning", "alarm"):
        own = items.filter(state=state)
        words = say("stock", "days" if state == "normal" else "below")
        figure.add_bar(
            x=own["days_left"].to_list(), y=own["name_zh"].to_list(), orientation="h", name=words,
            marker={"color": colours["spark" if state == "normal" else state], "line_width": 0},
        )  # fmt: skip
    figure.add_scatter(
        x=items["lead_time_days"].to_list(), y=names, mode="markers", name=say("stock", "lead"),
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": colours["text"]}},
    )  # fmt: skip
    figure.update_layout(hovermode="y unified", bargap=0.35, barmode="overlay")
    figure.update_xaxes(rangemode="tozero", ticksuffix=f" {say('unit', 'd')}")
    return figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False)


def days_height(items: int) -> int:
    """The height in px of a chart of so many items."""
    return ENDS + ROW_HEIGHT * max(1, items)


def flow_chart(flow: pl.DataFrame, theme: str, say: Words) -> go.Figure:
    """Bars of `flow` (day, kind, value_cny), what came in up, what went out down."""
    colours = themes()[theme]
    figure = go.Figure()
    for kind, (colour, pattern) in KINDS.items():
        own = flow.filter(kind=kind)
        if own.height:
            figure.add_bar(
                x=own["day"].to_list(), y=own["value_cny"].to_list(), name=say("stock_kind", kind),
                marker={
                    "color": colours[colour], "line": {"width": 1, "color": colours["muted"]}, "pattern_shape": pattern,
                },
            )  # fmt: skip
    figure.update_layout(barmode="relative")
    figure.update_xaxes(tickformat="%m-%d")
    return figure.update_yaxes(title=say("unit", "元"), separatethousands=True)


def history_chart(moves: pl.DataFrame, safety: float, until: datetime, theme: str) -> go.Figure:
    """Steps of `moves` (moved_at, warehouse, stock), one line a store, up to `until`; dashed, the safety stock."""
    colours = themes()[theme]
    figure = go.Figure()
    for (warehouse,), own in moves.sort("moved_at").group_by("warehouse", maintain_order=True):
        figure.add_scatter(
            x=[*own["moved_at"], until], y=[*own["stock"], own["stock"][-1]], name=str(warehouse),
            line={**line(colours["text"]), "shape": "hv"},
        )  # fmt: skip
    figure.add_hline(y=safety, line_dash="dash", line_color=colours["muted"], line_width=1.5)
    figure.update_xaxes(tickformat="%m-%d")
    return figure.update_yaxes(rangemode="tozero")
