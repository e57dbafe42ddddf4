import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brain.storm.carried import DRIFT_STEP, carry, fit_carry, recent_errors, slot_drift
from brain.storm.hydrograph import RESERVOIRS, cold_share, dry_columns, recede, responses, wet_columns
from brain.storm.sizes import fit_sizes


def test_a_reservoir_by_hand():
    # a = exp(−1 ÷ (1 ÷ ln 2)) = ½: of 8 mm come 4, 2, 1, ½ …
    assert recede(np.array([8.0, 0, 0, 0]), 1 / np.log(2)) == pytest.approx([4.0, 2.0, 1.0, 0.5])


@settings(max_examples=15)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_all_rain_comes_out_and_none_before_it_fell(mm: list[int]):
    rain = np.concatenate([np.array(mm, dtype=float), np.zeros(4000)])
    out = responses(rain)
    assert out.sum(axis=0) == pytest.approx(np.full(len(RESERVOIRS), rain.sum()), rel=1e-4)
    assert (out[: int(np.argmax(rain > 0))] == 0).all() and (out >= 0).all()


def test_a_delayed_reservoir_waits():
    rain = np.zeros(30)
    rain[0] = 1.0
    out = responses(rain)
    for place, (_, delay) in enumerate(RESERVOIRS):
        assert np.flatnonzero(out[:, place])[0] == delay


def test_the_cold_season_is_half_there_at_eight_degrees_and_unknown_air_is_none():
    assert cold_share(np.full(300, 8.0)) == pytest.approx(np.full(300, 0.5))
    assert cold_share(np.array([20.0, np.nan, 20.0]))[1] < 0.01
    assert (cold_share(np.full(5, np.nan)) == 0).all()


def test_sizes_are_found_again_and_are_never_negative():
    rng = np.random.default_rng(1)
    hours = 4000
    rain = np.where(rng.uniform(size=hours) < 0.05, rng.exponential(3.0, hours), 0.0)
    slot = np.arange(hours) % 24
    cold = np.zeros(hours)
    columns = np.concatenate([dry_columns(slot, cold), wet_columns(rain, cold)], axis=1)
    true = 100 + 20 * np.sin(slot / 24 * 2 * np.pi) + 30 * responses(rain)[:, 3] + 80 * responses(rain)[:, 8]
    inflow = np.stack([true, np.where(np.arange(hours) % 7 == 0, np.nan, true), np.full(hours, np.nan)], axis=1)
    sizes = fit_sizes(columns, inflow)
    assert (sizes[:, :2] >= 0).all() and np.isnan(sizes[:, 2]).all()
    for place in (0, 1):
        off = columns @ sizes[:, place] - true
        assert np.sqrt((off**2).mean()) < 0.05 * true.mean()


def test_the_error_carried_forward_by_hand():
    # errors 4, then one unknown, then 2: means of the last hour 4, none, 2; of the last three 4, 4, 3
    recent = recent_errors(np.array([[4.0], [np.nan], [2.0]]))
    assert recent[:, 0, 0].tolist() == [4.0, 0.0, 2.0]
    assert recent[:, 0, 1].tolist() == [4.0, 4.0, 3.0]
    # half of the last error and a tenth of the three hours' mean: 0.5 × 2 + 0.1 × 3
    # and all of the drift of 7 known of that hour
    weights = np.array([[[0.5, 0.1, 0.0, 0.0, 1.0]]])
    assert carry(recent[-1], np.array([[7.0]]), weights) == pytest.approx(np.array([[8.3]]))


def test_a_lasting_error_is_carried_and_noise_is_not():
    rng = np.random.default_rng(2)
    lasting, noise = np.zeros(3000), rng.standard_normal(3000)
    for hour in range(1, 3000):
        lasting[hour] = 0.95 * lasting[hour - 1] + noise[hour]
    errors = np.stack([lasting, noise], axis=1)
    weights = fit_carry(errors, np.zeros_like(errors), 6)
    ahead = carry(recent_errors(errors)[:-6], np.zeros((6, 2)), weights)[:, 5]
    for place, least in ((0, 0.4), (1, -0.05)):
        explained = 1 - np.var(errors[6:, place] - ahead[:, place]) / np.var(errors[6:, place])
        assert least < explained < least + 0.25


def test_a_pattern_that_moves_is_followed_in_dry_hours_only():
    # slot 0 is 10 too low on three days, the second of them wet: 0, then 10 × step, then the same, …
    error = np.array([[10.0], [10.0], [10.0], [np.nan]])
    known, after = slot_drift(error, np.zeros(4, dtype=np.int64), np.array([True, False, True, True]), np.zeros((2, 1)))
    once = 10 * DRIFT_STEP
    twice = once + DRIFT_STEP * (10 - once)
    assert known[:, 0] == pytest.approx([0, once, once, twice])
    assert after[:, 0] == pytest.approx([twice, 0])
