"""Which days' marts are made anew, and that the lake's late, repeated and corrected rows come out right.

Four days of the tiny utility with four points (mart_rows), a reading every quarter of an hour.
"""

from datetime import UTC, date, timedelta

import polars as pl
import pytest

from data_sources.contracts import TABLES
from data_sources.lake import Lake
from metrics.build import build_marts, marts_at
from metrics.day_ledger import mart_days, mart_file, read_ledger
from tests.metrics.mart_rows import FOUR_POINTS, local, with_points

DAYS = [date(2026, 3, 12) + timedelta(days=n) for n in range(4)]
TODAY = DAYS[-1]
QUARTER = timedelta(minutes=15)


@pytest.fixture
def utility(tiny_utility):
    return with_points(tiny_utility)


@pytest.fixture
def lake(tmp_path, utility):
    return Lake(tmp_path / "lake", utility)


@pytest.fixture
def filled(lake, utility):
    """Flow 10 and a pump switched off, from the first midnight to today noon, a row every quarter of an hour."""
    start, end = utility.day_start(DAYS[0]), noon(utility)
    times = pl.datetime_range(start, end, QUARTER, eager=True, time_unit="us", closed="left")
    write(lake, [("flow", ts, 10.0) for ts in times] + [("pump", ts, 0.0) for ts in times])
    return lake


def write(lake, rows, quality="good"):
    columns = TABLES["reading"].columns
    full = [(point, ts, 0, value, quality) for point, ts, value in rows]
    return lake.write("reading", pl.DataFrame(full, schema=columns, orient="row"), source="scada")


def kept(lake):
    """Day → what its marts hold, and from when on they are those of the whole day."""
    return {day: (entry.content, entry.settled_at) for day, entry in read_ledger(lake.marts).items()}


def hour_of(lake, point_id, day, hour):
    rows = pl.read_parquet(mart_file(lake.marts, "hourly", day), glob=False)
    found = rows.filter(pl.col("point_id") == point_id, pl.col("local_hour") == hour)
    return found.select("mean", "covered_s").row(0) if found.height else None


def noon(utility, day=TODAY):
    return local(utility, day, "12:00").astimezone(UTC)


def test_all_days_are_made_once_and_the_running_one_at_each_moment(filled, utility):
    assert build_marts(filled, utility, noon(utility)) == set(DAYS)
    assert build_marts(filled, utility, noon(utility)) == set()
    assert build_marts(filled, utility, noon(utility) + timedelta(minutes=5)) == {TODAY}
    assert mart_days(filled.marts) == DAYS
    assert hour_of(filled, "flow", DAYS[0], 23) == (10, 3600)
    assert hour_of(filled, "flow", TODAY, 12) is None


