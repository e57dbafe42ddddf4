"""Water demand by hand: local hours across a change of clock, like days, net inflow, bands, last week, weather."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain.demand.bands import QUANTILES, hourly_bands, independent, quantile_of_errors, spread, stretch
from brain.demand.boosting import AHEAD_H, Size
from brain.demand.days import holiday_calendar, like_weekdays, likes
from brain.demand.features import FAR, Demand, View, sizes
from brain.demand.hours import Hours, hours_around
from brain.demand.method import day_totals, forecast, train
from brain.demand.naive import bands_of_last_week, last_week
from brain.demand.series import demand, matrix
from brain.demand.weather import weather_of

EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    return (day - EPOCH).days


def test_hours_follow_the_clock_on_the_wall():
    # Rome, 30 October 2022: at 03:00 the clock goes back to 02:00, so 02:00 comes twice and the day has 25 hours
    hours = Hours(datetime(2022, 10, 29, 22, tzinfo=UTC), 26, "Europe/Rome")
    assert hours.hour.tolist()[:5] == [0, 1, 2, 2, 3]
    assert hours.weekday.tolist() == [6] * 25 + [0]
    assert hours.moments(2, 4).to_list() == [datetime(2022, 10, 30, n, tzinfo=UTC) for n in (0, 1)]


def test_a_week_before_is_the_same_hour_on_the_wall():
    hours = Hours(datetime(2022, 10, 23, 22, tzinfo=UTC), 9 * 24, "Europe/Rome")  # Monday 24 October, 00:00
    before = hours.before(7)
    monday = hours.index(datetime(2022, 10, 31, 7, tzinfo=UTC))  # 08:00 after the change
    assert hours.wall[monday] - hours.wall[before[monday]] == 7 * 86400
    assert monday - before[monday] == 7 * 24 + 1
    assert (before[: 7 * 24] == -1).all()


def test_chinas_calendar_has_holidays_and_make_up_workdays():
    days = [date(2026, 2, 14), date(2026, 2, 17), date(2026, 2, 21), date(2026, 2, 28), date(2026, 3, 2)]
    calendar = holiday_calendar("CN", range(2026, 2027))
    # 14 and 28 February are Saturdays that are worked (like Fridays); the 17th, a Tuesday, is Spring Festival
    assert like_weekdays(np.array([number(day) for day in days]), calendar).tolist() == [4, 7, 5, 4, 0]
    assert like_weekdays(np.array([number(days[1])]), None).tolist() == [1]


def test_a_subdivision_adds_its_own_days():
    assert date(2022, 11, 3) in holiday_calendar("IT-TS", range(2022, 2023))
    assert date(2022, 11, 3) not in holiday_calendar("IT", range(2022, 2023))


def test_like_days_skip_holidays_and_holidays_look_at_sundays():
    # Monday 5 January 1970 is number 4; three weeks, with a holiday on Monday the 12th (index 7)
    days = np.arange(4, 4 + 22)
    like = (days + 3) % 7
    like[7] = 7
    found = likes(days, like, 2)
    assert found[:, 14].tolist() == [0, -1]  # Monday the 19th: not the holiday, but the Monday before
    assert found[:, 21].tolist() == [14, 0]
    like[14] = 7
    assert likes(days, like, 2)[:, 14].tolist() == [7, 6]  # a holiday: the holiday and the Sunday before


SITES = pl.DataFrame({"site_id": ["N", "Z", "W"], "kind": ["network", "zone", "works"]})


def hourly(rows: list[tuple[str, str, str, str, str | None, float, bool]]) -> pl.DataFrame:
    columns = ["point_id", "site_kind", "site_id", "role", "to_site_id", "mean", "is_valid"]
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    hour = pl.lit(datetime(2026, 3, 1, tzinfo=UTC), pl.Datetime("us", "UTC"))
    return frame.with_columns(hour=hour, quantity=pl.lit("flow"))


def test_a_zone_takes_what_flows_in_less_what_flows_out():
    rows = [
        ("a", "zone", "Z", "inlet", "Z", 100.0, True),
        ("b", "zone", "Z", "inlet", "Z", 20.0, True),
        ("c", "zone", "Z", "outlet", "Z", 15.0, True),
        ("d", "works", "W", "finished", None, 300.0, True),
    ]
    found = demand(hourly(rows), SITES)
    assert dict(found.select("series", "value").rows()) == {"N/demand": 300.0, "Z/demand": 105.0}
    silent = [(*row[:6], row[0] != "b") for row in rows]
    assert demand(hourly(silent), SITES)["series"].to_list() == ["N/demand"]


def test_quantiles_of_errors_by_hand():
    errors = np.arange(-10.0, 10.0)  # 20 errors from −10 to 9
    # P90: rank ⌈21 × 0.9⌉ = 19 → the 19th smallest, 8; P10: the 19th largest, −9; P97.5: ⌈20.475⌉ = 21 > 20 → 9
    assert [quantile_of_errors(errors, q) for q in QUANTILES] == [-10, -9, 0, 8, 9]
    assert np.isnan(quantile_of_errors(errors[:19], 0.9))
    # of 9 independent ones: level 10 × 0.9 ÷ 9 = 1, the largest; of 12: 0.975, rank ⌈19.5⌉; of 19: rank ⌈18.9⌉
    assert [quantile_of_errors(errors, 0.9, count) for count in (9, 12, 19)] == [9, 9, 8]


def test_errors_of_one_day_are_alike():
    day = np.repeat(np.arange(4), 2)
    alike, unlike = np.repeat([1.0, 1, -1, -1], 2), np.tile([1.0, -1], 4)
    assert independent(alike, day, 0) == pytest.approx(4)
    assert independent(unlike, day, 0) == 8
    # neighbours are alike, too: 1 + 2 × ½ × (1 − 1 + 1) ÷ 4 = 1.25 times the variance, so 4 ÷ 1.25 days
    assert independent(alike, day, 1) == pytest.approx(3.2)
    assert independent(np.append(alike, np.nan), np.append(day, 9), 1) == pytest.approx(3.2)
    assert independent(np.full(3, np.nan), day[:3], 6) == 1


def test_bands_are_of_their_hours():
    hour = np.tile(np.arange(24), (30, 1))
    errors = np.where(hour < 6, 1.0, 5.0)[:, None, :] * np.linspace(-1, 1, 30)[:, None, None]
    bands = hourly_bands(errors, hour, np.repeat(np.arange(30), 24).reshape(30, 24))
    quantiles = spread(np.zeros((1, 24)), bands, np.arange(24))
    assert quantiles[0, 3, 3] * 5 == pytest.approx(quantiles[0, 12, 3])
    assert (np.diff(quantiles, axis=2) >= 0).all()


def test_bands_are_stretched_to_what_they_held_lately(two_zones):
    first, count = 18 * 168, 101
    at = two_zones.hours.moments(first - count, first)
    bands = np.tile([-2.0, -1, 0, 2, 4], (2, 2, 4, 1))
    # of the first zone, errors of 0, 0.02 … 2 sizes: 0, 1, … 100 % of the band above; so 80 % of it holds four in five
    off = np.linspace(0, 2, count) * two_zones.scale[0]
    medians = two_zones.values[0, first - count : first] - off
    issued = pl.DataFrame({"series": "A", "issued_at": at, "valid_at": at, "value": medians})
    assert stretch(issued, ["A", "B"], two_zones, first, bands).tolist() == pytest.approx([0.8, 1])
    later = issued.with_columns(pl.col("issued_at") - timedelta(days=1), pl.col("value") + 2 * off)
    # as much below, where the band is half as wide
    assert stretch(pl.concat([issued, later]), ["A", "B"], two_zones, first, bands).tolist() == pytest.approx(
        [0.8, 1.6]
    )
    assert stretch(issued[:40], ["A", "B"], two_zones, first, bands).tolist() == [1, 1]
    assert stretch(issued, ["A", "B"], two_zones, first - 168 - count, bands).tolist() == [1, 1]


def test_last_week_by_hand():
    hours = hours_around(datetime(2026, 3, 1, tzinfo=UTC), 14 * 24, 48, "UTC")
    values = np.arange(float(hours.count))
    values[7 * 24] = np.nan
    found = last_week(values, hours, 14 * 24)
    assert found[:2].tolist() == [0.0, 7 * 24 + 1.0]  # the missing hour: the week before that
    off, of_days = bands_of_last_week(np.arange(float(hours.count)), hours, 14 * 24, hours.day)
    assert off.tolist() == [0, 0, 0, 168, 168]  # it rises by 168 a week
    assert np.isnan(of_days).all()  # six days are too few


def test_weather_is_observed_then_forecast_then_as_the_last_days():
    hours = hours_around(datetime(2026, 3, 4, tzinfo=UTC), 72, 48, "UTC")
    now = 72
    rows = [("N", "observed", hours.start, hours.start + timedelta(hours=n), 10.0 + n % 24, 0.5) for n in range(72)]
    for issued, warmth in ((60, 99.0), (70, 20.0)):
        start = hours.start + timedelta(hours=issued)
        rows += [("N", "forecast", start, hours.start + timedelta(hours=n), warmth, 1.0) for n in range(issued, 96)]
    columns = ["place_id", "kind", "issued_at", "valid_at", "temperature_c", "rain_mm"]
    temperature, rain = weather_of(pl.DataFrame(rows, schema=columns, orient="row"), hours, now)
    assert temperature[[0, 71, 72, 95, 96]].tolist() == [10, 33, 20, 20, 10]
    assert rain[[71, 72]].tolist() == [0.5, 1.0]
    assert np.isnan(rain[96:]).all()


@pytest.fixture(scope="module")
def two_zones() -> Demand:
    """Twenty weeks of two zones with a daily and a weekly rhythm and some noise."""
    hours = Hours(datetime(2026, 1, 4, 16, tzinfo=UTC), 20 * 168, "Asia/Shanghai")
    chance = np.random.default_rng(7)
    shape = 100 + 30 * np.sin(2 * np.pi * (hours.hour - 8) / 24) + 15 * (hours.weekday >= 5)
    values = np.stack([shape, 3 * shape]) * (1 + 0.05 * chance.standard_normal((2, hours.count)))
    unknown = np.full(hours.count, np.nan)
    return Demand(hours, values, sizes(values), like_weekdays(hours.day, None), unknown, unknown)


def test_the_usual_is_the_weighted_mean_of_like_days(two_zones):
    values = np.tile(np.repeat(np.arange(20.0), 168), (2, 1))  # the number of the week
    weeks = replace(two_zones, values=values)
    at = 10 * 168 + 5
    assert weeks.usual[0, at] == pytest.approx(np.mean([9, 8, 7, 6, 5]))
    assert replace(weeks, view=View(2, 1)).usual[0, at] == pytest.approx((9 + 8 / 2) / 1.5)
    newest = 0.5 ** (np.arange(10) / FAR.half_life)
    assert replace(weeks, view=FAR).usual[0, at] == pytest.approx(newest @ np.arange(9.0, -1, -1) / newest.sum())


@pytest.fixture(scope="module")
def state(two_zones):
    return train(two_zones, 18 * 168, Size(trees=20, every_h=48))


def test_the_method_finds_the_rhythm_and_its_band_holds_what_it_should(two_zones, state):
    at = 18 * 168
    found = forecast(state, two_zones, at)
    came = two_zones.values[:, at : at + AHEAD_H]
    assert np.abs(found[:, :, 2] - came).mean() < np.abs(two_zones.values[:, at - 168 : at] - came).mean()
    inside = ((came >= found[:, :, 1]) & (came <= found[:, :, 3])).mean()
    assert 0.7 < inside < 0.9
    assert (np.diff(found, axis=2) >= 0).all()


def test_nothing_from_the_origin_on_is_told(two_zones, state):
    at = 18 * 168
    nonsense = two_zones.values.copy()
    nonsense[:, at:] = 1e6
    spoiled = replace(two_zones, values=nonsense)
    assert np.array_equal(forecast(state, spoiled, at), forecast(state, two_zones, at))


def test_a_days_total_is_the_sum_of_its_medians(two_zones, state):
    medians, days = np.ones((2, 168)), np.repeat(np.arange(7), 24)
    totals = day_totals(state, two_zones, medians, days, [1, 2])
    assert totals.keys() == {1, 2}
    assert totals[1][:, 2].tolist() == [24, 24]
    assert (np.diff(totals[1], axis=1) >= 0).all()


@given(st.lists(st.floats(-1e3, 1e3), min_size=20, max_size=60))
def test_quantiles_are_ordered(errors):
    found = [quantile_of_errors(np.array(errors), q) for q in QUANTILES]
    assert found == sorted(found)


def test_a_matrix_has_gaps_where_nothing_came():
    hours = hours_around(datetime(2026, 3, 1, tzinfo=UTC), 3, 0, "UTC")
    rows = pl.DataFrame({"series": ["Z/demand"], "valid_at": [hours.start + timedelta(hours=1)], "value": [4.0]})
    assert np.isnan(matrix(rows, hours)["Z/demand"]).tolist() == [True, False, True]
