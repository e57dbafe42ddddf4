"""How much water will the city use? Each zone and the network, hour by hour for seven days, and the business days."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from brain.demand import method
from brain.demand.at_hand import business_days, demand_at_hand, silent_h, whole_days
from brain.demand.bands import LATELY_H, stretch
from brain.demand.boosting import AHEAD_H, Size
from brain.demand.days import MOST_BACK
from brain.demand.hours import DAY_H, hours_around
from brain.demand.naive import bands_of_last_week, last_week
from brain.demand.rows import DAY_SERIES, day_rows, hourly_rows
from brain.demand.series import FLOWS, demand, matrix
from brain.demand.weather import is_known
from brain.question import Answer, Inputs, Need, Question, TooLittle

MODEL = "boosting"
SIZE = Size(trees=150, every_h=54)
"""Learning at the size that a run has time for; origins 54 hours apart meet every hour of issue."""
CLOCK = timedelta(hours=6)
BACK, LEARNT_FROM = timedelta(days=MOST_BACK + 14), timedelta(days=400)
NEXT_H = 24
"""Hours that a zone is forecast ahead, but for the last issue of a business day, which reaches seven days as all of
the network's do: more would be kept than anybody looks at.
"""
SILENT_H = 48
"""Hours of silence from which on a series is left to the baseline."""

INPUTS = {
    "hourly": Need("hourly", back=BACK, where=FLOWS),
    "weather": Need("weather", back=BACK, ahead=timedelta(hours=AHEAD_H)),
    "sites": Need("sites"),
    "issued": Need("forecast", back=timedelta(days=14), where={"model": (MODEL,), "quantile": (0.5,)}),
}
FIT_INPUTS = {
    "hourly": Need("hourly", back=LEARNT_FROM, where=FLOWS),
    "weather": Need("weather", back=LEARNT_FROM, where={"kind": ("observed",)}),
    "sites": Need("sites"),
}
SCORE_INPUTS = {"hourly": Need("hourly", back=timedelta(days=31), where=FLOWS), "sites": Need("sites")}


def fit(inputs: Inputs, now: datetime) -> dict[str, Any]:
    """The method fitted on up to 400 days. Raises TooLittle where there is less than it needs."""
    names, at_hand, first = demand_at_hand(inputs, now, LEARNT_FROM, 0)
    known = np.isfinite(at_hand.values).any(axis=0)
    hours = int(first - np.argmax(known)) if known.any() else 0
    if hours < method.least_h(SIZE):
        raise TooLittle(f"{hours // DAY_H} days of hourly flow; learning needs {method.least_h(SIZE) // DAY_H}")
    state = method.train(at_hand, first, SIZE)
    return state | {"series": names, "has_weather": is_known(at_hand.temperature, first)}


def answer(inputs: Inputs, now: datetime) -> Answer:
    """Gradient boosting on like days, recent days, calendar and weather. Raises TooLittle where the weather is gone."""
    state = inputs.fitted
    names, at_hand, first = demand_at_hand(inputs, now, BACK, AHEAD_H, state["series"], state["scale"])
    if state["has_weather"] and not is_known(at_hand.temperature, first):
        raise TooLittle("no temperature of the last three days")
    factors = stretch(inputs["issued"], names, at_hand, first, np.asarray(state["bands"]))
    state = method.stretched(state, factors)
    quantiles = method.forecast(state, at_hand, first)
    days = business_days(inputs, at_hand.hours)
    totals = method.day_totals(state, at_hand, quantiles[:, :, 2], days[first:], whole_days(days, first))
    rows = []
    for number, name in enumerate(names):
        age_h = silent_h(at_hand.values[number, :first])
        if age_h < SILENT_H:
            rows.append(
                hourly_rows(name, at_hand.hours, first, quantiles[number, : _ahead_h(inputs, name, now)], age_h)
            )
            if name in _totals(inputs):
                of_days = {day: of_all[number] for day, of_all in totals.items()}
                rows.append(day_rows(name, inputs.utility, of_days, age_h))
    return _forecast(rows, "every zone and works has been silent for two days")


def baseline(inputs: Inputs, now: datetime) -> Answer:
    """Last week repeated. Raises TooLittle where no series has three weeks of data."""
    hours = hours_around(now, BACK // timedelta(hours=1), AHEAD_H, inputs.utility.timezone)
    first, days = hours.index(now), business_days(inputs, hours)
    rows = []
    for name, values in matrix(demand(inputs["hourly"], inputs["sites"]), hours).items():
        off, of_days = bands_of_last_week(values, hours, first, days)
        repeated, age_h = last_week(values, hours, first), silent_h(values[:first])
        ahead = repeated[: _ahead_h(inputs, name, now), None] + off
        rows.append(hourly_rows(name, hours, first, np.maximum(ahead, 0), age_h))
        if name in _totals(inputs):
            sums = {day: repeated[days[first:] == day].sum() + of_days for day in whole_days(days, first)}
            rows.append(day_rows(name, inputs.utility, sums, age_h))
    return _forecast(rows, "no zone and no works has three weeks of hourly flow")


def observed(inputs: Inputs, now: datetime) -> pl.DataFrame:
    """What the zones took and what left the works, by hour, and of the network by business day."""
    hourly = demand(inputs["hourly"], inputs["sites"])
    day = inputs.utility.day_expr("valid_at").alias("day")
    of_network = hourly.filter(pl.col("series").is_in(_totals(inputs))).group_by("series", day)
    daily = of_network.agg(pl.len(), pl.col("valid_at").min(), pl.col("value").sum())
    whole = daily.filter(pl.col("len") >= DAY_H - 1).with_columns(series=pl.col("series") + DAY_SERIES)
    starts = pl.Series([inputs.utility.day_start(day) for day in whole["day"]], dtype=hourly.schema["valid_at"])
    whole = whole.filter(pl.col("valid_at") == starts)
    return pl.concat([hourly, whole.select(hourly.columns)])


def _totals(inputs: Inputs) -> list[str]:
    """The series of which business days are forecast, too: the network's."""
    networks = inputs["sites"].filter(pl.col("kind") == "network")
    return [f"{site}/demand" for site in networks["site_id"]]


def _ahead_h(inputs: Inputs, series: str, now: datetime) -> int:
    """How many hours of a series are issued at `now`."""
    ends = inputs.utility.day_start(inputs.utility.day_of(now) + timedelta(days=1))
    return AHEAD_H if series in _totals(inputs) or ends - now <= CLOCK else NEXT_H


def _forecast(rows: list[pl.DataFrame], nothing: str) -> Answer:
    """Raises TooLittle, saying `nothing`, where there is no row."""
    frame = pl.concat(rows) if rows else pl.DataFrame()
    if frame.is_empty():
        raise TooLittle(nothing)
    return {"forecast": frame}


QUESTION = Question(
    id="water_demand",
    inputs=INPUTS,
    answer=answer,
    baseline=baseline,
    model=MODEL,
    baseline_model="last_week",
    clock=CLOCK,
    decides="pinball_24h",
    fit=fit,
    fit_inputs=FIT_INPUTS,
    observed=observed,
    score_inputs=SCORE_INPUTS,
    warm_up=timedelta(hours=LATELY_H),
)
