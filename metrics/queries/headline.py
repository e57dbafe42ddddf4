"""What a page that shows an indicator beside its own numbers asks: its verdict, and what it was before."""

from dataclasses import dataclass
from datetime import datetime

from metrics import compare
from metrics.catalogue import Indicator
from metrics.engine import Engine
from metrics.judge import Judged


@dataclass(frozen=True)
class Headline:
    """An indicator, its verdict, the value of the period before and of the same period a year before."""

    indicator: Indicator
    judged: Judged
    previous: float | None
    last_year: float | None


def headline(engine: Engine, as_of: datetime, indicator_id: str) -> Headline | None:
    """The indicator as at `as_of`; None where the utility has no such indicator."""
    indicator = engine.catalogue.indicators.get(indicator_id)
    if indicator is None:
        return None
    judged = engine.evaluate(as_of, [indicator_id])[indicator_id]
    past = compare.past_of(indicator, engine.history([indicator_id], as_of))
    if judged.period is None:
        return Headline(indicator, judged, None, None)
    before, year = compare.previous(past, judged.period), compare.year_before(past, judged.period)
    return Headline(indicator, judged, before, year)
