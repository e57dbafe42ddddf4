from dataclasses import replace

import numpy as np
import pytest

from brain.storm.fitting import LEADS, fit
from brain.storm.hindcast import GROUP_H, LEVEL_QUANTILES, QUANTILES, WET, bands, past_spread, states
from tests.brain.storm.towns import town


def test_a_dry_band_is_as_wide_as_forecasts_were_off_and_a_wet_one_at_least_as_the_ensemble():
    # members 0 … 10: median 5, P10 1, P90 9; forecasts were off by −2 … +6 in dry hours and by −2 … +5 in wet ones
    members = np.repeat(np.arange(11.0)[None, None, :], GROUP_H, axis=0)
    spread = np.array([[[[-2.0], [0.5], [6.0]]], [[[-2.0], [0.5], [5.0]]]])
    found = bands(
        members, LEVEL_QUANTILES, np.repeat(spread, [WET, 1], axis=0), np.where(np.arange(GROUP_H) < 3, 0, WET)
    )
    assert found[:, [2, 3], 0].T.tolist() == [[3.0, 5.0, 11.0], [1.0, 5.0, 10.0]]


def test_an_hour_is_wet_once_a_mm_has_fallen_since_the_day_before_else_a_part_of_the_day():
    before, ahead, hour = np.zeros(LEADS), np.full(LEADS, 0.25), (np.arange(LEADS) + 4) % 24
    assert states(before, ahead, hour).tolist() == [0, 0, 1] + [WET] * 21
    assert states(before, 0 * ahead, hour)[[1, 2, 8, 14, 20]].tolist() == [0, 1, 2, 3, 0]
    before[0] = 1.0
    assert (states(before, 0 * ahead, hour) == WET).all()


def test_dry_and_wet_hours_are_judged_apart():
    record = town()
    fitted = fit(record)
    blind = replace(record, rain=np.zeros_like(record.rain))
    rainless, _ = past_spread(blind, fitted)
    apart, _ = past_spread(record, fitted)
    assert (rainless[WET] != rainless[0]).any() and (apart[WET] != rainless[WET]).any()


def test_what_forecasts_of_the_town_were_off_is_small_and_in_order():
    record = town()
    inflow, level = past_spread(record, fit(record))
    assert inflow.shape == (WET + 1, LEADS // GROUP_H, len(QUANTILES), 3) and level.shape == (
        WET + 1,
        LEADS // GROUP_H,
        3,
        2,
    )
    assert (np.diff(inflow, axis=2) >= 0).all() and (np.diff(level, axis=2) >= 0).all()
    assert np.abs(inflow[:, :, 2, :2]).max() < 20  # the median of what 100 or 200 m³/h were off


def test_nothing_to_judge_is_no_spread():
    record = town(days=2)
    inflow, level = past_spread(record, fit(record))
    assert (inflow == 0).all() and (level == 0).all()


@pytest.mark.parametrize("quantiles", [QUANTILES, LEVEL_QUANTILES])
def test_quantiles_stay_in_order(quantiles):
    rng = np.random.default_rng(3)
    members, spread = rng.normal(size=(LEADS, 4, 50)), np.sort(rng.normal(size=(WET + 1, 4, len(quantiles), 4)), axis=2)
    assert (np.diff(bands(members, quantiles, spread, rng.integers(0, WET + 1, LEADS)), axis=0) >= 0).all()
