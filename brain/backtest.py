"""Answers questions as at past moments, from what was known then, so that there are scores before there is a past."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import perf_counter

import structlog

from brain.question import Question, TooLittle, slot
from brain.questions import QUESTIONS
from brain.run import ask
from brain.status import Outcome
from brain.trials import try_out
from metrics.engine import Engine

log = structlog.get_logger()
SOURCE = "brain_backtest"
"""The source of rows that were answered afterwards; those issued at the time stay as they are."""


def moments(question: Question, engine: Engine, now: datetime, days: int) -> list[datetime]:
    """The slots asked, oldest first: the last before each business day's start, and those `backtest_step` earlier, over
    so many days and the question's `warm_up`.
    """
    utility = engine.utility
    newest = slot(question.clock, utility.day_start(utility.day_of(now)) - timedelta(microseconds=1), utility)
    count = (timedelta(days=days) + question.warm_up) // question.backtest_step
    return [slot(question.clock, newest - n * question.backtest_step, utility) for n in reversed(range(count))]


def backtest(
    engine: Engine,
    now: datetime,
    days: int,
    only: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Outcome]:
    """Answer every question (or those named) at the moments of the `days` before `now`; returns what became of each.

    One with a trial is played instead.
    """
    named = [question for question in QUESTIONS if not only or question.id in only]
    asked = [question for question in named if question.trial is None]
    waiting = sorted(
        ((at, number) for number, question in enumerate(asked) for at in moments(question, engine, now, days))
    )
    outcomes = []
    for done, (at, number) in enumerate(waiting, start=1):
        outcomes.append(ask(engine, asked[number], at, SOURCE))
        progress(done, len(waiting))
    return outcomes + [_tried(engine, question, now, days, progress) for question in named if question.trial]


def _tried(
    engine: Engine, question: Question, now: datetime, days: int, progress: Callable[[int, int], None]
) -> Outcome:
    """What became of a trial. Never raises, like `ask`."""
    started = perf_counter()
    try:
        try_out(engine, question, now, days, progress)
    except Exception as error:  # whatever it is, the next question is tried
        if not isinstance(error, TooLittle):
            log.exception("trial failed", question=question.id)
        return Outcome(question.id, now, "failed", f"{type(error).__name__}: {error}", None, perf_counter() - started)
    return Outcome(question.id, now, "ok", None, question.model, perf_counter() - started)
