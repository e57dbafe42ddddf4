"""Asks the questions: each on its clock, each failing alone, method and baseline beside one another."""

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter

import structlog

from brain.fitted import fitted_at
from brain.inputs import age_s, read_inputs
from brain.issue import rows_of, write
from brain.question import Answer, Inputs, Question, TooLittle, slot
from brain.questions import QUESTIONS
from brain.scores import score_once_a_day
from brain.status import Outcome, read_status, write_status
from brain.track_record import method_is_shown
from metrics.engine import Engine

log = structlog.get_logger()
SOURCE = "brain"


def run(engine: Engine, now: datetime, only: Sequence[str] = ()) -> list[Outcome]:
    """Ask every question (or those named) whose slot has not been answered; returns what became of those asked."""
    status, asked = read_status(engine.lake), []
    for question in QUESTIONS:
        at, last = slot(question.clock, now, engine.utility), status.get(question.id)
        answered = last is not None and last.at == at and last.state != "failed"
        if answered or (only and question.id not in only):
            continue
        outcome = ask(engine, question, at)
        asked.append(outcome)
        if last is None or last.at <= at:
            status[question.id] = outcome
            write_status(engine.lake, status)
    score_once_a_day(engine, now)
    return asked


def ask(engine: Engine, question: Question, at: datetime, source: str = SOURCE) -> Outcome:
    """Answer one question as at `at` and write what it says. Never raises: a failure is an outcome."""
    started = perf_counter()
    reasons: list[str] = []
    try:
        method, baseline, age = _answers(engine, question, at, reasons)
        shows_method = method is not None and method_is_shown(engine.lake, question, at)
        if method is not None or baseline is not None:
            rows = rows_of(question, method, baseline, shows_method=shows_method, at=at, age_s=age)
            write(engine.lake, rows, at, source)
    except Exception as error:  # whatever it is, the next question is asked
        log.exception("question failed", question=question.id)
        return Outcome(question.id, at, "failed", _in_words(error), None, perf_counter() - started)
    shown = question.model if shows_method or baseline is None else question.baseline_model
    state = "ok" if method is not None else "baseline" if baseline is not None else "failed"
    reason = "; ".join(reasons) or None
    taken = perf_counter() - started
    return Outcome(question.id, at, state, reason, None if state == "failed" else shown, taken)  # type: ignore[arg-type]


def _answers(
    engine: Engine, question: Question, at: datetime, reasons: list[str]
) -> tuple[Answer | None, Answer | None, float]:
    """Method's and baseline's answers, None where one could not (its reason is added), and the inputs' age."""
    inputs = read_inputs(engine, question.inputs, at)

    def method(given: Inputs) -> Answer:
        needs = question.fit_inputs or question.inputs
        state = fitted_at(question, engine.lake, at, lambda moment: read_inputs(engine, needs, moment))
        return question.answer(Inputs(given.utility, given.frames, state), at)

    answers: list[Answer | None] = []
    for act in (method, lambda given: question.baseline(given, at)):
        try:
            answers.append(act(inputs))
        except TooLittle as short:
            reasons.append(str(short))
            answers.append(None)
        except Exception as error:
            log.exception("method failed", question=question.id)
            reasons.append(_in_words(error))
            answers.append(None)
    return answers[0], answers[1], age_s(inputs, at)


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
