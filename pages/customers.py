"""Hotline and hall: calls against the usual, how they are answered, where water is lacking, orders, waits, channels."""

from typing import Any

import polars as pl
import streamlit as st

from metrics.queries import hall, hotline, orders
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures, show_heading
from pages.components.call_charts import answer_chart, calls_chart, wait_chart
from pages.components.chart import show_chart
from pages.components.geography import geography_of
from pages.components.headline import headline_figure
from pages.components.numbers import number
from pages.components.page import open_page
from pages.components.report_map import Cluster, Report, report_map
from pages.components.section import Section
from pages.components.side_by_side import side_by_side
from pages.components.table import Column, show_table

REPORTED = ("leak", "no_water")

page = open_page("customers", follows=True)
assert page.at is not None
at, say, own = page.at, page.say, Section(page, "customers")


def local(rows: pl.DataFrame) -> pl.DataFrame:
    """Hours by the utility's clock, without the row of all hours."""
    told = rows.filter(pl.col("hour").is_not_null())
    return told.with_columns(pl.col("hour").dt.convert_time_zone(page.utility.timezone).dt.replace_time_zone(None))


def zoned(rows: pl.DataFrame) -> pl.DataFrame:
    """With the zone's name beside its id."""
    names = [None if id_ is None else page.named("sites", id_) for id_ in rows["site_id"]]
    return rows.with_columns(pl.Series("zone", names, dtype=pl.String()))


ZONE = own.column("zone", link=lambda row: page.link("site", site=row["site_id"]) if row["site_id"] else None)


def first_figures(calls: pl.DataFrame, answered: dict[str, Any]) -> None:
    """What a chief of the centre looks at first."""
    now, repeats, before = answer(hotline.open_now, at), answer(hotline.repeats, at), answer(hotline.before, at)
    every = calls.filter(pl.col("hour").is_null(), pl.col("category").is_null()).row(0, named=True)
    usual = own.word("usual_unknown")
    if every["usual"] is not None:
        bounds = {"low": number(every["usual_low"]), "high": number(every["usual_high"])}
        usual = own.word("usual_is", usual=number(every["usual"]), **bounds)
    ringing = own.word("now_beside", talking=now["talking"])
    if now["longest_wait_s"] is not None:
        ringing = f"{say('customers', 'now_longest', s=number(now['longest_wait_s']))} · {ringing}"
    show_figures(
        page,
        [
            headline_figure(page, "hotline_answer_rate"),
            own.figure("now", now["ringing"], beside=ringing),
            own.figure("calls_24h", every["calls"], beside=usual, state="warning" if every["is_unusual"] else None,
                   compared=True,
                   previous=before["previous"]["calls"], last_year=before["last_year"]["calls"]),
            own.figure("abandoned_24h", answered["abandoned"], beside=own.word("of_calls", n=answered["ended"]),
                   compared=True,
                   previous=before["previous"]["abandoned"], last_year=before["last_year"]["abandoned"]),
            waiting(),
            headline_figure(page, "work_order_on_time"),
            overdue(),
            reported(before),
            own.figure("repeats_30d", repeats["repeated"], compared=True, previous=repeats["previous"],
                   last_year=repeats["last_year"], beside=own.word("of_calls_30d", n=repeats["calls"])),
        ],
    )  # fmt: skip


def overdue() -> Figure:
    """Orders past their due time now; unknown where there is no order at all."""
    now = answer(orders.now, at)
    if now["open"] is None:
        return own.figure("overdue_now", None)
    late = "warning" if now["overdue"] else None
    return own.figure("overdue_now", now["overdue"], state=late, beside=own.word("open_of", n=now["open"]))


def waiting() -> Figure:
    """Who waits in the halls now."""
    now = answer(hall.waiting, at)
    beside = own.word("hall_shut") if now["waiting"] is None else ""
    if now["longest_wait_min"] is not None:
        beside = own.word("longest_wait", n=round(now["longest_wait_min"]))
    return own.figure("hall_waiting", now["waiting"], beside=beside)


def reported(before: dict[str, dict[str, float | None]]) -> Figure:
    """Leak and no-water reports, whether they cluster anywhere, with 环比 and 同比."""
    clusters = answer(hotline.report_zones, at).filter("is_cluster").height
    beside = own.word("clusters", n=clusters) if clusters else own.word("no_clusters")
    state = "warning" if clusters else None
    return own.figure(
        "reported", answer(hotline.reports, at).height, beside=beside, state=state, compared=True,
        previous=before["previous"]["reports"], last_year=before["last_year"]["reports"],
    )  # fmt: skip


