from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain.storm.rain import DEFAULT_SPREAD, fit_rain_error, newest_forecast, spread_out

NOW = datetime(2026, 3, 15, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
ERROR = {"bias": [0.0] * 8, "spread": [0.4] * 8}


def weather(rows: list[tuple[str, datetime, datetime, int, float]]) -> pl.DataFrame:
    names = ["kind", "issued_at", "valid_at", "member", "rain_mm"]
    return pl.DataFrame(rows, names, orient="row").with_columns(temperature_c=pl.lit(10.0))


def test_the_newest_forecast_from_now_on_with_its_members():
    rows = [("forecast", NOW - 6 * HOUR, NOW + h * HOUR, 0, 9.0) for h in range(4)]
    rows += [("forecast", NOW - HOUR, NOW + h * HOUR, one, float(h + one)) for h in (-1, 0, 1) for one in (1, 2)]
    issued, rain = newest_forecast(weather(rows), NOW, 3)
    assert issued == NOW - HOUR
    assert rain[:2].tolist() == [[1.0, 2.0], [2.0, 3.0]] and np.isnan(rain[2]).all()


def test_a_forecast_of_yesterday_is_none():
    rows = [("forecast", NOW - 24 * HOUR, NOW, 0, 9.0), ("observed", NOW, NOW - HOUR, 0, 1.0)]
    issued, rain = newest_forecast(weather(rows), NOW, 3)
    assert issued is None and rain.shape == (3, 0)


def test_the_error_of_forecasts_is_learnt_from_the_record():
    # of every six hours (3 mm forecast) so much came that the log ratio is 1: bias 1, no spread, in the first block
    rows = []
    for day in range(30):
        issued = NOW - timedelta(days=day + 2)
        for hour in range(6):
            rows.append(("forecast", issued, issued + hour * HOUR, 0, 0.5))
            came = ((3.0 + 0.5) * np.e - 0.5) / 6
            rows.append(("observed", issued + (hour + 1) * HOUR, issued + hour * HOUR, 0, came))
    error = fit_rain_error(weather(rows), 12)
    assert error["bias"] == pytest.approx([1.0, 0.0])
    assert error["spread"] == pytest.approx([0.0, DEFAULT_SPREAD], abs=1e-9)


def test_a_given_ensemble_is_taken_as_it_is():
    rain = np.arange(15.0).reshape(3, 5)
    assert spread_out(rain, 0, ERROR, 10, 1).tolist() == np.concatenate([rain, rain], axis=1).tolist()


@given(st.lists(st.floats(0, 30), min_size=4, max_size=4), st.floats(0, 10))
def test_more_rain_forecast_is_more_in_every_member(mm: list[float], more: float):
    rain = np.array(mm)[:, None]
    less, wetter = (spread_out(one, 3, ERROR, 20, 7) for one in (rain, rain + more))
    assert (wetter >= less).all() and (less >= 0).all()


def test_the_median_member_is_the_forecast():
    members = spread_out(np.full((24, 1), 2.0), 0, ERROR, 2000, 5)
    assert np.median(members) == pytest.approx(2.0, rel=0.05)
