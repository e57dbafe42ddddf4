"""What a question is: one small contract. Each stands in one module of this folder and ends with its `QUESTION`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from data_sources.utility import Utility

_MONDAY = date(2024, 1, 1)

Answer = dict[str, pl.DataFrame]
"""Table of the lake → rows. The runner adds `model`, `issued_at` and `inputs_age_s` where the table has them."""


class TooLittle(Exception):
    """Raised by a method whose inputs don't suffice: its words are the reason that the screen gives."""


@dataclass(frozen=True)
class Need:
    """One declared input: a view's rows as at the moment asked, from `back` before it on.

    `ahead` bounds how far after the moment a planned time (`valid_at`) may lie; `where` keeps rows whose column holds
    one of the values, of marts the columns of their point included. Views of the utility's files have no time.
    """

    view: str
    back: timedelta = timedelta()
    ahead: timedelta = timedelta()
    where: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Inputs:
    """What a question is asked with: its frames by name, the utility's files, and what was fitted before."""

    utility: Utility
    frames: Mapping[str, pl.DataFrame]
    fitted: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> pl.DataFrame:
        """The rows of one declared input."""
        return self.frames[name]


Ask = Callable[[Inputs, datetime], Answer]
Fit = Callable[[Inputs, datetime], dict[str, Any]]
Look = Callable[[Inputs, datetime], pl.DataFrame]
Trial = Callable[[Inputs, Callable[[datetime], Inputs], datetime, int, Callable[[int, int], None]], pl.DataFrame]
"""Called with the inputs of `trial_inputs`, what gives those of a moment with what was fitted then, now, days, and
whom to tell how many parts of how many are done."""


@dataclass(frozen=True)
class Question:
    """One question: its inputs, its method, the baseline beside it, its clock and how it is judged.

    `answer` and `baseline` are pure: the same inputs and moment give the same tables, and nothing after the moment is
    looked at. `fit` returns what JSON can hold; it is given `fit_inputs` (or `inputs`), done again after `refit`, and
    reaches the method as `inputs.fitted`. `observed` returns what came (series, valid_at, value) of what the question
    forecasts, from `score_inputs` (or `inputs`); `score` returns rows of its own (metric, value, baseline_value, n) of
    the 30 days up to now. `decides` names the metric, lower being better, by which method or baseline is shown.
    `backtest_step` is how far apart the moments of a backtest lie; they begin `warm_up` before the days that are
    judged, where a method looks back at what it said: it then knows as much as one that has long been at work. An
    answer that changes what comes after it can't be judged by what came: `trial` plays the days before again, and
    returns rows as `score` with their `model`; it takes the place of asking at those moments. `trial_inputs` gives
    what it needs of so many days.
    """

    id: str
    inputs: Mapping[str, Need]
    answer: Ask
    baseline: Ask
    model: str
    baseline_model: str
    clock: timedelta
    decides: str
    fit: Fit | None = None
    fit_inputs: Mapping[str, Need] | None = None
    refit: timedelta = timedelta(days=7)
    observed: Look | None = None
    score: Look | None = None
    score_inputs: Mapping[str, Need] | None = None
    backtest_step: timedelta = timedelta(days=1)
    warm_up: timedelta = timedelta()
    trial: Trial | None = None
    trial_inputs: Callable[[int], Mapping[str, Need]] | None = None


def slot(clock: timedelta, now: datetime, utility: Utility) -> datetime:
    """The newest moment of a clock up to `now`, counted in local time from a business day's start (of a Monday).

    A question is answered once a slot and as at its beginning, so that asking twice gives the same rows.
    """
    local = now.astimezone(utility.zone)
    start = datetime.combine(_MONDAY, utility.business_day_start)
    wall = start + (local.replace(tzinfo=None) - start) // clock * clock
    at = wall.replace(tzinfo=utility.zone, fold=local.fold).astimezone(UTC)
    return at if at <= now else at - clock
