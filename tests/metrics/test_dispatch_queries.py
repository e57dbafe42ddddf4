"""The questions of the dispatch page on a small lake, every number by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries import dispatch

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
HOUR, FIVE = timedelta(hours=1), timedelta(minutes=5)


@pytest.fixture
def write(tiny_lake):
    """A function: readings of a point every five minutes between two moments, by a value or a function of the time."""

    def put(point_id, value, first=AS_OF - 4 * HOUR, last=AS_OF, quality="good"):
        times = [first + n * FIVE for n in range(int((last - first) / FIVE))]
        values = [float(value(ts) if callable(value) else value) for ts in times]
        rows = pl.DataFrame({"point_id": point_id, "ts": times, "span_s": 0, "value": values, "quality": quality})
        tiny_lake.write("reading", rows, source="scada")

    return put


@pytest.fixture
def ready(tiny_lake):
    """A function: the engine over what was written, with the marts of that moment."""

    def make(at=AS_OF):
        build_marts(tiny_lake, tiny_lake.utility, at)
        return Engine(tiny_lake.utility, tiny_lake, load_catalogue(tiny_lake.utility))

    return make


def only(rows):
    (row,) = rows.to_dicts()
    return row


def test_a_station_that_rises(write, ready):
    write("P1.level", lambda ts: 1.0 + (ts - (AS_OF - 2 * HOUR)) / HOUR * 0.6, AS_OF - 2 * HOUR)
    write("P1.a.available", 1)
    one = only(dispatch.stations_now(ready(), AS_OF))
    # 08:15 is 1 h 55 min after the start: 1.0 + 1.91667 × 0.6 = 2.15; the reading of 07:20 says 1.0 + 1 × 0.6 = 1.6
    assert one["level_m"] == pytest.approx(2.15)
    assert one["rise_m"] == pytest.approx(0.55)
    assert (one["alarm_level"], one["overflow_level"], one["comfort_level"]) == (4.0, 5.0, None)
    assert one["nearness"] == pytest.approx(2.15 / 4)
    assert one["hours_to_alarm"] == pytest.approx((4 - 2.15) / 0.55)
    assert (one["drains_to"], one["works_id"]) == ("T1", "T1")
    assert (one["pumps"], one["available"], one["running"], one["flow_m3h"]) == (1, 1, None, None)
    assert one["age_s"] == 300


def test_nobody_knows_a_silent_station(write, ready):
    write("P1.level", 2.0, AS_OF - 4 * HOUR, AS_OF - HOUR)
    one = only(dispatch.stations_now(ready(), AS_OF))
    assert (one["level_m"], one["nearness"], one["rise_m"], one["hours_to_alarm"]) == (None, None, None, None)
    assert one["age_s"] == 3900
    assert only(dispatch.stations_now(ready(), AS_OF - 2 * HOUR))["level_m"] == 2.0  # then it was known


def test_a_level_that_falls_or_was_bad_an_hour_ago_has_no_way_to_its_alarm(write, ready):
    write("P1.level", 3.0, AS_OF - 2 * HOUR, AS_OF - HOUR + FIVE)
    write("P1.level", 2.5, AS_OF - HOUR + FIVE)
    falling = only(dispatch.stations_now(ready(), AS_OF))
    assert (falling["rise_m"], falling["hours_to_alarm"]) == (-0.5, None)
    write("P1.level", 9.9, AS_OF - 2 * HOUR, AS_OF - HOUR + FIVE, "bad")
    assert only(dispatch.stations_now(ready(), AS_OF))["rise_m"] is None


def test_a_works_against_what_it_can_take(write, ready):
    write("T1.in.flow", 1000)
    write("T1.out.flow", 900)
    one = only(dispatch.works_now(ready(), AS_OF))
    # 20,000 m³ a day × the peak factor 1.5 are 1,250 m³/h; 04:20 to 08:20 are 4 h of 1,000 m³, all of them today
    # (which began at 16:00)
    assert (one["inflow_m3h"], one["effluent_m3h"]) == (1000, 900)
    assert one["share"] == pytest.approx(1000 / 1250)
    assert one["inflow_m3"] == pytest.approx(4000)
    assert (one["running"], one["told_running"], one["age_s"]) == (None, 0, 300)


def test_the_oldest_level_that_counts_tells_how_old_the_list_is(write, ready):
    write("P1.level", 2.0)
    engine = ready()
    # the last reading before 08:20 is that of 08:15; three intervals later no level counts
    assert dispatch.glance(engine, AS_OF).oldest_at == AS_OF - FIVE
    late = dispatch.glance(engine, AS_OF + HOUR)
    assert (late.oldest_at, late.silent) == (None, 1)


def test_quality_against_the_limits_of_the_day(write, ready):
    write("T1.out.cod", 41)  # its permit: 40
    write("T1.out.ammonia", 1.7)  # in September 2, early warning from 0.8 of it
    rows = {row["point_id"]: row for row in dispatch.quality_now(ready(), AS_OF).to_dicts()}
    assert rows.keys() == {"T1.out.cod", "T1.out.ammonia"}
    assert (rows["T1.out.cod"]["max"], rows["T1.out.cod"]["state"]) == (40, "warning")
    assert rows["T1.out.ammonia"]["warning_max"] == pytest.approx(1.6)
    assert rows["T1.out.ammonia"]["state"] == "warning"
    later = {row["point_id"]: row["state"] for row in dispatch.quality_now(ready(), AS_OF + HOUR).to_dicts()}
    assert set(later.values()) == {"unknown"}


def test_storms_are_wet_hours_that_add_up(write, ready):
    def wet(first, hours, mm_in_five):
        write("R1.rain", mm_in_five, first, first + hours * HOUR)

    day = datetime(2026, 9, 13, tzinfo=UTC)
    wet(day, 2, 1.0)  # 24 mm in two hours …
    wet(day + 7 * HOUR, 1, 0.2)  # … five dry hours, then 2.4 mm: one storm of 26.4
    wet(day + 20 * HOUR, 1, 2.0)  # 24 mm: not enough
    wet(day + 36 * HOUR, 3, 1.5)  # 54 mm on the 14th
    engine = ready()
    second, first = dispatch.storms(engine, AS_OF).to_dicts()
    assert (first["starts_at"], first["ends_at"]) == (day, day + 8 * HOUR)
    assert first["rain_mm"] == pytest.approx(26.4)
    assert (second["starts_at"], second["ends_at"]) == (day + 36 * HOUR, day + 39 * HOUR)
    assert (second["most_mm_h"], second["rain_mm"]) == (pytest.approx(18), pytest.approx(54))
    # at 01:30 of the first night it has rained 18 mm, which is no storm yet
    assert dispatch.storms(engine, day + timedelta(minutes=90)).height == 0
    # an hour into the second one it is: 12 of 18 mm fell in its second hour
    running = dispatch.storms(engine, day + 38 * HOUR)["rain_mm"]
    assert running.to_list() == [pytest.approx(36), pytest.approx(26.4)]


def test_the_hours_of_a_storm(write, ready):
    day = datetime(2026, 9, 14, tzinfo=UTC)
    write("R1.rain", 1.0, day + 10 * HOUR, day + 13 * HOUR)
    write("P1.level", lambda ts: 4.4 if ts >= day + 12 * HOUR else 2.0, day, day + 16 * HOUR)
    write("T1.in.flow", 700, day, day + 16 * HOUR)
    storm = dispatch.storm_hours(ready(), AS_OF, day + 10 * HOUR, day + 13 * HOUR)
    assert (storm.starts_at, storm.ends_at) == (day + 4 * HOUR, AS_OF)  # 24 h after it are not over yet
    assert storm.rain.filter(pl.col("mm") > 0)["mm"].to_list() == [pytest.approx(12)] * 3
    levels = dict(storm.stations.select("hour", "nearness").rows())
    assert (levels[day + 11 * HOUR], levels[day + 12 * HOUR]) == (pytest.approx(0.5), pytest.approx(1.1))
    assert set(storm.works["observed"]) == {700}
    risen = only(storm.at(day + 12 * HOUR)[2])
    assert risen["rise_m"] == pytest.approx(2.4)


def test_an_empty_lake_has_rows_that_know_nothing(ready):
    engine = ready()
    assert only(dispatch.stations_now(engine, AS_OF))["level_m"] is None
    assert only(dispatch.works_now(engine, AS_OF))["share"] is None
    assert dispatch.storms(engine, AS_OF).is_empty()
    now = dispatch.last_hours(engine, AS_OF)
    assert now.rain.is_empty()
    assert now.stations.is_empty()
    assert dispatch.rain_ahead(engine, AS_OF).is_empty()
