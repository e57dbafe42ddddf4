"""One site: what it is, its groups and points now, its last day and month, its machines, what depends on it."""

from functools import partial
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from data_sources.vocabulary import QUANTITIES
from metrics.queries import module as module_queries
from metrics.queries import site as queries
from pages.components.alike import told_apart
from pages.components.answers import answer
from pages.components.blocks import Figure, grid, show_figures, show_heading, show_missing
from pages.components.board_parts import (
    exceptions_about,
    indicators_past,
    show_exceptions,
    show_exceptions_heading,
    site_states,
)
from pages.components.chart import LEGEND_LINE, show_chart
from pages.components.choices import choose, select
from pages.components.course_chart import day_course, month_course, with_limits
from pages.components.dependants import show_dependants
from pages.components.numbers import apart, number
from pages.components.page import page_head, page_of_address
from pages.components.states import RANK
from pages.components.table import Column, marked, show_table
from pages.components.timeline import state_timeline, strip, timeline_height

CHART_HEIGHT = 230
LEAST_SHARE = 0.8
"""An hour that is covered less is not valid."""
IN_TIMELINE = ("running", "available", "door", "power_supply")
"""States, which no line of a chart shows well."""
YES_OR_NO = ("running", "available")
"""States whose 1 and 0 are read as yes and no."""
PLACE = {quantity: place for place, quantity in enumerate(QUANTITIES)}
"""In which order the courses stand: flow and level before what else is measured."""
TONES = {"running": "spark", "stopped": "band", "unavailable": "warning"}

page = page_of_address("site")
say, utility = page.say, page.utility
first = [*utility.groups["site_id"], *utility.sites["site_id"]][0]
site_id = page.wanted.get("site", first)
row = next(iter(utility.sites.filter(pl.col("site_id") == site_id).to_dicts()), None)
page_head(page, page.named("sites", site_id) if row else say("site_page", "no_such"))


def site_link(other: str | None) -> str:
    """Another site's name as a link; nothing where there is none."""
    if other is None:
        return ""
    return f'<a href="{page.link("site", site=other)}" target="_self">{escape(page.named("sites", other))}</a>'


def state_now(module: str) -> tuple[str, str | None]:
    """The site's state and its reason as on the board; unknown where nobody tells anything of it."""
    own = site_states(page.board).filter(pl.col("site_id") == site_id).rows()
    heard = answer(module_queries.sites, page.at, module).filter(pl.col("site_id") == site_id)
    if not own or (own[0][1] == "normal" and heard["is_silent"].any()):
        return "unknown", None
    return own[0][1], own[0][2]


def counted(many: float | None) -> str:
    """How many, as HTML; nothing where nobody says."""
    return "" if many is None else apart(f"{many:.0f}")


def facts(row: dict[str, Any], state: str, reason: str | None) -> None:
    """Its state, and what the utility's folder says of the site."""
    name = escape(say("module", row["module"]))
    module = f'<a href="{page.link("module", id=row["module"])}" target="_self">{name}</a>'
    capacity = row["capacity_m3d"]
    entries = {
        "site_id": escape(site_id),
        "state": marked(state, page) + (f" · {escape(say('reason', reason))}" if reason else ""),
        "kind": escape(say("site_kind", row["kind"])),
        "module": module,
        "parent": site_link(row["parent_id"]),
        "drains_to": site_link(row["drains_to"]),
        "capacity": "" if capacity is None else f"{apart(f'{capacity:.0f}')} m³/d",
        "connections": counted(row["connections"]),
        "users": counted(row["users"]),
        "tags": escape(row["tags"] or ""),
    }
    told = "".join(f"<dt>{escape(say('site_page', n))}</dt><dd>{text}</dd>" for n, text in entries.items() if text)
    st.html(f'<div class="facts short"><dl>{told}</dl></div>')


