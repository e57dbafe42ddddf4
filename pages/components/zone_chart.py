"""Zones beside one another: one measure, the pilot zones over the others."""

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from pages.components.theme import themes
from pages.components.words import Words

ROWS = {False: "other_zones", True: "pilot_zones"}
"""From the bottom."""


def zone_chart(
    zones: pl.DataFrame, measure: str, title: str, means: Mapping[bool, float | None], theme: str, say: Words
) -> go.Figure:
    """Dots of `zones` (zone, is_pilot and the measure) along one axis, a line of them a group.

    `title` stands under the axis; `means` are the groups' own (pilot: True), drawn as marks.
    """
    colours = themes()[theme]
    figure = go.Figure()
    for is_pilot, row in ROWS.items():
        own = zones.filter(is_pilot=is_pilot)
        colour = colours["text" if is_pilot else "spark"]
        figure.add_scatter(
            x=own[measure].to_list(), y=[say("quality_water", row)] * own.height, customdata=own["zone"].to_list(),
            mode="markers", showlegend=False, hovertemplate="%{customdata}: %{x:.3g}<extra></extra>",
            marker={"size": 15, "color": colour, "opacity": 0.7, "line": {"width": 1, "color": colours["ground"]}},
        )  # fmt: skip
    known = {is_pilot: mean for is_pilot, mean in means.items() if mean is not None}
    figure.add_scatter(
        x=list(known.values()), y=[say("quality_water", ROWS[is_pilot]) for is_pilot in known], mode="markers",
        name=say("quality_water", "group_mean"), hovertemplate="%{x:.3g}<extra></extra>",
        marker={"symbol": "line-ns", "size": 44, "line": {"width": 3, "color": colours["text"]}},
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(title=title, tickformat=".3~g")
    order = [say("quality_water", row) for row in ROWS.values()]
    return figure.update_yaxes(showgrid=False, categoryorder="array", categoryarray=order, range=[-0.6, 1.6])
