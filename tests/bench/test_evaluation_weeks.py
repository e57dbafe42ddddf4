"""The protocol is kept: no fitting or choosing code ever receives an evaluation week; ranks by hand."""

from dataclasses import replace

import numpy as np
import pytest

from bench import brain_demand, bwdf
from brain.demand import boosting, method
from brain.demand.boosting import AHEAD_H, Size


def test_mean_ranks_by_hand():
    # lower is better; the first wins one of two and shares the other: ranks 1 and 1, the second 2 and 1, the third 3, 3
    assert bwdf.mean_ranks(np.array([[[1.0, 5.0]], [[2.0, 5.0]], [[3.0, 6.0]]])).tolist() == [1.0, 1.5, 3.0]


def test_scores_by_hand():
    came = np.zeros((1, AHEAD_H))
    off = np.r_[np.full(23, 1.0), 5.0, np.full(144, 2.0)][None]
    assert bwdf.scores(off, came).ravel() == pytest.approx([28 / 24, 5, 2])


@pytest.mark.slow
def test_no_fitting_or_choosing_code_receives_the_evaluation_weeks(monkeypatch):
    areas = bwdf.load()
    weeks = [areas.index(week) for week in bwdf.WEEKS]
    # every value of an evaluation week is marked, so that whoever is handed one is found out
    marked = areas.values.copy()
    for start in weeks:
        marked[:, start : start + AHEAD_H] = 1e9
    areas = replace(areas, values=marked)
    seen = []

    def watched(act):
        def spy(demand, *rest, **more):
            assert np.nanmax(demand.values) < 1e6
            seen.append(act.__name__)
            return act(demand, *rest, **more)

        return spy

    def watched_second(act):
        def spy(models, demand, *rest, **more):
            assert np.nanmax(demand.values) < 1e6
            seen.append(act.__name__)
            return act(models, demand, *rest, **more)

        return spy

    monkeypatch.setattr(boosting, "fit", watched(boosting.fit))
    monkeypatch.setattr(boosting, "predict", watched_second(boosting.predict))
    monkeypatch.setattr(brain_demand, "predict", watched_second(boosting.predict))
    monkeypatch.setattr(brain_demand, "train", watched(method.train))
    monkeypatch.setattr(brain_demand, "load", lambda: areas)
    brain_demand.main(Size(trees=2, every_h=500))
    assert {seen.count("train"), seen.count("fit")} == {4 + 7, 2 * (4 + 7)}  # four weeks, twenty origins in threes
