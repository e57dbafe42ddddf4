"""The page of stock on the sample's rows: numbers as polars finds them, what is short, what each item did."""

import re
from datetime import timedelta

import polars as pl
import pytest

from metrics.catalogue import load_catalogue
from sample_data.events import events
from tests.browser.pictures import moment_in_cycle
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html
from tests.pages.page_numbers import cells, figures


def stock_of(lake, item: str, at) -> float:
    """The last count and the moves since, in the order of their times."""
    moves = lake.scan("stock_move").filter(pl.col("moved_at") <= at, item_id=item).sort("moved_at", "move_id").collect()
    kinds = moves["kind"].to_list()
    return moves["quantity"][len(kinds) - 1 - kinds[::-1].index("count") :].sum()


@pytest.mark.slow
def test_its_numbers_are_those_of_the_rows(sample_page, sample_lake):
    html = shown_html(sample_page("stock"))
    items = sample_lake.scan("stock_item").collect()
    stocks = {item: stock_of(sample_lake, item, AS_OF) for item in items["item_id"]}
    values = sum(stocks[row["item_id"]] * row["unit_cost_cny"] for row in items.iter_rows(named=True))
    assert figures(html)["库存金额"] == pytest.approx(values)
    short = [row for row in items.iter_rows(named=True) if stocks[row["item_id"]] < row["safety_stock"]]
    assert figures(html)["低于安全库存"] == len(short)
    to_order = cells(html, "stock-order-list")
    assert figures(html)["该订货"] == len(to_order) > 0
    critical = sum(row[2] == "✓" for row in to_order)
    assert re.search(r'data-figure="该订货".*?其中关键物资 (\d+) 种', html)[1] == str(critical)
    issues = sample_lake.scan("stock_move").filter(item_id="pac", kind="issue").collect()
    first = sample_lake.scan("stock_move").select(pl.col("moved_at").min()).collect().item()
    days = (AS_OF - max(first, AS_OF - timedelta(days=90))) / timedelta(days=1)
    recent = issues.filter(pl.col("moved_at") >= AS_OF - timedelta(days=90), pl.col("moved_at") <= AS_OF)
    used = -recent["quantity"].sum() / days
    row = next(row for row in cells(html, "stock-all") if row[1].startswith("聚合氯化铝"))
    assert row[3:5] == [f"{stocks['pac']:g}", "t"]
    assert float(row[7]) == pytest.approx(stocks["pac"] / used, rel=0.01)
    assert figures(html)[load_catalogue().indicators["critical_stock_cover"].name.zh] == 100


@pytest.mark.slow
def test_a_stock_out_stands_first_and_alarms(sample_page, sample_lake, demonstration):
    out = events("stock_out")[0]
    at = moment_in_cycle(demonstration, out.cycle_day, out.hour + 5, AS_OF)
    html = shown_html(sample_page("stock", at=at.isoformat()))
    first = cells(html, "stock-order-list")[0]
    assert first[:2] == ["▲ 报警", "抢修节 DN300（样例）"]
    assert first[2:5] == ["✓", f"{stock_of(sample_lake, 'clamp300', at):g}", "个"]
    assert figures(html)["低于安全库存"] == 1
    assert "其中关键物资 1 种" in html


@pytest.mark.slow
def test_one_item_over_time(sample_page, sample_lake):
    test = sample_page("stock", item="clamp300", lang="en")
    html = shown_html(test)
    assert "stock over 90 days" in html
    moves = sample_lake.scan("stock_move").filter(pl.col("moved_at") <= AS_OF, item_id="clamp300").collect()
    assert len(cells(html, "stock-moves")) == min(moves.height, 300)
    # an item that there isn't shows the moves of all
    assert len(cells(shown_html(sample_page("stock", item="'; DROP")), "stock-moves")) == 300
