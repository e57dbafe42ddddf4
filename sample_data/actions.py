"""优水入户: the four actions of the programme and how far they have come."""

from datetime import date, datetime, timedelta

import polars as pl

from data_sources.utility import Utility
from sample_data.dice import at_clock, frame

PROGRAMME = "优水入户"
_ACTIONS = (
    ("plant", "水厂提质", "深度处理改造", "Advanced treatment", "制水部", 540),
    ("mains", "管网更新", "老旧管网改造 120 km", "Renew 120 km of mains", "管网部", 720),
    ("rooms", "二供改造", "二次供水泵房统管", "Take over pump rooms", "二供部", 480),
    ("watch", "智慧监管", "用户端水质在线监测", "Quality monitors at the tap", "信息部", 420),
)
_BEGUN = date(2025, 9, 1)


def action_items(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table action_item, brought up to date on the first of a month in [start, end)."""
    day = utility.day_of(end - timedelta(seconds=1)).replace(day=1)
    updated = at_clock(utility, day, 9)
    if updated >= end:
        updated = at_clock(utility, (day - timedelta(days=1)).replace(day=1), 9)
    rows: list[dict[str, object]] = [
        {
            "item_id": item,
            "programme": PROGRAMME,
            "theme": theme,
            "title_zh": f"{zh}（样例）",
            "title_en": f"{en} (sample)",
            "owner": owner,
            "starts_on": _BEGUN,
            "due_on": _BEGUN + timedelta(days=length),
            "progress": round(min(1.0, max(0.0, (utility.day_of(updated) - _BEGUN).days / length)), 2),
            "updated_at": updated,
        }
        for item, theme, zh, en, owner, length in _ACTIONS
    ]
    return frame("action_item", rows, start, end).filter(pl.col("updated_at") >= start)
