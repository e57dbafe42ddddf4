"""Meters: how many stand where in their lives, which are due, how verifications went; each count leads to its list."""

from collections.abc import Mapping
from html import escape

import polars as pl
import streamlit as st

from metrics.queries import meters
from pages.components.answers import answer
from pages.components.blocks import show_figures, show_heading, show_missing
from pages.components.chart import show_chart
from pages.components.ending import end_page
from pages.components.headline import headline_figure
from pages.components.meter_charts import due_chart
from pages.components.numbers import change, number
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
AGES = (*meters.AGES, "unknown")
GROUPS = (
    *(state for states in STAGES.values() for state in states),
    *meters.DUE, *meters.WAITS, *meters.RESULTS, "installed", "every",
)  # fmt: skip
"""What can be listed."""
NARROWED = ("dn", "maker", "lot", "age")
"""The address's choices of some of a group."""

page = open_page("meters")
assert page.at is not None
at, say, own = page.at, page.say, Section(page, "meters")


def listed_at(name: str, **choices: str | None) -> str:
    """The address that lists a group of meters."""
    return page.here(**{"list": name, **dict.fromkeys(NARROWED), **choices}) + "#list"


def passed_on(stage: str, moved: Mapping[str, Row]) -> list[str]:
    """What left a stage in 30 days, in words, with 环比 and 同比."""
    if stage not in PASSED:
        return []
    event = PASSED[stage]
    row = moved.get(event, {"meters": 0})
    past = [
        f"{page.say('tile', name)} {change(row['meters'], row[name])}"
        for name in ("previous", "last_year")
        if row.get(name) is not None
    ]
    return [say("meters", "days"), say("meters", "passed", what=say("meter_event", event), n=row["meters"]), *past]


def life(counts: pl.DataFrame) -> str:
    """The five stages as a flow."""
    now = dict(counts.filter(kind="state").select("name", "meters").rows())
    moved = {row["name"]: row for row in counts.filter(kind="event").iter_rows(named=True)}
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
                passed_on(stage, moved),
            )
            for stage, states in STAGES.items()
        ],
        say("meters", "flow"),
    )  # fmt: skip


def counted(name: str, label: str, group: str, **by: str) -> Column:
    """A column of counts, each leading to the list behind it.

    `by` says which choice of the address takes which column of the row; a row without it is of all.
    """

    def to(row: Row) -> str | None:
        chosen = {choice: str(row[column]) for choice, column in by.items() if row[column] is not None}
        return listed_at(group, **chosen) if row[name] else None

    return Column(name, label, link=to)


def since(row: Row) -> str:
    """The day since when a meter is in its state; nothing says so where it has no event."""
    return "–" if row["since"] is None else page.time(row["since"], "%Y-%m-%d")


def lists() -> None:
    """The meters behind a count."""
    dn = page.wanted.get("dn", "")
    chosen = {name: page.wanted.get(name) for name in ("maker", "lot", "age")}
    rows = answer(meters.listed, at, group, int(dn) if dn.isdecimal() else None, **chosen)
    age = chosen["age"] if chosen["age"] in AGES else None
    narrowed = [f"DN{dn}" if dn.isdecimal() else None, chosen["maker"], chosen["lot"], age and say("meter_age", age)]
    title = " · ".join(filter(None, [say("meter_state", group), *narrowed]))
    st.html('<span id="list"></span>')
    show_heading(page, say("meters", "list", what=title, n=rows.height), say("meters", "list_means"))
    if any(narrowed):
        whole = escape(say("meters", "all_of", what=say("meter_state", group)))
        st.html(f'<p><a href="{listed_at(group)}" target="_self">{whole}</a></p>')
    if rows.is_empty():
        st.html(f'<p class="rest">{say("meters", "list_none")}</p>')
        return
    columns = [
        Column("meter_id", say("meters", "meter_id")),
        Column("dn_mm", say("meters", "dn_mm")),
        Column("state", say("meters", "state"), words="meter_state"),
        Column("since", say("meters", "since"), draw=since),
        Column("verified_until", say("meters", "verified_until")),
        Column("zone", say("meters", "site")),
        Column("lot", say("meters", "lot"), link=lambda row: listed_at("every", lot=row["lot"])),
        Column("maker", say("meters", "maker")),
        Column("kind", say("meters", "kind"), words="meter_kind"),
        Column("q3_m3h", say("meters", "q3"), "m^3/h"),
        Column("account", say("meters", "account")),
    ]
    zone = pl.col("site_id").map_elements(lambda id_: page.named("sites", id_), return_dtype=pl.String()).alias("zone")
    show_table(page, rows.with_columns(zone), columns, "meters")


