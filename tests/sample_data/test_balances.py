"""The physics holds: water is neither made nor lost, wells fill and empty, pumps take the power they must."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_data import demand, supply, treatment
from sample_data.billing import balances, sales
from sample_data.energy import pump_kw
from sample_data.events import events
from sample_data.generate import readings
from sample_data.sewage import RETURN_FACTOR, sewage_m3h, simulate
from sample_data.times import HOUR_S, Moments, moments
from sample_data.weather import ground_water, rain_mmh

STORM_DAY = datetime(2026, 9, 20, 16, tzinfo=UTC)
"""Local 21 September 2026 is day 25 of the cycle: a storm from ten o'clock."""
ANY_DAY = st.dates(date(2026, 1, 1), date(2026, 12, 20))


def day_of_moments(world, day: date, step_s: int = 300) -> Moments:
    start = world.utility.day_start(day)
    return moments(world.utility, start, start + timedelta(days=1), step_s)


@settings(max_examples=10, deadline=None)
@given(day=ANY_DAY)
def test_works_output_is_zones_and_users_outside_and_mains_loss(world, day):
    at = day_of_moments(world, day, HOUR_S)
    taken = demand.inflow_m3h(world, at).sum(axis=0)
    outside = demand.large_user_m3h(world, at)[world.zone_of_user < 0].sum(axis=0)
    output = demand.works_output_m3h(world, at).sum(axis=0)
    loss = output - taken - outside
    assert np.allclose(loss, demand.MAINS_LOSS_SHARE * (taken + outside))


def test_the_readings_keep_that_balance_within_the_meters_noise(demonstration, world):
    rows = readings(demonstration, STORM_DAY, STORM_DAY + timedelta(hours=6), 300)
    total = {
        name: rows.filter(pl.col("point_id").str.contains(pattern)).group_by("ts").agg(pl.col("value").sum()).sort("ts")
        for name, pattern in (
            ("works", r"^WKS\d\.OUT\.flow$"),
            ("zones", r"^ZN\d+\.D\d\.flow$"),
            ("outside", r"^LU(25|26|27|28|29|30)\.M\.flow$"),
        )
    }
    expected = (total["zones"]["value"] + total["outside"]["value"]) * (1 + demand.MAINS_LOSS_SHARE)
    assert ((total["works"]["value"] - expected).abs() / expected).max() < 0.01


@settings(max_examples=10, deadline=None)
@given(day=ANY_DAY)
def test_zone_inflow_is_used_and_leaked(world, day):
    at = day_of_moments(world, day, HOUR_S)
    used, leaked = demand.used_m3h(world, at), demand.leakage_m3h(world, at)
    assert np.allclose(demand.inflow_m3h(world, at), used + leaked)
    assert (leaked > 0).all()


def test_the_months_balance_closes(demonstration):
    window = (datetime(2026, 8, 31, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC))
    rows, sold = balances(demonstration, *window), sales(demonstration, *window)
    assert rows["month"].unique().to_list() == [date(2026, 8, 1)]
    assert rows.height == 37
    billed = sold.group_by("site_id").agg(pl.col("volume_m3").sum())
    zones = rows.join(billed, on="site_id")
    assert (zones["volume_m3"] - zones["billed_m3"]).abs().max() < 1
    lost = rows["supplied_m3"] - rows["billed_m3"] - rows["unbilled_registered_m3"]
    assert lost.min() > 0
    network = rows.row(by_predicate=pl.col("site_id") == "NET", named=True)
    gross = 1 - (network["billed_m3"] + network["unbilled_registered_m3"]) / network["supplied_m3"]
    assert 0.05 < gross < 0.15


@pytest.mark.parametrize("start", [STORM_DAY, datetime(2026, 6, 10, 16, tzinfo=UTC)])
def test_wells_keep_their_volume(world, start):
    at = moments(world.utility, start, start + timedelta(days=1), 300)
    run = simulate(world, at, 300)
    area = world.parameters["well_area"][:, None]
    stored = area * np.diff(run.level, axis=1)
    moved = (run.inflow - run.pumped - run.overflow)[:, :-1] * 300 / HOUR_S
    assert np.allclose(stored, moved, atol=1e-6)
    assert (run.level <= world.parameters["overflow_level"][:, None] + 1e-9).all()


def test_a_storm_fills_wells_and_an_ordinary_day_does_not(world):
    alarm = world.parameters["alarm_level"][:, None]
    storm = simulate(world, moments(world.utility, STORM_DAY, STORM_DAY + timedelta(days=1), 300), 300)
    ordinary_start = datetime(2026, 9, 14, 16, tzinfo=UTC)
    at = moments(world.utility, ordinary_start, ordinary_start + timedelta(days=1), 300)
    ordinary = simulate(world, at, 300)
    assert (storm.level > alarm).any(axis=1).sum() >= 5
    assert not (ordinary.level > alarm).any()


