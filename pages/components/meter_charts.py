"""Charts of the page of meters."""

import plotly.graph_objects as go
import polars as pl

from pages.components.theme import themes


def due_chart(months: pl.DataFrame, theme: str) -> go.Figure:
    """Bars of `months` (month, meters): how many are due in each."""
    colours = themes()[theme]
    figure = go.Figure()
    figure.add_bar(
        x=months["month"].to_list(), y=months["meters"].to_list(), marker={"color": colours["spark"], "line_width": 0},
        text=months["meters"].to_list(), textposition="outside", textfont={"color": colours["text"]}, cliponaxis=False,
        hovertemplate="%{x|%Y-%m}: %{y}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(tickformat="%m\n%Y", dtick="M1", showgrid=False)
    return figure.update_yaxes(showticklabels=False, showgrid=False, rangemode="tozero")
