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
DOT = 6
MARKS = {"warning": "diamond", "alarm": "triangle-up"}

Point = Mapping[str, Any]


def trend_chart(
    points: Sequence[Point],
    shown_from: date,
    target: float | None,
    band: Sequence[float] | None,
    theme: str,
    say: Words,
    *,
    by_month: bool = False,
) -> go.Figure:
    """The figure of `points` (period, value, state; oldest first) from `shown_from` on.

    Values of 52 weeks earlier, `by_month` of the same month, lie under those they are compared with. `band` is
    (P10, P90) of the newest period.
    """
    after, name = (_next_year, "same_month") if by_month else (_weeks_later, "year_before")
    colours = themes()[theme]
    now = [point for point in points if point["period"] >= shown_from]
    newest = max((point["period"] for point in now), default=shown_from)
    before = [point for point in points if shown_from <= after(point["period"]) <= newest]
    figure = go.Figure()
    if band is not None:
        figure.add_hrect(y0=band[0], y1=band[1], fillcolor=colours["band"], line_width=0, layer="below")
    if any(point["value"] is not None for point in before):
        times, values = [after(point["period"]) for point in before], [point["value"] for point in before]
        look = _drawn(values, colours["muted"], "dot")
        figure.add_scatter(x=times, y=values, name=say("indicator", name), **look)
    times, values = [point["period"] for point in now], [point["value"] for point in now]
    figure.add_scatter(x=times, y=values, name=say("indicator", "value"), **_drawn(values, colours["text"], "solid"))
    for state, symbol in MARKS.items():
        marked = [point for point in now if point["state"] == state]
        figure.add_scatter(
            x=[point["period"] for point in marked], y=[point["value"] for point in marked], mode="markers",
            name=say("state", state), marker={"symbol": symbol, "size": 11, "color": colours[state]}, cliponaxis=False,
        )  # fmt: skip
    if target is not None:
        figure.add_hline(y=target, line_dash="dash", line_color=colours["muted"], line_width=1.5)
    return dressed(figure, theme)


def _weeks_later(day: date) -> date:
    return day + YEAR


def _next_year(month: date) -> date:
    return month.replace(year=month.year + 1)


def _drawn(values: Sequence[float | None], colour: str, dash: str) -> dict[str, Any]:
    """How values are drawn: as a line, those without a known neighbour, which no line reaches, as dots."""
    known = [False, *(value is not None for value in values), False]
    alone = [not (before or after) for before, after in zip(known[:-2], known[2:], strict=True)]
    sizes = [DOT if one else 0 for one in alone]
    marker = {"size": sizes, "color": colour}
    return {"mode": "lines+markers", "line": line(colour, dash), "marker": marker, "cliponaxis": False}
