"""The storm question over two stations and a works of the demonstration utility, with a record made by hand."""

import json
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from brain.question import Inputs, TooLittle
from brain.storm.situation import fit_state
from brain.storm_risk import answer, baseline, observed
from data_sources.load import load_utility
from data_sources.problems import ROOT
from tests.brain.storm.towns import NOW as END
from tests.brain.storm.towns import START, town

HOUR = timedelta(hours=1)
NOW = END - 2 * HOUR
"""06:00 in Shanghai, when the stations' curves are issued whatever the weather."""
ISSUED = {
    "series": pl.String,
    "issued_at": pl.Datetime("us", "UTC"),
    "valid_at": pl.Datetime("us", "UTC"),
    "quantile": pl.Float64,
    "value": pl.Float64,
}
UTILITY = load_utility(ROOT / "sample_data" / "utility")
PLACES = {"A": "PS62", "B": "PS01", "W": "WW1"}


def hourly(site: str, kind: str, quantity: str, role: str, values: np.ndarray) -> pl.DataFrame:
    hours = [START + n * HOUR for n in range(len(values))]
    rows = pl.DataFrame({"hour": hours, "mean": values, "last": values, "max": values, "is_valid": True})
    named = {"point_id": f"{site}.{quantity}", "site_id": site, "site_kind": kind, "quantity": quantity, "role": role}
    return rows.with_columns(pl.lit(value).alias(name) for name, value in named.items())


def weather(mm: float | None) -> pl.DataFrame:
    """Forecast of so many mm in each of the next 24 hours; None: no forecast."""
    schema = {
        "kind": pl.String, "issued_at": pl.Datetime("us", "UTC"), "valid_at": pl.Datetime("us", "UTC"),
        "member": pl.Int64, "rain_mm": pl.Float64, "temperature_c": pl.Float64,
    }  # fmt: skip
    rows = [] if mm is None else [("forecast", NOW - HOUR, NOW + n * HOUR, 0, mm, 20.0) for n in range(24)]
    return pl.DataFrame(rows, schema, orient="row")


def asked(mm: float | None, silent: bool = False) -> Inputs:
    record = town()
    level, pumped = record.level.copy(), record.pumped.copy()
    flows = pl.concat(
        [
            *(hourly(PLACES[s], "sewage_station", "level", "well", level[:, n]) for n, s in enumerate("AB")),
            *(hourly(PLACES[s], "sewage_station", "flow", "discharge", pumped[:, n]) for n, s in enumerate("AB")),
            hourly("WW1", "wwtp", "flow", "influent", record.influent[:, 0]),
        ]
    )
    if silent:
        flows = flows.filter((pl.col("site_id") != "PS62") | (pl.col("hour") < NOW - timedelta(days=4)))
    frames = {
        "flows": flows,
        "rain": hourly("RG", "rain", "rainfall", "", record.rain),
        "weather": weather(mm),
        "issued": pl.DataFrame(schema=ISSUED),
        "available": pl.DataFrame(
            schema={"machine_id": pl.String, "hour": pl.Datetime("us", "UTC"), "last": pl.Float64}
        ),
    }
    return Inputs(UTILITY, frames)


@pytest.fixture(scope="module")
def fitted() -> dict[str, object]:
    return fit_state(asked(0.0), NOW)


def with_fit(given: Inputs, fitted: dict[str, object]) -> Inputs:
    return Inputs(given.utility, given.frames, fitted)


def test_only_measured_stations_are_fitted_and_answered(fitted):
    assert fitted["sites"][:2] == ["PS01", "PS62"]
    told = answer(with_fit(asked(0.0), fitted), NOW)
    assert set(told["risk"]["site_id"]) == {"PS01", "PS62"}
    assert set(told["forecast"]["series"]) == {"PS01/inflow", "PS62/inflow", "PS01/level", "PS62/level", "WW1/inflow"}


def test_quantiles_are_ordered_and_a_cloudburst_is_a_risk_where_a_dry_day_is_none(fitted):
    dry, wet = (answer(with_fit(asked(mm), fitted), NOW) for mm in (0.0, 40.0))
    for told in (dry, wet):
        rows = told["forecast"].sort("series", "valid_at", "quantile")
        assert rows.select((pl.col("value").diff() >= 0).over("series", "valid_at").fill_null(value=True).all()).item()
    assert dry["risk"]["probability"].max() == 0.0 and wet["risk"]["probability"].min() > 0.5


def test_without_a_rain_forecast_the_dry_curve_takes_over_and_gives_no_risk(fitted):
    with pytest.raises(TooLittle, match="no rain forecast of the last 24 hours"):
        answer(with_fit(asked(None), fitted), NOW)
    told = baseline(asked(None), NOW)
    assert told.keys() == {"forecast"} and told["forecast"].height > 0
    assert set(baseline(asked(0.0), NOW)["risk"]["site_id"]) == {"PS01", "PS62"}


def test_a_silent_station_is_answered_and_says_how_old_its_last_hour_is(fitted):
    rows = answer(with_fit(asked(0.0, silent=True), fitted), NOW)["forecast"]
    ages = dict(rows.group_by("series").agg(pl.col("inputs_age_s").max()).iter_rows())
    assert ages["PS62/inflow"] == pytest.approx(4 * 86400) and ages["WW1/inflow"] == 0.0


def test_in_dry_weather_the_stations_curves_are_kept_every_six_hours_and_the_risk_every_hour(fitted):
    later = NOW + HOUR  # 07:00 in Shanghai
    series = {mm: set(answer(with_fit(asked(mm), fitted), later)["forecast"]["series"]) for mm in (0.0, 10.0)}
    assert series[0.0] == {"WW1/inflow"} and len(series[10.0]) == 5


def test_where_no_station_told_its_pumped_flow_the_works_alone_are_answered():
    given = asked(40.0)
    given.frames["flows"] = given["flows"].filter(pl.col("role") != "discharge")
    state = json.loads(json.dumps(fit_state(given, NOW)))  # as it is kept
    told = answer(with_fit(given, state), NOW)
    assert set(told["forecast"]["series"]) == {"WW1/inflow"} and told["risk"].is_empty()


def test_where_nothing_was_measured_there_is_no_fit_to_answer_with():
    given = asked(40.0)
    given.frames["flows"] = given["flows"].clear()
    with pytest.raises(TooLittle, match="no station and no works has two weeks"):
        answer(with_fit(given, fit_state(given, NOW)), NOW)


def test_a_utility_without_sewers_has_nothing_to_say():
    bare = Inputs(load_utility(ROOT / "sample_data" / "bwdf"), {})
    assert answer(bare, NOW) == {} and baseline(bare, NOW) == {} and fit_state(bare, NOW) == {}


def test_what_came_is_the_influent():
    came = observed(asked(0.0), NOW).filter(pl.col("series") == "WW1/inflow")
    assert came["value"][-1] == pytest.approx(town().influent[-3, 0])