def figures(points: pl.DataFrame) -> list[Figure]:
    """Yesterday's volume, how many points report, how many are past a limit now: unknown where none has one."""
    shown = []
    volumes = answer(module_queries.volumes_with_others, page.at).filter(pl.col("site_id") == site_id)
    if volumes.height:
        own = volumes.row(0, named=True)
        shown.append(
            Figure(
                say("site_page", "volume"), own["m3"], "m^3", means=say("site_page", "volume_means"), compared=True,
                previous=own["previous_m3"], last_year=own["last_year_m3"],
            )
        )  # fmt: skip
    if points.height:
        reporting = points["value"].count()
        judged = points.filter(pl.col("value").is_not_null(), pl.any_horizontal(pl.col("low", "high").is_not_null()))
        past = judged.filter(pl.col("state").is_in(["alarm", "warning"])).height if judged.height else None
        kind = "of_judged" if judged.height else "none_judged"
        of_judged = say("site_page", kind, n=judged.height) if reporting else ""
        of_all = say("site_page", "of_points", n=points.height)
        shown.append(
            Figure(say("site_page", "reporting"), reporting, beside=of_all, means=say("site_page", "reporting_means"))
        )
        shown.append(Figure(say("site_page", "past"), past, beside=of_judged, means=say("site_page", "past_means")))
    if standing["fed"] and page.board is not None:
        below = site_states(page.board).filter(pl.col("site_id").is_in(standing["fed"]))
        abnormal = below.filter(pl.col("state") != "normal").height
        of_all = say("site_page", "of_sites", n=len(standing["fed"]))
        shown.append(Figure(say("site_page", "below"), abnormal, beside=of_all, means=say("site_page", "below_means")))
    return shown


def validity_strip(row: Any) -> str:
    """The last 24 hours of a point."""
    hours = row["hours"] or []
    valid = sum(share >= LEAST_SHARE for share in hours)
    return strip(hours, say("site_page", "strip", valid=valid, n=len(hours)), LEAST_SHARE)


def value_of(row: Any) -> str:
    """A point's value as HTML, that of a state which is or isn't as a mark."""
    if row["quantity"] in YES_OR_NO and row["value"] in (0, 1):
        return "✓" if row["value"] else "✗"
    return apart(number(row["value"]))


def point_table(points: pl.DataFrame) -> None:
    """Every point as it is now; the one of the address first, then the worst."""
    show_heading(page, say("site_page", "points"), say("site_page", "points_means"))
    if points.is_empty():
        show_missing(page, say("site_page", "no_points"), say("site_page", "no_points_how"))
        return
    worst = pl.col("state").replace_strict(RANK, default=len(RANK), return_dtype=pl.Int64)
    rows = points.sort(pl.col("point_id") != page.wanted.get("point", ""), worst, maintain_order=True)
    rows = rows.with_columns(
        group=pl.Series([page.named("groups", one) for one in rows["group_id"]], dtype=pl.String()),
        name=pl.Series([point_name(one) for one in rows["point_id"]], dtype=pl.String()),
        unit=pl.Series([say("unit", QUANTITIES[one]) for one in rows["quantity"]], dtype=pl.String()),
    )
    label = partial(say, "site_page")
    columns = [
        Column("group", label("group")), Column("name", label("point")), Column("state", label("state")),
        Column("value", label("value"), draw=value_of), Column("unit", label("unit")),
        Column("low", label("low")), Column("high", label("high")),
        Column("hours", label("hours"), draw=validity_strip),
        Column("ts", label("time")), Column("quality", label("quality"), words="reading_quality"),
        Column("quantity", label("quantity"), words="quantity"), Column("role", label("role"), words="role"),
        Column("point_id", label("site_id")),
    ]  # fmt: skip
    show_table(page, rows, columns, f"{site_id}-points", 560)


def point_name(point_id: str, group: str | None = None) -> str:
    """A point's name after that of its machine, where it has none, of its `group`."""
    machine = machine_of[point_id]
    before = page.named("machines", machine) if machine else group and page.named("groups", group)
    return " · ".join(filter(None, (before, page.named("points", point_id))))


