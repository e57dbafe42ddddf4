"""One indicator: what it means, where it stands, its trend, its sites, and why it is so, down to the source rows."""

from datetime import timedelta

import polars as pl
import streamlit as st

from pages.components.blocks import show_heading, show_missing
from pages.components.chart import of_a_whole, show_chart
from pages.components.choices import choose, select
from pages.components.found_columns import show_found
from pages.components.frozen import frozen_board
from pages.components.indicator_facts import Facts, first_tile, indicator_facts, rows_behind, source_rows
from pages.components.indicator_words import definition, formula, headline
from pages.components.lineage_picture import show_lineage
from pages.components.links import SHOWN
from pages.components.numbers import number
from pages.components.page import page_head, page_of_address
from pages.components.states import RANK
from pages.components.table import Column, show_table
from pages.components.trend_chart import trend_chart

TREND = {"day": timedelta(days=120), "week": timedelta(weeks=53), "month": timedelta(days=1100)}
"""How much of the trend is drawn, by the length of a period."""

page = page_of_address("indicator")
say = page.say


def shown_then(facts: Facts) -> str | None:
    """What the board showed at the frozen moment, where it was kept: the page itself computes from today's rows."""
    if page.view.at is None or page.view.how != SHOWN:
        return None
    board, how = frozen_board(page.view)
    tile = next((one for one in (board or {}).get("indicators", []) if one["id"] == facts.indicator.id), None)
    if tile is None or how != SHOWN:
        return None
    value = f"{number(tile['value'])} {say('unit', tile['unit'])}".strip()
    return say("indicator", "shown_then", value=value, state=say("state", tile["state"]))


def trend(facts: Facts) -> None:
    """The closed periods as a chart."""
    if facts.history["value"].null_count() == facts.history.height:
        show_missing(page, say("indicator", "no_history"), say("module_page", "no_trend_how"))
        return
    newest = facts.span.last_day
    figure = trend_chart(
        facts.history.to_dicts(), newest - TREND[facts.indicator.period], facts.judged.thresholds.target,
        facts.band, page.view.theme, say, by_month=facts.indicator.period == "month",
    )  # fmt: skip
    if facts.indicator.unit == "%":
        of_a_whole(figure)
    name = getattr(facts.indicator.name, page.lang)
    show_chart(page, figure, facts.indicator.id, say("indicator", "trend_alt", name=name))


def sites(facts: Facts) -> None:
    """The sites' verdicts, worst first."""
    show_heading(page, say("indicator", "sites"), say("indicator", "sites_means"))
    ranked = sorted(facts.judged.sites, key=lambda one: (RANK[one.state], -(one.distance or 0.0)))
    names = ("state", "value", "numerator", "denominator")
    rows = pl.DataFrame(
        {
            "site": [page.named("sites", one.site_id) for one in ranked],
            **{name: [getattr(one, name) for one in ranked] for name in names},
            "validity": [100 * one.validity for one in ranked],
            "site_id": [one.site_id for one in ranked],
        },
        strict=False,
    )
    units = {"value": facts.indicator.unit, "validity": "%"}
    columns = [Column("site", say("indicator", "site"), link=lambda row: page.link("site", site=row["site_id"]))]
    told = [name for name in (*names, "validity") if rows[name].null_count() < rows.height]
    columns += [Column(name, say("indicator", name), units.get(name, "")) for name in told]
    show_table(page, rows, columns, f"{facts.indicator.id}-sites", 360)


