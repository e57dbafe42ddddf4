"""Hotline and hall: calls against the usual, how they are answered, where water is lacking, orders, waits, channels."""

from html import escape
from typing import Any

import polars as pl
import streamlit as st

from metrics.queries import hall, hotline, orders
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures, show_heading, show_missing
from pages.components.call_charts import answer_chart, calls_chart, wait_chart
from pages.components.chart import show_chart
from pages.components.geography import geography_of
from pages.components.headline import headline_figure
from pages.components.numbers import number
from pages.components.page import open_page
from pages.components.report_map import Cluster, Report, report_map
from pages.components.side_by_side import side_by_side
from pages.components.table import Column, show_table

REPORTED = ("leak", "no_water")

page = open_page("customers", follows=True)
assert page.at is not None
at, say = page.at, page.say


def figure(name: str, value: float | None, **more: Any) -> Figure:
    """A figure of this page, with what it means."""
    return Figure(say("customers", name), value, means=say("customers", f"{name}_means"), **more)


def column(name: str, label: str | None = None, unit: str = "", words: str | None = None, **more: Any) -> Column:
    """A column of this page's tables."""
    return Column(name, say("customers", label or name), unit, words=words, **more)


def moment(name: str) -> Column:
    """A column of instants, without their year."""
    return column(name, draw=lambda row: "–" if row[name] is None else page.time(row[name], "%m-%d %H:%M"))


def heading(name: str, **blanks: object) -> None:
    """The heading of a part, with what it means."""
    show_heading(page, say("customers", name, **blanks), say("customers", f"{name}_means"))


def missing(name: str) -> None:
    """What is missing in a part, and how to supply it."""
    show_missing(page, say("customers", name), say("customers", f"{name}_how"))


def line(text: str) -> None:
    """A line of small text."""
    st.html(f'<p class="rest">{escape(text)}</p>')


def local(rows: pl.DataFrame) -> pl.DataFrame:
    """Hours by the utility's clock, without the row of all hours."""
    told = rows.filter(pl.col("hour").is_not_null())
    return told.with_columns(pl.col("hour").dt.convert_time_zone(page.utility.timezone).dt.replace_time_zone(None))


def zoned(rows: pl.DataFrame) -> pl.DataFrame:
    """With the zone's name beside its id."""
    names = [None if id_ is None else page.named("sites", id_) for id_ in rows["site_id"]]
    return rows.with_columns(pl.Series("zone", names, dtype=pl.String()))


ZONE = column("zone", link=lambda row: page.link("site", site=row["site_id"]) if row["site_id"] else None)


def first_figures(calls: pl.DataFrame, answered: dict[str, Any]) -> None:
    """What a chief of the centre looks at first."""
    now, repeats = answer(hotline.open_now, at), answer(hotline.repeats, at)
    every = calls.filter(pl.col("hour").is_null(), pl.col("category").is_null()).row(0, named=True)
    usual = say("customers", "usual_unknown")
    if every["usual"] is not None:
        bounds = {"low": number(every["usual_low"]), "high": number(every["usual_high"])}
        usual = say("customers", "usual_is", usual=number(every["usual"]), **bounds)
    ringing = say("customers", "now_beside", talking=now["talking"])
    if now["longest_wait_s"] is not None:
        ringing = f"{say('customers', 'now_longest', s=number(now['longest_wait_s']))} · {ringing}"
    show_figures(
        page,
        [
            headline_figure(page, "hotline_answer_rate"),
            figure("now", now["ringing"], beside=ringing),
            figure("calls_24h", every["calls"], beside=usual, state="warning" if every["is_unusual"] else None),
            figure("abandoned_24h", answered["abandoned"], beside=say("customers", "of_calls", n=answered["ended"])),
            waiting(),
            headline_figure(page, "work_order_on_time"),
            overdue(),
            figure("repeats_30d", repeats["repeated"], compared=True, previous=repeats["previous"],
                   last_year=repeats["last_year"], beside=say("customers", "of_calls", n=repeats["calls"])),
        ],
    )  # fmt: skip


def overdue() -> Figure:
    """Orders past their due time now; unknown where there is no order at all."""
    now = answer(orders.now, at)
    if now["open"] is None:
        return figure("overdue_now", None)
    late = "warning" if now["overdue"] else None
    return figure("overdue_now", now["overdue"], state=late, beside=say("customers", "open_of", n=now["open"]))


