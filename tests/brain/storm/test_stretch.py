"""What issued bands of a town's works held lately, by hand."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from brain.storm.fitting import LEADS
from brain.storm.hindcast import GROUP_H, QUANTILES, WET
from brain.storm.record import Record
from brain.storm.stretch import LEAST_H, WET_H, drawn, dry_stretch, issued_beside, wet_share
from tests.brain.storm.towns import town

COUNT = 101


@pytest.fixture
def dry() -> Record:
    record = town()
    return replace(record, rain=np.zeros_like(record.rain))


@pytest.fixture
def wet(dry) -> Record:
    rain = dry.rain.copy()
    rain[::LEADS] = 5.0
    return replace(dry, rain=rain)


def issued(record: Record, above: np.ndarray, low: float = -20.0, high: float = 10.0) -> pl.DataFrame:
    """Medians of the newest hours, each issued at its hour, that far below what came, and their outer quantiles."""
    at = record.hours.moments(record.hours.count - len(above), record.hours.count)
    medians = record.influent[-len(above) :, 0] - above
    frame = pl.DataFrame({"series": f"{record.network.works[0]}/inflow", "issued_at": at, "valid_at": at})
    offs = {QUANTILES[0]: low, 0.5: 0.0, QUANTILES[-1]: high}
    rows = [frame.with_columns(quantile=pl.lit(q), value=pl.Series(medians + off)) for q, off in offs.items()]
    return pl.concat(rows)


def test_bands_of_dry_hours_are_stretched_to_what_they_held_lately(dry):
    spread = np.zeros((WET + 1, LEADS // GROUP_H, len(QUANTILES), 3))
    spread[:, :, QUANTILES.index(0.9)], spread[:, :, QUANTILES.index(0.1)] = 10.0, -5.0
    up, down = np.linspace(0, 20, COUNT), -np.linspace(0, 5, COUNT)
    # 0 … 200 % of the band above, 0 … 100 % of the one below
    assert dry_stretch(issued_beside(issued(dry, up), dry), dry, spread) == pytest.approx(1.6)
    assert dry_stretch(issued_beside(issued(dry, down), dry), dry, spread) == pytest.approx(0.8)
    assert dry_stretch(issued_beside(issued(dry, up[: LEAST_H - 1]), dry), dry, spread) == 1


def test_what_falls_on_the_day_before_an_issue_makes_its_hours_wet(dry):
    rain = dry.rain.copy()
    rain[-LEADS] = 5.0
    beside = issued_beside(issued(dry, np.zeros(COUNT)), replace(dry, rain=rain))
    assert np.unique(beside.at[beside.is_wet]).tolist() == list(range(dry.hours.count - LEADS, dry.hours.count))
    assert not issued_beside(issued(dry, np.zeros(COUNT)), dry).is_wet.any()


def test_bands_of_wet_hours_are_drawn_to_what_the_outer_ones_held_of_the_newest(wet):
    half, whole = np.linspace(0, 5, COUNT), np.linspace(0, 20, COUNT)
    assert wet_share(issued_beside(issued(wet, half), wet), wet) == pytest.approx(0.4)  # 0 … 50 % of 10 above
    assert wet_share(issued_beside(issued(wet, -half), wet), wet) == pytest.approx(0.2)  # 0 … 25 % of 20 below
    assert wet_share(issued_beside(issued(wet, whole), wet), wet) == 1.0  # never outside of the outer ones
    older = np.concatenate([np.full(COUNT, 9.0), np.full(WET_H, 1.0)])
    assert wet_share(issued_beside(issued(wet, older), wet), wet) == pytest.approx(0.1)


def test_without_enough_wet_hours_bands_stay_as_they_are(wet, dry):
    few = issued_beside(issued(wet, np.ones(LEAST_H - 1)), wet)
    assert wet_share(few, wet) is None
    assert wet_share(issued_beside(issued(dry, np.ones(COUNT)), dry), dry) is None
    quantiles = np.array(QUANTILES)[:, None, None] * np.ones((1, 2, 1))
    assert drawn(quantiles, np.array([0, WET]), None) is quantiles


def test_only_wet_hours_are_drawn_and_quantiles_stay_in_order():
    quantiles = np.repeat(np.array([0.0, 1, 10, 15, 40])[:, None, None], 2, axis=1)
    found = drawn(quantiles, np.array([0, WET]), 0.5)
    assert found[:, 0, 0].tolist() == [0, 1, 10, 15, 40]
    assert found[:, 1, 0].tolist() == [0, 5, 10, 25, 40]


def test_a_works_that_is_silent_tells_nothing(wet):
    silent = replace(wet, influent=np.full_like(wet.influent, np.nan))
    assert wet_share(issued_beside(issued(wet, np.ones(COUNT)), silent), silent) is None
