"""Charts of demand: what came and what is forecast, with its bands; yesterday's forecast against what came."""

import plotly.graph_objects as go
import polars as pl

from pages.components.chart import line
from pages.components.theme import themes
from pages.components.words import Words


def ahead_chart(came: pl.DataFrame, ahead: pl.DataFrame, timezone: str, theme: str, say: Words) -> go.Figure:
    """What came (valid_at, value) up to now, then the forecast (valid_at, p2 … p97) with both bands; m³/h."""
    figure = go.Figure()
    _bands(figure, ahead, timezone, theme, say)
    colours = themes()[theme]
    came_at = _local(came, timezone)
    figure.add_scatter(x=came_at, y=came["value"], name=say("forecasts", "came"), line=line(colours["text"]))
    return figure.update_yaxes(title={"text": say("unit", "m^3/h"), "standoff": 10})


def yesterday_chart(beside: pl.DataFrame, timezone: str, theme: str, say: Words) -> go.Figure:
    """A day's forecast as last issued before it began, and what came (column came); m³/h."""
    figure = go.Figure()
    _bands(figure, beside, timezone, theme, say)
    colours, at = themes()[theme], _local(beside, timezone)
    figure.add_scatter(x=at, y=beside["came"], name=say("forecasts", "came"), line=line(colours["text"]))
    outside = beside.filter(pl.col("is_inside").not_())
    figure.add_scatter(
        x=_local(outside, timezone), y=outside["came"], mode="markers", name=say("forecasts", "outside"),
        marker={"symbol": "diamond-open", "size": 10, "color": colours["text"]},
    )  # fmt: skip
    return figure.update_yaxes(title={"text": say("unit", "m^3/h"), "standoff": 10})


def _bands(figure: go.Figure, rows: pl.DataFrame, timezone: str, theme: str, say: Words) -> None:
    colours, at = themes()[theme], _local(rows, timezone)
    edge = {"line_width": 0, "mode": "lines", "hoverinfo": "skip"}
    inner, outer = _faint(colours["spark"], 0.3), _faint(colours["spark"], 0.14)
    for low, high, name, fill in (("p2", "p97", "wide_band", outer), ("p10", "p90", "band", inner)):
        figure.add_scatter(x=at, y=rows[high], showlegend=False, **edge)
        figure.add_scatter(x=at, y=rows[low], fill="tonexty", fillcolor=fill, name=say("forecasts", name), **edge)
    figure.add_scatter(x=at, y=rows["p50"], name=say("forecasts", "median"), line=line(colours["spark"], "dash"))


def _faint(colour: str, share: float) -> str:
    """A colour of the theme (#rrggbb) of which a share is seen."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def _local(rows: pl.DataFrame, timezone: str) -> pl.Series:
    """The hours by the utility's clock."""
    return rows["valid_at"].dt.convert_time_zone(timezone).dt.replace_time_zone(None)
