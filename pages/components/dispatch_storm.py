"""Rain, inflow of the works and levels of the stations on one time axis, by the hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import plotly.graph_objects as go
import polars as pl
from plotly.subplots import make_subplots

from metrics.queries.dispatch import Storm
from pages.components.chart import ABOVE, LEGEND_LINE, TICKS, line
from pages.components.page import Page
from pages.components.theme import themes

HEIGHTS = {"rain": 110, "works": 170, "level": 200}
"""The height of each row in px."""
SPACING = 0.12
MOST_STATIONS = 6
"""So many stations are drawn, those that came nearest to their alarm level."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
HALF = timedelta(minutes=30)
FULL = 100.0


def storm_chart(page: Page, storm: Storm, ahead: pl.DataFrame, hour: datetime | None) -> go.Figure | None:
    """The figure, a row for each of rain, works and stations of which there is anything; None where there is nothing.

    Hourly values stand in the middle of their hour. `ahead` is rain as forecast, `hour` is marked.
    """
    colours = themes()[page.view.theme]
    shares, levels = _shares(storm.works), _shares(storm.stations)
    there = {"rain": not (storm.rain.is_empty() and ahead.is_empty()), "works": bool(shares), "level": bool(levels)}
    parts = [name for name in HEIGHTS if there[name]]
    if not parts:
        return None
    heights = [HEIGHTS[name] for name in parts]
    figure = make_subplots(
        rows=len(parts), cols=1, shared_xaxes=True, row_heights=heights, vertical_spacing=SPACING / len(parts)
    )
    for row, name in enumerate(parts, 1):
        if name == "rain":
            _rain(page, figure, storm, ahead, colours, row)
        else:
            for place, site in enumerate(shares if name == "works" else levels):
                _line(page, figure, site, row, place, name)
            figure.add_hline(y=FULL, line_dash="dash", line_color=colours["muted"], line_width=1.5, row=row, col=1)
        title = {"text": page.say("storm", f"{name}_axis"), "font": {"size": 14}}
        figure.update_yaxes(title=title, rangemode="tozero", row=row, col=1)
        if name == "rain":
            figure.update_yaxes(autorange="reversed", row=row, col=1)
    if hour is not None:
        figure.add_vline(x=_local(page, hour), line_color=colours["text"], line_width=1.5)
    figure.update_xaxes(tickformat="%H:%M\n%m-%d")
    height = sum(heights) + ABOVE + TICKS + LEGEND_LINE * legend_lines(figure)
    return figure.update_layout(bargap=0.15, showlegend=True, height=height, legend_groupclick="toggleitem")


def legend_lines(figure: go.Figure) -> int:
    """How many lines its legend has: the title of the longest group, and that group's own."""
    named = [trace.legendgroup for trace in figure.data if trace.showlegend is not False]
    return 1 + max((named.count(one) for one in named), default=0)


@dataclass(frozen=True)
class Site:
    """One line: its hours, its value there, that value in % of the whole it is measured by."""

    site_id: str
    hours: list[datetime]
    values: list[float | None]
    shares: list[float | None]
    unit: str


def _shares(rows: pl.DataFrame) -> list[Site]:
    """The works, or the stations whose level came nearest to its alarm level."""
    if "level_m" in rows.columns:
        time, value, whole, unit = "hour", "level_m", "alarm_level", "m"
        near = rows.group_by("site_id").agg(pl.col("nearness").max()).drop_nulls()
        ids = near.sort("nearness", "site_id", descending=[True, False]).head(MOST_STATIONS)["site_id"].to_list()
    else:
        time, value, whole, unit = "valid_at", "observed", "capacity_m3h", "m³/h"
        ids = rows.drop_nulls("capacity_m3h")["site_id"].unique().sort().to_list()
    sites = []
    for site_id in ids:
        own = rows.filter(pl.col("site_id") == site_id).sort(time)
        share = (FULL * own[value] / own[whole]).to_list()
        sites.append(Site(site_id, own[time].to_list(), own[value].to_list(), share, unit))
    return sites


def _rain(page: Page, figure: go.Figure, storm: Storm, ahead: pl.DataFrame, colours: dict[str, str], row: int) -> None:
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
            hovertemplate="%{y:.1f} mm", showlegend=not filled, row=row, col=1, legendgroup="rain",
            legendgrouptitle_text=page.say("storm", "rain_axis"),
        )  # fmt: skip


def _line(page: Page, figure: go.Figure, site: Site, row: int, place: int, part: str) -> None:
    """One site in grey, and over it, coloured, what passes 100 %; both say the value itself.

    `part` is works or level: the legend names the lines of each beneath its own title.
    """
    colours, name = themes()[page.view.theme], page.named("sites", site.site_id)
    over = colours["warning" if part == "works" else "alarm"]
    legend = {"legendgroup": part, "legendgrouptitle_text": page.say("storm", f"{part}_axis")}
    at = [_local(page, moment) + HALF for moment in site.hours]
    grey = line(colours["text" if place == 0 else "muted"], DASHES[place % len(DASHES)], 1.8)
    figure.add_scatter(
        x=at, y=site.shares, customdata=site.values, name=name, line=grey, mode="lines",
        hovertemplate=f"%{{y:.0f}} % · %{{customdata:.4~g}} {site.unit}", row=row, col=1, **legend,
    )  # fmt: skip
    passed = [share if share is not None and share >= FULL else None for share in site.shares]
    if any(passed):
        mark = {"color": over, "size": 7, "symbol": "triangle-up"}
        figure.add_scatter(
            x=at, y=passed, mode="lines+markers", marker=mark, line=line(over, width=2.5), name=name,
            showlegend=False, hoverinfo="skip", row=row, col=1,
        )  # fmt: skip


def _local(page: Page, moment: datetime) -> datetime:
    """By the utility's clock; a chart knows no time zones."""
    return moment.astimezone(page.utility.zone).replace(tzinfo=None)
