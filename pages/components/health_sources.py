"""Sources, quarantine and the way back in, as parts of the page of data health."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from data_sources.correction import FROM_OUTSIDE, correction_sheet, import_correction
from data_sources.importer import ImportReport
from data_sources.lake import Lake
from data_sources.problems import BadInput
from metrics.queries import health
from pages.components.blocks import Figure, show_figures, show_heading, show_missing
from pages.components.choices import select
from pages.components.frozen import shared_engine
from pages.components.numbers import duration, local
from pages.components.page import Page
from pages.components.problem_words import failure, problem_line
from pages.components.refusals import refusal, refusals
from pages.components.snapshot import lake_folder
from pages.components.states import SHAPES
from pages.components.table import Column, show_table

AS_STATE = {"ok": "normal", "look": "warning", "late": "unknown", "failed": "alarm", "never": "unknown"}
"""A source's state as the screen's states look."""


def troubles_html(page: Page, troubles: Sequence[health.Trouble]) -> str:
    """What is wrong with the product itself, a line each."""
    lines = []
    for one in troubles:
        told = dict(one.args)
        if "error" in told:
            told["error"] = failure(told["error"], page.lang)
        if "seconds" in told:
            told["time"] = duration(told["seconds"], page.say)
        text = escape(page.say("trouble", one.code, **told))
        lines.append(f'<p class="first" data-trouble="{one.code}"><i class="alarm">{SHAPES["alarm"]}</i> {text}</p>')
    return f'<div class="trust alarm" role="alert">{"".join(lines)}</div>' if lines else ""


def show_sources(page: Page, sources: pl.DataFrame) -> None:
    """Each source with its last batch, its lag and what went wrong; always as of now."""
    say = page.say
    show_heading(page, say("sources", "title"), say("sources", "means"))
    if sources.is_empty():
        show_missing(page, say("sources", "none"), say("sources", "none_how"))
        return

    def mark(state: str) -> str:
        shown = AS_STATE[state]
        return f'<i class="{shown}">{SHAPES[shown]}</i> {escape(say("source_state", state))}'

    times = pl.col("last_batch_at", "last_data_time").str.to_datetime(time_zone="UTC", strict=False)
    columns = [
        Column("source", say("sources", "source")),
        Column("state", say("sources", "state"), words="source_state", draw=lambda row: mark(row["state"])),
        Column("wrong", say("sources", "wrong"), draw=lambda row: _wrapped(row["wrong"])),
        Column("lag_s", say("sources", "lag"), draw=lambda row: _lag(page, row["lag_s"])),
        Column("last_batch_at", say("sources", "batch")),
        Column("last_data_time", say("sources", "data")),
        Column("rows", say("sources", "rows")),
        Column("quarantined", say("sources", "quarantined")),
        Column("groups", say("sources", "groups")),
        Column("kind", say("sources", "kind"), words="source_kind"),
    ]
    wrong = pl.Series("wrong", [_wrong(page, row) for row in sources.iter_rows(named=True)], dtype=pl.String)
    if page.view.at is not None:
        st.html(f'<p class="rest">{escape(say("sources", "as_of_now"))}</p>')
    show_table(page, sources.with_columns(times, wrong), columns, "sources", None)


def _wrong(page: Page, row: Mapping[str, Any]) -> str | None:
    """What an operator should know of a source beside its state: the error, since when, and every remark."""
    say, said = page.say, [] if row["error"] is None else [failure(row["error"], page.lang)]
    if row["since"] is not None:
        said.append(say("sources", "since", time=local(row["since"], page.utility.timezone, "%m-%d %H:%M")))
    if row["clock_s"]:
        how = "clock_ahead" if row["clock_s"] > 0 else "clock_back"
        said.append(say("sources", how, time=duration(abs(row["clock_s"]), say)))
    said += [say("sources", name, names=row[name]) for name in ("columns_come", "columns_gone", "unasked") if row[name]]
    if row["refused"]:
        said.append(
            say("sources", "refused", n=row["refused"], reason=refusal(row["refused_reason"] or "–", page.lang))
        )
    if row["set_apart"]:
        said.append(say("sources", "set_apart", n=row["set_apart"], newest=failure(row["set_apart_newest"], page.lang)))
    return " · ".join(said) or None


def _wrapped(text: str | None) -> str:
    """Text that may be long, on several lines."""
    return "–" if text is None else f'<p class="long">{escape(text)}</p>'


def show_quarantine(page: Page, moment: datetime) -> None:
    """The refused batches; of one of them its rows with their reasons, and the sheet to correct."""
    say = page.say
    show_heading(page, say("quarantine", "title"), say("health", "refused_means"))
    with shared_engine() as engine:
        batches = health.quarantine(engine, moment)
    if batches.is_empty():
        st.html(f'<p class="fact">{escape(say("quarantine", "none"))}</p>')
        return
    columns = [
        Column("batch", say("quarantine", "batch"), link=lambda row: page.here(batch=row["batch"])),
        Column("source", say("sources", "source")),
        Column("table", say("quarantine", "table")),
        Column("received_at", say("quarantine", "received")),
        Column("rows", say("quarantine", "rows")),
        Column("reason", say("quarantine", "reason")),
    ]
    said = batches.with_columns(refusals(batches["reason"], page.lang))
    show_table(page, said, columns, "quarantine", 300)
    names = batches["batch"].to_list()
    chosen = select(page, "batch", say("quarantine", "which"), names, str, say("quarantine", "pick"))
    if chosen is None:
        return
    with shared_engine() as engine:
        rows = health.quarantined_rows(engine, moment, chosen)
        table = rows["table"][0]
        sheet = correction_sheet(rows, table, engine.utility)
    shown = [
        Column("row", say("quarantine", "file_row")),
        Column("reason", say("quarantine", "why")),
        Column("payload", say("quarantine", "payload")),
    ]
    show_table(page, rows.with_columns(refusals(rows["reason"], page.lang)), shown, "quarantined-rows", 300)
    st.html(f'<p class="fact">{escape(say("quarantine", "for_correction"))}</p>')
    show_table(page, sheet, [Column(name, name) for name in sheet.columns], f"correct-{table}", 300)


def show_import(page: Page) -> None:
    """The form that brings a corrected file in, and what became of it."""
    say = page.say
    show_heading(page, say("import", "title"), say("import", "means"))
    if page.view.at is not None:
        st.html(f'<p class="fact">{escape(say("import", "frozen"))}</p>')
        return
    most = say("import", "most", mb=st.get_option("server.maxUploadSize"))
    st.html(f'<style>.stFileUploader {{ --choose: "{say("import", "choose")}"; --most: "{most}"; }}</style>')
    with st.form("import", border=True):
        file = st.file_uploader(say("import", "file"), type=["csv", "xlsx"], key="import.file")
        own_map = st.file_uploader(say("import", "map"), type=["toml"], key="import.map")
        left, right = st.columns(2)
        table = left.selectbox(say("import", "table"), FROM_OUTSIDE, key="import.table")
        source = right.selectbox(say("import", "source"), list(page.utility.sources), key="import.source")
        pressed = st.form_submit_button(say("import", "go"), type="primary")
    if not pressed:
        return
    if file is None or source is None:
        st.warning(say("import", "no_file"))
        return
    lake = Lake(lake_folder(), page.utility)
    try:
        given = own_map.getvalue() if own_map is not None else None
        report = import_correction(lake, file.name, file.getvalue(), table, source, given)
    except BadInput as bad:
        listed = "".join(f"<li>{escape(problem_line(problem, page.lang))}</li>" for problem in bad.problems[:20])
        told = escape(say("import", "failed"))
        st.html(f'<div class="failure" role="alert" data-import="failed"><p>{told}</p><ul>{listed}</ul></div>')
        return
    _show_report(page, report)


def _show_report(page: Page, report: ImportReport) -> None:
    say = page.say
    counts = {
        "read": report.rows_read, "written": report.rows_written, "duplicate": report.rows_duplicate,
        "refused": report.rows_quarantined,
    }  # fmt: skip
    show_figures(page, [Figure(say("import", name), count) for name, count in counts.items()])
    if report.rows_quarantined:
        st.warning(say("import", "refused_told", n=report.rows_quarantined))


def _lag(page: Page, lag_s: float | None) -> str:
    return "–" if lag_s is None else escape(duration(lag_s, page.say))
