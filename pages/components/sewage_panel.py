"""The sewage panel: rain, inflow of the works against what they can take, wet wells against their alarm level."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from pages.components.numbers import local, number
from pages.components.states import SHAPES
from pages.components.storm_chart import inflow_picture, rain_picture
from pages.components.theme import themes
from pages.components.words import Words

WORKS, STATIONS = 3, 4
"""How many of each are shown: works by share of their capacity, wells by nearness to their alarm level."""
BAR_REACHES = 1.3
"""The bar of a well ends at this many times its alarm level."""
RISK = "overflow_risk_stations"

Row = Mapping[str, Any]


def sewage_panel(board: Mapping[str, Any], lang: str, theme: str, say: Words) -> str:
    """The panel's HTML; what there is no data of is said, not drawn."""
    sewage, colours = board["sewage"], themes()[theme]
    names = {site["site_id"]: site[f"name_{lang}"] for site in board["sites"]}
    parts = [
        f"<h2>{escape(say('sewage', 'title'))}<span>{escape(say('sewage', 'axis'))}</span></h2>",
        _rain(board, colours, say),
        *_works(sewage["inflow"], board, names, colours, say),
        *_stations(_judged(sewage["stations"], board), sewage["plan"], names, say),
    ]
    return f'<section class="sewage">{"".join(parts)}</section>'


def _rain(board: Mapping[str, Any], colours: Mapping[str, str], say: Words) -> str:
    rain, issued = board["sewage"]["rain"], board["sewage"]["issued_at"]
    if not rain:
        return f'<p class="small none">{escape(say("sewage", "no_rain"))}</p>'
    text = say("sewage", "rain", most=number(max(hour["mm"] for hour in rain)))
    if issued is not None:
        text += say("sewage", "issued", time=local(issued, board["timezone"]))
    return f'{rain_picture(rain, board["as_of"], colours)}<p class="small">{escape(text)}</p>'


def _works(
    inflow: Sequence[Row], board: Mapping[str, Any], names: Mapping[str, str], colours: Mapping[str, str], say: Words
) -> list[str]:
    if not inflow:
        return [f'<p class="small none">{escape(say("sewage", "no_inflow"))}</p>']
    by_works = [list(rows) for _, rows in groupby(inflow, key=lambda row: row["site_id"])]
    return [_one_works(rows, board, names, colours, say) for rows in sorted(by_works, key=_share, reverse=True)[:WORKS]]


def _now(rows: Sequence[Row]) -> float | None:
    """The newest inflow observed."""
    return next((row["observed"] for row in reversed(rows) if row["observed"] is not None), None)


def _share(rows: Sequence[Row]) -> float:
    now, capacity = _now(rows), rows[0]["capacity_m3h"]
    return now / capacity if now is not None and capacity else -1.0


def _one_works(
    rows: Sequence[Row], board: Mapping[str, Any], names: Mapping[str, str], colours: Mapping[str, str], say: Words
) -> str:
    site_id = rows[0]["site_id"]
    text = f"{number(_now(rows))} / {number(rows[0]['capacity_m3h'])} m³/h"
    return (
        f'<div class="works"><p>{escape(names.get(site_id, site_id))}<span title="{escape(say("sewage", "capacity"))}">'
        f"{escape(text)}</span></p>{inflow_picture(rows, board['as_of'], colours)}</div>"
    )


def _judged(stations: Sequence[Row], board: Mapping[str, Any]) -> list[Row]:
    """The stations with their state in the tile of overflow risk, None where it doesn't judge them."""
    tiles = [one for one in board["indicators"] if one["id"] == RISK]
    states = {site["site_id"]: site["state"] for one in tiles for site in one["sites"]}
    return [{**row, "risk": states.get(row["site_id"])} for row in stations]


def _stations(stations: Sequence[Row], plan: Sequence[Row], names: Mapping[str, str], say: Words) -> list[str]:
    if not stations:
        return [f'<p class="small none">{escape(say("sewage", "no_stations"))}</p>']
    by_chance = any(row["probability"] is not None for row in stations[:STATIONS])
    words = say("sewage", "by_chance" if by_chance else "by_level", n=len(stations))
    words += say("sewage", "planned") if plan else ""
    head = f'<p class="small">{escape(words)}</p>'
    return [head, *(_station(row, plan, names, say) for row in stations[:STATIONS])]


def _schedule(plan: Sequence[Row], site_id: str, say: Words) -> str:
    """How much a station should pump in each hour ahead, as a strip: the fuller the more, its own highest full."""
    flows = [row["flow_m3h"] for row in plan if row["site_id"] == site_id]
    if not flows or max(flows) <= 0:
        return ""
    step = 100 / len(flows)
    tones = (f"color-mix(in srgb,var(--text) {100 * flow / max(flows):.0f}%,var(--band))" for flow in flows)
    stops = ",".join(f"{tone} {at * step:.1f}% {(at + 1) * step:.1f}%" for at, tone in enumerate(tones))
    title = escape(say("sewage", "schedule", most=number(max(flows))))
    return f'<u class="schedule" title="{title}" style="background:linear-gradient(90deg,{stops})"></u>'


def _station(row: Row, plan: Sequence[Row], names: Mapping[str, str], say: Words) -> str:
    level, alarm = row["level_m"], row["alarm_level"]
    state = "unknown" if level is None else "alarm" if alarm is not None and level >= alarm else "normal"
    if row["probability"] is not None and row["risk"] is not None:
        state = row["risk"]
    if level is None or not alarm:
        bar = '<u class="bar"></u>'
    else:
        width = min(100.0, 100 * level / (alarm * BAR_REACHES))
        tick = 100 / BAR_REACHES
        bar = f'<u class="bar"><s class="{state}" style="width:{width:.1f}%"></s><i style="left:{tick:.1f}%"></i></u>'
    told, means = f"{number(level, [alarm])} / {number(alarm)} m", "level"
    if row["probability"] is not None:
        told, means = f"{number(100 * row['probability'])} %", "chance"
    name = escape(names.get(row["site_id"], row["site_id"]))
    mark = f'<i class="{state}">{SHAPES[state]}</i>{escape(told)}'
    return (
        f'<p class="station" data-station="{escape(row["site_id"])}"><b>{name}</b>'
        f'<u class="well">{bar}{_schedule(plan, row["site_id"], say)}</u>'
        f'<span title="{escape(say("sewage", means))}">{mark}</span></p>'
    )
