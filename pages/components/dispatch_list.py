"""Sewage stations as a drawn list: all of a city's on one screen, a line each."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from pages.components.numbers import duration, number
from pages.components.page import Page
from pages.components.states import SHAPES

BAR_REACHES = 1.3
"""Where no overflow level is known, a bar ends at this many times its alarm level."""

Row = Mapping[str, Any]


def station_list(page: Page, rows: Iterable[Row], states: Mapping[str, tuple[str, str | None]]) -> str:
    """The list's HTML in the order of `rows` (columns of stations_now); `states` are site → (state, reason)."""
    lines = "".join(_line(page, row, *states.get(row["site_id"], own_state(row))) for row in rows)
    parts = {name: escape(page.say("dispatch", f"legend_{name}")) for name in ("level", "rise", "rest")}
    legend = f'{parts["level"]} · <span class="rise">{parts["rise"]} · </span>{parts["rest"]}'
    return f'<p class="legend">{legend}</p><ol class="stations">{lines}</ol>'


def own_state(row: Row) -> tuple[str, str | None]:
    """What a level alone says of its station."""
    if row["level_m"] is None or row["alarm_level"] is None:
        return "unknown", None
    return ("alarm", "at_alarm_level") if row["level_m"] >= row["alarm_level"] else ("normal", None)


def _line(page: Page, row: Row, state: str, reason: str | None) -> str:
    site_id, name = row["site_id"], page.named("sites", row["site_id"])
    by_level = own_state(row)[0] == state
    why = page.say("state", state) if by_level or not reason else page.say("reason", reason)
    word = "" if state == "normal" else f" <em>{escape(why)}</em>"
    return (
        f'<li data-station="{escape(site_id)}" data-state="{state}" data-level="{_raw(row["level_m"])}">'
        f'<a href="{page.link("site", site=site_id)}" target="_self">'
        f'<i class="{state}">{SHAPES[state]}</i><b>{escape(name)}{word}</b>{_bar(row)}'
        f"<span>{_level(page, row)}</span><small>{_rise(row)}</small>"
        f'<span class="pumps">{_pumps(page, row)}</span><span>{number(row["flow_m3h"])}</span></a></li>'
    )


def _raw(value: float | None) -> str:
    return "" if value is None else repr(float(value))


def _bar(row: Row) -> str:
    """The level between empty and overflow, with a stroke at the alarm level."""
    level, alarm = row["level_m"], row["alarm_level"]
    if level is None or not alarm:
        return '<span class="level none"></span>'
    most = row.get("overflow_level") or BAR_REACHES * alarm
    fill, stroke = 100 * min(1.0, max(0.0, level / most)), 100 * alarm / most
    over = " over" if level >= alarm else ""
    return f'<span class="level{over}"><u style="width:{fill:.1f}%"></u><s style="left:{stroke:.1f}%"></s></span>'


def _level(page: Page, row: Row) -> str:
    if row["level_m"] is None:
        age = row.get("age_s")
        old = page.say("dispatch", "never") if age is None else page.say("dispatch", "old", age=duration(age, page.say))
        return f"<em>{escape(old)}</em>"
    return f"{row['level_m']:.2f} / {number(row['alarm_level'])}"


def _rise(row: Row) -> str:
    rise = row.get("rise_m")
    if rise is None:
        return ""
    told = f"{abs(rise):.2f}"
    return f"{'' if float(told) == 0 else '↑' if rise > 0 else '↓'}{told}"


def _pumps(page: Page, row: Row) -> str:
    """A dot a pump: running, idle, out; what is not known is not drawn as idle."""
    pumps, available, running = row.get("pumps"), row.get("available"), row.get("running")
    if not pumps or available is None:
        return f'<em aria-label="{escape(page.say("dispatch", "pumps_unknown"))}">▨</em>'
    out = max(0, round(pumps - available))
    on = min(round(running or 0), pumps - out)
    told = page.say("dispatch", "pump_running", n=on) + (f", {page.say('dispatch', 'pump_out', n=out)}" if out else "")
    dots = "●" * on + "○" * (pumps - out - on)
    gone = f'<i class="warning">{"✕" * out}</i>' if out else ""
    return f'<span role="img" aria-label="{escape(told)}">{dots}{gone}</span>'
