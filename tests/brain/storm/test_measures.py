import numpy as np
import pytest

from brain.storm.measures import brier, nash_sutcliffe, peak_errors, reliability, storms


def test_brier_and_reliability_by_hand():
    said, came = np.array([0.9, 0.9, 0.1, 0.0]), np.array([1.0, 0.0, 0.0, 0.0])
    assert brier(said, came) == pytest.approx((0.01 + 0.81 + 0.01 + 0) / 4)
    # bins: 0.9 twice, half of it came (0.4² × 2); 0.1 and 0.0 alone (0.1² + 0)
    assert reliability(said, came) == pytest.approx((2 * 0.16 + 0.01) / 4)


def test_efficiency_by_hand():
    came = np.array([1.0, 3.0])
    assert nash_sutcliffe(came, came) == 1.0
    assert nash_sutcliffe(came, np.array([2.0, 2.0])) == 0.0
    assert nash_sutcliffe(came, np.array([1.0, 2.0])) == 0.5
    assert np.isnan(nash_sutcliffe(np.ones(2), came))


def test_a_peak_a_quarter_too_high_two_hours_late():
    share, hours = peak_errors(np.array([1.0, 4.0, 2.0, 1.0]), np.array([1.0, 2.0, 3.0, 5.0]))
    assert (share, hours) == (0.25, 2.0)


def test_storms_are_told_apart_by_dry_hours_and_by_their_sum():
    rain = np.zeros(40)
    rain[[2, 3, 6]] = [4.0, 5.0, 2.0]  # two dry hours between them: one storm
    rain[[20, 21]] = [6.0, 0.05]
    rain[30] = 12.0
    assert storms(rain, gap_h=4, least_mm=10.0) == [(2, 7), (30, 31)]
    assert storms(np.zeros(5), 4, 10.0) == []
