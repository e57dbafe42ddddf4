"""The page of one indicator as text: value and state, the formula with its numbers, definition and clause."""

from collections.abc import Mapping
from html import escape
from typing import Any

from pages.components.indicator_facts import Facts
from pages.components.numbers import local, number, signed
from pages.components.states import SHAPES
from pages.components.theme import theme_css
from pages.components.words import Words

KINDS = ("target", "warning", "alarm", "warning_low", "warning_high", "alarm_low", "alarm_high")


def headline(facts: Facts, lang: str, theme: str, timezone: str, say: Words) -> str:
    """Value, state with its reason, thresholds, comparison, validity and window as HTML."""
    judged, unit = facts.judged, say("unit", facts.indicator.unit)
    marks = {kind: getattr(judged.thresholds, kind) for kind in KINDS}
    reason = say("indicator", "because", reason=say("reason", judged.reason)) if judged.reason else ""
    partial = f" · {say('tile', 'partial')}" if judged.partial else ""
    entries = {
        say("indicator", "thresholds"): say("exceptions", "between").join(
            f"{say('threshold', kind)}\N{NO-BREAK SPACE}{number(value)}"  # a name keeps its number
            for kind, value in marks.items()
            if value is not None
        ),
        say("indicator", "gap"): signed(judged.gap, judged.value) if judged.value is not None else "–",
        say("indicator", "previous"): _difference(judged.value, facts.previous, say),
        say("indicator", "last_year"): _difference(judged.value, facts.last_year, say),
        say("indicator", "validity"): _validity(facts, say),
        say("indicator", "window"): _window(facts, timezone),
    }
    if judged.beside is not None and facts.indicator.beside is not None:
        label = getattr(facts.indicator.beside, lang)
        entries[label] = f"{number(judged.beside)} {say('unit', facts.indicator.beside.unit)}"
    value = "" if judged.value is None else repr(float(judged.value))
    return _facts(
        theme,
        f'<p class="value" data-value="{value}">'
        f"{number(judged.value, marks.values())}<small>{escape(unit)}</small></p>"
        f'<p class="state" data-state="{judged.state}"><i class="{judged.state}">{SHAPES[judged.state]}</i> '
        f"{escape(say('state', judged.state) + reason + partial)}</p>{_list(entries)}",
    )


def formula(facts: Facts, lang: str, theme: str, say: Words) -> str:
    """The formula in words, and with this moment's numbers put in."""
    indicator, judged = facts.indicator, facts.judged
    scale = " × 100" if indicator.unit == "%" else ""
    result = f"{number(judged.value)} {say('unit', indicator.unit)}".strip()
    if judged.numerator is None or judged.denominator == 0:
        numbers = say("indicator", "no_numbers")
    elif judged.denominator is None:
        numbers = f"{number(judged.numerator)} = {result}"
    else:
        numbers = f"{number(judged.numerator)} ÷ {number(judged.denominator)}{scale} = {result}"
    told = getattr(indicator.formula, lang)
    return _facts(theme, f'<p class="formula">{escape(told)}<br><b>{escape(numbers)}</b></p>')


def definition(facts: Facts, lang: str, theme: str, say: Words) -> str:
    """What the number means, in plain words, whose it is, and which standard says so."""
    one = facts.indicator
    stretch = " · ".join((say("period", one.period), _stretch(one.window, say), say("shows", one.shows)))
    return _facts(
        theme,
        _list(
            {
                say("indicator", "question"): getattr(one.question, lang),
                say("indicator", "definition"): getattr(one.definition, lang),
                say("indicator", "caveat"): getattr(one.caveat, lang),
                say("indicator", "standard"): say("standard", one.standard),
                say("indicator", "direction"): say("direction", one.direction),
                say("indicator", "period"): stretch,
                say("indicator", "owner"): one.owner,
                say("indicator", "file"): one.file,
            }
        ),
    )


def _stretch(window: str, say: Words) -> str:
    """How much time a value is taken over, as its file says it ("24 h", "12 months", "now"), in words."""
    count, _, unit = window.partition(" ")
    return say("window", unit, n=count) if unit else say("window", window)


def _facts(theme: str, body: str) -> str:
    return f'<div class="facts" style="{theme_css(theme)}">{body}</div>'


def _list(entries: Mapping[str, Any]) -> str:
    """Names with what is told of them, a text or a tuple of pieces that are not broken."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{_told(text)}</dd>" for name, text in entries.items() if text)
    return f"<dl>{rows}</dl>"


def _told(text: object) -> str:
    if isinstance(text, tuple):
        return " ".join(f'<span class="whole">{escape(piece)}</span>' for piece in text)
    return escape(str(text))


def _difference(value: float | None, other: float | None, say: Words) -> str:
    if value is None or other is None:
        return "–"
    return say("indicator", "difference", gap=signed(value - other, value), other=number(other))


def _validity(facts: Facts, say: Words) -> str:
    judged = facts.judged
    if judged.reason == "no_source":
        return "–"
    share = f"{number(100 * judged.validity)} %"
    if judged.expected is None or (judged.valid or 0) >= judged.expected:
        return share
    return say("indicator", "valid_of", share=share, valid=number(judged.valid), expected=number(judged.expected))


def _window(facts: Facts, timezone: str) -> tuple[str, str]:
    form = "%Y-%m-%d %H:%M"
    return f"{local(facts.span.starts_at, timezone, form)} –", local(facts.span.ends_at, timezone, form)
