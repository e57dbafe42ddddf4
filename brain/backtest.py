"""Answers questions as at past moments, from what was known then, so that there are scores before there is a past."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from brain.question import Question, slot
from brain.questions import QUESTIONS
from brain.run import ask
from brain.status import Outcome
from metrics.engine import Engine

SOURCE = "brain_backtest"
"""The source of rows that were answered afterwards; those issued at the time stay as they are."""


def moments(question: Question, engine: Engine, now: datetime, days: int) -> list[datetime]:
    """The slots asked, oldest first: the last before each business day's start, and those `backtest_step` earlier."""
    utility = engine.utility
    newest = slot(question.clock, utility.day_start(utility.day_of(now)) - timedelta(microseconds=1), utility)
    count = timedelta(days=days) // question.backtest_step
    return [slot(question.clock, newest - n * question.backtest_step, utility) for n in reversed(range(count))]


def backtest(
    engine: Engine,
    now: datetime,
    days: int,
    only: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Outcome]:
    """Answer every question (or those named) at the moments of the `days` before `now`; returns what became of each."""
    asked = [question for question in QUESTIONS if not only or question.id in only]
    waiting = sorted(
        ((at, number) for number, question in enumerate(asked) for at in moments(question, engine, now, days))
    )
    outcomes = []
    for done, (at, number) in enumerate(waiting, start=1):
        outcomes.append(ask(engine, asked[number], at, SOURCE))
        progress(done, len(waiting))
    return outcomes
