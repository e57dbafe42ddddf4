import numpy as np
import pytest

from brain.storm.fitting import LEADS, fit
from brain.storm.hindcast import GROUP_H, LEVEL_QUANTILES, QUANTILES, at_least, past_spread
from tests.brain.storm.towns import town


def test_a_band_is_as_wide_as_forecasts_were_off_and_a_wider_ensemble_keeps_its_own():
    # members 0 … 10: median 5, P10 1, P90 9; forecasts were off by −2 … +6
    members = np.repeat(np.arange(11.0)[None, None, :], GROUP_H, axis=0)
    found = at_least(members, LEVEL_QUANTILES, np.array([[[-2.0], [0.5], [6.0]]]))
    assert found[:, 0, 0].tolist() == [1.0, 5.0, 11.0]


def test_what_forecasts_of_the_town_were_off_is_small_and_in_order():
    record = town()
    inflow, level = past_spread(record, fit(record))
    assert inflow.shape == (LEADS // GROUP_H, len(QUANTILES), 3) and level.shape == (LEADS // GROUP_H, 3, 2)
    assert (np.diff(inflow, axis=1) >= 0).all() and (np.diff(level, axis=1) >= 0).all()
    assert np.abs(inflow[:, 2, :2]).max() < 20  # the median of what 100 or 200 m³/h were off


def test_nothing_to_judge_is_no_spread():
    record = town(days=2)
    inflow, level = past_spread(record, fit(record))
    assert (inflow == 0).all() and (level == 0).all()


@pytest.mark.parametrize("quantiles", [QUANTILES, LEVEL_QUANTILES])
def test_quantiles_stay_in_order(quantiles):
    rng = np.random.default_rng(3)
    members, spread = rng.normal(size=(LEADS, 4, 50)), np.sort(rng.normal(size=(4, len(quantiles), 4)), axis=1)
    assert (np.diff(at_least(members, quantiles, spread), axis=0) >= 0).all()
