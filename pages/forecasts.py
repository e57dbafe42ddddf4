"""Forecasts: how much water each zone and the network will take, with its band, and how true yesterday's was."""

from datetime import timedelta
from typing import Any

import polars as pl
import streamlit as st

from brain.demand import shown
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures, show_heading, show_missing
from pages.components.chart import show_chart
from pages.components.choices import select
from pages.components.ending import end_page
from pages.components.forecast_charts import ahead_chart, yesterday_chart
from pages.components.page import open_page
from pages.components.side_by_side import side_by_side
from pages.components.table import Column, show_table

page = open_page("forecasts")
assert page.at is not None
at, say, timezone = page.at, page.say, page.utility.timezone
sites = answer(shown.series_list, at)
if not sites:
    show_missing(page, say("forecasts", "none"), say("forecasts", "none_how"))
    end_page()


def column(name: str, unit: str = "", **more: Any) -> Column:
    """A column of this page's tables."""
    return Column(name, say("forecasts", name), unit, **more)


def figure(name: str, unit: str) -> Figure:
    """A number of the chosen site, with what it means."""
    return Figure(say("forecasts", name), of_site[name], unit, means=say("forecasts", f"{name}_means"))


chosen = select(
    page,
    "site",
    say("forecasts", "site"),
    sites,
    lambda site: page.named("sites", site),
    page.named("sites", sites[0]),
)
site = chosen or sites[0]
table = answer(shown.sites_table, at)
of_site = table.filter(site_id=site).row(0, named=True)
show_figures(
    page,
    [
        figure("next_24h_m3", "m^3"),
        figure("last_24h_m3", "m^3"),
        figure("off_pct", "%"),
        figure("inside_pct", "%"),
    ],
)

ahead = answer(shown.ahead, at, site)
reaches = "ahead_day" if ahead.filter(pl.col("valid_at") > at + timedelta(hours=24)).is_empty() else "ahead"
show_heading(page, say("forecasts", reaches, site=page.named("sites", site)), say("forecasts", "ahead_means"))
st.html(f'<p class="rest">{say("forecasts", "issued", time=page.time(ahead["issued_at"][0]))}</p>')
came = answer(shown.came, at, site)
this_hour = at.replace(minute=0, second=0, microsecond=0)
show_chart(
    page,
    ahead_chart(came, ahead.filter(pl.col("valid_at") >= this_hour), timezone, page.view.theme, say),
    "demand-ahead",
    say("forecasts", "ahead_alt"),
)

left, right = side_by_side("yesterday", [3, 2])
with left:
    show_heading(page, say("forecasts", "yesterday"), say("forecasts", "yesterday_means"))
    beside = answer(shown.yesterday, at, site)
    if beside.is_empty():
        show_missing(page, say("forecasts", "no_yesterday"), say("forecasts", "no_yesterday_how"))
    else:
        chart = yesterday_chart(beside, timezone, page.view.theme, say)
        show_chart(page, chart, "demand-yesterday", say("forecasts", "yesterday_alt"))
with right:
    days = answer(shown.days_ahead, at, sites[0])
    show_heading(page, say("forecasts", "days"), say("forecasts", "days_means"))
    if days.is_empty():
        show_missing(page, say("forecasts", "no_days"), say("forecasts", "no_days_how"))
    else:
        day = Column("valid_at", say("forecasts", "day"), draw=lambda row: page.time(row["valid_at"], "%m-%d"))
        show_table(page, days, [day, column("p10", "m³"), column("p50", "m³"), column("p90", "m³")], "demand-days", 340)

show_heading(page, say("forecasts", "all"), say("forecasts", "all_means"))
ITEM = Column("name", say("forecasts", "site"), link=lambda row: page.here(site=row["site_id"]))
COLUMNS = [
    ITEM,
    column("next_24h_m3", "m³"),
    column("last_24h_m3", "m³"),
    column("forecast_m3", "m³"),
    column("came_m3", "m³"),
    column("off_pct", "%"),
    column("inside_pct", "%"),
]
names = pl.Series("name", [page.named("sites", site_id) for site_id in table["site_id"]])
show_table(page, table.with_columns(names), COLUMNS, "demand-sites")
