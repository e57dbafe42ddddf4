from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from brain.dispatch.energy import efficiency, kwh_per_m3, onward_kwh_per_m3, prices, station_kwh_per_m3
from data_sources.load import load_utility

FOLDER = Path(__file__).parents[3] / "sample_data" / "utility"
MACHINES = pl.DataFrame(
    {
        "machine_id": ["A.a", "A.b", "B.a"],
        "site_id": ["A", "A", "B"],
        "kind": ["pump"] * 3,
        "rated_flow_m3h": [360.0, 180.0, 100.0],
        "rated_head_m": [10.0, 10.0, None],
        "rated_kw": [19.62, 4.905, None],
    }
)


def test_energy_of_a_pump_by_hand() -> None:
    # 360 m³/h are 0.1 m³/s: 1000 × 9.81 × 0.1 × 10 = 9.81 kW of water for 19.62 kW of power.
    assert efficiency(360, 10, 19.62) == pytest.approx(0.5)
    # 1 m³ lifted by 10 m are 98.1 kJ; at one half 196.2 kJ = 0.0545 kWh, and that is 19.62 kW ÷ 360 m³/h.
    assert kwh_per_m3(10, 0.5) == pytest.approx(0.0545)
    assert kwh_per_m3(10, 0.5) == pytest.approx(19.62 / 360)


def test_a_stations_energy_is_weighted_by_flow_and_an_unrated_one_is_like_the_others() -> None:
    # A: (360 × 0.0545 + 180 × 0.02725) ÷ 540 = 0.04542; B has no rating.
    assert station_kwh_per_m3(MACHINES, ["A", "B"]) == pytest.approx([0.0454167, 0.0454167], rel=1e-5)
    assert station_kwh_per_m3(MACHINES.filter(pl.col("site_id") == "B"), ["A", "B"]) == pytest.approx([0, 0])


def test_prices_follow_the_periods_of_the_local_clock_and_the_newest_tariff() -> None:
    utility = load_utility(FOLDER)
    hours = [0, 6, 10, 12, 15, 18, 23]
    november = [datetime(2026, 11, 24, hour, tzinfo=utility.zone).astimezone(UTC) for hour in hours]
    assert prices(utility, november) == pytest.approx([0.365, 0.365, 0.68, 0.365, 0.68, 1.12625, 0.68])
    sharp = datetime(2026, 12, 24, 18, tzinfo=utility.zone)
    before = datetime(2026, 6, 30, 18, tzinfo=utility.zone)
    assert prices(utility, [sharp, before]) == pytest.approx([1.23125, 1.05])


def test_no_tariff_costs_nothing() -> None:
    utility = load_utility(FOLDER)
    early = datetime(2020, 1, 1, tzinfo=UTC)
    assert np.array_equal(prices(utility, [early]), [0.0])


def test_all_the_way_to_the_works_every_station_lifts() -> None:
    # A → B → works, C → works: A's water is lifted by A and B.
    own = np.array([0.1, 0.2, 0.3])
    assert onward_kwh_per_m3(own, np.array([1, -1, -1])) == pytest.approx([0.3, 0.2, 0.3])
    assert own == pytest.approx([0.1, 0.2, 0.3])
