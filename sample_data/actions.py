"""优水入户: the four actions of the programme, each by its items, and how far they have come: a report every month."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import polars as pl

from data_sources.utility import Utility
from sample_data.dice import at_clock, frame

PROGRAMME = "优水入户"
_ITEMS = (
    ("plant-1", "水厂提质", "二水厂深度处理", "Advanced treatment at works 2", "制水部", date(2025, 9, 1), 540, 1.0),
    ("plant-2", "水厂提质", "三水厂炭砂滤池改造", "Carbon filters at works 3", "制水部", date(2026, 3, 1), 420, 0.8),
    ("mains-1", "管网更新", "老旧管网改造 120 km", "Renew 120 km of mains", "管网部", date(2025, 9, 1), 720, 0.95),
    ("mains-2", "管网更新", "末梢管网冲洗与消滞", "Flush the dead ends", "管网部", date(2025, 11, 1), 300, 1.15),
    ("rooms-1", "二供改造", "24 座泵房统管", "Take over 24 pump rooms", "二供部", date(2025, 9, 1), 480, 1.05),
    ("rooms-2", "二供改造", "水箱清洗与更换", "Clean and replace tanks", "二供部", date(2026, 1, 1), 240, 0.9),
    ("watch-1", "智慧监管", "20 点水质在线监测", "Online monitors at 20 points", "信息部", date(2025, 9, 1), 420, 1.1),
    ("watch-2", "智慧监管", "龙头水质公示", "Publish tap quality", "客户服务部", date(2027, 1, 1), 180, 1.0),
)  # fmt: skip
"""Id, theme, titles, owner, start, days until due, and pace: 1 keeps to the time."""
_BEGUN = date(2025, 9, 1)


def action_items(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table action_item: every item as reported at nine on the first of each month in [start, end)."""
    rows: list[dict[str, object]] = [
        {
            "item_id": item,
            "programme": PROGRAMME,
            "theme": theme,
            "title_zh": f"{zh}（样例）",
            "title_en": f"{en} (sample)",
            "owner": owner,
            "starts_on": starts_on,
            "due_on": starts_on + timedelta(days=length),
            "progress": round(min(1.0, max(0.0, pace * (month - starts_on).days / length)), 2),
            "updated_at": at_clock(utility, month, 9),
        }
        for month in _months(max(_BEGUN, utility.day_of(start)), utility.day_of(end))
        for item, theme, zh, en, owner, starts_on, length, pace in _ITEMS
    ]
    return frame("action_item", rows, start, end)


def _months(first: date, last: date) -> Iterator[date]:
    """The firsts of all months that touch [first, last]."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
