"""Rain, inflow of the works and levels of the stations on one time axis, by the hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from metrics.queries.dispatch import Storm
from pages.components.chart import line
from pages.components.page import Page
from pages.components.theme import themes

HEIGHT = 560
MOST_STATIONS = 6
"""So many stations are drawn, those that came nearest to their alarm level."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
WORKS_ROW, STATIONS_ROW = 2, 3
HALF = timedelta(minutes=30)
FULL = 100.0


def storm_chart(page: Page, storm: Storm, ahead: pl.DataFrame, hour: datetime | None) -> go.Figure:
    """The figure; hourly values stand in the middle of their hour. `ahead` is rain as forecast, `hour` is marked."""
    colours = themes()[page.view.theme]
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, row_heights=[0.22, 0.36, 0.42], vertical_spacing=0.04)
    _rain(page, figure, storm, ahead, colours)
    works = [(site, rows) for site, rows in _by_site(storm.works, "valid_at")]
    for place, (site_id, rows) in enumerate(works):
        shares = [_share(row["observed"], row["capacity_m3h"]) for row in rows]
        shown = [row["observed"] for row in rows]
        _lines(page, figure, WORKS_ROW, (site_id, place), [row["valid_at"] for row in rows], shares, shown, "m³/h")
    for place, (site_id, rows) in enumerate(highest(storm.stations)):
        shares = [_share(row["level_m"], row["alarm_level"]) for row in rows]
        shown = [row["level_m"] for row in rows]
        _lines(page, figure, STATIONS_ROW, (site_id, place), [row["hour"] for row in rows], shares, shown, "m")
    for row in (WORKS_ROW, STATIONS_ROW):
        figure.add_hline(y=FULL, line_dash="dash", line_color=colours["muted"], line_width=1.5, row=row, col=1)
    if hour is not None:
        figure.add_vline(x=_local(page, hour), line_color=colours["text"], line_width=1.5)
    titles = [page.say("storm", name) for name in ("rain_axis", "works_axis", "level_axis")]
    for row, title in enumerate(titles, 1):
        figure.update_yaxes(title={"text": title, "font": {"size": 14}}, rangemode="tozero", row=row, col=1)
    figure.update_yaxes(autorange="reversed", row=1, col=1)
    figure.update_xaxes(tickformat="%H:%M\n%m-%d")
    return figure.update_layout(bargap=0.15, showlegend=True)


def highest(stations: pl.DataFrame) -> list[tuple[str, list[dict[str, Any]]]]:
    """The stations whose level came nearest to its alarm level, with their hours."""
    ranked = stations.group_by("site_id").agg(pl.col("nearness").max()).drop_nulls()
    chosen = ranked.sort("nearness", "site_id", descending=[True, False]).head(MOST_STATIONS)["site_id"].to_list()
    rows = dict(_by_site(stations.filter(pl.col("site_id").is_in(chosen)), "hour"))
    return [(site_id, rows[site_id]) for site_id in chosen]


def _rain(page: Page, figure: go.Figure, storm: Storm, ahead: pl.DataFrame, colours: dict[str, str]) -> None:
    """Bars from the top: filled where observed, outlined where forecast."""
    for rows, name, filled in ((storm.rain, "rain_axis", True), (ahead, "forecast", False)):
        if rows.is_empty():
            continue
        figure.add_bar(
            x=[_local(page, at) + HALF for at in rows["valid_at"]], y=rows["mm"].to_list(),
            name=page.say("storm", name),
            marker={
                "color": colours["spark"] if filled else "rgba(0,0,0,0)",
                "line": {"color": colours["spark"], "width": 0 if filled else 1.2},
            },
            hovertemplate="%{y:.1f} mm", showlegend=not filled, row=1, col=1,
        )  # fmt: skip


def _lines(
    page: Page, figure: go.Figure, row: int, which: tuple[str, int], times: Sequence[datetime],
    shares: Sequence[float | None], values: Sequence[float | None], unit: str,
) -> None:  # fmt: skip
    """One site's line in grey, and over it, coloured, what passes 100 %; both say the value itself."""
    site_id, place = which
    colours, name = themes()[page.view.theme], page.named("sites", site_id)
    at = [_local(page, moment) + HALF for moment in times]
    grey = line(colours["text" if place == 0 else "muted"], DASHES[place % len(DASHES)], 1.8)
    figure.add_scatter(
        x=at, y=list(shares), customdata=list(values), name=name, line=grey, mode="lines",
        hovertemplate=f"%{{y:.0f}} % · %{{customdata:.4~g}} {unit}", row=row, col=1,
    )  # fmt: skip
    over = [share if share is not None and share >= FULL else None for share in shares]
    if any(over):
        mark = {"color": colours["alarm" if row == STATIONS_ROW else "warning"], "size": 7, "symbol": "triangle-up"}
        figure.add_scatter(
            x=at, y=over, mode="lines+markers", marker=mark, line=line(str(mark["color"]), width=2.5), name=name,
            showlegend=False, hoverinfo="skip", row=row, col=1,
        )  # fmt: skip


def _by_site(rows: pl.DataFrame, time: str) -> list[tuple[str, list[dict[str, Any]]]]:
    parts = rows.sort("site_id", time).partition_by("site_id", as_dict=True, maintain_order=True)
    return [(str(site_id), part.to_dicts()) for (site_id,), part in parts.items()]


def _share(value: float | None, whole: float | None) -> float | None:
    return None if value is None or not whole else FULL * value / whole


def _local(page: Page, moment: datetime) -> datetime:
    """By the utility's clock; a chart knows no time zones."""
    return moment.astimezone(page.utility.zone).replace(tzinfo=None)
