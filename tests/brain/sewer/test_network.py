from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from brain.sewer.network import Network, read_network, simulate
from brain.sewer.wells import LevelRule, balance_error, installed_rule
from data_sources.load import load_utility
from metrics.limits import resolve_limits

FOLDER = Path(__file__).parents[3] / "sample_data" / "utility"
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def network() -> Network:
    utility = load_utility(FOLDER)
    return read_network(utility, resolve_limits(utility), DAY)


def total_m3(network: Network, level: np.ndarray) -> np.ndarray:
    return (network.wells.area_m2[:, None] * level).sum(axis=0)


def test_the_demonstration_network_is_a_tree_of_all_its_stations(network: Network) -> None:
    assert len(network.stations) == 64 and not network.left_out
    to_station, to_works = network.arrivals()
    assert (to_station.sum(axis=0) + to_works.sum(axis=0)).tolist() == [1.0] * 64
    one = network.stations.index("PS14")
    assert network.stations[network.downstream[one]] == "PS49"


def test_a_station_without_its_levels_is_left_out_and_those_above_pump_past_it() -> None:
    utility = load_utility(FOLDER)
    limits = resolve_limits(utility)
    limits = limits.remove((limits["site_id"] == "PS49") & (limits["subject"] == "start_level"))
    network = read_network(utility, limits, DAY)
    assert network.left_out == {"PS49": ("start_level",)}
    one = network.stations.index("PS14")
    assert network.stations[network.downstream[one]] == "PS06"


def test_water_is_conserved_over_the_whole_network(network: Network) -> None:
    rng = np.random.default_rng(3)
    own = 2.5 * network.wells.most_m3h()[None, :, None] * rng.uniform(size=(3, 64, 2))
    run = simulate(network, installed_rule(network.wells), own, 60, np.full(64, 1.5), np.zeros(64), 1)
    assert (run.overflow_m3 > 0).any() and (run.level <= network.wells.overflow_level[:, None]).all()
    levels = np.stack([run.first_level, run.level[-1]])
    volumes = run.inflow.sum(axis=0) / 60, run.pumped.sum(axis=0) / 60, run.overflow_m3.sum(axis=0)
    assert balance_error(network.wells.area_m2, levels, *volumes) < 1e-3
    in_mains = sum(run.pumped[-late:, one].sum(axis=0) / 60 for one, late in enumerate(network.travel_min))
    stored = total_m3(network, run.level[-1]) - total_m3(network, run.first_level)
    found = run.influent.sum(axis=(0, 1)) / 60 + run.overflow_m3.sum(axis=(0, 1)) + stored + in_mains
    assert found == pytest.approx(own.sum(axis=(0, 1)), rel=1e-6)


def test_more_inflow_never_stands_lower(network: Network) -> None:
    # level control of one constant pumped flow is monotone; a staged rule may saw lower for a minute
    wells = network.wells
    always = np.full(wells.pump_m3h.shape, -1.0)
    rule = LevelRule(always, always, wells.pump_m3h, wells.main_m3h)
    own = np.stack([factor * 0.6 * wells.most_m3h() for factor in (0.5, 1.0, 2.0)], axis=1)[None].repeat(6, axis=0)
    run = simulate(network, rule, own, 60, np.full(64, 1.5), np.zeros(64), 60)
    assert (np.diff(run.highest.max(axis=0), axis=1) >= -1e-9).all()


def test_what_is_pumped_arrives_after_its_travel_time(network: Network) -> None:
    one = network.stations.index("PS14")
    below, late = int(network.downstream[one]), int(network.travel_min[one])
    before = np.zeros((late + 5, 64))
    before[-5:, one] = 120.0  # pumped in the last five minutes
    wells = replace(network.wells, pump_m3h=np.zeros_like(network.wells.pump_m3h))
    still = replace(network, wells=wells)
    run = simulate(still, installed_rule(wells), np.zeros((2 * late, 64, 1)), 1, np.full(64, 1.0), before, 1)
    arrived = np.flatnonzero(run.inflow[:, below, 0] > 0)
    assert arrived.tolist() == list(range(late - 5, late))
    assert run.inflow[:, below, 0].sum() / 60 == pytest.approx(10.0)


def test_starts_are_counted_of_each_pump(network: Network) -> None:
    # a third of one pump's rate: it fills for (2/3 …) and empties; the second pump never starts
    own = network.wells.pump_m3h[None, :, :1] / 3 * (network.downstream >= -1)[None, :, None]
    only = replace(network, downstream=np.full(64, -1), works_of=np.full(64, -1))
    run = simulate(only, installed_rule(network.wells), own.repeat(6, axis=0), 60, np.full(64, 1.0), np.zeros(64), 60)
    starts = run.starts.sum(axis=0)[:, 0]
    assert (starts[:, 0] >= 1).all() and (starts[:, 1:] == 0).all()
    volume = network.wells.area_m2 * (network.wells.start_level - network.wells.stop_level)
    rate = network.wells.pump_m3h[:, 0]
    cycle_h = volume / (rate / 3) + volume / (rate * 2 / 3)
    assert np.abs(starts[:, 0] - 6 / cycle_h).max() <= 1.5


def test_a_works_takes_its_design_volume_times_the_peak_factor(network: Network) -> None:
    utility = load_utility(FOLDER)
    limits, design = resolve_limits(utility), dict(utility.sites.select("site_id", "capacity_m3d").rows())
    # GB 50014-2021 table 4.1.15: 1.5 for a mean of 1,000 L/s and more
    assert network.capacity_m3h == pytest.approx([design[site] / 24 * 1.5 for site in network.works])
    general = limits.filter(subject="peak_factor")
    own = general.with_columns(site_id=pl.lit("WW2"), value=pl.lit(1.2))
    with_own = read_network(utility, pl.concat([limits, own]), DAY)
    factors = with_own.capacity_m3h / [design[site] / 24 for site in network.works]
    assert factors == pytest.approx([1.2 if site == "WW2" else 1.5 for site in network.works])
