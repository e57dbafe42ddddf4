"""One of the seven modules: its indicators, what is wrong in it and where, its trends, sites and limit breaches."""

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from data_sources.vocabulary import MODULES, QUANTITIES
from metrics.queries import module as queries
from pages.components.alike import told_apart
from pages.components.answers import answer
from pages.components.blocks import Figure, grid, show_figures, show_heading, show_missing
from pages.components.board_parts import (
    exceptions_about,
    indicator_figure,
    show_exceptions,
    show_exceptions_heading,
    show_map,
    site_states,
    site_values,
)
from pages.components.chart import of_a_whole, show_chart
from pages.components.choices import PERIODS, Period, choose, choose_period
from pages.components.page import open_page
from pages.components.side_by_side import side_by_side
from pages.components.states import RANK
from pages.components.table import Column, show_table
from pages.components.trend_chart import trend_chart

TREND_HEIGHT, LEGEND_LINES, TICKS = 282, 2, 4
FURTHER = {
    "distribution": ("supply_drainage", "quality_water"), "sewage": ("dispatch",), "treatment": ("dispatch",),
    "customer": ("customers",), "assets": ("meters", "stock"),
}  # fmt: skip
"""The pages that look closer at a module."""
MEASURED = {"raw_water", "production", "distribution", "sewage", "treatment"}
"""Modules whose sites have points."""

page = open_page("module")
say = page.say
module = page.wanted.get("id", MODULES[0])
module = module if module in MODULES else MODULES[0]
board = page.board
tiles = [] if board is None else [one for one in board["indicators"] if one["module"] == module]
sites = answer(queries.sites, page.at, module).join(site_states(board), on="site_id", how="left")
sites = sites.sort(pl.col("state").replace_strict(RANK, default=len(RANK), return_dtype=pl.Int64), "site_id")
ids = set(sites["site_id"])
found = [] if board is None else exceptions_about(board, ids, {one["id"] for one in tiles})
sites = sites.with_columns(state=pl.when(~(pl.col("is_silent") & (pl.col("state") == "normal"))).then("state"))


def figures() -> list[Figure]:
    """The module's indicators; how many sites are abnormal, where anybody knows; how many points report."""
    is_told = sites["state"].null_count() < sites.height
    abnormal = sites.filter(pl.col("state") != "normal").height if is_told else None
    shown = [indicator_figure(page, one) for one in tiles]
    if sites.height:
        means = say("module_page", "abnormal_means")
        of_all = say("module_page", "of_sites", n=sites.height)
        shown.append(Figure(say("module_page", "abnormal"), abnormal, beside=of_all, means=means))
    if module in MEASURED and sites["points"].sum():
        means = say("module_page", "points_means")
        of_all = say("module_page", "of_points", n=sites["points"].sum())
        shown.append(Figure(say("module_page", "points"), float(sites["reporting"].sum()), beside=of_all, means=means))
    return shown


def now(board: Mapping[str, Any]) -> None:
    """What is wrong, and beside it where; where nothing is, the map stands with the trends."""
    if not found or not ids:
        exceptions(board)
        return
    left, right = side_by_side("now", [3, 2])
    with left:
        exceptions(board)
    with right:
        show_heading(page, say("module_page", "map"))
        show_map(page, board, ids)


def exceptions(board: Mapping[str, Any]) -> None:
    """The open exceptions, and how many they are."""
    show_exceptions_heading(page, len(found))
    is_known = any(one["state"] != "unknown" for one in tiles)
    show_exceptions(page, board, found, is_known=is_known)


def site_table() -> None:
    """The sites with their states, what the module's indicators say of each, yesterday's volumes."""
    show_heading(page, say("module_page", "sites"), say("module_page", "sites_means") if module in MEASURED else "")
    if sites.is_empty():
        show_missing(page, say("module_page", "no_sites"), say("module_page", "no_sites_how", module=module))
        return
    kinds = sites["kind"].unique(maintain_order=True).to_list()
    every = {"all": say("choice", "all"), **{kind: say("site_kind", kind) for kind in kinds}}
    kind = choose(page, "kind", every, "all") if len(kinds) > 1 else "all"
    rows = sites if kind == "all" else sites.filter(pl.col("kind") == kind)
    rows = rows.with_columns(pl.col("state").fill_null("unknown"))
    columns = [Column("name", say("module_page", "site"), link=lambda row: page.link("site", site=row["site_id"]))]
    columns += [
        Column("state", say("module_page", "state")),
        Column("reason", say("module_page", "reason"), words="reason"),
    ]
    columns += [Column("kind", say("module_page", "kind"), words="site_kind")] if len(kinds) > 1 else []
    for one in tiles:
        rows = rows.join(site_values(one), on="site_id", how="left")
        columns.append(Column(one["id"], one[f"short_{page.lang}"], one["unit"]))
    columns += [
        Column("m3", say("module_page", "volume"), "m^3"),
        Column("previous_share", say("module_page", "previous"), "%", digits=1),
        Column("last_year_share", say("module_page", "last_year"), "%", digits=1),
        Column("reporting", say("module_page", "reporting")),
        Column("points", say("module_page", "of")),
        Column("newest", say("module_page", "newest")),
    ]
    rows = rows.with_columns(name=pl.Series([page.named("sites", one) for one in rows["site_id"]], dtype=pl.String()))
    told = [column for column in columns if rows[column.name].null_count() < rows.height]
    if not sites["points"].sum():
        told = [column for column in told if column.name not in ("reporting", "points")]
    show_table(page, rows, told, f"{module}-sites")


def further() -> None:
    """The way to the pages that look closer."""
    links = " · ".join(
        f'<a href="{page.link(one)}" target="_self">{escape(say("page_name", one))}</a>' for one in FURTHER[module]
    )
    st.html(f'<p class="quiet">{escape(say("module_page", "elsewhere"))}{links}</p>')


