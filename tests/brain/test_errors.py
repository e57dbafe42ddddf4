"""Losses by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from brain.errors import losses, paired, pinball

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quantile", "forecast", "came", "loss"),
    [(0.9, 10, 14, 3.6), (0.9, 14, 10, 0.4), (0.1, 10, 14, 0.4), (0.5, 10, 14, 2.0), (0.5, 10, 10, 0.0)],
)
def test_pinball_by_hand(quantile, forecast, came, loss):
    frame = pl.DataFrame({"q": [quantile], "f": [float(forecast)], "y": [float(came)]})
    assert frame.select(pinball(pl.col("q"), pl.col("f"), pl.col("y"))).item() == pytest.approx(loss)


def test_losses_are_shares_of_each_series_mean():
    # A: 100 and 300 came, mean 200; medians 110 and 270 are 10 and 30 off: 5 % and 15 % of it, 10 % each of what came.
    # B: ten times as large, and exact. Bands ± 20 hold A's first hour and both of B's
    rows = [
        ("A", 0, 110.0, 100.0),
        ("A", 1, 270.0, 300.0),
        ("B", 0, 1000.0, 1000.0),
        ("B", 1, 3000.0, 3000.0),
    ]
    forecasts = pl.DataFrame(
        [
            {"series": s, "issued_at": AT, "valid_at": AT + timedelta(hours=h), "quantile": q, "value": f + shift}
            for s, h, f, _ in rows
            for q, shift in ((0.1, -20.0), (0.5, 0.0), (0.9, 20.0))
        ]
    )
    observed = pl.DataFrame([{"series": s, "valid_at": AT + timedelta(hours=h), "value": y} for s, h, _, y in rows])
    found = losses(paired(forecasts, observed))
    assert found["n"] == 4
    assert found["mae"] == pytest.approx((5 + 15) / 4)
    assert found["mape"] == pytest.approx((10 + 10) / 4)
    assert found["coverage"] == pytest.approx(75)
    # A's first hour: 90, 110, 130 against 100: 1 + 5 + 3 = 9; its second: 250, 270, 290 against 300: 5 + 15 + 9 = 29;
    # B's hours 2 + 0 + 2 each: (9 + 29) ÷ 200 + 8 ÷ 2000, over 12 rows
    assert found["pinball"] == pytest.approx(100 * (38 / 200 + 8 / 2000) / 12)


def test_without_anything_that_came_there_is_no_loss():
    empty = pl.DataFrame(schema={"series": pl.String, "valid_at": pl.Datetime("us", "UTC"), "value": pl.Float64})
    forecasts = pl.DataFrame({"series": ["A"], "issued_at": [AT], "valid_at": [AT], "quantile": [0.5], "value": [1.0]})
    assert losses(paired(forecasts.with_columns(pl.col("valid_at").cast(pl.Datetime("us", "UTC"))), empty)) == {}