def against_usual(calls: pl.DataFrame) -> None:
    """Calls by hour, of all or of one category, and the categories."""
    chosen = page.wanted.get("category")
    known = calls["category"].drop_nulls().unique().to_list()
    chosen = chosen if chosen in known else None
    left, right = side_by_side("calls", [3, 2])
    with left:
        name = own.word("by_hour")
        if chosen:
            name = own.word("by_hour_of", category=say("call_category", chosen))
        show_heading(page, name, own.word("calls_24h_means"))
        hours = local(calls.filter(pl.col("category").eq_missing(pl.lit(chosen, pl.String))))
        figure_ = calls_chart(hours, page.view.theme, say)
        show_chart(page, figure_, "calls-by-hour", own.word("by_hour_alt"), 380)
    with right:
        own.heading("by_category")
        rows = calls.filter(pl.col("hour").is_null()).with_columns(
            state=pl.when("is_unusual").then(pl.lit("warning")).otherwise(pl.lit("normal")),
            name=pl.col("category").map_elements(category_name, return_dtype=pl.String(), skip_nulls=False),
        )
        show_table(page, rows, CATEGORY_COLUMNS, "calls-by-category", 400)


def category_name(category: str | None) -> str:
    """A category in words, or all of them."""
    return own.word("all_categories") if category is None else say("call_category", category)


CATEGORY_COLUMNS = [
    own.column("name", "category", link=lambda row: page.here(category=row["category"])),
    own.column("calls"),
    own.column("usual", digits=1),
    own.column("usual_low", digits=1),
    own.column("usual_high", digits=1),
    own.column("state"),
]


def where() -> None:
    """Leak and no-water reports: the map, the zones, the newest."""
    own.heading("reports")
    reports = zoned(answer(hotline.reports, at))
    if reports.is_empty():
        own.line("no_reports")
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
            own.line("no_places")
    with right:
        counts = [Column(kind, say("call_category", kind)) for kind in REPORTED]
        usual = own.column("usual_a_day", digits=1)
        columns = [own.column("state"), ZONE, own.column("reports", "n_reports"), *counts, usual]
        show_table(page, zones, columns, "report-zones", 250)
        own.heading("latest")
        columns = [
            own.moment("started_at"),
            own.column("category", words="call_category"),
            ZONE,
            own.column("channel", words="call_channel"),
            own.column("is_repeat", draw=lambda row: "✓" if row["is_repeat"] else ""),
        ]
        show_table(page, reports, columns, "reports", 250)


def on_map(reports: pl.DataFrame, zones: pl.DataFrame) -> str:
    """The reports that have a place, and the zones with a cluster."""
    told = [
        Report(
            row["lon"],
            row["lat"],
            row["category"],
            say(
                "customers",
                "report_text",
                category=say("call_category", row["category"]),
                zone=row["zone"] or "–",
                time=page.time(row["started_at"], "%m-%d %H:%M"),
            ),
        )
        for row in reports.drop_nulls(["lon", "lat"]).iter_rows(named=True)
    ]
    if not told:
        return ""
    places = {id_: (lon, lat) for id_, lon, lat in page.utility.sites.select("site_id", "lon", "lat").rows()}
    clusters = [
        Cluster(
            *places[row["site_id"]],
            own.word("cluster", zone=row["zone"], n=row["reports"]),
            page.link("site", site=row["site_id"]),
        )
        for row in zones.filter("is_cluster").iter_rows(named=True)
        if None not in places.get(row["site_id"], (None,))
    ]
    kinds = {kind: say("call_category", kind) for kind in REPORTED}
    key, alt = own.word("cluster_key"), own.word("reports_alt")
    return report_map(told, clusters, geography_of(page.utility), kinds, key, page.view.theme, alt)


