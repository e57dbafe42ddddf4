"""The course of a site's points of one quantity: readings of a day as lines, days of a month with their range."""

from collections.abc import Iterable, Iterator

import plotly.graph_objects as go
import polars as pl

from pages.components.chart import line
from pages.components.theme import themes

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
TONES = ("text", "spark", "muted")


def day_course(rows: pl.DataFrame, names: dict[str, str], theme: str) -> go.Figure:
    """Readings (point_id, ts, value; UTC) of one quantity, a line a point; rain as bars."""
    figure = go.Figure()
    for point_id, look in _looks(rows, theme):
        own = rows.filter(pl.col("point_id") == point_id)
        if own["quantity"][0] == "rainfall":
            figure.add_bar(x=own["ts"], y=own["value"], name=names[point_id], marker_color=look["color"])
        else:
            figure.add_scatter(x=own["ts"], y=own["value"], name=names[point_id], mode="lines", line=look)
    return figure


def month_course(rows: pl.DataFrame, names: dict[str, str], theme: str) -> go.Figure:
    """Days (point_id, day, mean, min, max) of one quantity: means as lines, the range of a point that is alone."""
    figure, looks = go.Figure(), list(_looks(rows, theme))
    for point_id, look in looks:
        own = rows.filter(pl.col("point_id") == point_id)
        if len(looks) == 1:
            band = {"line_width": 0, "hoverinfo": "skip", "showlegend": False, "mode": "lines"}
            figure.add_scatter(x=own["day"], y=own["max"], **band)
            figure.add_scatter(x=own["day"], y=own["min"], fill="tonexty", fillcolor=themes()[theme]["band"], **band)
        figure.add_scatter(x=own["day"], y=own["mean"], name=names[point_id], mode="lines", line=look)
    return figure


def with_limits(
    figure: go.Figure, lows: Iterable[float | None], highs: Iterable[float | None], theme: str
) -> go.Figure:
    """The limits of the points as dashed lines."""
    for value in {value for value in (*lows, *highs) if value is not None}:
        figure.add_hline(y=value, line=line(themes()[theme]["alarm"], "dash", 1.5))
    return figure


def _looks(rows: pl.DataFrame, theme: str) -> Iterator[tuple[str, dict[str, object]]]:
    """How each point's line is drawn: tones and dashes, since colour means abnormal."""
    for place, point_id in enumerate(rows["point_id"].unique(maintain_order=True)):
        tone = themes()[theme][TONES[place % len(TONES)]]
        yield point_id, line(tone, DASHES[place % len(DASHES)], 1.8)
