"""An action along time, as a cell of a table: from its start to its due date, how far it has come, today."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any


def action_bar(row: Mapping[str, Any], first: date, last: date, today: date, label: str) -> str:
    """The bar's HTML on an axis from `first` to `last`; `label` says it in words.

    `row` has starts_on, due_on, progress and expected (0–1), state.
    """
    length = max(1, (last - first).days)

    def place(day: date) -> float:
        return min(100.0, max(0.0, 100 * (day - first).days / length))

    start, end = place(row["starts_on"]), place(row["due_on"])
    width = max(1.0, end - start)
    return (
        f'<span class="action {escape(row["state"])}" role="img" aria-label="{escape(label)}">'
        f'<b style="left:{start:.1f}%;width:{width:.1f}%"></b>'
        f'<b class="done" style="left:{start:.1f}%;width:{width * row["progress"]:.1f}%"></b>'
        f'<b class="mark" style="left:{start + width * row["expected"]:.1f}%"></b>'
        f'<b class="today" style="left:{place(today):.1f}%"></b></span>'
    )