def test_progress_counts_days(filled, utility):
    seen = []
    build_marts(filled, utility, noon(utility), lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_late_row_touches_its_day_only(filled, utility):
    build_marts(filled, utility, noon(utility))
    late = local(utility, DAYS[1], "08:05")
    write(filled, [("flow", late, 40.0)])
    assert build_marts(filled, utility, noon(utility)) == {DAYS[1]}
    # 08:00 covers 300 s now and 08:05 600 s: (10 × 3000 + 40 × 600) ÷ 3600 = 15
    assert hour_of(filled, "flow", DAYS[1], 8) == (15, 3600)


def test_a_repeated_row_changes_nothing(filled, utility):
    build_marts(filled, utility, noon(utility))
    again = [("flow", local(utility, DAYS[1], "08:00"), 10.0)]
    assert write(filled, again).rows_duplicate == 1
    assert build_marts(filled, utility, noon(utility)) == set()


def test_a_corrected_row_counts_with_its_new_value(filled, utility):
    build_marts(filled, utility, noon(utility))
    write(filled, [("flow", local(utility, DAYS[2], "09:00"), 50.0)])
    assert build_marts(filled, utility, noon(utility)) == {DAYS[2]}
    # one of four quarters: (3 × 10 + 50) ÷ 4 = 20
    assert hour_of(filled, "flow", DAYS[2], 9) == (20, 3600)


def test_a_correction_that_holds_past_midnight_touches_the_next_day(lake, utility):
    late, early = local(utility, DAYS[0], "23:30"), local(utility, DAYS[1], "03:00")
    write(lake, [("pump", late, 1.0), ("pump", early, 0.0), ("pump", noon(utility, DAYS[2]), 0.0)])
    build_marts(lake, utility, noon(utility))
    assert hour_of(lake, "pump", DAYS[1], 0) == (1, 3600)
    write(lake, [("pump", late, 0.0)])
    assert build_marts(lake, utility, noon(utility)) == {DAYS[0], DAYS[1]}
    assert hour_of(lake, "pump", DAYS[1], 0) == (0, 3600)


def test_a_totaliser_s_first_reading_of_a_day_completes_the_day_before(lake, utility):
    write(lake, [("kwh", local(utility, DAYS[0], "23:50"), 100.0)])
    assert build_marts(lake, utility, noon(utility)) == {DAYS[0]}
    assert hour_of(lake, "kwh", DAYS[0], 23) is None
    write(lake, [("kwh", local(utility, DAYS[1], "00:05"), 115.0)])
    assert build_marts(lake, utility, noon(utility)) == {DAYS[0], DAYS[1]}
    # 15 kWh in 15 minutes, ten of them before midnight
    assert hour_of(lake, "kwh", DAYS[0], 23) == (60, 600)
    assert hour_of(lake, "kwh", DAYS[1], 0) == (60, 300)
    # the day after it is no concern of the first one's any more
    write(lake, [("kwh", local(utility, DAYS[1], "00:20"), 130.0)])
    assert build_marts(lake, utility, noon(utility)) == {DAYS[1]}


def test_sealing_changes_no_number(filled, utility):
    build_marts(filled, utility, noon(utility))
    before = {day: entry.content for day, entry in read_ledger(filled.marts).items()}
    filled.seal(DAYS[:3])
    assert build_marts(filled, utility, noon(utility)) == set(DAYS[:3])
    after = read_ledger(filled.marts)
    assert {day: entry.content for day, entry in after.items()} == before
    assert [after[day].sealed for day in DAYS] == [True, True, True, False]


def test_sealed_days_made_together_equal_days_made_one_by_one(filled, utility, tmp_path):
    write(filled, [("kwh", local(utility, day, "23:55"), 100.0 * n) for n, day in enumerate(DAYS[:3])])
    write(filled, [("rain", local(utility, day, "23:58"), 1.5) for day in DAYS[:3]])
    write(filled, [("flow", local(utility, DAYS[1], "08:05"), 99.0)], quality="suspect")
    build_marts(filled, utility, noon(utility))
    one_by_one = kept(filled)
    filled.seal(DAYS[:3])
    for path in filled.marts.glob("**/*.parquet"):
        path.unlink()
    build_marts(filled, utility, noon(utility))
    assert kept(filled) == one_by_one


def test_what_points_csv_says_of_readings_touches_every_day(filled, utility):
    build_marts(filled, utility, noon(utility))
    slower = with_points(utility, [("flow", "flow", "sampled", 600, None), *FOUR_POINTS[1:]])
    assert build_marts(filled, slower, noon(utility)) == set(DAYS)
    assert hour_of(filled, "flow", DAYS[0], 8) == (10, 2400)


def test_a_past_moment_leaves_whole_days_alone(filled, utility):
    build_marts(filled, utility, noon(utility))
    earlier = local(utility, DAYS[1], "09:30")
    assert build_marts(filled, utility, earlier) == set()
    assert hour_of(filled, "flow", DAYS[1], 23) == (10, 3600)
    hourly = marts_at(filled, utility, DAYS[1], earlier)["hourly"].filter(pl.col("point_id") == "flow")
    assert hourly.select("local_hour", "covered_s").rows() == [*((hour, 3600) for hour in range(9)), (9, 1800)]


def test_a_day_first_built_in_part_becomes_whole(filled, utility):
    earlier = local(utility, DAYS[1], "09:30")
    assert build_marts(filled, utility, earlier) == set(DAYS[:2])
    assert hour_of(filled, "flow", DAYS[1], 9) == (10, 1800)
    assert build_marts(filled, utility, noon(utility)) == set(DAYS[1:])
    assert hour_of(filled, "flow", DAYS[1], 9) == (10, 3600)


def test_marts_outlive_the_readings_they_were_made_of(filled, utility, tmp_path):
    build_marts(filled, utility, noon(utility))
    younger = Lake(tmp_path / "lake", utility)
    younger.fingerprints = lambda table: {TODAY: "x"}
    younger.sealed_days = set
    assert build_marts(younger, utility, noon(utility)) == {TODAY}
    assert mart_days(filled.marts) == DAYS
    assert hour_of(filled, "flow", DAYS[0], 8) == (10, 3600)
