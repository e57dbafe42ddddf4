import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain.sewer.wells import LevelRule, RatingRule, Wells, balance_error, installed_rule, step


def wells(pumps: list[list[float]], **changes: list[float]) -> Wells:
    """Wells of 20 m² with the levels 0.5, 1, 2, 3, 4 and 5 m."""
    many = len(pumps)
    levels = {"min_level": 0.5, "stop_level": 1.0, "start_level": 2.0, "comfort_level": 3.0, "alarm_level": 4.0}
    given_ = {name: np.full(many, value) for name, value in levels.items()} | {
        "overflow_level": np.full(many, 5.0),
        "area_m2": np.full(many, 20.0),
        "main_m3h": np.full(many, 1000.0),
    }
    return Wells(**(given_ | {k: np.array(v) for k, v in changes.items()}), pump_m3h=np.array(pumps))


def test_a_step_worked_by_hand() -> None:
    # 20 m², half an hour, 100 in and 60 out: 20 m³ more, 1 m higher
    level, pumped, overflow = step(wells([[60.0]]), *(np.array([[v]]) for v in (2.0, 100.0, 60.0)), 0.5)
    assert (level.item(), pumped.item(), overflow.item()) == (3.0, 60.0, 0.0)


def test_what_does_not_fit_spills_and_an_empty_well_gives_nothing() -> None:
    # from 4.8 m, 200 in, 60 out, 0.1 h: 14 m³ are 0.7 m: 0.2 m fit, 0.5 m × 20 m² = 10 m³ spill
    level, _, overflow = step(wells([[60.0]]), *(np.array([[v]]) for v in (4.8, 200.0, 60.0)), 0.1)
    assert level.item() == 5.0 and overflow.item() == pytest.approx(10.0)
    # from 0.6 m without inflow a pump of 60 could draw 6 m³ in 0.1 h; down to 0.5 m there are 2 m³: 20 m³/h
    level, pumped, _ = step(wells([[60.0]]), *(np.array([[v]]) for v in (0.6, 0.0, 60.0)), 0.1)
    assert pumped.item() == pytest.approx(20.0) and level.item() == pytest.approx(0.5)


@given(
    st.integers(5, 50), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1), st.integers(1, 60)
)
def test_the_balance_closes_whatever_flows(start_dm: int, flows: list[tuple[int, int]], minutes: int) -> None:
    well, start, hours = wells([[60.0]]), np.array([[start_dm / 10]]), minutes / 60
    level, inflow_m3, pumped_m3, overflow_m3 = start, *(np.zeros((1, 1)) for _ in range(3))
    for inflow, wanted in flows:
        level, pumped, overflow = step(well, level, np.array([[inflow]]), np.array([[wanted]]), hours)
        inflow_m3, pumped_m3, overflow_m3 = (
            inflow_m3 + inflow * hours,
            pumped_m3 + pumped * hours,
            overflow_m3 + overflow,
        )
        assert 0.5 - 1e-9 <= level.item() <= 5.0 and 0 <= pumped.item() <= wanted and overflow.item() >= 0
    assert balance_error(well.area_m2, np.stack([start, level]), inflow_m3, pumped_m3, overflow_m3) < 1e-3


def test_the_books_of_a_leaking_well_do_not_close() -> None:
    # 100 in, 80 out, and 20 m² no higher: 20 m³ are lost of 100
    same = np.full((2, 1, 1), 2.0)
    volumes = [np.array([[v]]) for v in (100.0, 80.0, 0.0)]
    assert balance_error(np.array([20.0]), same, *volumes) == pytest.approx(0.2)


def test_installed_pumps_start_one_stage_after_another_and_stop_a_band_below() -> None:
    rule = installed_rule(wells([[60.0, 60.0, 60.0]]))
    assert rule.starts.tolist() == [[2.0, 2.5, 3.0]] and rule.stops.tolist() == [[1.0, 1.5, 2.0]]
    off = np.zeros((1, 1, 3), dtype=bool)

    def runs(level: float, before: np.ndarray) -> list[bool]:
        return rule.wanted(0, np.array([[level]]), before)[1][0, 0].tolist()

    assert runs(1.9, off) == [False, False, False]
    assert runs(2.6, off) == [True, True, False]
    both = np.array([[[True, True, False]]])
    assert runs(1.6, both) == [True, True, False]
    assert runs(1.4, both) == [True, False, False]
    assert runs(1.0, both) == [False, False, False]


def test_the_next_pump_takes_the_stage_of_one_that_is_out() -> None:
    rule = installed_rule(wells([[60.0, 70.0, 80.0]]), np.array([[True, False, True]]))
    assert rule.rate_m3h.tolist() == [[60.0, 80.0, 0.0]]
    assert rule.starts[0, :2].tolist() == [2.0, 3.0]


def test_the_main_limits_what_all_pumps_move() -> None:
    well = wells([[60.0, 60.0]], main_m3h=[100.0])
    flow, _ = installed_rule(well).wanted(0, np.array([[3.5]]), np.zeros((1, 1, 2), dtype=bool))
    assert flow.item() == 100.0 and well.most_m3h().tolist() == [100.0]
    assert well.most_m3h(np.array([[True, False]])).tolist() == [60.0]


def test_a_recorded_rating_runs_straight_between_its_knots() -> None:
    rule = RatingRule(np.array([[1.0, 2.0, 4.0]]), np.array([[0.0, 60.0, 100.0]]))
    level = np.array([[0.5, 1.5, 3.0, 4.5]])
    assert rule.wanted(0, level, np.zeros((1, 4, 0), dtype=bool))[0].tolist() == [[0.0, 30.0, 80.0, 100.0]]


def test_a_pump_of_no_rate_never_runs() -> None:
    rule = LevelRule(np.array([[2.0]]), np.array([[1.0]]), np.array([[0.0]]), np.array([9.0]))
    assert not rule.wanted(0, np.array([[4.0]]), np.zeros((1, 1, 1), dtype=bool))[1].any()