def test_works_receive_what_the_stations_send_later(world):
    start = datetime(2026, 6, 8, 16, tzinfo=UTC)
    at = moments(world.utility, start, start + timedelta(days=4), HOUR_S)
    run = simulate(world, at, HOUR_S)
    for works in range(len(world.sewage_works)):
        sent = run.pumped[world.works_of_station == works].sum(axis=0)
        assert run.influent[works].sum() == pytest.approx(sent.sum(), rel=0.01)
        # the hubs are 40 to 90 minutes away: an hour later the flows are nearer than at once
        late, now = np.abs(run.influent[works][1:] - sent[:-1]).mean(), np.abs(run.influent[works] - sent).mean()
        assert late < now


def test_sewage_is_a_fixed_share_of_what_was_used(world):
    start = datetime(2026, 6, 8, 16, tzinfo=UTC)
    at = moments(world.utility, start, start + timedelta(days=7), HOUR_S)
    assert sewage_m3h(world, at).sum() == pytest.approx(RETURN_FACTOR * demand.used_m3h(world, at).sum(), rel=0.01)


def test_power_by_hand():
    # 1,000 m³/h by 30 m at 78 %: 9.81 × 1000 ÷ 3600 × 30 ÷ 0.78 = 104.8 kW
    assert pump_kw(np.array([1000.0]), 30, 0.78)[0] == pytest.approx(104.81, abs=0.01)


def test_a_raw_pump_takes_that_power(demonstration):
    rows = readings(demonstration, STORM_DAY, STORM_DAY + timedelta(hours=1), 300, ["SRC1.Pa.flow", "SRC1.Pa.power"])
    wide = rows.pivot("point_id", index="ts", values="value")
    expected = pump_kw(wide["SRC1.Pa.flow"].to_numpy(), 30, 0.78)
    assert np.allclose(wide["SRC1.Pa.power"].to_numpy(), expected, rtol=0.03)


def test_rain_drives_infiltration_and_recedes(world):
    storm = next(event for event in events("storm") if event.cycle_day == 25)
    begins = STORM_DAY + timedelta(hours=storm.hour)
    at = moments(world.utility, begins - timedelta(hours=2), begins + timedelta(days=4), HOUR_S)
    fast, slow = ground_water(at)
    rain = rain_mmh(at)
    assert int(np.argmax(slow)) > int(np.argmax(rain))
    last_rain = int(np.flatnonzero(rain > 0.1)[-1])
    peak = int(np.argmax(slow))
    assert slow[peak] > 5 * slow[0]
    after = slow[max(peak, last_rain) + 2 :][:24]
    assert (np.diff(after) < 0).all()
    # 22 hours of recession: after 22 hours e⁻¹ of it is left
    assert after[22] / after[0] == pytest.approx(np.exp(-1), rel=0.25)
    assert fast.max() > slow.max()


def test_chlorine_decays_on_its_way(world):
    at = day_of_moments(world, date(2026, 6, 10), HOUR_S)
    tap, works = supply.zone_chlorine_mgl(world, at), supply.works_chlorine_mgl(world, at)[world.works_of_zone]
    assert (tap < works).all()
    night, morning = tap[:, 3] / works[:, 3], tap[:, 8] / works[:, 8]
    assert (night < morning).all()  # slow water by night is older water


def test_rain_dilutes_the_influent(world):
    at = day_of_moments(world, date(2026, 6, 10), HOUR_S)
    dry = treatment.influent_quality(world, at, np.zeros(24))["cod"]
    wet = treatment.influent_quality(world, at, np.full(24, 0.4))["cod"]
    assert np.allclose(wet, dry * (1 - 0.85 * 0.4))


def test_weekdays_seasons_and_holidays(world):
    def mean(day: date) -> float:
        return float(demand.works_output_m3h(world, day_of_moments(world, day, HOUR_S)).sum(axis=0).mean())

    assert mean(date(2026, 7, 29)) > 1.05 * mean(date(2026, 1, 28))
    assert mean(date(2026, 2, 18)) < 0.97 * mean(date(2026, 2, 4))  # Spring Festival
    at = day_of_moments(world, date(2026, 6, 10), HOUR_S)
    hourly = demand.household_m3h(world, at).sum(axis=0)
    assert hourly.argmin() in (1, 2, 3, 4)
    assert hourly.argmax() in (7, 19, 20)
