"""Past days played again: which, over what inflow, and that a plan made anew is followed."""

from dataclasses import replace

import numpy as np
import pytest

from brain.dispatch.judge import DECIDES, score_rows
from brain.dispatch.trial import Stretch, filled, play, stretches
from tests.brain.dispatch.test_outcome import network, now

DAYS = [24 * n for n in range(9)]


def test_wet_days_are_joined_and_dry_ones_stand_alone() -> None:
    rain = np.zeros(8 * 24)
    rain[30], rain[50], rain[100] = 6, 20, 4.9
    dry = [Stretch(at, at + 24, False) for at in (0, 72, 96, 120, 144, 168)]
    assert stretches(rain, DAYS) == [dry[0], Stretch(24, 72, True), *dry[1:]]


def test_an_hour_hidden_by_a_full_well_is_told_by_the_other_wells() -> None:
    # Usual 10 and 100; in the last hour the first well has 30: its mean at that hour is (10 + 10 + 30) ÷ 3
    # = 16.7, so it has 1.8 times the usual. The second is unknown: 1.8 × 100.
    own = np.tile(np.array([10.0, 100.0]), (72, 1))
    own[71] = 30, np.nan
    full = filled(own)
    assert full[71] == pytest.approx([30, 180])
    assert full[:71] == pytest.approx(own[:71])


def test_a_stretch_is_played_under_three_ways_from_one_state() -> None:
    net = network(2, capacity=1000)
    inflow = np.full(96, 60.0)
    inflow[40:46] = 420
    truth = now(net, inflow, level=2.0)

    def ahead(hour: int) -> object:
        return replace(truth, own=np.full((2, 96), [[60.0], [0.0]]))

    ways = play(net, truth, ahead, 3)  # type: ignore[arg-type]
    lost = {way: result.overflow.sum() for way, result in ways.items()}
    assert lost["perfect_foresight"] <= lost["advised"] + 1 and lost["perfect_foresight"] < lost["installed_rule"]
    for result in ways.values():
        into, out = truth.own[0].sum() / 4, result.flow[0].sum() / 4 + result.overflow[0].sum()
        assert into == pytest.approx(out + 50 * (result.level[0, -1] - 2.0), rel=1e-6)
        assert result.most_starts.max() <= 6


def test_losses_of_all_stretches_are_summed_beside_the_rule_installed() -> None:
    net = network(1, capacity=150.0)
    at = now(net, 190, level=2.0)
    ways = play(net, at, lambda hour: at, 6)
    rows = score_rows([ways, ways], net, 2)
    assert set(rows["model"]) == {"advised", "perfect_foresight"} and rows["n"].unique().to_list() == [2]
    told = {metric: (value, beside) for _, metric, value, beside, _ in rows.filter(model="advised").rows()}
    for name, sums in (("excess_m3", "excess"), ("overflow_m3", "overflow"), ("starts", "starts")):
        ours, theirs = (2 * getattr(ways[way], sums).sum() for way in ("advised", "installed_rule"))
        assert told[name] == pytest.approx((ours, theirs))
    # whatever stands in the well at the end: all 190 m³/h of two days are lifted for 0.1 kWh a m³, at a price of 1
    assert told["kwh"] == told["cost"] == pytest.approx((912, 912))
    assert told[DECIDES][0] == pytest.approx(told["overflow_m3"][0] + told["excess_m3"][0])
    assert told["works_peak"][1] == pytest.approx(100 * ways["installed_rule"].influent.max() / 150)
