"""What if: only what is supposed changes, and more rain, fewer pumps or a weaker works never make it better."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from brain.dispatch.summary import totals
from brain.dispatch.what_if import WHAT_IF, Scenario, supposing, what_if
from brain.inputs import inputs_of
from brain.question import Inputs, slot
from brain.sewage_dispatch import QUESTION
from brain.storm.rain import LEAST_MEMBERS, newest_forecast
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from tests.conftest import AS_OF

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WEATHER = pl.DataFrame(
    {
        "place_id": ["R1", "R1"],
        "kind": ["observed", "forecast"],
        "issued_at": [NOW, NOW],
        "valid_at": [NOW - timedelta(hours=1), NOW],
        "member": [0, 0],
        "rain_mm": [2.0, 9.0],
        "temperature_c": [10.0, None],
    },
    schema_overrides={"issued_at": pl.Datetime("us", "UTC"), "valid_at": pl.Datetime("us", "UTC")},
)
AVAILABLE = pl.DataFrame(
    {"machine_id": ["A.a"], "hour": [NOW - timedelta(hours=1)], "last": [1.0], "is_valid": [True]},
    schema_overrides={"hour": pl.Datetime("us", "UTC")},
)


@pytest.fixture
def given(demonstration) -> Inputs:
    return Inputs(demonstration, {"weather": WEATHER, "available": AVAILABLE})


def test_supposed_rain_takes_the_place_of_the_forecast_and_is_certain(given: Inputs) -> None:
    weather = supposing(given, NOW, Scenario(rain_mm=50, rain_hours=4))["weather"]
    _, rain = newest_forecast(weather, NOW, 24)
    assert rain.shape == (24, LEAST_MEMBERS)
    assert rain.sum(axis=0).tolist() == [50.0] * LEAST_MEMBERS
    assert (rain[:4] == 12.5).all() and (rain[4:] == 0).all()
    assert weather.filter(kind="observed").equals(WEATHER.filter(kind="observed"))


def test_a_pump_that_is_supposed_out_says_so_newest_of_all(given: Inputs) -> None:
    said = supposing(given, NOW, Scenario(pumps_out=("A.a", "B.a")))["available"]
    newest = said.sort("hour").unique("machine_id", keep="last").sort("machine_id")
    assert newest.select("machine_id", "last").rows() == [("A.a", 0.0), ("B.a", 0.0)]


def test_nothing_supposed_changes_nothing(given: Inputs) -> None:
    same = supposing(given, NOW, Scenario())
    assert same["weather"] is given["weather"] and same["available"] is given["available"]


@pytest.mark.slow
def test_no_scenario_is_better_than_without_it(sample_lake, demonstration) -> None:
    engine = Engine(demonstration, sample_lake, load_catalogue(demonstration))
    at = slot(QUESTION.clock, AS_OF - timedelta(days=2), demonstration)
    inputs = inputs_of(engine, QUESTION, at)

    def lost(scenario: Scenario) -> tuple[float, float]:
        found = what_if(inputs, at, scenario)
        total = totals(found.rows, WHAT_IF)
        return total.overflow_m3 + total.excess_m3, float(found.risk["probability"].sum())

    dry, dry_risk = lost(Scenario(rain_mm=0))
    half, _ = lost(Scenario(rain_mm=0, works_at_half=("WW2",)))
    wet, wet_risk = lost(Scenario(rain_mm=50))
    all_of_it, all_risk = lost(Scenario(50, 6, ("PS01.a", "PS01.b"), ("WW2",)))
    assert dry < half < all_of_it
    assert dry < wet < all_of_it
    assert dry_risk < wet_risk <= all_risk
