"""Meters: how many stand where in their lives, which are due, how verifications went; each count leads to its list."""

import polars as pl
import streamlit as st

from metrics.queries import meters
from pages.components.answers import answer
from pages.components.blocks import show_figures, show_heading, show_missing
from pages.components.chart import show_chart
from pages.components.ending import end_page
from pages.components.headline import headline_figure
from pages.components.meter_charts import due_chart
from pages.components.page import open_page
from pages.components.section import Section
from pages.components.side_by_side import side_by_side
from pages.components.stage_flow import Part, Stage, stage_flow
from pages.components.table import Column, Row, show_table

STAGES = {
    "plan": ("planned",), "purchase": ("purchased", "received"), "verify": ("in_verification",),
    "use": ("in_use", "expired"), "scrap": ("retired",),
}  # fmt: skip
"""The five stages of a life and the states each is made of."""
PASSED = {"plan": "purchased", "purchase": "sent", "verify": "installed", "use": "retired"}
"""The event by which meters leave a stage."""
AGES = ("under_30", "under_90", "under_180", "over_180", "unknown")
GROUPS = (*(state for states in STAGES.values() for state in states), *meters.DUE)

page = open_page("meters")
assert page.at is not None
at, say, own = page.at, page.say, Section(page, "meters")


def listed_at(name: str, **choices: str | None) -> str:
    """The address that lists a group of meters."""
    return page.here(**{"list": name, "dn": None, "maker": None, "lot": None, **choices}) + "#list"


def life(counts: pl.DataFrame) -> str:
    """The five stages as a flow."""
    now = dict(counts.filter(kind="state").select("name", "meters").rows())
    moved = dict(counts.filter(kind="event").select("name", "meters").rows())
    return stage_flow(
        [
            Stage(
                say("meter_stage", stage),
                sum(now.get(state, 0) for state in states),
                [
                    Part(
                        say("meter_state", state), now.get(state, 0), listed_at(state), state == group,
                        "warning" if state == "expired" and now.get(state) else "normal",
                    )
                    for state in states
                ],
                [say("meters", "days"), say("meters", "passed", what=say("meter_event", event), n=moved.get(event, 0))]
                if event else [],
            )
            for stage, states in STAGES.items()
            for event in (PASSED.get(stage),)
        ],
        say("meters", "flow"),
    )  # fmt: skip


def due_column(name: str) -> Column:
    """The meters due then, each count leading to its list."""

    def to(row: Row) -> str | None:
        return listed_at(name, dn=str(row["dn_mm"]) if row["dn_mm"] else None) if row[name] else None

    return Column(name, say("meter_due", name), link=to)


def lists() -> None:
    """The meters behind a count."""
    dn = page.wanted.get("dn", "")
    chosen = {"maker": page.wanted.get("maker"), "lot": page.wanted.get("lot")}
    rows = answer(meters.listed, at, group, int(dn) if dn.isdecimal() else None, **chosen)
    names = [say("meter_state", group), f"DN{dn}" if dn.isdecimal() else "", *(name or "" for name in chosen.values())]
    title = " · ".join(name for name in names if name)
    st.html('<span id="list"></span>')
    show_heading(page, say("meters", "list", what=title, n=rows.height), say("meters", "list_means"))
    if rows.is_empty():
        st.html(f'<p class="rest">{say("meters", "list_none")}</p>')
        return
    columns = [
        Column("meter_id", say("meters", "meter_id")),
        Column("dn_mm", say("meters", "dn_mm")),
        Column("kind", say("meters", "kind"), words="meter_kind"),
        Column("maker", say("meters", "maker")),
        Column("lot", say("meters", "lot"), link=lambda row: page.here(lot=row["lot"])),
        Column("state", say("meters", "state"), words="meter_state"),
        Column("since", say("meters", "since"), draw=lambda row: page.time(row["since"], "%Y-%m-%d")),
        Column("verified_until", say("meters", "verified_until")),
        Column("zone", say("meters", "site")),
        Column("account", say("meters", "account")),
    ]
    zone = pl.col("site_id").map_elements(lambda id_: page.named("sites", id_), return_dtype=pl.String()).alias("zone")
    show_table(page, rows.with_columns(zone), columns, "meters")


EVERY = say("meters", "every")
counts = answer(meters.stages, at)
if counts.filter(kind="state").is_empty():
    show_missing(page, say("meters", "none"), say("meters", "none_how"))
    end_page()

due, makers = answer(meters.due, at), answer(meters.makers, at)
every, rate = due.row(0, named=True), makers.row(0, named=True)
next_due = "overdue" if every["overdue"] else "within_30"
group = page.wanted["list"] if page.wanted.get("list") in GROUPS else next_due
verified = headline_figure(page, "meters_within_verification")


show_figures(
    page,
    [
        verified,
        own.figure(
            "overdue", every["overdue"], state=verified.state if every["overdue"] else None, link=listed_at("overdue")
        ),
        own.figure("soon", every["within_30"], link=listed_at("within_30")),
        own.figure("installed", every["installed"]),
        own.figure("rate", rate["passed_share"], "%"),
    ],
)
show_heading(page, say("meters", "flow"), say("meters", "flow_means"))
st.html(life(counts))

left, right = side_by_side("due")
with left:
    show_heading(page, say("meters", "due"), say("meters", "due_means"))
    sizes = due.with_columns(dn=pl.format("DN{}", "dn_mm").fill_null(EVERY))
    columns = [
        Column("dn", say("meters", "dn_mm")),
        Column("installed", say("meters", "installed")),
        *map(due_column, meters.DUE),
    ]
    show_table(page, sizes, columns, "meters-due", None)
with right:
    show_heading(page, say("meters", "by_month"), say("meters", "by_month_means"))
    months = answer(meters.due_by_month, at)
    show_chart(page, due_chart(months, page.view.theme), "meters-by-month", say("meters", "by_month_alt"), 260)
lists()

show_heading(page, say("meters", "makers"), say("meters", "makers_means"))
if rate["passed_share"] is None:
    show_missing(page, say("meters", "no_verifications"), say("meters", "no_verifications_how"))
else:
    by_maker, by_lot = side_by_side("verifications")
    results = [
        Column("passed", say("meters", "passed_n")),
        Column("failed", say("meters", "failed")),
        Column("passed_share", say("meters", "passed_share"), "%"),
    ]
    with by_maker:
        maker = Column("maker", say("meters", "maker"), draw=lambda row: row["maker"] or EVERY)
        show_table(page, makers, [maker, Column("lots", say("meters", "lots")), *results], "meters-makers", None)
    with by_lot:
        lot = Column("lot", say("meters", "lot"), link=lambda row: listed_at("in_use", lot=row["lot"]))
        last = Column("last_on", say("meters", "last_on"))
        rows = answer(meters.verifications, at)
        show_table(page, rows, [lot, Column("maker", say("meters", "maker")), *results, last], "meters-lots", 300)

show_heading(page, say("meters", "store"), say("meters", "store_means"))
store = answer(meters.stock_age, at)
if store.is_empty():
    st.html(f'<p class="rest">{say("meters", "no_store")}</p>')
else:
    ages = [Column(name, say("meter_age", name)) for name in AGES if store[name].sum()]
    columns = [
        Column("waits", say("meters", "waits"), words="meter_waits"),
        Column("meters", say("meters", "meters")),
        *ages,
        Column("oldest_days", say("meters", "oldest"), "d"),
    ]
    show_table(page, store, columns, "meters-in-store", None)
