"""Charts of the page of meters."""

import plotly.graph_objects as go
import polars as pl

from pages.components.theme import themes


def due_chart(months: pl.DataFrame, theme: str) -> go.Figure:
    """Bars of `months` (month, meters): how many are due in each."""
    colours = themes()[theme]
    figure = go.Figure()
    # the year stands under the first month and every January
    named = enumerate(months["month"])
    names = [f"{one:%m}<br>{one:%Y}" if n == 0 or one.month == 1 else f"{one:%m}" for n, one in named]
    figure.add_bar(
        x=list(range(months.height)), y=months["meters"].to_list(), marker={"color": colours["spark"], "line_width": 0},
        customdata=[f"{one:%Y-%m}" for one in months["month"]], hovertemplate="%{customdata}: %{y}<extra></extra>",
        text=months["meters"].to_list(), textposition="outside", textfont={"color": colours["text"]}, cliponaxis=False,
    )  # fmt: skip
    figure.update_xaxes(
        tickvals=list(range(months.height)), ticktext=names, tickangle=0, showgrid=False, zeroline=False
    )
    return figure.update_yaxes(showticklabels=False, showgrid=False, rangemode="tozero")
