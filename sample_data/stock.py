"""Materials in store: the same use every day, a delivery every fortnight, a count on the first of the month."""

from datetime import date, datetime, timedelta

import polars as pl

from data_sources.utility import Utility
from sample_data.dice import at_clock, days, frame
from sample_data.events import CYCLE_DAYS, events
from sample_data.noise import key

WAREHOUSE = "中心仓库（样例）"
DELIVERY_DAYS = 14
LEAD_DAYS = 7.0
_ITEMS = (
    ("clamp300", "抢修节 DN300", "repair", "个", True, 1), ("clamp200", "抢修节 DN200", "repair", "个", True, 2),
    ("clamp100", "抢修节 DN100", "repair", "个", True, 2), ("pipe300", "球墨铸铁管 DN300", "pipe", "m", True, 6),
    ("pipe200", "球墨铸铁管 DN200", "pipe", "m", True, 8), ("pe110", "PE 管 DN110", "pipe", "m", False, 12),
    ("valve300", "蝶阀 DN300", "valve", "台", True, 1), ("valve100", "闸阀 DN100", "valve", "台", False, 1),
    ("elbow100", "弯头 DN100", "fitting", "个", False, 3), ("flange200", "法兰 DN200", "fitting", "个", False, 3),
    ("meter15", "水表 DN15", "meter", "只", False, 30), ("meter20", "水表 DN20", "meter", "只", False, 18),
    ("hypochlorite", "次氯酸钠", "chemical", "t", True, 4), ("pac", "聚合氯化铝", "chemical", "t", True, 6),
    ("carbon", "乙酸钠", "chemical", "t", True, 3), ("pumpseal", "机械密封", "spare", "套", True, 1),
    ("bearing", "轴承", "spare", "套", False, 1), ("levelmeter", "超声波液位计", "spare", "台", True, 1),
)  # fmt: skip
"""Id, name, category, unit, whether critical, use a day."""
_IDLE = (
    ("gate600", "闸阀 DN600", "valve", "台", 3), ("pump_old", "停产型号潜水泵", "spare", "台", 2),
    ("pipe_old", "镀锌管 DN50", "pipe", "m", 260),
)  # fmt: skip
"""Bought once and never used: id, name, category, unit, how many lie there."""
_UNUSED = tuple((item, name, category, unit, False, 0) for item, name, category, unit, _ in _IDLE)
STOCKED_OUT = "clamp300"
LEFT_DAYS = 3
_EPOCH = date(1970, 1, 1)


def stock_items(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """All rows of table stock_item."""
    rows: list[dict[str, object]] = [
        {
            "item_id": item,
            "name_zh": f"{name}（样例）",
            "category": category,
            "unit": unit,
            "critical": critical,
            "safety_stock": float(_safety(use)),
            "lead_time_days": LEAD_DAYS,
            "unit_cost_cny": float(80 + int(key("cost", item)) % 900),
        }
        for item, name, category, unit, critical, use in (*_ITEMS, *_UNUSED)
    ]
    return frame("stock_item", rows, start, end)


def stock_moves(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table stock_move in [start, end); a count on the first day of the window and of every month."""
    rows: list[dict[str, object]] = []
    first = utility.day_of(start)
    for day in days(utility, start, end):
        for item, _, _, _, _, use in _ITEMS:
            rows += _moves(utility, day, item, use, counted=day.day == 1 or day == first)
        if day.day == 1 or day == first:
            rows += [_move(utility, day, item, "count", 0.0, float(left)) for item, _, _, _, left in _IDLE]
        rows += _stock_out(utility, day)
    return frame("stock_move", rows, start, end)


def _safety(use: int) -> int:
    return use * 7


def _stock(day: date, item: str, use: int) -> int:
    """What is there in the morning of a day, before anything moves."""
    phase = ((day - _EPOCH).days - int(key("delivery", item)) % DELIVERY_DAYS) % DELIVERY_DAYS
    return _safety(use) + use * (DELIVERY_DAYS + 2 - phase)


def _moves(utility: Utility, day: date, item: str, use: int, *, counted: bool) -> list[dict[str, object]]:
    found: list[tuple[str, float, float]] = [("issue", 10.0, -float(use))]
    if _stock(day + timedelta(days=1), item, use) > _stock(day, item, use):
        found.append(("receipt", 16.0, float(use * DELIVERY_DAYS)))
    if counted:
        found.insert(0, ("count", 0.0, float(_stock(day, item, use))))
    return [_move(utility, day, item, kind, hour, quantity) for kind, hour, quantity in found]


def _move(utility: Utility, day: date, item: str, kind: str, hour: float, quantity: float) -> dict[str, object]:
    return {
        "move_id": f"{item}-{day:%Y%m%d}-{kind}",
        "item_id": item,
        "warehouse": WAREHOUSE,
        "moved_at": at_clock(utility, day, hour),
        "kind": kind,
        "quantity": quantity,
    }


def _stock_out(utility: Utility, day: date) -> list[dict[str, object]]:
    """A repair takes all clamps but three days' use; a delivery brings them back when the event ends."""
    rows: list[dict[str, object]] = []
    use = next(use for item, *_, use in _ITEMS if item == STOCKED_OUT)
    for event in events("stock_out"):
        last_hour = event.hour + event.hours
        for kind, sign, begun, hour in (
            ("issue", -1, day, event.hour),
            ("receipt", 1, day - timedelta(days=int(last_hour // 24)), last_hour % 24),
        ):
            if _cycle_day(begun) != event.cycle_day:
                continue
            taken = _stock(begun, STOCKED_OUT, use) - LEFT_DAYS * use
            rows.append(
                {
                    "move_id": f"{STOCKED_OUT}-{day:%Y%m%d}-repair-{kind}",
                    "item_id": STOCKED_OUT,
                    "warehouse": WAREHOUSE,
                    "moved_at": at_clock(utility, day, hour),
                    "kind": kind,
                    "quantity": float(sign * taken),
                }
            )
    return rows


def _cycle_day(day: date) -> int:
    return (day - _EPOCH).days % CYCLE_DAYS
