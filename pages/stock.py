"""Stock: what is below its safety stock, what to order, for how many days each item lasts, what moved, what is idle."""

from typing import Any

import polars as pl
import streamlit as st

from metrics.queries import stock
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures, show_heading, show_missing
from pages.components.chart import show_chart
from pages.components.ending import end_page
from pages.components.headline import headline_figure
from pages.components.page import open_page
from pages.components.section import Section
from pages.components.side_by_side import side_by_side
from pages.components.stock_charts import days_chart, days_height, flow_chart, history_chart
from pages.components.table import Column, show_table

HISTORY_DAYS = 90

page = open_page("stock")
assert page.at is not None
at, say, own = page.at, page.say, Section(page, "stock")
items = answer(stock.levels, at)
if items.is_empty():
    show_missing(page, say("stock", "none"), say("stock", "none_how"))
    end_page()


ITEM = Column("name_zh", say("stock", "item"), link=lambda row: page.here(item=row["item_id"]) + "#item")
STATE, LEFT = own.column("state", "state"), own.column("days_left", "days_left", "d", digits=1)
HELD, UNIT = own.column("stock", "stock"), own.column("unit", "unit")
SAFETY, VALUE = own.column("safety_stock", "safety"), own.column("value_cny", "value_cny", "元")
CRITICAL = own.column("critical", "critical", draw=lambda row: "✓" if row["critical"] else "")
ORDER = [
    STATE,
    ITEM,
    CRITICAL,
    HELD,
    UNIT,
    SAFETY,
    LEFT,
    own.column("lead_time_days", "lead_time", "d"),
    own.column("reorder_at", "reorder_at"),
    own.column("short_by", "short_by"),
]
IDLE = [ITEM, HELD, UNIT, own.column("idle_days", "idle_days", "d"), VALUE]
EVERY = [
    STATE,
    ITEM,
    CRITICAL,
    HELD,
    UNIT,
    SAFETY,
    own.column("used_a_day", "used"),
    LEFT,
    VALUE,
    own.column("idle_days", "idle_days", "d"),
    own.column("category", "category", words="stock_category"),
]
MOVES = [
    own.moment("moved_at"),
    ITEM,
    own.column("kind", "kind", words="stock_kind"),
    own.column("quantity", "quantity"),
    own.column("unit", "unit"),
    own.column("stock", "stock_after"),
    own.column("warehouse", "warehouse"),
    own.column("order_id", "order_id"),
]


def part(rows: pl.DataFrame, columns: list[Column], title: str, means: str, none: str, height: int | None) -> None:
    """A heading and its table, or a line that says there is nothing."""
    show_heading(page, say("stock", title), say("stock", means))
    if rows.is_empty():
        st.html(f'<p class="rest">{say("stock", none)}</p>')
    else:
        show_table(page, rows, columns, f"stock-{title.replace('_', '-')}", height)


def moved_figure(row: dict[str, Any]) -> Figure:
    """What came in, or went out, in 30 days, with 环比 and 同比."""
    value, previous, last_year = (None if one is None else abs(one) for one in list(row.values())[1:])
    name = f"{row['kind']}s_30d"
    return own.figure(name, value, "元", compared=True, previous=previous, last_year=last_year)


def one_item(item: dict[str, Any]) -> None:
    """The stock of one item over time."""
    moves = answer(stock.moves, at, item["item_id"], HISTORY_DAYS)
    show_heading(page, say("stock", "history", name=item["name_zh"]), say("stock", "history_means"))
    chart = history_chart(moves, item["safety_stock"], at, page.view.theme)
    show_chart(page, chart, "stock-history", say("stock", "history_alt"), 260)


totals = answer(stock.totals, at)
cover = headline_figure(page, "critical_stock_cover")
worst = items["state"][0] if totals["below"] else None
show_figures(
    page,
    [
        cover,
        own.figure(
            "below", totals["below"], state=worst, beside=say("stock", "critical_of", n=totals["critical_below"])
        ),
        own.figure("to_order", totals["to_order"], beside=say("stock", "critical_of", n=totals["critical_to_order"])),
        own.figure("value", totals["value_cny"], "元", compared=True, **answer(stock.value_before, at)),
        own.figure("idle", totals["idle_value_cny"], "元", beside=say("stock", "idle_of", n=totals["idle"])),
        *map(moved_figure, answer(stock.moved, at).filter(pl.col("kind") != "return").iter_rows(named=True)),
    ],
)

left, right = side_by_side("order", [2, 1])
with left:
    part(items.filter("is_to_order"), ORDER, "order_list", "to_order_means", "order_none", 420)
    idle = items.filter("is_idle").sort("value_cny", descending=True, nulls_last=True)
    part(idle, IDLE, "idle_list", "idle_means", "idle_none", 280)
with right:
    show_heading(page, say("stock", "days"), say("stock", "days_means"))
    lasting = items.filter(pl.col("days_left").is_not_null()).sort("days_left")
    height = days_height(lasting.height)
    show_chart(page, days_chart(lasting, page.view.theme, say), "stock-days", say("stock", "days_alt"), height)

show_heading(page, say("stock", "flow"), say("stock", "flow_means"))
flow = answer(stock.flow, at)
if flow.is_empty():
    show_missing(page, say("stock", "no_flow"), say("stock", "no_flow_how"))
else:
    show_chart(page, flow_chart(flow, page.view.theme, say), "stock-flow", say("stock", "flow_alt"), 280)

part(items, EVERY, "all", "all_means", "none", 480)

st.html('<span id="item"></span>')
chosen = items.filter(item_id=page.wanted.get("item", ""))
if chosen.height:
    one_item(chosen.row(0, named=True))
    moves = answer(stock.moves, at, page.wanted["item"], HISTORY_DAYS)
else:
    moves = answer(stock.moves, at)
part(moves, MOVES, "moves", "moves_means", "no_flow", 420)
