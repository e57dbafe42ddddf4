"""What a dispatcher has to do and to expect, told first: advice, exceptions that wait, the chance of an alarm."""

from html import escape

from metrics.queries.outlook import Outlook
from pages.components.advice_list import SHOWN, advice_details, parted
from pages.components.dispatch_advice import Advised, waiting, waiting_headline, why_silent
from pages.components.dispatch_forecast import at_risk
from pages.components.page import Page
from pages.components.states import SHAPES


def next_lines(page: Page, told: Advised, ahead: Outlook) -> str:
    """Lines as HTML: the advice that stands, the worst exception that waits, the likeliest alarm of the day ahead.

    Each leads to its part of the page.
    """
    lines = [*_advice(page, told), *_exceptions(page, told), _risk(page, ahead)]
    label = escape(page.say("dispatch_next", "label"))
    return f'<ul class="agenda" aria-label="{label}">{"".join(f"<li>{one}</li>" for one in lines)}</ul>'


def _advice(page: Page, told: Advised) -> list[str]:
    if told.standing.is_empty():
        silent = why_silent(page)
        words = page.say("dispatch_advice", "none") if silent is None else silent
        return [_line(page, "advice", "normal" if silent is None else "unknown", words)]
    return [
        _line(
            page,
            "advice",
            None,
            parted(row[f"action_{page.lang}"])[0],
            advice_details(row, page.at, page.utility.timezone, page.say),
            row["advice_id"],
        )
        for row in told.standing.head(SHOWN).to_dicts()
    ]


def _exceptions(page: Page, told: Advised) -> list[str]:
    """The worst of them, and how many there are."""
    found = waiting(page, told.acts)
    if not found:
        return []
    count = page.say("dispatch_next", "waiting_n", n=len(found))
    return [_line(page, "waiting", found[0]["state"], waiting_headline(page, found[0]), count)]


def _risk(page: Page, ahead: Outlook) -> str:
    """The station likeliest to reach its alarm level, and how many others may."""
    told = at_risk(page, ahead.stations if ahead.issued else ahead.stations.clear(), 1)
    return _line(page, "outlook", told.state, told.named[0], told.others)


def _line(page: Page, to: str, state: str | None, what: str, details: str = "", advice: str | None = None) -> str:
    """What it is about, its state where it has one, what it says; a tap goes to the part of the page named `to`."""
    link = page.here(advice=advice) if advice else page.here()
    mark = f'<i class="{state}">{SHAPES[state]}</i> ' if state else ""
    return (
        f'<a href="{link}#{to}" target="_self" data-next="{to}"><b>{escape(page.say("dispatch_next", to))}</b>'
        f"<span>{mark}{escape(what)}</span><small>{escape(details)}</small></a>"
    )
