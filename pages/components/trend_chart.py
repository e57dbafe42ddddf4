"""An indicator's trend: closed periods with their state, target, normal band, and the same periods a year before."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from pages.components.chart import dressed, line
from pages.components.theme import themes
from pages.components.words import Words

YEAR = timedelta(days=364)
"""52 weeks: a year later on the same weekday."""
MARKS = {"warning": "diamond", "alarm": "triangle-up"}

Point = Mapping[str, Any]


def trend_chart(
    points: Sequence[Point],
    shown_from: date,
    target: float | None,
    band: Sequence[float] | None,
    theme: str,
    say: Words,
) -> go.Figure:
    """The figure of `points` (period, value, state; oldest first) from `shown_from` on.

    Values of 52 weeks earlier lie under those they are compared with. `band` is (P10, P90) of the newest period.
    """
    colours = themes()[theme]
    now = [point for point in points if point["period"] >= shown_from]
    newest = max((point["period"] for point in now), default=shown_from)
    before = [point for point in points if shown_from <= point["period"] + YEAR <= newest]
    figure = go.Figure()
    if band is not None:
        figure.add_hrect(y0=band[0], y1=band[1], fillcolor=colours["band"], line_width=0, layer="below")
    if any(point["value"] is not None for point in before):
        times, values = [point["period"] + YEAR for point in before], [point["value"] for point in before]
        figure.add_scatter(x=times, y=values, name=say("indicator", "year_before"), line=line(colours["muted"], "dot"))
    times, values = [point["period"] for point in now], [point["value"] for point in now]
    figure.add_scatter(x=times, y=values, name=say("indicator", "value"), line=line(colours["text"], "solid"))
    for state, symbol in MARKS.items():
        marked = [point for point in now if point["state"] == state]
        figure.add_scatter(
            x=[point["period"] for point in marked], y=[point["value"] for point in marked], mode="markers",
            name=say("state", state), marker={"symbol": symbol, "size": 11, "color": colours[state]},
        )  # fmt: skip
    if target is not None:
        figure.add_hline(y=target, line_dash="dash", line_color=colours["muted"], line_width=1.5)
    return dressed(figure, theme)
