"""A file under work, tried on the data of the page's moment; nothing of it is kept."""

from datetime import datetime
from html import escape

import streamlit as st

from data_sources.vocabulary import MODULES
from metrics.catalogue import Indicator
from metrics.queries import catalogue
from metrics.skeleton import skeleton
from pages.components.blocks import Figure, show_figures, show_heading
from pages.components.catalogue_problems import problem_list
from pages.components.frozen import shared_engine
from pages.components.numbers import number
from pages.components.page import Page
from pages.components.table import Column, show_table

NEW = "distribution", "night_share"
"""Where a draft starts that is made of nothing: its module and id."""


def show_draft(page: Page, at: datetime, chosen: Indicator | None, text: str) -> None:
    """The form with the text to try, and what came of it. `chosen` and its file's `text` are where a draft starts."""
    say = page.say
    show_heading(page, say("draft", "title"), say("draft", "means"))
    module, id_ = (chosen.module, chosen.id) if chosen else NEW
    with st.form(f"draft.{id_}"):
        left, right = st.columns(2)
        place = left.selectbox(
            say("draft", "module"), MODULES, MODULES.index(module), format_func=lambda one: say("module", one)
        )
        name = right.text_input(say("draft", "id"), id_, max_chars=60)
        st.caption(say("draft", "start"))
        written = st.text_area(say("draft", "text"), text or skeleton(*NEW), height=420, key=f"draft.text.{id_}")
        pressed = st.form_submit_button(say("draft", "go"), type="primary")
    st.download_button(say("draft", "take"), written, f"{name}.sql", "text/plain", key="draft.take", on_click="ignore")
    if not pressed:
        return
    with shared_engine() as engine:
        draft = catalogue.try_draft(engine, at, place, name, written)
    told = say("draft", "broken" if draft.problems else "fine")
    st.html(f'<div class="checked" data-draft="{"broken" if draft.problems else "fine"}"><b>{escape(told)}</b></div>')
    if draft.problems:
        st.html(problem_list(draft.problems, page.lang))
    _show_result(page, draft)


def _show_result(page: Page, draft: catalogue.Draft) -> None:
    say, judged, indicator = page.say, draft.judged, draft.indicator
    if judged is None or indicator is None or draft.rows is None:
        return
    beside = say("draft", "valid", n=number(100 * judged.validity))
    reason = f" · {say('reason', judged.reason)}" if judged.reason else ""
    show_figures(page, [Figure(say("draft", "value"), judged.value, indicator.unit, beside + reason, judged.state)])
    columns = [Column(name, name) for name in draft.rows.columns if draft.rows[name].null_count() < draft.rows.height]
    show_table(page, draft.rows, columns, "draft-rows", 320)
