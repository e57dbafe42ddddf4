from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brain.sewer.wells import balance_error
from brain.storm.fitting import LEADS, Fitted, fit, fitted_of
from brain.storm.forecast import Ahead, chance_of_alarm, look_ahead
from brain.storm.record import arriving
from tests.brain.storm.towns import FULL_M3H, NOW, network, town

ALL_PUMPS = np.ones((2, 2), dtype=bool)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(town())


def ahead(fitted: Fitted, rain: np.ndarray, record=None) -> Ahead:
    return look_ahead(record or town(), fitted, rain, ALL_PUMPS, NOW)


def storm(mm: float, members: int = 10) -> np.ndarray:
    rain = np.zeros((LEADS, members))
    rain[4:8] = mm / 4
    return rain


def test_what_is_pumped_arrives_between_two_hours():
    # 90 minutes: half of an hour's flow in the next hour but one, half in the one after
    late = arriving(np.array([[10.0], [20.0], [30.0], [40.0]]), np.array([90]))
    assert np.isnan(late[:2, 0]).all() and late[2:, 0].tolist() == [15.0, 25.0]


def test_own_inflow_is_what_came_but_from_other_stations():
    record = town()
    steady = record.own[30:60]
    assert steady[:, 2] == pytest.approx(np.zeros(30), abs=40)  # all of the works' inflow came from B
    assert np.abs(record.own[30:, 0] - record.own[30:, 1]).max() < 60  # both stations are of one size


def test_a_dry_day_is_forecast_as_it_always_was(fitted):
    inflow = np.median(ahead(fitted, storm(0)).run.inflow, axis=2)
    by_day = [hour for hour in range(LEADS) if 9 <= (hour + 8) % 24 < 22]
    assert inflow[by_day, 0] == pytest.approx(np.full(len(by_day), 100.0), rel=0.1)
    assert inflow[by_day, 1] == pytest.approx(np.full(len(by_day), 200.0), rel=0.1)


def test_a_storm_fills_the_wells_to_their_alarm_and_a_dry_day_does_not(fitted):
    assert chance_of_alarm(ahead(fitted, storm(0))).tolist() == [0.0, 0.0]
    assert chance_of_alarm(ahead(fitted, storm(300))).tolist() == [1.0, 1.0]


@settings(max_examples=5)
@given(st.floats(0, 100), st.floats(0, 100))
def test_more_rain_is_never_less_risk_nor_a_lower_level(fitted, mm, more):
    less, wetter = (ahead(fitted, storm(amount, 4)) for amount in (mm, mm + more))
    assert (chance_of_alarm(wetter) >= chance_of_alarm(less)).all()
    assert (wetter.run.highest.max(axis=0) >= less.run.highest.max(axis=0) - 1e-9).all()
    assert (wetter.influent.sum(axis=0) >= less.influent.sum(axis=0) - 1e-6).all()


def test_the_books_of_every_well_close(fitted):
    run = ahead(fitted, storm(200)).run
    assert (run.overflow_m3 > 0).any()
    levels = np.stack([run.first_level, run.level[-1]])
    flows = run.inflow.sum(axis=0), run.pumped.sum(axis=0), run.overflow_m3.sum(axis=0)
    assert balance_error(network().wells.area_m2, levels, *flows) < 1e-3


def test_a_pump_that_is_out_leaves_the_well_higher(fitted):
    rain, one = storm(30), np.array([[True, False], [True, True]])
    whole, less = look_ahead(town(), fitted, rain, ALL_PUMPS, NOW), look_ahead(town(), fitted, rain, one, NOW)
    highest, without = (np.median(one.run.highest.max(axis=0), axis=1)[0] for one in (whole, less))
    assert without > highest + 0.2
    assert less.run.pumped[:, 0].max() <= FULL_M3H / 2 + 1e-9


def test_a_silent_station_starts_at_its_usual_level_and_carries_nothing(fitted):
    record = town()
    silent = replace(
        record, level=record.level.copy(), last_level=record.last_level.copy(), pumped=record.pumped.copy()
    )
    for values in (silent.level, silent.last_level, silent.pumped):
        values[-80:, 0] = np.nan
    run = ahead(fitted, storm(0), silent).run
    assert run.first_level[0] == pytest.approx(np.full(10, np.median(record.level[:, 0])), abs=0.05)
    assert np.median(run.inflow[:, 0]) == pytest.approx(100.0, rel=0.1)


def test_what_was_fitted_survives_json_and_is_not_taken_for_other_sites(fitted):
    state = fitted.as_json(("A", "B", "W"))
    again = fitted_of(state, ("A", "B", "W"))
    assert again is not None and again.wet == pytest.approx(fitted.wet, abs=1e-3)
    assert fitted_of(state, ("A", "W")) is None and fitted_of({}, ("A",)) is None
