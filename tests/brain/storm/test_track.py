"""The storm question's track record by hand: alarms and storms as said beside as they came."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from brain.storm.fitting import LEADS
from brain.storm.record import Record
from brain.storm.track import alarm_scores, storm_scores
from tests.brain.storm.towns import START, town

STORM = 1000
"""The first wet hour; the record has 1,440."""


def at(hour: int):
    return START + timedelta(hours=hour)


def facts(rows) -> dict[str, tuple[float, float, int]]:
    return {row["metric"]: (row["value"], row["baseline_value"], row["n"]) for row in rows}


@pytest.fixture
def once() -> Record:
    """A's well is at its alarm level of 4 m in one hour, the storm's first; the works takes 100, once 400."""
    highest, influent = np.ones((1440, 2)), np.full((1440, 1), 100.0)
    highest[STORM, 0], influent[STORM + 3] = 4.5, 400.0
    return replace(town(), highest=highest, influent=influent)


def risk(*rows: tuple[str, int, float]) -> pl.DataFrame:
    said = [(site, at(hour), chance) for site, hour, chance in rows]
    return pl.DataFrame(said, ["site_id", "issued_at", "probability"], orient="row")


def test_a_chance_is_judged_by_whether_the_level_was_reached(once):
    found = facts(alarm_scores(risk(("A", 990, 0.8), ("A", 1010, 0.1)), once))
    # 24 hours from 990 reached it, those from 1010 did not; of the 697 days in the 720 hours before hour 1008, 8 did
    assert found["brier_24h"] == pytest.approx(((0.2**2 + 0.1**2) / 2, (1 + (8 / 697) ** 2) / 2, 2))
    # two bins with one case each
    assert found["reliability_24h"][0] == pytest.approx((0.2**2 + 0.1**2) / 2)


def test_a_chance_that_cannot_be_judged_does_not_count(once):
    once.highest[1100:1110, 1] = np.nan
    once.highest[STORM + 1, 0] = np.nan  # but that it was reached is known
    told = risk(("A", 990, 0.8), ("B", 1090, 0.9), ("A", 1430, 0.9), ("A", 100, 0.9), ("C", 990, 0.9))
    assert facts(alarm_scores(told, once))["brier_24h"][::2] == pytest.approx((0.04, 1))
    assert alarm_scores(told.clear(), once) == []


def said(issued: int, model: str, values: np.ndarray) -> pl.DataFrame:
    hours = [at(issued + n) for n in range(LEADS)]
    return pl.DataFrame(
        {"series": "W/inflow", "model": model, "issued_at": at(issued), "valid_at": hours, "value": values}
    )


def test_a_storm_is_judged_by_what_was_last_said_before_it(once):
    flat = np.full(LEADS, 100.0)
    late = flat.copy()
    late[6] = 300.0  # an hour late and a quarter too low
    rows = [said(hour, model, flat * 9) for hour in (990, STORM + 1) for model in ("ours", "plain")]
    medians = pl.concat([*rows, said(998, "ours", late), said(998, "plain", flat)])
    found = facts(storm_scores(medians, ("ours", "plain"), once, [(STORM, STORM + 5)]))
    # came: 23 × 100 and 400, mean 112.5, so Σ (o − mean)² = 23 × 12.5² + 287.5² = 86,250
    assert found["nse_storms"] == pytest.approx((1 - (300**2 + 200**2) / 86_250, 1 - 300**2 / 86_250, LEADS))
    assert found["peak_error_pct"] == pytest.approx((25, 75, 1))
    assert found["peak_time_error_h"] == pytest.approx((1, 5, 1))


def test_a_storm_that_nothing_was_said_of_the_day_before_is_left_out(once):
    medians = pl.concat([said(STORM - LEADS, model, np.full(LEADS, 100.0)) for model in ("ours", "plain")])
    assert storm_scores(medians, ("ours", "plain"), once, [(STORM, STORM + 5)]) == []
    once.influent[STORM - 4] = np.nan
    medians = pl.concat([said(STORM - 5, model, np.full(LEADS, 100.0)) for model in ("ours", "plain")])
    assert storm_scores(medians, ("ours", "plain"), once, [(STORM, STORM + 5)]) == []
