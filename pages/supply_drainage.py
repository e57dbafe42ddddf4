"""Supply and drainage on one page: a day's water from intake to effluent, its costs, where the two disagree."""

from functools import partial
from html import escape

import polars as pl
import streamlit as st

from metrics.queries import supply_drainage as queries
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures, show_heading, show_missing, wide
from pages.components.board_parts import site_values
from pages.components.chart import show_chart
from pages.components.page import open_page
from pages.components.sankey import basis_key, sankey
from pages.components.table import Column, show_table

SANKEY_HEIGHT, FEW_STREAMS, FEW_HEIGHT = 540, 2, 200
MOST_NAMED = 8

page = open_page("supply_drainage")
say = partial(page.say, "supply_drainage")


def figures(balance: queries.Balance) -> list[Figure]:
    """The day's sums beside those of the day before and of a year before."""
    before = queries.totals_before(days)
    names = ("intake", "works_out", "sold", "lost", "influent", "infiltration", "effluent")
    return [
        Figure(
            say(name), balance.totals.get(name), "m^3", means=say(f"{name}_means"),
            compared=True, previous=before["previous"].get(name), last_year=before["last_year"].get(name),
        )
        for name in names
    ]  # fmt: skip


def node_name(node: str) -> str:
    """A site's name, or a node's."""
    words = page.say("balance_node", node)
    return page.named("sites", node) if words == node else words


def show_balance(balance: queries.Balance) -> None:
    """The day's water as streams."""
    show_heading(page, say("day", day=balance.day.isoformat()), say("balance_means"))
    if balance.streams.is_empty():
        show_missing(page, say("no_balance"), say("no_balance_how"))
        return
    basis = {one: page.say("balance_basis", one) for one in (queries.METERED, queries.BILLED, queries.DIFFERENCE)}
    figure = sankey(balance.streams, node_name, amount, basis, page.view.theme)
    if balance.streams.height > FEW_STREAMS:
        with wide("balance"):
            show_chart(page, figure, "water-balance", say("balance_alt"), SANKEY_HEIGHT)
    else:
        show_chart(page, figure, "water-balance", say("balance_alt"), FEW_HEIGHT)
    st.html(basis_key(basis, say("unit"), page.view.theme))
    for name, sites in (("unmetered", balance.unmetered), ("unbilled", balance.unbilled)):
        if sites:
            st.html(f'<p class="quiet">▨ {escape(say(name, sites=some_of(sites)))}</p>')
    if balance.absent:
        ends = " · ".join(say(end) for end in balance.absent)
        show_missing(page, say("absent", ends=ends), say("no_balance_how"))


def amount(m3: float) -> str:
    """Some water in m³, thousands apart."""
    return f"{m3:,.0f}".replace(",", "\u2009")


def some_of(sites: list[str]) -> str:
    """The names of some sites, and how many more there are."""
    named = [page.named("sites", one) for one in sites[:MOST_NAMED]]
    rest = len(sites) - len(named)
    return " · ".join([*named, *([say("and_more", n=rest)] if rest else [])])


def show_streams(balance: queries.Balance) -> None:
    """The streams as a table."""
    if balance.streams.is_empty():
        return
    show_heading(page, say("streams"), say("streams_means"))
    rows = balance.streams.with_columns(
        source=pl.col("source").map_elements(node_name, pl.String()),
        target=pl.col("target").map_elements(node_name, pl.String()),
    )
    columns = [
        Column("source", say("source")), Column("target", say("target")), Column("m3", say("m3"), "m^3"),
        Column("basis", say("basis"), words="balance_basis"),
    ]  # fmt: skip
    show_table(page, rows, columns, "water-balance", 380)


def show_steps() -> None:
    """Energy and cost of each step."""
    show_heading(page, say("steps"), say("steps_means"))
    rows = answer(queries.steps, page.at)
    if rows["kwh"].null_count() == rows.height:
        show_missing(page, say("no_steps"), say("no_steps_how"))
        return
    columns = [
        Column("step", say("step"), words="step"), Column("m3", say("m3"), "m^3"), Column("kwh", say("kwh"), "kWh"),
        Column("kwh_per_km3", say("kwh_per_km3"), "kWh/km³"),
        Column("previous_kwh_per_km3", say("previous"), "kWh/km³"),
        Column("last_year_kwh_per_km3", say("last_year"), "kWh/km³"),
        Column("cost_cny", say("cost"), "元"), Column("cny_per_m3", say("cost_per_m3"), "元/m³"),
        Column("previous_cny_per_m3", say("previous"), "元/m³"),
        Column("last_year_cny_per_m3", say("last_year"), "元/m³"),
    ]  # fmt: skip
    show_table(page, rows, columns, "steps", None)


def with_sites(rows: pl.DataFrame) -> pl.DataFrame:
    """With the site's name beside its id."""
    names = [page.named("sites", one) for one in rows["site_id"]]
    return rows.with_columns(pl.Series("site", names, dtype=pl.String()))


def site_column(label: str) -> Column:
    """The site, which leads to its page."""
    return Column("site", say(label), link=lambda row: page.link("site", site=row["site_id"]))


def day_before(name: str) -> list[Column]:
    """A volume of the day before and of the same date a year before."""
    return [Column(f"{past}_{name}", say(past), "m^3") for past in ("previous", "last_year")]


def show_zones() -> None:
    """The zones by what got lost."""
    show_heading(page, say("zones"), say("zones_means"))
    rows = queries.zones(days)
    if rows.is_empty():
        show_missing(page, say("no_zones"), say("no_zones_how"))
        return
    if rows["loss_m3"].count() == 0:
        show_missing(page, say("no_loss"), say("no_zones_how"))
    if rows["in_m3"].count() == rows["sold_m3"].count() == 0:
        return
    board = page.board
    leakage = next((one for one in board["indicators"] if one["id"] == "leakage_rate"), None) if board else None
    if leakage is not None:
        rows = rows.join(site_values(leakage), on="site_id", how="left", maintain_order="left")
    columns = [
        site_column("zone"),
        Column("loss_m3", say("loss_m3"), "m^3"), *day_before("loss_m3"),
        Column("loss_share", say("loss_share"), "%", digits=1),
        Column("in_m3", say("in_m3"), "m^3"), Column("sold_m3", say("sold_m3"), "m^3"),
        Column("loss_l_conn", say("loss_l_conn"), "L/(conn·d)", digits=1),
        Column("leakage_rate", say("twelve_months"), "%"),
    ]  # fmt: skip
    named = with_sites(rows)
    shown = [one for one in columns if one.name in named.columns and named[one.name].count()]
    show_table(page, named, shown, "zones-by-loss")


def show_disagreements() -> None:
    """Stations and works where what came is not what was sent."""
    show_heading(page, say("disagree"), say("disagree_means"))
    rows = queries.disagreements(days)
    if rows.is_empty():
        show_missing(page, say("no_disagree"), say("no_disagree_how"))
        return
    columns = [
        site_column("site"),
        Column("more_m3", say("more"), "m^3"), *day_before("more_m3"),
        Column("more_share", say("more_share"), "%", digits=1),
        Column("measured_m3", say("measured"), "m^3"), Column("expected_m3", say("expected"), "m^3"),
        Column("zones", say("upstream")),
    ]  # fmt: skip
    show_table(page, with_sites(rows), columns, "supply-and-sewage")


days = answer(queries.days, page.at)
balance = queries.balance(page.utility, days)
show_figures(page, figures(balance))
show_balance(balance)
show_steps()
show_zones()
show_disagreements()
show_streams(balance)
