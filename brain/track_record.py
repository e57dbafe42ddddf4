"""Whether a question's method did better than its baseline lately: what table score says of it."""

from datetime import datetime

import polars as pl

from brain.question import Question
from data_sources.lake import Lake


def newest_scores(lake: Lake, now: datetime) -> pl.DataFrame:
    """The newest row of each question, model and metric whose window had ended by `now`."""
    rows = lake.scan("score").filter(pl.col("window_end") <= now).sort("window_end", "window_start").collect()
    return rows.unique(["question", "model", "metric"], keep="last").sort("question", "model", "metric")


def method_is_shown(lake: Lake, question: Question, now: datetime) -> bool:
    """Whether the method's answer is shown: unless its newest score is no better than its baseline's.

    A method that was never scored has not lost yet.
    """
    of_it = newest_scores(lake, now).filter(
        (pl.col("question") == question.id)
        & (pl.col("model") == question.model)
        & (pl.col("metric") == question.decides)
        & pl.col("baseline_value").is_not_null()
    )
    return of_it.is_empty() or of_it["value"][0] < of_it["baseline_value"][0]
