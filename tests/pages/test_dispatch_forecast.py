"""The day ahead on the page of sewage dispatch, over a town of one station and one works."""

import json
from datetime import timedelta

import polars as pl
import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries.outlook import outlook
from tests.conftest import AS_OF
from tests.pages.conftest import opened, shown_html
from tests.small_utility import write_small_utility

HOUR = timedelta(hours=1)
ISSUED = AS_OF.replace(minute=0)


@pytest.fixture
def town(tmp_path, monkeypatch):
    """A lake with a day of levels at 2 m and inflow of 500 m³/h, rain and inflow forecast, and a risk of 0.36."""
    folder = write_small_utility(tmp_path / "tiny")
    utility = load_utility(folder)
    lake = Lake(tmp_path / "lake", utility)
    monkeypatch.setenv("WATER_UTILITY", str(folder))
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    times = [AS_OF - timedelta(minutes=5 * n) for n in range(1, 300)]
    rows = [
        {"point_id": point, "ts": at, "span_s": 0, "value": value, "quality": "good"}
        for point, value in (("P1.level", 2.0), ("T1.in.flow", 500.0))
        for at in times
    ]
    lake.write("reading", pl.DataFrame(rows), source="scada")
    rain = {"place_id": "N", "kind": "forecast", "issued_at": ISSUED - 2 * HOUR, "member": 0, "temperature_c": 20.0}
    ahead = [{**rain, "valid_at": ISSUED + n * HOUR, "rain_mm": 3.0} for n in range(24)]
    lake.write("weather", pl.DataFrame(ahead), source="weather")
    told = {"model": "shown", "issued_at": ISSUED, "inputs_age_s": 0.0}
    spread = {"T1/inflow": {0.1: 400.0, 0.5: 520.0, 0.9: 640.0}, "P1/level": {0.1: 2.0, 0.5: 2.6, 0.9: 4.4}}
    fan = [
        {**told, "series": series, "valid_at": ISSUED + n * HOUR, "quantile": q, "value": value}
        for series, quantiles in spread.items()
        for q, value in quantiles.items()
        for n in range(24)
    ]
    lake.write("forecast", pl.DataFrame(fan), source="brain")
    risk = {"site_id": "P1", "kind": "overflow", "issued_at": ISSUED, "horizon_h": 24.0, "probability": 0.36}
    lake.write("risk", pl.DataFrame([risk]), source="brain")
    build_marts(lake, utility, AS_OF)
    return lake


def test_the_outlook_is_what_was_forecast_last(town):
    found = outlook(Engine(town.utility, town, load_catalogue(town.utility)), AS_OF)
    assert (found.rain_issued, found.issued) == (ISSUED - 2 * HOUR, ISSUED)
    assert set(found.ahead.select("p10", "p50", "p90").rows()) == {(2.0, 2.6, 4.4)} and found.ahead.height == 24
    assert found.stations.row(0, named=True)["probability"] == 0.36
    assert set(found.past["level_m"]) == {2.0}


def test_the_page_draws_the_fan_and_names_the_station_at_risk(town):
    page = opened("dispatch", at=AS_OF.isoformat())
    html = shown_html(page)
    assert f'data-forecast="{ISSUED.isoformat()}"' in html and 'data-at-risk="1"' in html
    assert "一号泵站：36 %" in html
    charts = [json.loads(element.proto.spec) for element in page.get("plotly_chart")]
    levels = next(one for one in charts if any(trace.get("name") == "报警液位" for trace in one["data"]))
    drawn = {trace["name"]: trace["y"] for trace in levels["data"] if trace.get("name")}
    assert drawn["预测中值"][0] == 2.6 and drawn["P10–P90"][0] == 4.4 and drawn["实测"][0] == 2.0


def test_without_a_forecast_it_says_so(empty_page):
    html = shown_html(empty_page("dispatch", at=AS_OF.isoformat()))
    assert "没有 24 小时内的进水与液位预测" in html and "data-at-risk" not in html
