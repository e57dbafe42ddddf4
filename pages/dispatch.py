"""Sewage dispatch: works and stations at a glance, a storm from rain to level, where it drains, quality."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

import polars as pl
import streamlit as st

from metrics.queries import dispatch
from metrics.queries.outlook import outlook
from pages.components.answers import answer
from pages.components.blocks import show_heading, show_missing
from pages.components.choices import choose
from pages.components.dispatch_advice import advised, show_advice
from pages.components.dispatch_figures import first_figures, with_full_works
from pages.components.dispatch_forecast import show_forecast
from pages.components.dispatch_list import station_list
from pages.components.dispatch_next import next_lines
from pages.components.dispatch_plan import show_plan
from pages.components.dispatch_quality import quality_columns, quality_rows, quality_table
from pages.components.dispatch_storms import show_storms
from pages.components.dispatch_tree import drainage_tree
from pages.components.page import open_page
from pages.components.page_board import board_of, site_states
from pages.components.table import Column, show_downloads, show_table
from pages.components.what_if import show_what_if

SORTS = {"nearness": ("nearness", True), "rise": ("rise_m", True), "flow": ("flow_m3h", True), "place": (None, False)}
"""How the stations can be sorted: by a column, or by where they drain."""
COLUMNS = (
    ("site_id", "station", ""), ("drains_to", "drains_to", ""), ("level_m", "level", "m"),
    ("alarm_level", "alarm_level", "m"), ("nearness", "nearness", ""), ("rise_m", "rise", "m"),
    ("hours_to_alarm", "to_alarm", "h"), ("flow_m3h", "flow", "m^3/h"), ("running", "running", ""),
    ("available", "available", ""), ("pumps", "pumps", ""), ("starts_per_hour", "starts", "1/h"),
    ("h2s_ppm", "h2s", "ppm"), ("cod", "cod", "mg/L"), ("ammonia_nitrogen", "ammonia_nitrogen", "mg/L"),
    ("heard_at", "heard", ""),
)  # fmt: skip

page = open_page("dispatch", follows=True)
say, at = page.say, page.at
assert at is not None
stations = answer(dispatch.stations_now, at)
works = answer(dispatch.works_now, at)


@lru_cache(maxsize=1)
def style() -> str:
    """What only this page's drawings need."""
    return (Path(__file__).parent / "components" / "dispatch.css").read_text(encoding="utf-8")


def show_stations(at: datetime) -> None:
    """All stations as a drawn list, sorted and narrowed as the address asks; in full below, to take away."""
    title = (say("dispatch", "stations"), say("dispatch", "stations_means"))
    if stations.is_empty():
        show_heading(page, *title)
        show_missing(page, say("dispatch", "no_stations"), say("dispatch", "no_stations_how"))
        return
    with st.container(key="stations_head", horizontal=True, vertical_alignment="bottom", gap="medium"):
        show_heading(page, *title)
        sort = choose(page, "sort", {one: say("dispatch", f"sort_{one}") for one in SORTS}, "nearness")
        places = {one: page.named("sites", one) for one in works["site_id"]}
        area = choose(page, "works", {"all": say("dispatch", "all_works"), **places}, "all")
    shown = stations if area == "all" else stations.filter(pl.col("works_id") == area)
    column, down = SORTS[sort]
    by = ["works_id", "drains_to", "site_id"] if column is None else [column, "site_id"]
    ordered = shown.sort(by, descending=[down, False] if column else False, nulls_last=True)
    st.html(station_list(page, ordered.to_dicts(), states))
    with st.expander(say("dispatch", "table"), key="table", bind="query-params"):
        named = ordered.with_columns(pl.col("site_id", "drains_to").map_elements(name_of, pl.String))
        columns = [Column(name, say("dispatch", label), unit) for name, label, unit in COLUMNS]
        show_table(page, named, columns, "sewage-stations")


def name_of(site_id: str) -> str:
    """A site's name."""
    return page.named("sites", site_id)


def show_drainage() -> None:
    """The network as a tree with the flow along it."""
    show_heading(page, say("drainage", "title"), say("drainage", "means"))
    if stations.is_empty():
        show_missing(page, say("dispatch", "no_stations"), say("dispatch", "no_stations_how"))
        return
    if stations["drains_to"].null_count() == stations.height:
        show_missing(page, say("drainage", "none"), say("drainage", "none_how"))
        return
    st.html(drainage_tree(page, stations.to_dicts(), works.to_dicts(), states))


def show_quality() -> None:
    """Online quality of hubs and outlets."""
    show_heading(page, say("sewage_quality", "title"), say("sewage_quality", "means"))
    if quality.is_empty():
        show_missing(page, say("sewage_quality", "none"), say("sewage_quality", "none_how"))
        return
    tables = [
        quality_table(page, own, name)
        for name, kind in (("hubs", "sewage_station"), ("outlets", "wwtp"))
        if not (own := quality.filter(site_kind=kind)).is_empty()
    ]
    st.html(f'<div class="quality">{"".join(tables)}</div>')
    show_downloads(page, quality_rows(page, quality), quality_columns(page), "sewage-quality")


st.html(f"<style>{style()}</style>")
if works.is_empty():
    show_missing(page, say("dispatch", "no_works"), say("dispatch", "no_works_how"))
quality = answer(dispatch.quality_now, at)
states = with_full_works(site_states(board_of(page)), works)
st.html(first_figures(page, answer(dispatch.glance, at), works, quality, states))
told = advised(page)
if not stations.is_empty():
    st.html(next_lines(page, told, answer(outlook, at)))
show_stations(at)
show_forecast(page, at)
show_plan(page, at)
show_advice(page, told)
show_storms(page, at)
show_what_if(page, at)
show_drainage()
show_quality()