def answering(hours: pl.DataFrame, calls: pl.DataFrame, whole: dict[str, Any]) -> None:
    """How calls were answered, and what people called about twice."""
    left, right = side_by_side("answered")
    with left:
        own.heading("answered")
        if whole["ended"]:
            figure_ = answer_chart(local(hours), local(calls), page.view.theme, say)
            show_chart(page, figure_, "calls-answered", own.word("answered_alt"), 300)
            waits = {"median": number(whole["wait_s"]), "longest": number(whole["longest_wait_s"])}
            own.line("waited", **waits)
        else:
            own.line("none_ended")
    with right:
        own.heading("repeated")
        rows = zoned(answer(hotline.repeated, at))
        columns = [
            own.moment("started_at"),
            own.column("category", words="call_category"),
            ZONE,
            own.moment("first_at"),
            own.column("caller"),
        ]
        if rows.is_empty():
            own.line("no_repeats")
        else:
            show_table(page, rows, columns, "repeated", 300)


def work_orders(kinds: pl.DataFrame) -> None:
    """Orders by kind, and those that are open or were late."""
    own.heading("orders")
    columns = [
        own.column("kind", words="order_kind"),
        own.column("due"),
        own.column("in_time", "closed_in_time"),
        own.column("in_time_share", unit="%", digits=1),
        own.column("previous", unit="%", digits=1),
        own.column("last_year", unit="%", digits=1),
        own.column("hours_taken", unit="h", digits=1),
        own.column("open"),
        own.column("overdue"),
        own.column("satisfaction", digits=2),
    ]
    show_table(page, kinds, columns, "orders-by-kind", None)
    own.heading("order_list")
    rows = zoned(answer(orders.open_or_late, at))
    columns = [
        own.column("step", words="order_step"),
        own.column("kind", words="order_kind"),
        ZONE,
        own.moment("opened_at"),
        own.moment("due_at"),
        own.column("hours_late", unit="h", digits=1),
        own.column("order_id"),
    ]
    if rows.is_empty():
        own.line("no_open")
    else:
        show_table(page, rows, columns, "orders", 320)


def halls() -> None:
    """Each hall: waiting by window and hour, windows and ratings."""
    waits = answer(hall.waits, at)
    if waits.is_empty():
        own.heading("hall")
        own.missing("no_hall")
        return
    today = {row["hall"]: row for row in answer(hall.now, at).iter_rows(named=True)}
    for (name,), of_hall in waits.group_by("hall", maintain_order=True):
        left, right = side_by_side(f"hall.{name}", [2, 3])
        with left:
            show_heading(page, own.word("hall_of", hall=name), own.word("hall_means"))
            grid = of_hall.filter(pl.col("local_hour").is_not_null())
            figure_ = wait_chart(grid, page.view.theme, say)
            show_chart(page, figure_, f"waits-{name}", own.word("hall_alt"), 320)
            if name in today:
                counts = {key: today[name][key] for key in ("waiting", "at_window", "served", "taken")}
                own.line("served_today", **counts)
        with right:
            own.heading("windows")
            rows = of_hall.filter(pl.col("local_hour").is_null()).with_columns(
                pl.col("window").fill_null(own.word("whole_hall"))
            )
            columns = [
                own.column("window"),
                own.column("tickets"),
                own.column("wait_min", unit="min", digits=1),
                own.column("previous", unit="min", digits=1),
                own.column("last_year", unit="min", digits=1),
                own.column("longest_min", unit="min", digits=1),
                own.column("missed"),
                own.column("rating", digits=2),
                own.column("rated"),
            ]
            show_table(page, rows, columns, f"windows-{name}", None)


def by_channel() -> None:
    """Contacts by channel, with 环比 and 同比."""
    own.heading("channels")
    rows = answer(hotline.channels, at)
    if rows.is_empty():
        own.missing("no_channels")
        return
    columns = [
        own.column("channel", words="call_channel"),
        own.column("contacts"),
        own.column("share", unit="%", draw=lambda row: share_bar(row["share"])),
        own.column("previous"),
        own.column("last_year"),
    ]
    show_table(page, rows, columns, "channels", None)


def share_bar(share: float | None) -> str:
    """A share as a bar with its number."""
    if share is None:
        return "–"
    return f'<span class="share"><b style="width:{share:.1f}%"></b></span> {share:.1f}'


calls, hours, kinds = answer(hotline.against_usual, at), answer(hotline.answered, at), answer(orders.by_kind, at)
if calls.is_empty():
    own.missing("no_calls")
else:
    first_figures(calls, hours.row(0, named=True))
    against_usual(calls)
if answer(hotline.channels, at).height:
    where()
    answering(hours, calls, hours.row(0, named=True))
if kinds.is_empty():
    own.heading("orders")
    own.missing("no_orders")
else:
    work_orders(kinds)
halls()
by_channel()