def results() -> None:
    """Verifications by maker and lot."""
    show_heading(page, say("meters", "makers"), say("meters", "makers_means"))
    if rate["passed_share"] is None:
        show_missing(page, say("meters", "no_verifications"), say("meters", "no_verifications_how"))
        return
    by_maker, by_lot = side_by_side("verifications")
    share = Column("passed_share", say("meters", "passed_share"), "%", digits=1)
    with by_maker:
        columns = [
            Column("name", say("meters", "maker")),
            Column("lots", say("meters", "lots")),
            counted("passed", say("meters", "passed_n"), "passed", maker="maker"),
            counted("failed", say("meters", "failed"), "failed", maker="maker"),
            share,
        ]
        named = makers.with_columns(name=pl.col("maker").fill_null(EVERY))
        show_table(page, named, columns, "meters-makers", None)
    with by_lot:
        columns = [
            Column("lot", say("meters", "lot"), link=lambda row: listed_at("every", lot=row["lot"])),
            Column("maker", say("meters", "maker")),
            counted("passed", say("meters", "passed_n"), "passed", maker="maker", lot="lot"),
            counted("failed", say("meters", "failed"), "failed", maker="maker", lot="lot"),
            share,
            Column("last_on", say("meters", "last_on")),
        ]
        show_table(page, answer(meters.verifications, at), columns, "meters-lots", 300)


def in_store() -> None:
    """For what meters in store wait, and for how long they have been there."""
    show_heading(page, say("meters", "store"), say("meters", "store_means"))
    if store.is_empty():
        st.html(f'<p class="rest">{say("meters", "no_store")}</p>')
        return
    columns = [
        Column("waits", say("meters", "waits"), words="meter_waits"),
        stored("meters", say("meters", "meters"), None),
        *(stored(age, say("meter_age", age), age) for age in AGES if store[age].sum()),
        Column("oldest_days", say("meters", "oldest"), "d"),
    ]
    show_table(page, store, columns, "meters-in-store", None)


def stored(name: str, label: str, age: str | None) -> Column:
    """A column of meters in store of one age, each count leading to its list."""
    return Column(name, label, link=lambda row: listed_at(row["waits"], age=age) if row[name] else None)


EVERY = say("meters", "every")
counts = answer(meters.stages, at)
if counts.filter(kind="state").is_empty():
    show_missing(page, say("meters", "none"), say("meters", "none_how"))
    end_page()

due, makers, store = answer(meters.due, at), answer(meters.makers, at), answer(meters.stock_age, at)
every, rate = due.row(0, named=True), makers.row(0, named=True)
next_due = "overdue" if every["overdue"] else "within_30"
group = page.wanted["list"] if page.wanted.get("list") in GROUPS else next_due
verified = headline_figure(page, "meters_within_verification")
failed = "" if rate["passed_share"] is None else own.word("failed_n", n=number(rate["failed"]))
ready = int(store.filter(waits="to_install")["meters"].sum())


show_figures(
    page,
    [
        verified,
        own.figure(
            "overdue", every["overdue"], state=verified.state if every["overdue"] else None, link=listed_at("overdue")
        ),
        own.figure("soon", every["within_30"], link=listed_at("within_30"), beside=own.word("ready", n=number(ready))),
        own.figure("installed", every["installed"], link=listed_at("installed")),
        own.figure("rate", rate["passed_share"], "%", beside=failed),
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
        counted("installed", say("meter_state", "installed"), "installed", dn="dn_mm"),
        *(counted(name, say("meter_due", name), name, dn="dn_mm") for name in meters.DUE),
    ]
    show_table(page, sizes, columns, "meters-due", None)
with right:
    show_heading(page, say("meters", "by_month"), say("meters", "by_month_means"))
    months = answer(meters.due_by_month, at)
    show_chart(page, due_chart(months, page.view.theme), "meters-by-month", say("meters", "by_month_alt"), 260)
lists()

results()
in_store()