def machines() -> None:
    """What each machine did in the last day."""
    own = utility.machines.filter(pl.col("site_id") == site_id)
    if own.is_empty():
        return
    show_heading(page, say("site_page", "machines"), say("site_page", "machines_means"))
    spans = answer(queries.machine_states, page.at, site_id)
    if spans.is_empty():
        show_missing(page, say("site_page", "no_machines"), say("site_page", "no_machines_how"))
        return
    named = spans.with_columns(
        name=pl.Series([page.named("machines", one) for one in spans["machine_id"]], dtype=pl.String()),
        starts_at=pl.col("starts_at").dt.convert_time_zone(utility.timezone),
        ends_at=pl.col("ends_at").dt.convert_time_zone(utility.timezone),
    )
    states = {state: (say("machine_state", state), tone) for state, tone in TONES.items()}
    end = page.at.astimezone(utility.zone)
    figure = state_timeline(named, states, end - queries.DAY, end, page.view.theme)
    height = timeline_height(named["name"].n_unique())
    show_chart(page, figure, f"{site_id}-machines", say("site_page", "machines_alt"), height)


def course(points: pl.DataFrame) -> None:
    """The points along time, a chart a quantity and role."""
    show_heading(page, say("site_page", "course"))
    lengths = {"24h": say("choice", "24h"), "30d": say("choice", "30d")}
    is_day = choose(page, "period", lengths, "24h") == "24h"
    rows = answer(queries.last_day if is_day else queries.last_month, page.at, site_id)
    rows = rows.filter(~pl.col("quantity").is_in(IN_TIMELINE))
    if rows.is_empty():
        show_missing(page, say("site_page", "no_course"), say("site_page", "no_course_how"))
        return
    if is_day:
        rows = rows.with_columns(pl.col("ts").dt.convert_time_zone(utility.timezone))
    parts = rows.partition_by("quantity", "role", maintain_order=True)
    wanted = page.wanted.get("point")
    parts = sorted(parts, key=lambda part: (wanted not in part["point_id"], PLACE[part["quantity"][0]]))
    with grid("course"):
        for part in parts:
            with st.container():
                one_course(part, points, is_day)


def one_course(part: pl.DataFrame, points: pl.DataFrame, is_day: bool) -> None:
    """One chart: its title names quantity, role and unit."""
    quantity, role = part["quantity"][0], part["role"][0]
    title = " · ".join(filter(None, (say("quantity", quantity), say("role", role) if role else "")))
    st.html(f"<h3>{escape(title)} <small>{escape(say('unit', QUANTITIES[quantity]))}</small></h3>")
    ids = part["point_id"].unique(maintain_order=True).to_list()
    names = dict(zip(ids, told_apart([point_name(one, group_of[one]) for one in ids], ids), strict=True))
    figure = (day_course if is_day else month_course)(part, names, page.view.theme)
    limits = points.filter(pl.col("point_id").is_in(part["point_id"].unique().to_list()))
    figure = with_limits(figure, limits["low"].to_list(), limits["high"].to_list(), page.view.theme)
    lines = len(names) if len(names) > 1 else 0
    figure.update_layout(showlegend=lines > 0, legend_orientation="v")
    name = f"{site_id}-{quantity}-{role or 'all'}"
    show_chart(
        page, figure, name, say("site_page", "course_alt", name=title), CHART_HEIGHT + LEGEND_LINE * lines, lines
    )


def show(row: dict[str, Any]) -> None:
    """The whole page of a site."""
    points = answer(queries.points, page.at, site_id)
    state, reason = state_now(row["module"])
    show_figures(page, figures(points))
    left, right = st.columns([3, 2], gap="large")
    board = page.board
    with left:
        found = [] if board is None else exceptions_about(board, {site_id}, indicators_past(board, site_id))
        show_exceptions_heading(page, len(found))
        if board is not None:
            show_exceptions(page, board, found, is_known=state != "unknown")
    with right:
        facts(row, state, reason)
    if points.is_empty():
        show_dependants(page, site_id, standing)
        point_table(points)
        return
    point_table(points)
    machines()
    course(points)
    show_dependants(page, site_id, standing)


machine_of = dict(utility.points.select("point_id", "machine_id").rows())
group_of = dict(utility.points.select("point_id", "group_id").rows())
every_site = utility.sites["site_id"].to_list()


def titled(one: str) -> str:
    """A site's name and id."""
    return f"{page.named('sites', one)} · {one}"


select(page, "site", say("site_page", "choose"), every_site, titled, titled(site_id))
if page.moment is None:
    st.info(say("empty", "import"))
elif row is None:
    show_missing(page, say("site_page", "no_such"), say("site_page", "no_such_how"))
else:
    standing = answer(queries.depends_on, page.at, site_id)
    show(row)
