"""Rows with nothing but what the contract asks for leave every page of customers and assets standing."""

from datetime import date, timedelta

import polars as pl
import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from tests.conftest import AS_OF
from tests.pages.conftest import shown_html
from tests.pages.page_numbers import cells, figures

HOUR = timedelta(hours=1)
ROWS = {
    "call": {"call_id": "c", "channel": "hotline", "started_at": AS_OF - HOUR / 60, "category": "leak"},
    "hall_ticket": {"ticket_id": "t", "hall": "H", "service": "s", "taken_at": AS_OF - HOUR, "state": "waiting"},
    "work_order": {"order_id": "w", "kind": "own kind", "opened_at": AS_OF - 9 * HOUR, "due_at": AS_OF - HOUR},
    "stock_item": {
        "item_id": "i", "name_zh": "<i>", "category": "pipe", "unit": "m", "critical": True, "safety_stock": 1.0,
        "lead_time_days": 1.0,
    },
    "stock_move": {
        "move_id": "m", "item_id": "not in the register", "warehouse": "W", "moved_at": AS_OF - HOUR,
        "kind": "receipt", "quantity": 1.0,
    },
    "action_item": {
        "item_id": "a", "programme": "P", "theme": "own theme", "title_zh": "T", "owner": "O",
        "starts_on": date(2026, 9, 1), "due_on": date(2026, 9, 1), "progress": 0.5, "updated_at": AS_OF - HOUR,
    },
}  # fmt: skip


@pytest.fixture
def page(empty_page, tmp_path):
    lake = Lake(tmp_path / "lake", load_utility(tmp_path / "tiny"))
    for table, row in ROWS.items():
        lake.write(table, pl.DataFrame([row]), source="own")
    return lambda path, **query: shown_html(empty_page(path, at=AS_OF.isoformat(), **{"as": "computed"}, **query))


def test_customers(page):
    html = page("customers")
    assert figures(html)["热线此刻"] == figures(html)["营业厅等候"] == figures(html)["超期工单"] == 1
    assert cells(html, "orders-by-kind")[0][0] == "own kind"
    assert [row[:2] for row in cells(html, "windows-H")] == [["全厅", "1"]]


def test_stock(page):
    html = page("stock")
    assert [row[1] for row in cells(html, "stock-order-list")] == ["&lt;i&gt;"]  # none of it is there
    assert figures(html)["低于安全库存"] == 1
    assert figures(html)["库存金额"] is None
    assert cells(html, "stock-moves")[0][1] == "–"


def test_quality_water(page):
    html = page("quality_water", lang="en")
    assert cells(html, "actions")[0][:3] == ["▲ alarm", "overdue", "T"]
    assert figures(html)["own theme"] == 50