def why(facts: Facts) -> None:
    """The rows behind the number, of one site or all; from one of them down to its source rows."""
    show_heading(page, say("indicator", "why"))
    rows = facts.evidence.drop("period", strict=False).with_row_index("row", 1)
    places = sorted(set(rows["site_id"].drop_nulls()) - {""}) if "site_id" in rows.columns else []
    if places:
        every, named = say("indicator", "all_sites"), lambda one: page.named("sites", one)
        site = select(page, "site", say("indicator", "site"), places, named, every)
        rows = rows if site is None else rows.filter(pl.col("site_id") == site)
    bad = rows.filter(pl.col("counts_against")) if rows["counts_against"].dtype == pl.Boolean() else rows.clear()
    if rows.is_empty():
        show_missing(page, say("indicator", "no_rows"), say("indicator", "no_rows_how"))
        return
    st.html(f'<p class="quiet">{say("indicator", "rows", n=rows.height, bad=bad.height)}</p>')
    if 0 < bad.height < rows.height:
        options = {"against": say("indicator", "rows_against"), "all": say("indicator", "rows_all")}
        rows = bad if choose(page, "rows", options, "against") == "against" else rows
    to_source = say("indicator", "to_source")
    down = Column(
        "row", say("column", "row"), draw=lambda row: f"{row['row']} {to_source}",
        link=lambda row: page.here(row=str(row["row"])) + "#behind",
    )  # fmt: skip
    show_found(page, rows, f"{facts.indicator.id}-rows", first=[down])
    behind(facts, rows)


def behind(facts: Facts, rows: pl.DataFrame) -> None:
    """What stands behind one row of the evidence: rows of the views, then the readings of one point."""
    chosen = rows.filter(pl.col("row").cast(pl.String()) == page.wanted.get("row", ""))
    row = (chosen if chosen.height else rows).row(0, named=True)
    st.html('<i id="behind"></i>')
    show_heading(page, say("indicator", "behind", n=row["row"]))
    found = rows_behind(facts.indicator.id, facts.as_of, row)
    for view, behind_it in found.items():
        st.html(f"<h3>{view}</h3>")
        show_found(page, behind_it, f"{facts.indicator.id}-{view}", 300)
    if not found:
        show_missing(page, say("indicator", "nothing_behind"), say("indicator", "no_rows_how"))
    own = [row["point_id"]] if row.get("point_id") else []
    points = own or sorted({point for one in found.values() if "point_id" in one for point in one["point_id"]})
    if points:
        label = say("indicator", "readings_of")
        point = select(page, "point", label, points, lambda one: f"{page.named('points', one)} · {one}", points[0])
        point = point or points[0]
        readings = source_rows(facts.indicator.id, point, facts.as_of, row)
        if readings.is_empty():
            show_missing(page, say("indicator", "no_readings"), say("indicator", "no_rows_how"))
        else:
            show_found(page, readings, f"{point}-readings", 300, of_point=point)


def draw(facts: Facts) -> None:
    """The whole page, from the answer to its grounds."""
    one, (left, right) = facts.indicator, st.columns([2, 3], gap="large")
    with left:
        st.html(headline(facts, page.lang, page.view.theme, page.utility.timezone, say))
        st.html(formula(facts, page.lang, page.view.theme, say))
        told = shown_then(facts)
        if told:
            st.info(told)
    with right:
        trend(facts)
        st.html(definition(facts, page.lang, page.view.theme, say))
    if facts.judged.sites:
        sites(facts)
    why(facts)
    for name in ("limits", "inputs"):
        show_heading(page, say("indicator", name), say("indicator", f"{name}_means"))
        found = getattr(facts, name)
        if found.is_empty():
            show_missing(page, say("indicator", f"no_{name}"), say("indicator", f"no_{name}_how"))
        else:
            show_found(page, found, f"{one.id}-{name}", 300)
    show_heading(page, say("indicator", "lineage"))
    show_lineage(page, facts.inputs, facts.views, one)


def show() -> None:
    """The indicator of the address, or what is wrong with the address."""
    if page.moment is None:
        page_head(page, say("empty", "title"))
        st.info(say("empty", "import"))
        return
    try:
        facts = indicator_facts(page.wanted.get("id", first_tile(page.utility)), page.at)
    except KeyError:
        page_head(page, say("indicator", "no_such"))
        show_missing(page, say("indicator", "no_such"), say("indicator", "no_such_how"))
        return
    page_head(page, getattr(facts.indicator.name, page.lang))
    draw(facts)


show()
