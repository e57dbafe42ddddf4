"""The first numbers of sewage dispatch: how near the wells are to their alarms, pumps, rain, each works at a glance."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from metrics.queries.dispatch import Glance
from pages.components.blocks import Figure, figures_html, told_short
from pages.components.numbers import duration, number
from pages.components.page import Page

MOST_MINUTES = 120
"""Longer times are told in hours."""


def first_figures(
    page: Page, now: Glance, works: pl.DataFrame, quality: pl.DataFrame, states: Mapping[str, tuple[str, str | None]]
) -> str:
    """The figures' HTML: of the stations where there are any, of rain where there is any, of each works.

    `quality` is that of quality_now, `states` are site → (state, reason).
    """
    figures = [
        *(_of_stations(page, now) if now.stations else []),
        *_of_rain(page, now),
        *(_of_one_works(page, row, quality.filter(site_id=row["site_id"]), states) for row in works.to_dicts()),
    ]
    return figures_html(page, figures) if figures else ""


def with_full_works(
    states: Mapping[str, tuple[str, str | None]], works: pl.DataFrame
) -> dict[str, tuple[str, str | None]]:
    """The states of sites (site → state, reason); a works over its capacity is at least a warning."""
    full = works.filter(pl.col("share") > 1)["site_id"].to_list()
    normal = [one for one in full if states.get(one, ("unknown", None))[0] == "normal"]
    return {**states, **dict.fromkeys(normal, ("warning", None))}


def _of_stations(page: Page, now: Glance) -> list[Figure]:
    def figure(name: str, value: float | None, state: str | None, beside: str, unit: str = "") -> Figure:
        means = page.say("dispatch", f"{name}_means")
        return Figure(page.say("dispatch", name), value, unit, beside, state, means=means)

    of_all = page.say("dispatch", "over_alarm_beside", n=now.stations)
    soonest = []
    if now.soonest is not None:
        near = page.say("dispatch", "soonest_beside", name=page.named("sites", now.soonest))
        minutes = now.soonest_min or 0.0
        value, unit = (minutes, "min") if minutes < MOST_MINUTES else (minutes / 60, "h")
        soonest.append(figure("soonest", value, None, near, unit))
    pumps = page.say("dispatch", "pumps_out_beside", n=now.pumps_told)
    known = "" if now.oldest_at is None else _age(page, (page.at - now.oldest_at).total_seconds())
    others = of_all if now.oldest_at is None else page.say("dispatch", "silent_beside", n=now.stations, age=known)
    return [
        figure("over_alarm", now.over, "alarm" if now.over else None, of_all),
        *soonest,
        figure("pumps_out", now.pumps_out, "warning" if now.pumps_out else None, pumps),
        figure("silent", now.silent, "unknown" if now.silent else None, others),
    ]


def _of_rain(page: Page, now: Glance) -> list[Figure]:
    if now.rain_24h is None:
        return []
    total = page.say("dispatch", "rain_24h", n=number(now.rain_24h))
    return [Figure(page.say("dispatch", "rain_1h"), now.rain_1h, "mm", total, means=page.say("dispatch", "rain_means"))]


def _of_one_works(
    page: Page, row: Mapping[str, Any], quality: pl.DataFrame, states: Mapping[str, tuple[str, str | None]]
) -> Figure:
    """What comes in; beside it state, share of capacity, what goes out and its quality, machines, age of the data."""
    share = row["share"]
    state, reason = states.get(row["site_id"], ("unknown", None))
    told = [page.say("reason", reason)] if reason else []
    if share is not None:
        volume = " ".join(told_short(page, row["inflow_m3"], "m^3"))
        told.append(page.say("dispatch", "inflow_beside", share=number(100 * share), volume=volume))
    if row["effluent_m3h"] is not None:
        told.append(page.say("dispatch", "effluent", flow=number(row["effluent_m3h"])))
    told.append(_quality(page, quality))
    if row["told_running"]:
        told.append(page.say("dispatch", "machines", n=number(row["running"]), all=row["told_running"]))
    told.append(
        page.say("dispatch", "never")
        if row["age_s"] is None
        else page.say("dispatch", "heard_ago", age=_age(page, row["age_s"]))
    )
    return Figure(
        page.named("sites", row["site_id"]),
        row["inflow_m3h"],
        "m^3/h",
        " · ".join(filter(None, told)),
        state,
        page.link("site", site=row["site_id"]),
        page.say("dispatch", "inflow_means"),
    )


def _quality(page: Page, quality: pl.DataFrame) -> str:
    """How a works' effluent stands to its limits, in words; nothing where no limit is known."""
    if quality.is_empty():
        return ""
    known = quality.filter(pl.col("state") != "unknown")
    past = known.filter(pl.col("state") != "normal")["quantity"].to_list()
    if known.is_empty():
        return page.say("dispatch", "quality_unknown")
    if not past:
        return page.say("dispatch", "quality_kept", n=known.height)
    what = page.say("exceptions", "between").join(page.say("quantity", one) for one in past)
    return page.say("dispatch", "quality_past", what=what)


def _age(page: Page, seconds: float) -> str:
    return page.say("dispatch", "old", age=duration(seconds, page.say))
