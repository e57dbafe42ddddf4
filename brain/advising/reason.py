"""Why somebody should do something: one cause with what it gains, before it has an id or words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

FRESH, STALE = timedelta(hours=2), timedelta(hours=6)
"""Inputs up to so old count in full, from so old on not at all; between, confidence falls in a straight line."""
LEAST_CONFIDENCE = 0.2
"""Under this an advice is not given: silence is better than a guess."""


@dataclass(frozen=True)
class Reason:
    """One cause, one reason: `kind` and `cause` name it, `site_id` is where somebody has to act.

    `gain` is against doing nothing (the installed rule, the works as they run), in `gain_unit`; `harm_cny` is what is
    avoided in 元 by the weights of limits.csv and ranks the list. `blanks` fill the sentence `sentence` of
    sentences.toml; names of places are given by their ids, in `places`. `confidence` is 0–1.
    """

    kind: str
    cause: str
    site_id: str
    sentence: str
    act_by: datetime | None
    ends_at: datetime
    gain: float
    gain_unit: str
    harm_cny: float
    confidence: float
    inputs_age_s: float
    places: Mapping[str, str]
    blanks: Mapping[str, Any]
    evidence: Mapping[str, Any]


def freshness(age: timedelta) -> float:
    """What inputs of an age are worth, 0–1."""
    return min(max((STALE - age) / (STALE - FRESH), 0.0), 1.0)
