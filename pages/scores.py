"""Scores: each question's method against its baseline, on public data and on this utility's last 30 days."""

from html import escape
from typing import Any

import polars as pl

from brain.score_table import all_scores, outcomes, verdicts
from pages.components.answers import answer
from pages.components.blocks import show_heading, show_missing
from pages.components.page import open_page
from pages.components.table import Column, show_table

page = open_page("scores")
assert page.at is not None
at, say = page.at, page.say


def column(name: str, unit: str = "", **more: Any) -> Column:
    """A column of this page's tables."""
    return Column(name, say("scores", name), unit, **more)


def shown(row: Any) -> str:
    """The model whose answer is shown, and whether that is the method or the baseline."""
    role = say("scores", "method" if row["is_method"] else "baseline")
    unproven = "" if row["value"] is not None else f" · {say('scores', 'not_scored')}"
    return escape(f"{say('model_name', row['shown'])} · {role}{unproven}")


QUESTION = column("question", words="question_name")
MODEL, BASELINE = column("model", words="model_name"), column("baseline", words="model_name")
SCORE = [column("value"), column("baseline_value"), BASELINE, column("n"), column("window", words="window_name")]

show_heading(page, say("scores", "verdicts"), say("scores", "verdicts_means"))
VERDICT = [
    QUESTION,
    Column("shown", say("scores", "shown"), draw=shown),
    column("decides", words="metric_name"),
    *SCORE,
]
show_table(page, answer(verdicts, at), VERDICT, "verdicts")

scores = answer(all_scores, at)
for name, is_public in (("own", False), ("public", True)):
    show_heading(page, say("scores", name), say("scores", f"{name}_means"))
    rows = scores.filter(pl.col("is_public") == is_public)
    if rows.is_empty():
        show_missing(page, say("scores", "none"), say("scores", "none_how"))
    else:
        show_table(page, rows, [QUESTION, column("metric", words="metric_name"), MODEL, *SCORE], f"scores-{name}", None)

show_heading(page, say("scores", "status"), say("scores", "status_means"))
asked = answer(outcomes, at)
if asked.is_empty():
    show_missing(page, say("scores", "never_run"), say("scores", "never_run_how"))
else:
    STATUS = [
        QUESTION,
        Column("at", say("scores", "answered_for"), draw=lambda row: page.time(row["at"])),
        Column("outcome", say("scores", "outcome"), words="outcome"),
        column("reason", words="brain_reason"),
        column("seconds", "s"),
    ]
    show_table(page, asked, STATUS, "status")
