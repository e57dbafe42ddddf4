"""An indicator as the first figure of a page about its subject."""

from metrics.queries.headline import headline
from pages.components.answers import answer
from pages.components.blocks import Figure
from pages.components.page import Page


def headline_figure(page: Page, indicator_id: str) -> Figure:
    """The indicator's value, state and past; its name leads to its page. Unknown where the utility has none such."""
    assert page.at is not None
    told = answer(headline, page.at, indicator_id)
    if told is None:
        return Figure(indicator_id, None)
    indicator, judged = told.indicator, told.judged
    reason = page.say("reason", judged.reason) if judged.reason else ""
    return Figure(
        getattr(indicator.name, page.lang), judged.value, indicator.unit, beside=reason, state=judged.state,
        link=page.link("indicator", id=indicator_id), means=getattr(indicator.definition, page.lang), compared=True,
        previous=told.previous, last_year=told.last_year,
    )  # fmt: skip
