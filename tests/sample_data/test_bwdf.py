"""BWDF through the import: numbers of the board against the workbook, read here by other means (openpyxl)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest

from data_sources.lake import Lake
from data_sources.load import check_utility, load_utility
from data_sources.problems import ROOT
from metrics.board import make_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.clock import now_of
from metrics.engine import Engine
from sample_data.bwdf_build import build_bwdf, workbooks

FOLDER = ROOT / "sample_data" / "bwdf"
ROME = ZoneInfo("Europe/Rome")
POPULATION = {1: 162, 2: 531, 3: 607, 4: 2094, 5: 7955, 6: 1135, 7: 3180, 8: 2901, 9: 425, 10: 776}
KNOWN = {"net_night_flow", "area_supply"}
"""What can be computed: the second is the folder's own indicator."""
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bwdf")]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    utility = load_utility(FOLDER)
    lake = Lake(tmp_path_factory.mktemp("bwdf") / "lake", utility)
    build_bwdf(lake, utility, lambda done, total: None)
    build_marts(lake, utility, now_of(utility, lake))
    return Engine(utility, lake, load_catalogue(utility))


def cells(workbook: str) -> list[tuple[str, tuple[object, ...]]]:
    """Rows of a workbook as (local time as written, values); the hour that autumn repeats is there twice."""
    sheet = openpyxl.load_workbook(workbooks() / workbook, read_only=True).active
    return [(str(row[0]), row[1:]) for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]]


@pytest.fixture(scope="module")
def inflow() -> dict[tuple[int, datetime], float]:
    """(area, UTC hour) → m³/h, worked out without the product: 1 L/s is 3.6 m³/h."""
    found, seen = {}, set()
    for text, values in cells("InflowData.xlsx"):
        local = datetime.strptime(text, "%d/%m/%Y %H:%M")
        moment = local.replace(tzinfo=ROME, fold=1 if local in seen else 0).astimezone(UTC)
        seen.add(local)
        for area, value in enumerate(values, 1):
            if isinstance(value, int | float):
                found[area, moment] = 3.6 * value
    return found


def hours(first: datetime, last: datetime):
    while first < last:
        yield first
        first += timedelta(hours=1)


def local_day(day: date) -> tuple[datetime, datetime]:
    start = datetime(day.year, day.month, day.day, tzinfo=ROME).astimezone(UTC)
    after = day + timedelta(days=1)
    return start, datetime(after.year, after.month, after.day, tzinfo=ROME).astimezone(UTC)


def daily(engine, day: date, area: int) -> dict[str, object]:
    """An area's row of mart daily."""
    (rows,) = engine.marts.read("daily", [day], datetime(2024, 1, 1, tzinfo=UTC))
    return rows.row(by_predicate=pl.col("point_id") == f"DMA{area}.IN.flow", named=True)


def test_the_folder_is_well():
    assert check_utility(FOLDER, load_catalogue().indicators) == []


def test_every_reading_of_the_workbook_is_there(engine, inflow):
    rows = engine.lake.scan("reading").filter(pl.col("point_id").str.ends_with(".IN.flow")).collect()
    stored = {(int(point[3:-8]), ts): value for point, ts, value in rows.select("point_id", "ts", "value").iter_rows()}
    assert stored.keys() == inflow.keys()
    assert max(abs(stored[key] - inflow[key]) for key in inflow) < 1e-6


@pytest.mark.parametrize(("area", "day"), [(3, date(2021, 1, 1)), (5, date(2022, 7, 20)), (10, date(2023, 3, 30))])
def test_daily_means(engine, inflow, area, day):
    known = [inflow[area, hour] for hour in hours(*local_day(day)) if (area, hour) in inflow]
    row = daily(engine, day, area)
    assert row["mean"] == pytest.approx(sum(known) / len(known), rel=1e-9)
    assert row["valid_hours"] == len(known)


@pytest.mark.parametrize(("day", "count"), [(date(2022, 3, 27), 23), (date(2022, 10, 30), 25)])
def test_days_on_which_the_clock_changes(engine, inflow, day, count):
    known = [inflow[7, hour] for hour in hours(*local_day(day)) if (7, hour) in inflow]
    assert len(list(hours(*local_day(day)))) == count
    row = daily(engine, day, 7)
    assert (row["valid_hours"], row["due_hours"]) == (len(known), count)
    assert row["mean"] == pytest.approx(sum(known) / len(known), rel=1e-9)


def night(inflow, area: int, day: date) -> float | None:
    """Mean of what is known of the hours 02 and 03 of the area, in L/h for each head."""
    start = datetime(day.year, day.month, day.day, 2, tzinfo=ROME).astimezone(UTC)
    values = [inflow[area, hour] for hour in hours(start, start + timedelta(hours=2)) if (area, hour) in inflow]
    return sum(values) / len(values) * 1000 / POPULATION[area] if values else None


@pytest.mark.parametrize("day", [date(2021, 6, 15), date(2022, 2, 1), date(2022, 11, 11), date(2023, 3, 30)])
def test_net_night_flow_of_areas_and_headline(engine, inflow, day):
    rows = engine.rows("net_night_flow", now_of(engine.utility, engine.lake), [day])
    by_area = {row["site_id"]: row for row in rows.to_dicts()}
    known = {area: night(inflow, area, day) for area in POPULATION}
    for area, expected in known.items():
        row = by_area[f"DMA{area}"]
        if expected is None:
            assert row["numerator"] is None
        else:
            assert row["numerator"] / row["denominator"] == pytest.approx(expected, rel=1e-9)
    counted = {area: value for area, value in known.items() if value is not None}
    headline = sum(value * POPULATION[area] for area, value in counted.items()) / sum(POPULATION[a] for a in counted)
    shown = rows.filter(pl.col("numerator").is_not_null())
    assert shown["numerator"].sum() / shown["denominator"].sum() == pytest.approx(headline, rel=1e-9)


def test_the_board_knows_what_there_is_and_says_no_source_of_all_else(engine):
    now = now_of(engine.utility, engine.lake)
    board = make_board(engine, now, now)
    assert board.clock == "data"
    reasons = {one.id: one.reason for one in board.indicators if one.id not in KNOWN}
    assert set(reasons.values()) == {"no_source"}
    flow = next(one for one in board.indicators if one.id == "net_night_flow")
    assert flow.value is not None
    assert flow.state == "alarm"


def test_rain_of_the_last_day(engine):
    now = now_of(engine.utility, engine.lake)  # midnight: the newest reading ends with its day
    day = engine.utility.day_of(now - timedelta(hours=1)).strftime("%d/%m/%Y")
    expected = sum(float(values[0]) for text, values in cells("WeatherData.xlsx") if text.startswith(day))
    rain = make_board(engine, now, now).sewage.rain
    assert sum(one.mm for one in rain if one.kind == "observed") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("day", [date(2022, 7, 20), date(2023, 3, 30)])
def test_supply_of_the_areas(engine, inflow, day):
    rows = engine.rows("area_supply", now_of(engine.utility, engine.lake), [day])
    shown = dict(rows.select("site_id", "numerator").rows())
    for area in POPULATION:
        known = [inflow[area, hour] for hour in hours(*local_day(day)) if (area, hour) in inflow]
        expected = sum(known) / len(known) * 24 if len(known) >= 20 else None  # 80 % of 24 hours are 19.2
        assert shown[f"DMA{area}"] == (None if expected is None else pytest.approx(expected, rel=1e-9))
