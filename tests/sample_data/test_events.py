"""Each planted event is found in the rows by the truth file, and most of them become an exception on the board."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from metrics.board import make_board
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from sample_data.events import GAP_SOURCE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample_lake")]
AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
START = AS_OF - timedelta(days=27)
SHOWN_AFTER = {"hotline_peak": 2.5, "burst": 7.0, "storm": 6.0, "industrial_discharge": 3.0, "effluent_near_miss": 25.0}
"""Hours after its beginning at which an event is looked for on the board; else two."""


@pytest.fixture(scope="module")
def engine(sample_lake):
    return Engine(sample_lake.utility, sample_lake, load_catalogue(sample_lake.utility))


@pytest.fixture(scope="module")
def truth(sample_lake):
    rows = pl.read_parquet(sample_lake.root / "truth.parquet")
    return rows.filter(pl.col("started_at") >= START, pl.col("ended_at") <= AS_OF)


def values(lake, point: str, start: datetime, end: datetime) -> pl.Series:
    utility = lake.utility
    days = pl.date_range(utility.day_of(start), utility.day_of(end), eager=True).to_list()
    rows = lake.scan("reading", days).filter(
        pl.col("point_id") == point, pl.col("ts") >= start, pl.col("ts") < end, pl.col("span_s") == 0
    )
    return rows.sort("ts").collect()["value"]


def event(truth, kind: str, site: str | None = None) -> dict[str, object]:
    rows = truth.filter(pl.col("kind") == kind)
    rows = rows if site is None else rows.filter(pl.col("site_id") == site)
    return rows.sort("started_at").to_dicts()[-1]


def test_all_kinds_lie_in_a_month(truth):
    counts = dict(truth.group_by("kind").len().rows())
    assert counts["burst"] >= 3
    assert counts["storm"] >= 2
    assert counts.keys() == {
        "burst", "storm", "failing_pump", "stuck_sensor", "drifting_sensor", "industrial_discharge",
        "effluent_near_miss", "communication_gap", "expired_lot", "stock_out", "hotline_peak",
    }  # fmt: skip


@pytest.mark.parametrize("zone", ["ZN05", "ZN17", "ZN29"])
def test_a_burst_adds_its_flow(sample_lake, truth, zone):
    burst = event(truth, "burst", zone)
    around = (burst["started_at"] - timedelta(minutes=30), burst["started_at"] + timedelta(minutes=30))
    flow = values(sample_lake, f"{zone}.D1.flow", *around)
    assert flow[6:].mean() - flow[:6].mean() > 70
    pressure = values(sample_lake, f"{zone}.M1.pressure", *around)
    assert pressure[:6].mean() - pressure[6:].mean() > 0.1


def test_a_storm_rains_and_fills(sample_lake, truth):
    storm = event(truth, "storm")
    rain = values(sample_lake, "RG01.R.rainfall", storm["started_at"], storm["ended_at"])
    assert rain.sum() > 20
    levels = [
        values(sample_lake, f"PS{n:02d}.S.level", storm["started_at"], storm["ended_at"]).max() for n in (13, 20, 30)
    ]
    assert max(levels) > 4.2


def test_the_failing_pump_draws_more_and_more(sample_lake, truth, demonstration):
    failing = event(truth, "failing_pump")
    other = failing["point_id"].replace(".b.", ".a.")
    late = (failing["ended_at"] - timedelta(hours=12), failing["ended_at"])
    sick, sound = (values(sample_lake, point, *late) for point in (failing["point_id"], other))
    both = pl.DataFrame({"sick": sick, "sound": sound}).filter(pl.col("sick") > 0)
    assert (both["sick"] / both["sound"]).mean() > 1.35
    before = (failing["started_at"] - timedelta(hours=12), failing["started_at"])
    sick, sound = (values(sample_lake, point, *before) for point in (failing["point_id"], other))
    both = pl.DataFrame({"sick": sick, "sound": sound}).filter(pl.col("sick") > 0)
    assert (both["sick"] / both["sound"]).mean() == pytest.approx(1, abs=0.02)


def test_the_stuck_sensor_only_shows_its_noise(sample_lake, truth):
    stuck = event(truth, "stuck_sensor")
    during = values(sample_lake, stuck["point_id"], stuck["started_at"], stuck["ended_at"])
    after = values(sample_lake, stuck["point_id"], stuck["ended_at"], stuck["ended_at"] + timedelta(hours=36))
    assert during.std() < 0.5 * after.std()


def test_the_drifting_sensor_drifts(sample_lake, truth):
    drift = event(truth, "drifting_sensor")
    first = values(sample_lake, drift["point_id"], drift["started_at"], drift["started_at"] + timedelta(hours=12))
    last = values(sample_lake, drift["point_id"], drift["ended_at"] - timedelta(hours=12), drift["ended_at"])
    assert last.mean() - first.mean() > 0.4


def test_the_discharge_and_the_near_miss(sample_lake, truth):
    discharge = event(truth, "industrial_discharge")
    cod = values(sample_lake, f"{discharge['site_id']}.S.cod", discharge["started_at"], discharge["ended_at"])
    assert cod.min() > 500
    miss = event(truth, "effluent_near_miss")
    effluent = values(sample_lake, f"{miss['site_id']}.EFF.cod", miss["started_at"], miss["ended_at"])
    assert 0.8 * 40 < effluent.mean() < 40


def test_the_gap_is_silent(sample_lake, truth):
    gap = event(truth, "communication_gap")
    points = sample_lake.utility.points.filter(source=GAP_SOURCE)["point_id"]
    day = sample_lake.utility.day_of(gap["started_at"])
    rows = sample_lake.scan("reading", [day]).filter(
        pl.col("ts") >= gap["started_at"], pl.col("ts") < gap["ended_at"]
    ).collect()  # fmt: skip
    assert rows.filter(pl.col("point_id").is_in(points.implode())).is_empty()
    assert rows.height > 10_000


EXCEPTIONS = {
    "burst": {"point_limit"},
    "storm": {"point_limit", "indicator_state"},
    "industrial_discharge": {"point_limit"},
    "effluent_near_miss": {"indicator_state"},
    "communication_gap": {"source_silent"},
    "expired_lot": {"indicator_state"},
    "stock_out": {"indicator_state"},
    "hotline_peak": {"indicator_state"},
}
SUBJECTS = {
    "effluent_near_miss": "effluent_compliance",
    "expired_lot": "meters_within_verification",
    "stock_out": "critical_stock_cover",
    "hotline_peak": "hotline_answer_rate",
    "communication_gap": GAP_SOURCE,
}


@pytest.mark.parametrize("kind", EXCEPTIONS)
def test_the_event_becomes_an_exception(engine, truth, kind):
    found = event(truth, kind)
    moment = found["started_at"] + timedelta(hours=SHOWN_AFTER.get(kind, 2.0), minutes=7)
    board = make_board(engine, moment, moment)
    subject = SUBJECTS.get(kind, found["site_id"])
    own = [one for one in board.exceptions if one.subject == subject or kind == "storm"]
    assert own, [one.id for one in board.exceptions]
    assert {one.code for one in own} & EXCEPTIONS[kind]


def test_an_ordinary_moment_has_at_most_two_exceptions(engine):
    board = make_board(engine, AS_OF, AS_OF)
    assert len(board.exceptions) <= 2
    assert board.groups.reporting == board.groups.expected == 385


def test_only_what_needs_a_forecast_or_a_year_is_unknown(engine):
    board = make_board(engine, AS_OF, AS_OF)
    unknown = {one.id: one.reason for one in board.indicators if one.state == "unknown"}
    # the two energies are judged by a year of their own values, of which this lake has two months
    assert unknown == {
        "supply_vs_forecast": "no_forecast",
        "overflow_risk_stations": "no_forecast",
        "supply_energy": "no_baseline",
        "wastewater_energy": "no_baseline",
    }