def waiting() -> Figure:
    """Who waits in the halls now."""
    now = answer(hall.waiting, at)
    beside = say("customers", "hall_shut") if now["waiting"] is None else ""
    if now["longest_wait_min"] is not None:
        beside = say("customers", "longest_wait", n=number(now["longest_wait_min"]))
    return figure("hall_waiting", now["waiting"], beside=beside)


def against_usual(calls: pl.DataFrame) -> None:
    """Calls by hour, of all or of one category, and the categories."""
    chosen = page.wanted.get("category")
    known = calls["category"].drop_nulls().unique().to_list()
    chosen = chosen if chosen in known else None
    left, right = side_by_side("calls", [3, 2])
    with left:
        name = say("customers", "by_hour")
        if chosen:
            name = say("customers", "by_hour_of", category=say("call_category", chosen))
        show_heading(page, name, say("customers", "calls_24h_means"))
        hours = local(calls.filter(pl.col("category").eq_missing(pl.lit(chosen, pl.String))))
        figure_ = calls_chart(hours, page.view.theme, say)
        show_chart(page, figure_, "calls-by-hour", say("customers", "by_hour_alt"), 380)
    with right:
        heading("by_category")
        rows = calls.filter(pl.col("hour").is_null()).with_columns(
            state=pl.when("is_unusual").then(pl.lit("warning")).otherwise(pl.lit("normal")),
            category=pl.col("category").fill_null("all_categories"),
        )
        show_table(page, rows, CATEGORY_COLUMNS, "calls-by-category", 400)


def category_name(row: Any) -> str:
    """A category in words, or all of them."""
    section = "customers" if row["category"] == "all_categories" else "call_category"
    return escape(say(section, row["category"]))


CATEGORY_COLUMNS = [
    column(
        "category", draw=category_name,
        link=lambda row: page.here(category=None if row["category"] == "all_categories" else row["category"]),
    ),
    column("calls"), column("usual"), column("usual_low"), column("usual_high"), column("state"),
]  # fmt: skip


def where() -> None:
    """Leak and no-water reports: the map, the zones, the newest."""
    heading("reports")
    reports = zoned(answer(hotline.reports, at))
    if reports.is_empty():
        line(say("customers", "no_reports"))
        return
    zones = zoned(answer(hotline.report_zones, at)).with_columns(
        state=pl.when("is_cluster").then(pl.lit("warning")).otherwise(pl.lit("normal"))
    )
    left, right = side_by_side("reports")
    with left:
        picture = on_map(reports, zones)
        if picture:
            st.html(picture)
        else:
            line(say("customers", "no_places"))
    with right:
        own = [Column(kind, say("call_category", kind)) for kind in REPORTED]
        columns = [column("state"), ZONE, column("reports", "n_reports"), *own, column("usual_a_day")]
        show_table(page, zones, columns, "report-zones", 250)
        heading("latest")
        columns = [
            moment("started_at"), column("category", words="call_category"), ZONE,
            column("channel", words="call_channel"),
            column("is_repeat", draw=lambda row: "✓" if row["is_repeat"] else ""),
        ]  # fmt: skip
        show_table(page, reports, columns, "reports", 250)


def on_map(reports: pl.DataFrame, zones: pl.DataFrame) -> str:
    """The reports that have a place, and the zones with a cluster."""
    told = [
        Report(row["lon"], row["lat"], row["category"], say(
            "customers", "report_text", category=say("call_category", row["category"]), zone=row["zone"] or "–",
            time=page.time(row["started_at"], "%m-%d %H:%M"),
        ))
        for row in reports.drop_nulls(["lon", "lat"]).iter_rows(named=True)
    ]  # fmt: skip
    if not told:
        return ""
    places = {id_: (lon, lat) for id_, lon, lat in page.utility.sites.select("site_id", "lon", "lat").rows()}
    clusters = [
        Cluster(*places[row["site_id"]], say("customers", "cluster", zone=row["zone"], n=row["reports"]),
                page.link("site", site=row["site_id"]))
        for row in zones.filter("is_cluster").iter_rows(named=True)
        if None not in places.get(row["site_id"], (None,))
    ]  # fmt: skip
    kinds = {kind: say("call_category", kind) for kind in REPORTED}
    return report_map(told, clusters, geography_of(page.utility), kinds, page.view.theme)


