"""The advice on the page of sewage dispatch: all of it with its evidence, what came of earlier ones, who did what."""

import json
from datetime import UTC, datetime
from html import escape
from typing import Any, NamedTuple

import polars as pl
import streamlit as st

from brain.status import read_status
from data_sources.lake import Lake
from metrics.queries import advice as queries
from metrics.queries.plan import newest_plan
from pages.components.acting import show_deeds
from pages.components.advice_list import advice_details, parted
from pages.components.answers import answer
from pages.components.blocks import Figure, show_figures, show_heading, show_missing
from pages.components.deeds import OF_ADVICE
from pages.components.exception_list import details, headline
from pages.components.page import Page
from pages.components.snapshot import lake_folder
from pages.components.states import SHAPES
from pages.components.table import Column, Row, show_table

UNITS = {
    "probability": "%", "alarm": "m", "top_m": "m", "top_m_plan": "m", "overflow": "m^3", "overflow_plan": "m^3",
    "high_h": "h", "high_h_plan": "h", "cost_cny": "元", "cost_cny_plan": "元", "kwh": "kWh", "kwh_plan": "kWh",
}  # fmt: skip
NEWEST_ACTS = 50
MODULES = ("sewage", "treatment")


class Advised(NamedTuple):
    """What is advised: what stands, what was in 30 days, and what people did about it."""

    standing: pl.DataFrame
    past: pl.DataFrame
    acts: pl.DataFrame


def advised(page: Page) -> Advised:
    """As the page shows it: what somebody does on a live page shows at once, though its own moment stays still."""
    frozen = page.view.at is not None or page.utility.clock == "data"
    at = page.at if frozen else datetime.now(UTC)
    return Advised(answer(queries.open_advice, at), answer(queries.past_advice, at), answer(queries.acts, at))


def show_advice(page: Page, told: Advised) -> None:
    """The whole section, from what to do now to how true it was."""
    say = page.say
    show_heading(page, say("dispatch_advice", "title"), say("dispatch_advice", "means"), "advice")
    if told.standing.is_empty():
        _nothing(page)
    for row in told.standing.to_dicts():
        _one(page, row)
    _exceptions(page, told.acts)
    _record(page, told.past, told.acts)
    _who_did_what(page, told.past, told.acts)


def why_silent(page: Page) -> str | None:
    """Why there is nothing to advise from; None where there is, and nothing is better than running as usual."""
    asked = read_status(Lake(lake_folder(), page.utility)).get("advice") if page.view.at is None else None
    is_known = (
        not answer(newest_plan, page.at).is_empty() if page.view.at else asked is not None and asked.state == "ok"
    )
    if is_known:
        return None
    reason = page.say("brain_reason", asked.reason if asked and asked.reason else "no_plan")
    return page.say("dispatch_advice", "silent", reason=reason)


def _nothing(page: Page) -> None:
    silent = why_silent(page)
    if silent is None:
        st.html(f'<p class="calm">○ {escape(page.say("dispatch_advice", "none"))}</p>')
    else:
        show_missing(page, silent, page.say("dispatch_advice", "how"))


def _one(page: Page, row: dict[str, Any]) -> None:
    say = page.say
    evidence = json.loads(row["evidence"])
    what, how = parted(row[f"action_{page.lang}"])
    against = say("dispatch_advice", "against", what=say("counterfactual", evidence["counterfactual"]))
    told = advice_details(row, page.at, page.utility.timezone, say)
    with st.container(border=True, key=f"advice.{row['advice_id']}"):
        st.html(
            f'<article data-advice="{escape(row["advice_id"])}" class="advised"><h3>{escape(what)}</h3>'
            f"<p>{escape(how)}</p><p class='told'>{escape(told)} · {escape(against)}</p></article>"
        )
        show_deeds(page, OF_ADVICE.get(row["status"], ()), row["advice_id"])
        is_asked = page.wanted.get("advice") == row["advice_id"]
        key = f"why.{row['advice_id']}"
        with st.expander(say("dispatch_advice", "why"), expanded=is_asked, key=key, bind="query-params"):
            _evidence(page, row["advice_id"], evidence)


