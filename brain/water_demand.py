"""How much water will the city use? Each zone and the network, hour by hour for seven days, and the business days."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from brain.demand.hours import Floats, Hours, hours_around
from brain.demand.naive import errors_of_last_week, last_week
from brain.demand.profile import weekly_profile
from brain.demand.series import FLOWS, demand, matrix
from brain.question import Answer, Inputs, Need, Question, TooLittle

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
AHEAD_H = 168
LEAST_ERRORS = 14 * 24
"""Hours of errors from which on a band means something."""

INPUTS = {
    "hourly": Need("hourly", back=timedelta(days=84), where=FLOWS),
    "sites": Need("sites"),
}


def answer(inputs: Inputs, now: datetime) -> Answer:
    """The week's usual shape at the level of the last days. Raises TooLittle where no series has three weeks."""
    return _forecast(inputs, now, weekly_profile)


def baseline(inputs: Inputs, now: datetime) -> Answer:
    """Last week repeated. Raises TooLittle where no series has three weeks of data."""
    return _forecast(inputs, now, last_week)


def _forecast(inputs: Inputs, now: datetime, model: Callable[[Floats, Hours, int], Floats]) -> Answer:
    hours = hours_around(now, 84 * 24, AHEAD_H, inputs.utility.timezone)
    first = hours.index(now)
    rows = []
    for name, values in matrix(demand(inputs["hourly"], inputs["sites"]), hours).items():
        off = errors_of_last_week(values, hours, first)
        if len(off) >= LEAST_ERRORS:
            rows.append(_rows(name, hours, first, model(values, hours, first), np.quantile(off, QUANTILES)))
    if not rows:
        raise TooLittle("no zone and no works has three weeks of hourly flow")
    return {"forecast": pl.concat(rows)}


def _rows(series: str, hours: Hours, first: int, median: Floats, band: Floats) -> pl.DataFrame:
    """One series' quantiles: the median moved by the quantiles of its errors, not below nothing."""
    at = hours.moments(first, hours.count)
    frames = [
        pl.DataFrame({"series": series, "valid_at": at, "quantile": q, "value": np.maximum(median + shift, 0.0)})
        for q, shift in zip(QUANTILES, band, strict=True)
    ]
    return pl.concat(frames).drop_nans("value")


def observed(inputs: Inputs, now: datetime) -> pl.DataFrame:
    """What the zones took and what left the works."""
    return demand(inputs["hourly"], inputs["sites"])


QUESTION = Question(
    id="water_demand",
    inputs=INPUTS,
    answer=answer,
    baseline=baseline,
    model="weekly_profile",
    baseline_model="last_week",
    clock=timedelta(hours=6),
    decides="pinball_24h",
    observed=observed,
)
