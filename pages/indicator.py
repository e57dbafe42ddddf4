"""One indicator: what it means, where it stands, its trend, its sites, and why it is so, down to the source rows."""

from datetime import timedelta
from typing import Any

import polars as pl
import streamlit as st

from pages.components.frozen import frozen_board
from pages.components.indicator_facts import Facts, first_tile, indicator_facts, rows_behind, source_rows
from pages.components.indicator_words import definition, formula, headline
from pages.components.lineage_picture import lineage_picture
from pages.components.links import SHOWN
from pages.components.numbers import number
from pages.components.page import page_head, page_of_address
from pages.components.states import RANK, SHAPES
from pages.components.tables import as_csv, as_xlsx, presentable
from pages.components.trend_chart import trend_chart

TREND = {"day": timedelta(days=120), "week": timedelta(weeks=53), "month": timedelta(days=1100)}
"""How much of the trend is drawn, by the length of a period."""

here = page_of_address("indicator")
utility, view, say, wanted = here.utility, here.view, here.say, here.wanted
names = dict(utility.sites.select("site_id", f"name_{view.lang}").rows())


def sites(facts: Facts) -> pl.DataFrame:
    """The sites' verdicts, worst first."""
    ranked = sorted(facts.judged.sites, key=lambda one: (RANK[one.state], -(one.distance or 0.0)))
    return pl.DataFrame(
        {
            say("indicator", "site"): [names.get(one.site_id, one.site_id) for one in ranked],
            say("indicator", "state"): [f"{SHAPES[one.state]} {say('state', one.state)}" for one in ranked],
            say("indicator", "value"): [one.value for one in ranked],
            say("indicator", "numerator"): [one.numerator for one in ranked],
            say("indicator", "denominator"): [one.denominator for one in ranked],
            say("indicator", "validity"): [100 * one.validity for one in ranked],
            "site_id": [one.site_id for one in ranked],
        },
        strict=False,
    )


def shown_then(facts: Facts) -> str | None:
    """What the board showed at the frozen moment, where it was kept: the page itself computes from today's rows."""
    if view.at is None or view.how != SHOWN:
        return None
    board, how = frozen_board(view)
    tile = next((one for one in (board or {}).get("indicators", []) if one["id"] == facts.indicator.id), None)
    if tile is None or how != SHOWN:
        return None
    value = f"{number(tile['value'])} {say('unit', tile['unit'])}".strip()
    return say("indicator", "shown_then", value=value, state=say("state", tile["state"]))


def trend(facts: Facts) -> None:
    """The closed periods as a chart."""
    if facts.history["value"].null_count() == facts.history.height:
        st.info(say("indicator", "no_history"))
        return
    newest = facts.span.last_day
    figure = trend_chart(
        facts.history.to_dicts(), newest - TREND[facts.indicator.period], facts.judged.thresholds.target,
        facts.band, view.theme, say,
    )  # fmt: skip
    st.plotly_chart(figure, theme=None, key="trend", config={"displaylogo": False, "displayModeBar": False})


def downloads(rows: pl.DataFrame, name: str) -> None:
    """A table as CSV and XLSX."""
    first, second, _ = st.columns([1, 1, 4])
    first.download_button("CSV", as_csv(rows), f"{name}.csv", "text/csv", key=f"{name}.csv")
    second.download_button("XLSX", as_xlsx(rows), f"{name}.xlsx", key=f"{name}.xlsx")


def why(facts: Facts) -> None:
    """The rows behind the number, those against it first; from one of them down to its source rows."""
    rows = facts.evidence
    places = sorted(set(rows["site_id"].drop_nulls()) - {""})
    site = wanted.get("site")
    if places:
        options = [None, *places]
        start = options.index(site) if site in options else 0
        every = say("indicator", "all_sites")
        chosen = st.selectbox(
            say("indicator", "site"),
            options,
            start,
            format_func=lambda one: every if one is None else names.get(one, one),
        )
        carry("site", chosen)
        rows = rows if chosen is None else rows.filter(pl.col("site_id") == chosen)
    bad = rows.filter(pl.col("counts_against")) if rows["counts_against"].dtype == pl.Boolean() else rows.clear()
    st.markdown(say("indicator", "rows", n=rows.height, bad=bad.height))
    named = rows.select(pl.col("site_id").replace_strict(names, default=None).alias("site"), pl.exclude("period"))
    shown = presentable(named, utility.timezone, say)
    picked = st.dataframe(shown, key="evidence", on_select="rerun", selection_mode="single-row", height=360)
    downloads(presentable(bad if bad.height else rows, utility.timezone, say), f"{facts.indicator.id}-rows")
    chosen_rows = picked["selection"]["rows"]
    if rows.height:
        behind(facts, rows.row(chosen_rows[0] if chosen_rows else 0, named=True))


def carry(name: str, choice: str | None) -> None:
    """Put a choice into the page's address, so that a link shows it."""
    if choice is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = choice


def behind(facts: Facts, row: dict[str, Any]) -> None:
    """What stands behind one row of the evidence: rows of the views, then the readings of one point."""
    st.subheader(say("indicator", "behind"))
    found = rows_behind(facts.indicator.id, facts.as_of, row)
    for name, rows in found.items():
        st.caption(name)
        st.dataframe(
            presentable(rows, utility.timezone, say), key=f"behind.{name}", height=min(320, 60 + 35 * rows.height)
        )
    own = [row["point_id"]] if row.get("point_id") else []
    points = own or sorted({point for rows in found.values() if "point_id" in rows for point in rows["point_id"]})
    if points:
        point = st.selectbox(say("indicator", "readings_of"), points)
        rows = source_rows(facts.indicator.id, point, facts.as_of, row)
        st.dataframe(presentable(rows, utility.timezone, say), key="readings", height=320)
        downloads(presentable(rows, utility.timezone, say), f"{point}-readings")


def page(facts: Facts) -> None:
    """The whole page, from the answer to its grounds."""
    one = facts.indicator
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.html(headline(facts, view.lang, view.theme, utility.timezone, say))
        st.html(formula(facts, view.theme, say))
        told = shown_then(facts)
        if told:
            st.info(told)
    with right:
        trend(facts)
        st.html(definition(facts, view.lang, view.theme, say))
    if facts.judged.sites:
        st.subheader(say("indicator", "sites"))
        ranked = sites(facts)
        st.dataframe(ranked, key="sites", height=min(360, 60 + 35 * ranked.height))
        downloads(ranked, f"{one.id}-sites")
    st.subheader(say("indicator", "why"))
    why(facts)
    st.subheader(say("indicator", "limits"))
    st.dataframe(presentable(facts.limits, utility.timezone, say), key="limits")
    st.subheader(say("indicator", "inputs"))
    st.dataframe(presentable(facts.inputs, utility.timezone, say), key="inputs")
    pairs = facts.inputs.select("input", "source").drop_nulls().rows()
    st.graphviz_chart(lineage_picture(pairs, facts.views, getattr(one.name, view.lang), view.theme))


def show() -> None:
    """The indicator of the address, or what is wrong with the address."""
    if here.moment is None:
        page_head(here, say("empty", "title"))
        st.info(say("empty", "import"))
        return
    try:
        facts = indicator_facts(wanted.get("id", first_tile(utility)), here.at)
    except KeyError:
        page_head(here, say("indicator", "no_such"))
        return
    page_head(here, getattr(facts.indicator.name, view.lang))
    page(facts)


show()