def _evidence(page: Page, advice_id: str, evidence: dict[str, Any]) -> None:
    """The numbers it stands on: station by station, each leading to the station's page."""
    say = page.say
    facts = []
    if "plan_issued_at" in evidence:
        issued = pl.Series([evidence["plan_issued_at"]]).str.to_datetime(time_zone="UTC")[0]
        facts.append(say("dispatch_advice", "issued", time=page.time(issued)))
    if evidence.get("risk_known") is False:
        facts.append(say("dispatch_advice", "risk_unknown"))
    if left := round(evidence.get("left_for_later", 0.0)):
        facts.append(say("dispatch_advice", "left_more" if left > 0 else "left_less", cny=abs(left)))
    facts.append(say("dispatch_advice", "explain", id=advice_id))
    st.html(f"<p>{escape(' · '.join(facts))}</p>")
    stations = pl.DataFrame(evidence.get("stations", []))
    if stations.is_empty():
        return
    if "probability" in stations:
        stations = stations.with_columns(pl.col("probability").cast(pl.Float64) * 100)

    def to(row: Row) -> str:
        return page.link("site", site=row["id"])

    named = stations.with_columns(
        id=pl.col("site_id"),
        site_id=pl.col("site_id").map_elements(lambda one: page.named("sites", one), pl.String),
    )
    columns = [
        Column(name, say("advice_evidence", name), UNITS.get(name, ""), link=to if name == "site_id" else None)
        for name in stations.columns
    ]
    show_table(page, named, columns, f"advice-{advice_id.replace('/', '-').replace(':', '')}")


def waiting(page: Page, acts: pl.DataFrame) -> list[dict[str, Any]]:
    """The board's exceptions in sewage and treatment that nobody has acknowledged; none of a frozen page."""
    board = page.board
    if board is None or page.view.at is not None:
        return []
    modules = dict(page.utility.sites.select("site_id", "module").rows())
    tiles = {tile["id"]: tile for tile in board["indicators"]}
    seen = set(acts.filter(pl.col("verb") == "acknowledge")["subject"])
    return [
        one
        for one in board["exceptions"]
        if one["id"] not in seen
        and (tiles.get(one["subject"], {}).get("module") or modules.get(one["site_id"] or "")) in MODULES
    ]


def waiting_headline(page: Page, one: dict[str, Any]) -> str:
    """Where and what it is, in one line."""
    board = page.board or {}
    names = {site["site_id"]: site[f"name_{page.lang}"] for site in board["sites"]}
    return headline(one, board, names, page.lang, page.say)


def _exceptions(page: Page, acts: pl.DataFrame) -> None:
    """What is wrong and waits, each with its button."""
    found = waiting(page, acts)
    if not found:
        return
    show_heading(page, page.say("dispatch_advice", "open_exceptions"), name="waiting")
    for one in found:
        text = f"{waiting_headline(page, one)} · {details(one, page.board or {}, page.say)}"
        mark = f'<i class="{one["state"]}">{SHAPES[one["state"]]}</i>'
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<p data-exception="{escape(one["subject"])}">{mark} {escape(text)}</p>')
            show_deeds(page, ("acknowledge",), one["id"])


def _record(page: Page, past: pl.DataFrame, acts: pl.DataFrame) -> None:
    """How true it was: counts of 30 days, and each advice with its outcome."""
    say = page.say
    counts = queries.track_record(past.drop("status", "came"), acts)
    names = {"issued": "issued_n"}
    means = say("dispatch_advice", "record_means")
    show_heading(page, say("dispatch_advice", "record"), means)
    if past.is_empty():
        st.html(f'<p class="quiet">{escape(say("dispatch_advice", "none_issued"))}</p>')
        return
    show_figures(page, [Figure(say("dispatch_advice", names.get(word, word)), count) for word, count in counts.items()])
    shown = past.with_columns(action=pl.col(f"action_{page.lang}"))
    columns = [
        Column("made_at", say("dispatch_advice", "made")),
        Column("action", say("dispatch_advice", "action")),
        Column("gain", say("dispatch_advice", "gain")),
        Column("gain_unit", ""),
        Column("status", say("dispatch_advice", "status"), words="advice_status"),
        Column("came", say("dispatch_advice", "came"), words="dispatch_advice"),
    ]
    with st.expander(say("dispatch_advice", "past"), key="past", bind="query-params"):
        show_table(page, shown, columns, "advice-past")


def _who_did_what(page: Page, past: pl.DataFrame, acts: pl.DataFrame) -> None:
    say = page.say
    show_heading(page, say("dispatch_advice", "who"))
    if acts.is_empty():
        st.html(f'<p class="quiet">{escape(say("dispatch_advice", "nobody"))}</p>')
        return
    said = dict(past.select("advice_id", f"action_{page.lang}").rows())
    rows = acts.head(NEWEST_ACTS).with_columns(
        about=pl.col("subject").map_elements(lambda one: said.get(one, one), pl.String)
    )
    columns = [
        Column("done_at", say("dispatch_advice", "when")),
        Column("user", say("dispatch_advice", "by"), words="acting_user"),
        Column("verb", say("dispatch_advice", "what"), words="act"),
        Column("about", say("dispatch_advice", "about")),
        Column("note", say("dispatch_advice", "note"), words="dispatch_advice"),
    ]
    show_table(page, rows, columns, "acts")
