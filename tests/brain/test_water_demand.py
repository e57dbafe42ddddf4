"""The demand question over two zones and a works: what it answers, and what takes over where inputs lack."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from brain import water_demand
from brain.demand.at_hand import business_days, whole_days
from brain.demand.bands import QUANTILES
from brain.demand.boosting import AHEAD_H, Size
from brain.demand.hours import Hours
from brain.issue import SHOWN, rows_of
from brain.question import Answer, Inputs, TooLittle
from brain.water_demand import QUESTION, answer, baseline, fit, observed
from data_sources.load import load_utility
from data_sources.problems import ROOT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 6, 14, 10, tzinfo=UTC)
"""18:00 in Shanghai: the last time that day that demand is asked for."""
DAYS = 150
UTILITY = load_utility(ROOT / "sample_data" / "utility")
SITES = pl.DataFrame({"site_id": ["N", "A", "B", "W"], "kind": ["network", "zone", "zone", "works"]})
POINTS = {"A": ("zone", "inlet", "A", 1.0), "B": ("zone", "inlet", "B", 3.0), "W": ("works", "finished", None, 5.0)}


def flows(silent_h: dict[str, int]) -> pl.DataFrame:
    """150 days of every point up to NOW, but for the last so many hours of some."""
    hours = Hours(NOW - DAYS * DAY, DAYS * 24, UTILITY.timezone)
    shape = 100 + 30 * np.sin(2 * np.pi * (hours.hour - 8) / 24) + 10 * (hours.weekday >= 5)
    noise = 1 + 0.03 * np.random.default_rng(5).standard_normal(hours.count)
    frames = []
    for site, (kind, role, to_site, size) in POINTS.items():
        rows = pl.DataFrame({"hour": hours.moments(0, hours.count), "mean": size * shape * noise})
        frame = rows.with_columns(
            point_id=pl.lit(f"{site}.flow"), site_id=pl.lit(site), site_kind=pl.lit(kind), role=pl.lit(role),
            to_site_id=pl.lit(to_site, pl.String), quantity=pl.lit("flow"), is_valid=pl.lit(value=True),
        )  # fmt: skip
        frames.append(frame.head(hours.count - silent_h.get(site, 0)))
    return pl.concat(frames)


def weather(last: datetime = NOW) -> pl.DataFrame:
    """Observed hours up to `last`; nothing is forecast."""
    at = pl.datetime_range(NOW - DAYS * DAY, last, "1h", eager=True, time_unit="us", time_zone="UTC")
    return pl.DataFrame({"kind": "observed", "place_id": "N", "issued_at": at, "valid_at": at}).with_columns(
        temperature_c=20.0 + pl.int_range(pl.len()) % 24 / 6, rain_mm=0.0
    )


def asked(silent_h: dict[str, int] | None = None, last_weather: datetime = NOW) -> Inputs:
    issued = pl.DataFrame(
        schema={
            "series": pl.String, "issued_at": pl.Datetime("us", "UTC"), "valid_at": pl.Datetime("us", "UTC"),
            "value": pl.Float64,
        }
    )  # fmt: skip
    frames = {"hourly": flows(silent_h or {}), "weather": weather(last_weather), "sites": SITES, "issued": issued}
    return Inputs(UTILITY, frames)


@pytest.fixture(scope="module")
def fitted():
    before = water_demand.SIZE
    water_demand.SIZE = Size(trees=15, every_h=54)
    yield fit(asked(), NOW)
    water_demand.SIZE = before


def told(fitted, **changes) -> pl.DataFrame:
    return answer(replace(asked(**changes), fitted=fitted), NOW)["forecast"]


def test_every_zone_and_the_network_are_answered_for_seven_days_and_the_network_by_day(fitted):
    rows = told(fitted)
    assert set(rows["series"]) == {"A/demand", "B/demand", "N/demand", "N/demand/day"}
    hours = rows.filter(pl.col("series").str.ends_with("/demand")).group_by("series", "quantile").len()
    assert hours["len"].unique().to_list() == [AHEAD_H] and hours.height == 3 * len(QUANTILES)
    ordered = rows.sort("series", "valid_at", "quantile")
    rises = pl.col("value").diff().over("series", "valid_at").fill_null(0) >= 0
    assert ordered.select(rises.all()).item()


def test_the_medians_lie_near_what_came_every_week(fitted):
    median = told(fitted).filter((pl.col("series") == "B/demand") & (pl.col("quantile") == 0.5))
    came = observed(asked(), NOW).filter(pl.col("series") == "B/demand")
    before = median.with_columns(pl.col("valid_at") - 7 * DAY).join(came, on="valid_at", suffix="_came")
    assert before.height == AHEAD_H
    assert before.select(((pl.col("value") - pl.col("value_came")).abs() / 300).mean()).item() < 0.05


def test_a_business_day_is_the_sum_of_its_hours(fitted):
    rows = told(fitted).filter(pl.col("quantile") == 0.5)
    day = UTILITY.day_start(UTILITY.day_of(NOW) + DAY)
    total = rows.filter((pl.col("series") == "N/demand/day") & (pl.col("valid_at") == day))["value"].item()
    hours = rows.filter((pl.col("series") == "N/demand") & pl.col("valid_at").is_between(day, day + 23 * HOUR))
    assert hours.height == 24 and total == pytest.approx(hours["value"].sum())
    # of what came, too: 149 whole days, not the first, which began before there were readings, nor the running one
    came = observed(asked(), NOW)
    whole = came.filter(pl.col("series") == "N/demand/day").sort("valid_at")
    first = whole["valid_at"].min()
    of_day = came.filter((pl.col("series") == "N/demand") & pl.col("valid_at").is_between(first, first + 23 * HOUR))
    assert whole.height == DAYS - 1 and whole["value"][0] == pytest.approx(of_day["value"].sum())


def shown(method: Answer | None, given: Inputs) -> pl.DataFrame:
    rows = rows_of(QUESTION, method, baseline(given, NOW), shows_method=method is not None, at=NOW, age_s=0)
    return rows["forecast"].filter(pl.col("model") == SHOWN)


def test_without_the_weather_it_learnt_from_last_week_is_what_is_shown(fitted):
    given = asked(last_weather=NOW - 4 * DAY)
    with pytest.raises(TooLittle, match="no temperature of the last three days"):
        answer(replace(given, fitted=fitted), NOW)
    assert set(shown(None, given)["series"]) == {"A/demand", "B/demand", "N/demand", "N/demand/day"}


def test_of_a_silent_zone_last_week_is_shown_and_of_the_others_the_method(fitted):
    given = asked({"A": 72})
    method = answer(replace(given, fitted=fitted), NOW)
    assert set(method["forecast"]["series"]) == {"B/demand", "N/demand", "N/demand/day"}
    rows = shown(method, given)
    ages = dict(rows.group_by("series").agg(pl.col("inputs_age_s").max()).iter_rows())
    assert ages == {"A/demand": 72 * 3600, "B/demand": 0, "N/demand": 0, "N/demand/day": 0}


def test_a_zone_that_was_silent_for_hours_is_answered_and_says_so(fitted):
    rows = told(fitted, silent_h={"A": 10})
    assert rows.filter(pl.col("series") == "A/demand")["inputs_age_s"].unique().to_list() == [10 * 3600]


def test_where_all_are_silent_it_says_so(fitted):
    with pytest.raises(TooLittle, match="every zone and works has been silent for two days"):
        told(fitted, silent_h=dict.fromkeys(POINTS, 72))


def test_too_short_a_record_is_named():
    given = asked()
    short = given["hourly"].filter(pl.col("hour") >= NOW - 30 * DAY)
    with pytest.raises(TooLittle, match="30 days of hourly flow; learning needs"):
        fit(Inputs(UTILITY, {**given.frames, "hourly": short}), NOW)


def test_a_day_on_which_the_clock_goes_back_is_whole_with_its_25_hours():
    rome = replace(UTILITY, timezone="Europe/Rome")
    # from Friday 28 October 2022 at 22:00 local on, over Sunday the 30th, when 02:00 comes twice
    hours = Hours(datetime(2022, 10, 28, 20, tzinfo=UTC), 3 + 24 + 25 + 1, "Europe/Rome")
    days = business_days(Inputs(rome, {}), hours)
    whole = whole_days(days, 0)
    assert [(days == day).sum() for day in whole] == [24, 25]