def trends(period: Period) -> None:
    """Each indicator's closed periods; with them the map, where no exception has it beside."""
    with grid("trends"):
        for one in tiles:
            with st.container():
                trend(one, period)
        if board is not None and ids and not found:
            with st.container():
                st.html(f"<h3>{escape(say('module_page', 'map'))}</h3>")
                show_map(page, board, ids)


def trend(one: Mapping[str, Any], period: Period) -> None:
    """One indicator's closed periods with target and normal band; of months never fewer than thirteen."""
    name, first_day = one[f"name_{page.lang}"], period.first_day
    by_month = answer(queries.length, page.at, one["id"]) == "month"
    if by_month:
        first_day = min(first_day, page.utility.day_of(page.at - PERIODS["13m"]))
    unit = say("unit", one["unit"]) if one["unit"] else ""
    about = " · ".join(filter(None, (unit, say("module_page", "by_month") if by_month else "")))
    st.html(f"<h3>{escape(name)} <small>{escape(about)}</small></h3>")
    points = answer(queries.history, page.at, one["id"])
    if points.is_empty():
        show_missing(page, say("module_page", "no_trend", name=name), say("module_page", "no_trend_how"))
    elif points["value"].null_count() == points.height:
        why = say("reason", one["reason"]) if one["reason"] else ""
        what = " · ".join(filter(None, (say("module_page", "no_value", name=name), why)))
        show_missing(page, what, say("module_page", "no_value_how"))
    else:
        figure = trend_chart(
            points.to_dicts(), first_day, one["target"], one["band"], page.view.theme, say, by_month=by_month
        )
        if one["unit"] == "%":
            of_a_whole(figure)
        figure.update_xaxes(nticks=TICKS, tickangle=0)
        alt = say("module_page", "trend_alt", name=name)
        show_chart(page, figure, one["id"], alt, TREND_HEIGHT, LEGEND_LINES)


def periods_past(period: Period) -> None:
    """The closed periods in which an indicator was past its limit: where nothing is measured, the limits there are."""
    show_heading(page, say("module_page", "periods"), say("module_page", "periods_means"))
    if all(answer(queries.history, page.at, one["id"]).is_empty() for one in tiles):
        show_missing(page, say("module_page", "no_periods"), say("module_page", "no_trend_how"))
        return
    names = {one["id"]: one[f"name_{page.lang}"] for one in tiles}
    units = {one["id"]: say("unit", one["unit"]) for one in tiles}
    past = answer(queries.periods_past, page.at, tuple(names), period.first_day)
    if past.is_empty():
        st.html(f'<p class="quiet"><i class="normal">○</i> {escape(say("module_page", "none_past"))}</p>')
        return
    rows = past.with_columns(
        name=pl.col("indicator_id").replace_strict(names, return_dtype=pl.String),
        unit=pl.col("indicator_id").replace_strict(units, return_dtype=pl.String),
    )
    columns = [
        Column("period", say("module_page", "period")),
        Column("name", say("module_page", "indicator"),
               link=lambda row: page.link("indicator", id=row["indicator_id"])),
        Column("state", say("module_page", "state")),
        Column("value", say("module_page", "value")),
        Column("unit", say("module_page", "unit")),
    ]  # fmt: skip
    show_table(page, rows, columns, f"{module}-periods-past")


def breaches() -> None:
    """The points past a limit, the most hours first."""
    show_heading(page, say("module_page", "breaches"), say("module_page", "breaches_means"))
    if not answer(queries.points_with_limit, page.at, module):
        show_missing(page, say("module_page", "no_limits"), say("module_page", "no_limits_how"))
        return
    lengths = {"1": say("choice", "24h"), "7": say("choice", "7d"), "30": say("choice", "30d")}
    past = answer(queries.past_limit, page.at, module, int(choose(page, "days", lengths, "7")))
    if past is None:
        show_missing(page, say("exceptions", "nothing_known"), say("module_page", "no_hours_how"))
        return
    if past.is_empty():
        st.html(f'<p class="quiet"><i class="normal">○</i> {say("module_page", "no_breaches")}</p>')
        return
    units = [say("unit", QUANTITIES[one]) for one in past["quantity"]]
    named = [
        f"{page.named('sites', site)} · {page.named('points', point)}"
        for site, point in past.select("site_id", "point_id").rows()
    ]
    named = told_apart(named, past["point_id"].to_list())
    rows = past.with_columns(unit=pl.Series(units, dtype=pl.String()), name=pl.Series(named, dtype=pl.String()))
    columns = [
        Column("name", say("module_page", "point"),
               link=lambda row: page.link("site", site=row["site_id"], point=row["point_id"])),
        Column("state", say("module_page", "state")),
        Column("quantity", say("module_page", "quantity"), words="quantity"),
        Column("hours_over", say("module_page", "hours_over"), "h"),
        Column("hours_past", say("module_page", "hours_past"), "h"),
        Column("worst", say("module_page", "worst")),
        Column("low", say("module_page", "low")),
        Column("high", say("module_page", "high")),
        Column("unit", say("module_page", "unit")),
        Column("worst_at", say("module_page", "worst_at")),
        Column("last_at", say("module_page", "last_at")),
    ]  # fmt: skip
    show_table(page, rows, columns, f"{module}-past-limit")


show_figures(page, figures())
if module in FURTHER:
    further()
if board is not None:
    now(board)
show_heading(page, say("module_page", "trends"), say("module_page", "trends_means"))
period = choose_period(page, ("30d", "90d", "13m"), "90d")
trends(period)
site_table()
if module in MEASURED:
    breaches()
else:
    periods_past(period)