def answering(hours: pl.DataFrame, whole: dict[str, Any]) -> None:
    """How calls were answered, and what people called about twice."""
    left, right = side_by_side("answered")
    with left:
        heading("answered")
        if whole["ended"]:
            figure_ = answer_chart(local(hours), page.view.theme, say)
            show_chart(page, figure_, "calls-answered", say("customers", "answered_alt"), 300)
            waits = {"median": number(whole["wait_s"]), "longest": number(whole["longest_wait_s"])}
            line(say("customers", "waited", **waits))
        else:
            line(say("customers", "none_ended"))
    with right:
        heading("repeated")
        rows = zoned(answer(hotline.repeated, at))
        columns = [
            moment("started_at"), column("category", words="call_category"), ZONE, moment("first_at"), column("caller"),
        ]  # fmt: skip
        if rows.is_empty():
            line(say("customers", "no_repeats"))
        else:
            show_table(page, rows, columns, "repeated", 300)


def work_orders(kinds: pl.DataFrame) -> None:
    """Orders by kind, and those that are open or were late."""
    heading("orders")
    columns = [
        column("kind", words="order_kind"), column("due"), column("in_time", "closed_in_time"),
        column("in_time_share", unit="%"), column("hours_taken", unit="h"), column("open"), column("overdue"),
        column("satisfaction"),
    ]  # fmt: skip
    show_table(page, kinds, columns, "orders-by-kind", None)
    heading("order_list")
    rows = zoned(answer(orders.open_or_late, at))
    columns = [
        column("step", words="order_step"), column("kind", words="order_kind"), ZONE, moment("opened_at"),
        moment("due_at"), column("hours_late", unit="h"), column("order_id"),
    ]  # fmt: skip
    if rows.is_empty():
        line(say("customers", "no_open"))
    else:
        show_table(page, rows, columns, "orders", 320)


def halls() -> None:
    """Each hall: waiting by window and hour, windows and ratings."""
    waits = answer(hall.waits, at)
    if waits.is_empty():
        heading("hall")
        missing("no_hall")
        return
    today = {row["hall"]: row for row in answer(hall.now, at).iter_rows(named=True)}
    for (name,), own in waits.group_by("hall", maintain_order=True):
        left, right = side_by_side(f"hall.{name}")
        with left:
            show_heading(page, say("customers", "hall_of", hall=name), say("customers", "hall_means"))
            grid = own.filter(pl.col("local_hour").is_not_null())
            figure_ = wait_chart(grid, page.view.theme, say)
            show_chart(page, figure_, f"waits-{name}", say("customers", "hall_alt"), 320)
            if name in today:
                counts = {key: today[name][key] for key in ("taken", "served", "at_window")}
                line(say("customers", "served_today", **counts))
        with right:
            heading("windows")
            rows = own.filter(pl.col("local_hour").is_null()).with_columns(
                pl.col("window").fill_null(say("customers", "whole_hall"))
            )
            columns = [
                column("window"), column("tickets"), column("wait_min", unit="min"), column("longest_min", unit="min"),
                column("missed"), column("rating"), column("rated"),
            ]  # fmt: skip
            show_table(page, rows, columns, f"windows-{name}", None)


def by_channel() -> None:
    """Contacts by channel, with 环比 and 同比."""
    heading("channels")
    rows = answer(hotline.channels, at)
    if rows.is_empty():
        missing("no_channels")
        return
    columns = [
        column("channel", words="call_channel"), column("contacts"),
        column("share", unit="%", draw=lambda row: share_bar(row["share"])), column("previous"), column("last_year"),
    ]  # fmt: skip
    show_table(page, rows, columns, "channels", None)


def share_bar(share: float | None) -> str:
    """A share as a bar with its number."""
    if share is None:
        return "–"
    return f'<span class="share"><b style="width:{share:.1f}%"></b></span> {number(share)}'


calls, hours, kinds = answer(hotline.against_usual, at), answer(hotline.answered, at), answer(orders.by_kind, at)
if calls.is_empty():
    missing("no_calls")
else:
    first_figures(calls, hours.row(0, named=True))
    against_usual(calls)
if answer(hotline.channels, at).height:
    where()
    answering(hours, hours.row(0, named=True))
if kinds.is_empty():
    heading("orders")
    missing("no_orders")
else:
    work_orders(kinds)
halls()
by_channel()
