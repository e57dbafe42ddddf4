"""The first numbers of sewage dispatch: how near the wells are to their alarms, pumps, rain, each works' inflow."""

import polars as pl

from metrics.queries.dispatch import Glance
from pages.components.blocks import Figure, figures_html
from pages.components.numbers import number
from pages.components.page import Page

MOST_MINUTES = 120
"""Longer times are told in hours."""


def first_figures(page: Page, now: Glance, works: pl.DataFrame) -> str:
    """The figures' HTML: of the stations where there are any, of rain where there is any, of each works."""
    figures = [*(_of_stations(page, now) if now.stations else []), *_of_rain(page, now), *_of_works(page, works)]
    return figures_html(page, figures) if figures else ""


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
    return [
        figure("over_alarm", now.over, "alarm" if now.over else None, of_all, "座"),
        *soonest,
        figure("pumps_out", now.pumps_out, "warning" if now.pumps_out else None, pumps),
        figure("silent", now.silent, "unknown" if now.silent else None, of_all, "座"),
    ]


def _of_rain(page: Page, now: Glance) -> list[Figure]:
    if now.rain_24h is None:
        return []
    total = page.say("dispatch", "rain_24h", n=number(now.rain_24h))
    return [Figure(page.say("dispatch", "rain_1h"), now.rain_1h, "mm", total, means=page.say("dispatch", "rain_means"))]


def _of_works(page: Page, works: pl.DataFrame) -> list[Figure]:
    figures = []
    for row in works.to_dicts():
        share, full = row["share"], row["share"] is not None and row["share"] > 1
        told = number(None if share is None else 100 * share), number(row["inflow_m3"])
        figures.append(
            Figure(
                page.named("sites", row["site_id"]),
                row["inflow_m3h"],
                "m^3/h",
                page.say("dispatch", "inflow_beside", share=told[0], volume=told[1]),
                "warning" if full else None,
                page.link("site", site=row["site_id"]),
                page.say("dispatch", "inflow_means"),
            )
        )
    return figures
