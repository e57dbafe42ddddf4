"""Buttons of a page by which a person takes up an advice or acknowledges an exception; each becomes an act."""

from datetime import UTC, datetime

import streamlit as st

from brain.acts import record
from data_sources.lake import Lake
from pages.components.page import Page
from pages.components.snapshot import lake_folder, settings, utility


def show_deeds(page: Page, verbs: tuple[str, ...], subject: str) -> None:
    """One button a verb; to decline, the reason is asked first. A frozen page has none: the past is not acted on."""
    if page.view.at is not None:
        return
    with st.container(horizontal=True, key=f"deeds.{subject}"):
        for verb in verbs:
            if verb == "decline":
                _decline(page, subject)
            elif st.button(page.say("act", verb), key=f"{verb}.{subject}"):
                _act(verb, subject, None)


def _decline(page: Page, subject: str) -> None:
    say = page.say
    with st.popover(say("act", "decline")), st.form(f"decline.{subject}", border=False):
        reason = st.text_area(say("dispatch_advice", "reason"), max_chars=200)
        if st.form_submit_button(say("act", "send")) and reason.strip():
            _act("decline", subject, reason)


def _act(verb: str, subject: str, note: str | None) -> None:
    """Keep the act, then draw the page again with it."""
    record(Lake(lake_folder(), utility()), settings().user, verb, subject, note, datetime.now(UTC))
    st.rerun()
