"""What somebody sees where a page fails: what happened, what to do, and a number under which the log has all."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from secrets import token_hex

import streamlit as st
import structlog

from data_sources.problems import BadInput
from pages.components.ending import PageEnds
from pages.components.links import view_of
from pages.components.page import page_css
from pages.components.problem_words import problem_line
from pages.components.snapshot import utility
from pages.components.words import words_in

log = structlog.get_logger()


@contextmanager
def guarded(path: str) -> Iterator[None]:
    """Run a page; where it fails the trace goes to the log, and words to the screen. Other pages know nothing of it."""
    try:
        yield
    except PageEnds:
        return
    except Exception as error:
        number = token_hex(3)
        log.exception("page failed", page=path, number=number)
        st.html(_told(error, number))


def _told(error: Exception, number: str) -> str:
    view = view_of(st.query_params.to_dict(), utility().languages)
    say = words_in(view.lang)
    lines = [problem_line(one, view.lang) for one in error.problems] if isinstance(error, BadInput) else []
    what = "\n".join(lines) or say("failure", "inside")
    return (
        f"<style>{page_css(view.theme)}</style>"
        f'<div class="failure" role="alert"><h2>{escape(say("failure", "title"))}</h2>'
        f"<p>{escape(what)}</p><p>{escape(say('failure', 'to_do', number=number))}</p>"
        f'<p><a href="{view.link("")}" target="_self">{escape(say("page", "board"))}</a></p></div>'
    )
