"""A value beside the period before, the year before, the trend and what is usual."""

from datetime import date, timedelta

import polars as pl
import pytest

from metrics.catalogue import load_catalogue
from metrics.compare import band, past_of, previous, trend, year_before

DAILY, WEEKLY, MONTHLY = (
    load_catalogue().indicators[name] for name in ("pressure_compliance", "influent_bod", "leakage_rate")
)


def past(indicator, values):
    """Rows of table indicator with these headline values, and a site's that must not count."""
    rows = [
        {"indicator_id": indicator.id, "site_id": site, "period": period, "value": value, "state": "normal"}
        for period, value in values.items()
        for site in ("", "Z1")
    ]
    other = {"indicator_id": "other", "site_id": "", "period": date(2026, 9, 1), "value": -1.0, "state": "alarm"}
    frame = pl.DataFrame([*rows, other], schema_overrides={"value": pl.Float64})
    return past_of(indicator, frame.with_columns(value=pl.when(site_id="Z1").then(-5.0).otherwise("value")))


def test_the_period_before():
    assert previous(past(DAILY, {date(2026, 9, 14): 97.0}), date(2026, 9, 15)) == 97.0
    assert previous(past(WEEKLY, {date(2026, 9, 7): 130.0}), date(2026, 9, 14)) == 130.0
    assert previous(past(MONTHLY, {date(2025, 12, 1): 8.0}), date(2026, 1, 1)) == 8.0
    assert previous(past(DAILY, {date(2026, 9, 13): 97.0}), date(2026, 9, 15)) is None


@pytest.mark.parametrize(
    ("indicator", "period", "before"),
    [
        (DAILY, date(2026, 9, 15), date(2025, 9, 15)),
        (DAILY, date(2028, 2, 29), date(2027, 2, 28)),
        (WEEKLY, date(2026, 9, 14), date(2025, 9, 15)),  # 52 weeks, a Monday
        (MONTHLY, date(2026, 2, 1), date(2025, 2, 1)),
    ],
)
def test_the_same_period_a_year_before(indicator, period, before):
    assert year_before(past(indicator, {before: 5.5}), period) == 5.5
    assert year_before(past(indicator, {before + timedelta(days=1): 5.5}), period) is None


def test_thirty_periods_oldest_first_with_their_gaps():
    last = date(2026, 9, 14)
    values = {last - timedelta(days=n): float(n) for n in range(40) if n != 3}
    points = trend(past(DAILY, values), last)
    assert len(points) == 30
    assert points[-1] == (last, 0.0, "normal")
    assert points[0] == (last - timedelta(days=29), 29.0, "normal")
    assert points[-4] == (last - timedelta(days=3), None, "unknown")


def test_a_short_history_makes_a_short_trend():
    last = date(2026, 9, 14)
    assert [point[0] for point in trend(past(DAILY, {last - timedelta(days=1): 1.0}), last)] == [
        last - timedelta(days=1),
        last,
    ]


def test_the_band_of_a_day_is_that_of_its_weekday():
    tuesday = date(2026, 9, 15)
    # eight Tuesdays 10, 20 … 80; P10 = 10 + 0.7 × 10 = 17, P90 = 70 + 0.3 × 10 = 73; other days don't count
    values = {tuesday - timedelta(weeks=n): 10.0 * n for n in range(1, 9)}
    values |= {tuesday - timedelta(days=n): 1000.0 for n in (1, 2, 3)}
    values |= {tuesday - timedelta(weeks=9): 1000.0}
    assert band(past(DAILY, values), tuesday) == pytest.approx((17.0, 73.0))


def test_the_band_of_months_is_that_of_the_thirty_before():
    values = {date(2024 + n // 12, n % 12 + 1, 1): float(n + 1) for n in range(30)}
    # 1 … 30: P10 = 1 + 0.1 × 29 = 3.9, P90 = 27.1
    assert band(past(MONTHLY, values), date(2026, 7, 1)) == pytest.approx((3.9, 27.1))


@pytest.mark.parametrize(("known", "expected"), [(3, None), (4, (1.0, 1.0))])
def test_four_values_make_a_band(known, expected):
    tuesday = date(2026, 9, 15)
    values = {tuesday - timedelta(weeks=n): (1.0 if n <= known else None) for n in range(1, 9)}
    assert band(past(DAILY, values), tuesday) == expected
