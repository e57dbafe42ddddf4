"""优水入户: whether the actions keep their dates, and whether the pilot zones' water is better than the others'."""

from collections.abc import Sequence
from typing import Any

import polars as pl

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
DIGITS = {"turbidity": 3, "free_chlorine": 2, "ph": 2, "pressure": 3, "per_1000": 2}
"""Decimals of each measure, so that the groups and the zones stand under one another."""

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
    """Complaints of the pilot zones and of the others where they are known, with 环比 and 同比."""
    return [
        Figure(
            own.word(name),
            row["per_1000"],
            "1/1000",
            means=own.word("complaints_means"),
            compared=True,
            previous=row["previous_per_1000"],
            last_year=row["last_year_per_1000"],
            beside=own.word("complaints_of", n=number(row["complaints"]), connections=number(row["connections"])),
        )
        for is_pilot, name in ((True, "complaints_pilot"), (False, "complaints_others"))
        for row in complaints.filter(pl.col("site_id").is_null(), is_pilot=is_pilot).iter_rows(named=True)
        if row["per_1000"] is not None
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
        timeline=pl.format("{} – {}", "starts_on", "due_on"), title=pl.coalesce(title, "title_zh"),
        **{f"{name}_share": 100 * pl.col(name) for name in shares},
    )  # fmt: skip

    def bar(row: Any) -> str:
        told = {name: number(row[f"{name}_share"]) for name in shares}
        return action_bar(row, first, last, today, own.word("bar", **told))

    columns = [
        own.column("state"),
        own.column("step", words="action_step"),
        own.column("title"),
        own.column("progress_share", "progress", "%"),
        own.column("due_on"),
        own.column("days_left", unit="d"),
        own.column("timeline", draw=bar),
        own.column("expected_share", "expected", "%"),
        own.column("theme", words="action_theme"),
        own.column("owner"),
        own.column("starts_on"),
        own.column("updated_at", draw=lambda row: page.time(row["updated_at"], "%Y-%m-%d")),
    ]
    show_table(page, rows, columns, "actions", None)


def pilot(rows: pl.DataFrame, *, has_pilot: bool) -> None:
    """The pilot zones' quality beside the others'."""
    own.heading("pilot")
    if not has_pilot:
        own.missing("no_pilot")
    if rows.filter(pl.col("quantity") != "per_1000").is_empty():
        own.missing("no_quality")
    if rows.is_empty():
        return
    named = rows.with_columns(
        measure="quantity",
        quantity=pl.Series([measure_name(one, unit=True) for one in rows["quantity"]], dtype=pl.String()),
        zones=pl.Series([own.word("pilot_zones" if one else "other_zones") for one in rows["is_pilot"]]),
    )
    columns = [
        own.column("quantity"),
        own.column("zones"),
        written("mean", "group_mean"),
        *map(written, ("previous", "last_year", "p05", "p95")),
        own.column("kept_share", "kept", "%", digits=1),
        own.column("points"),
    ]
    show_table(page, named, columns, "pilot", None)


def written(name: str, label: str | None = None) -> Column:
    """A column of which each row has the decimals of its measure."""

    def draw(row: Any) -> str:
        return "–" if row[name] is None else f"{row[name]:.{DIGITS[row['measure']]}f}"

    return own.column(name, label, draw=draw)


def measure_name(measure: str, *, unit: bool = False) -> str:
    """A measure of the zones in words."""
    if measure == "per_1000":
        return own.word(measure)
    name = say("quantity", measure)
    return f"{name} {say('unit', QUANTITIES[measure])}".strip() if unit else name


def by_zone(zones: pl.DataFrame, measures: Sequence[str]) -> None:
    """One of the measures of every zone as dots, all of them as a table."""
    own.heading("measure")
    measure = choose(page, "measure", {one: measure_name(one) for one in measures}, measures[0])
    known = zones.filter(pl.col(measure).is_not_null())
    means = quality_water.group_means(compared, measure)
    figure = zone_chart(known, measure, measure_name(measure, unit=True), means, page.view.theme, say)
    show_chart(page, figure, f"zones-{measure}", own.word("measure_alt", measure=measure_name(measure)), 240)
    own.heading("table")
    quantities = [
        Column(one, say("quantity", one), QUANTITIES[one], digits=DIGITS[one]) for one in quality_water.QUANTITIES
    ]
    columns = [
        own.column("zone", link=lambda row: page.link("site", site=row["site_id"])),
        own.column("is_pilot", draw=lambda row: "✓" if row["is_pilot"] else ""),
        *quantities,
        *(own.column(f"{past}per_1000", digits=DIGITS["per_1000"]) for past in ("", "previous_", "last_year_")),
    ]
    show_table(page, zones, columns, "zones", 480)


complaints = answer(quality_water.complaints, at)
themes = answer(quality_water.themes, at)
figures = [*map(theme_figure, themes.iter_rows(named=True)), *complaint_figures(complaints)]
if figures:
    show_figures(page, figures)
if len(figures) == themes.height:
    own.missing("no_complaints")
actions()
compared, zones = answer(quality_water.zones, at)
pilot(compared, has_pilot=bool(complaints["is_pilot"].any()))
measures = [one for one in MEASURES if zones[one].count()]
if measures:
    names = [page.named("sites", id_) for id_ in zones["site_id"]]
    by_zone(zones.with_columns(zone=pl.Series(names, dtype=pl.String)), measures)
