"""Small pieces that pages share: a figure with 环比 and 同比, a term with its meaning, what is missing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from math import ceil

import streamlit as st

from pages.components.numbers import apart, change, number, signed, thousands
from pages.components.page import Page
from pages.components.states import SHAPES

ABREAST = (9, 7, 5, 4, 2)
"""Figures that have room side by side, by the widths of page.css."""

TEN_THOUSANDS = {"m^3": "万m³", "元": "万元"}
"""Units of which a figure tells many by the ten thousand."""


@dataclass(frozen=True)
class Figure:
    """One number of a page: its name, value and unit; what belongs beside it, its state, its page, what it means.

    `previous` and `last_year` are the values of the period before and of a year before: the screen shows differences
    (`compared` says that the number has such periods, whether known or not). `means` opens at a tap.
    """

    name: str
    value: float | None
    unit: str = ""
    beside: str = ""
    state: str | None = None
    link: str | None = None
    means: str = ""
    compared: bool = False
    previous: float | None = None
    last_year: float | None = None


def show_figures(page: Page, figures: Sequence[Figure]) -> None:
    """The page's first numbers, side by side; `data-figure` is a figure's name, `data-value` its unrounded value."""
    st.html(figures_html(page, figures))


def figures_html(page: Page, figures: Sequence[Figure]) -> str:
    """As `show_figures` draws them."""
    abreast = ";".join(f"--n{most}:{_abreast(len(figures), most)}" for most in ABREAST)
    cells = "".join(_figure(page, one) for one in figures)
    return f'<div class="figures-room"><div class="figures" style="{abreast}">{cells}</div></div>'


def term(name: str, means: str) -> str:
    """A term whose meaning opens at a tap, as HTML."""
    if not means:
        return escape(name)
    return f'<details class="term"><summary>{escape(name)}</summary><p>{escape(means)}</p></details>'


@contextmanager
def grid(name: str) -> Iterator[None]:
    """Cells (each a container) side by side, as many as have room, at least 340 px each."""
    with st.container(key=f"grid_{name}"):
        yield


@contextmanager
def wide(name: str) -> Iterator[None]:
    """Something that needs 900 px: on a narrower screen it scrolls sideways by itself."""
    with st.container(key=f"wide_{name}"):
        yield


def show_heading(page: Page, title: str, means: str = "", name: str = "") -> None:
    """The heading of a part of the page; what it means opens at a tap. A link with `#name` leads here."""
    at = f' id="{name}"' if name else ""
    st.html(f'<div class="heading"{at}><h2>{escape(title)}</h2>{_question_mark(page, means)}</div>')


def show_missing(page: Page, what: str, how: str) -> None:
    """Says what is missing here, and how to supply it."""
    st.html(
        f'<div class="missing" data-missing><p><i class="unknown">{SHAPES["unknown"]}</i> {escape(what)}</p>'
        f"<p>{escape(page.say('missing', 'how'))}{escape(how)}</p></div>"
    )


def _figure(page: Page, one: Figure) -> str:
    value = "" if one.value is None else repr(float(one.value))
    shown, unit = told_short(page, one.value, one.unit)
    state = one.state or ("unknown" if one.value is None else "normal")
    mark = "" if one.state is None else f'<i class="{state}">{SHAPES[state]}</i> {escape(page.say("state", state))}'
    name = f'<a href="{one.link}" target="_self">{escape(one.name)}</a>' if one.link else escape(one.name)
    told = "<br>".join(filter(None, (" · ".join(filter(None, (mark, thousands(one.beside)))), _compared(page, one))))
    return (
        f'<div class="figure {state}" data-figure="{escape(one.name)}" data-value="{value}">'
        f"<h3>{name}{_question_mark(page, _meaning(page, one))}</h3>"
        f'<p class="value">{apart(shown)}<small>{escape(unit)}</small></p><p class="told">{told}</p></div>'
    )


def told_short(page: Page, value: float | None, unit: str) -> tuple[str, str]:
    """A value in three significant digits, and its unit in words."""
    if value is not None and abs(value) >= 10_000 and unit in TEN_THOUSANDS:
        value, unit = value / 10_000, TEN_THOUSANDS[unit]
    return number(value), page.say("unit", unit) if unit else ""


def _abreast(figures: int, most: int) -> int:
    """How many stand side by side where there is room for `most`: all lines are about equally full."""
    return ceil(figures / ceil(figures / most)) if figures else 1


def _meaning(page: Page, one: Figure) -> str:
    """What a figure means, and what it is compared with where it is."""
    return " ".join(filter(None, (one.means, page.say("page", "compared") if one.compared else "")))


def _question_mark(page: Page, means: str) -> str:
    """A mark whose meaning opens at a tap."""
    if not means:
        return ""
    label = escape(page.say("page", "meaning"))
    return f'<details class="term"><summary aria-label="{label}">?</summary><p>{escape(means)}</p></details>'


def _compared(page: Page, one: Figure) -> str:
    """环比 and 同比 as differences with their share."""
    if not one.compared:
        return ""
    parts = []
    for name, other in (("previous", one.previous), ("last_year", one.last_year)):
        parts.append(f"<span>{escape(page.say('tile', name))} {_difference(one, other)}</span>")
    return " ".join(parts)


def _difference(one: Figure, other: float | None) -> str:
    """How much more it is: of a percentage in points, of an amount in per cent."""
    if one.unit == "%":
        return "–" if one.value is None or other is None else signed(one.value - other, one.value)
    return change(one.value, other)
