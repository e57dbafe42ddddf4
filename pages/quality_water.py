"""优水入户: whether the actions keep their dates, and whether the pilot zones' water is better than the others'."""

from typing import Any

import polars as pl
import streamlit as st

from data_sources.vocabulary import QUANTITIES
from metrics.queries import quality_water
from pages.components.action_bar import action_bar
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures
from pages.components.chart import show_chart
from pages.components.choices import choose
from pages.components.numbers import number
from pages.components.page import open_page
from pages.components.section import Section
from pages.components.table import Column, show_table
from pages.components.zone_chart import zone_chart

MEASURES = (*quality_water.QUANTITIES, "per_1000")

page = open_page("quality_water")
assert page.at is not None
at, say, own = page.at, page.say, Section(page, "quality_water")
today = page.utility.day_of(at)


def theme_figure(row: dict[str, Any]) -> Figure:
    """An action: how far its items have come, the worst state among them."""
    told = [own.word("items_of", n=row["items"], done=row["done"])]
    told += [own.word(f"{late}_of", n=row[late]) for late in ("overdue", "behind") if row[late]]
    beside = " · ".join(told)
    means = own.word("theme_means")
    return Figure(
        say("action_theme", row["theme"]), row["progress"], "%", beside=beside, state=row["state"], means=means
    )


def complaint_figures(complaints: pl.DataFrame) -> list[Figure]:
    """Complaints of the pilot zones and of the others, with 环比 and 同比."""
    return [
        Figure(
            own.word(name),
            row["per_1000"],
            means=own.word("complaints_means"),
            compared=True,
            previous=row["previous_per_1000"],
            last_year=row["last_year_per_1000"],
            beside=own.word("complaints_of", n=number(row["complaints"]), connections=number(row["connections"])),
        )
        for is_pilot, name in ((True, "complaints_pilot"), (False, "complaints_others"))
        for row in complaints.filter(pl.col("site_id").is_null(), is_pilot=is_pilot).iter_rows(named=True)
    ]


def actions() -> None:
    """Every item along time."""
    own.heading("actions")
    items = answer(quality_water.actions, at)
    if items.is_empty():
        own.missing("no_actions")
        return
    first, last = min(items["starts_on"].to_list()), max([*items["due_on"].to_list(), today])
    title = "title_zh" if page.lang == "zh" else "title_en"
    shares = ("progress", "expected")
    rows = items.with_columns(
        timeline=pl.col("due_on"), title=pl.coalesce(title, "title_zh"),
        **{f"{name}_share": 100 * pl.col(name) for name in shares},
    )  # fmt: skip

    def bar(row: Any) -> str:
        told = {name: number(row[f"{name}_share"]) for name in shares}
        return action_bar(row, first, last, today, own.word("bar", **told))

    columns = [
        own.column("state"),
        own.column("step", words="action_step"),
        own.column("theme", words="action_theme"),
        own.column("title"),
        own.column("timeline", draw=bar),
        own.column("progress_share", "progress", "%"),
        own.column("expected_share", "expected", "%"),
        own.column("due_on"),
        own.column("days_left", unit="d"),
        own.column("owner"),
        own.column("starts_on"),
        own.column("updated_at"),
    ]
    show_table(page, rows, columns, "actions", None)


def ranged(row: Any, side: str) -> str:
    """P5–P95 of a side."""
    return f"{number(row[f'{side}_p05'])} – {number(row[f'{side}_p95'])}"


def of_side(side: str) -> list[Column]:
    """The columns of the pilot zones, or of the others."""
    between = own.column(f"{side}_p05", f"{side}_range", draw=lambda row: ranged(row, side))
    kept = own.column(f"{side}_kept_share", f"{side}_kept", "%")
    return [own.column(f"{side}_mean"), between, kept, own.column(f"{side}_points")]


def pilot() -> None:
    """The pilot zones' quality beside the others'."""
    own.heading("pilot")
    rows = answer(quality_water.compared, at)
    if rows.is_empty():
        own.missing("no_quality")
        return
    sides = [column_of for side in ("pilot", "others") for column_of in of_side(side)]
    names = [f"{say('quantity', one)} {say('unit', QUANTITIES[one])}".strip() for one in rows["quantity"]]
    named = rows.with_columns(quantity=pl.Series(names, dtype=pl.String))
    show_table(page, named, [own.column("quantity"), *sides], "pilot", None)


def measure_name(measure: str) -> str:
    """A measure of the zones in words."""
    return own.word(measure) if measure == "per_1000" else say("quantity", measure)


def by_zone(zones: pl.DataFrame) -> None:
    """One measure of every zone as bars, all of them as a table."""
    own.heading("measure")
    measure = choose(page, "measure", {one: measure_name(one) for one in MEASURES}, MEASURES[0])
    known = zones.filter(pl.col(measure).is_not_null())
    if known.is_empty():
        st.html(f'<p class="rest">{own.word("not_measured")}</p>')
    else:
        unit = say("unit", QUANTITIES.get(measure, "1"))
        means = answer(quality_water.group_means, at, measure)
        figure = zone_chart(known, measure, unit, means, page.view.theme, say)
        alt = own.word("measure_alt", measure=measure_name(measure))
        show_chart(page, figure, f"zones-{measure}", alt, 240)
    own.heading("table")
    quantities = [Column(one, say("quantity", one), QUANTITIES[one]) for one in quality_water.QUANTITIES]
    columns = [
        own.column("zone", link=lambda row: page.link("site", site=row["site_id"])),
        own.column("is_pilot", draw=lambda row: "✓" if row["is_pilot"] else ""),
        *quantities,
        own.column("per_1000"),
        own.column("previous_per_1000"),
        own.column("last_year_per_1000"),
    ]
    show_table(page, zones, columns, "zones", 480)


complaints, zones = answer(quality_water.complaints, at), answer(quality_water.zones, at)
themes = answer(quality_water.themes, at)
figures = [*map(theme_figure, themes.iter_rows(named=True)), *complaint_figures(complaints)]
if figures:
    show_figures(page, figures)
actions()
if not zones["is_pilot"].any():
    own.missing("no_pilot")
pilot()
if zones.height:
    names = [page.named("sites", id_) for id_ in zones["site_id"]]
    by_zone(zones.with_columns(zone=pl.Series(names, dtype=pl.String)))
