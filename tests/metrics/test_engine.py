"""The engine on a small lake: verdicts by hand, closed periods kept and computed again, any moment twice the same.

Three days of the tiny utility, one reading a quarter of an hour: pressure 0.20 MPa (the limit is 0.14), the works'
flow 100 m³/h, one raw water pump, energy as a totaliser of 15 kWh a quarter of an hour.
"""

import logging
import weakref
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from data_sources.contracts import TABLES
from data_sources.lake import Lake
from metrics.build import build_marts
from metrics.catalogue import Catalogue, load_catalogue
from metrics.engine import Engine
from tests.metrics.mart_rows import local

DAYS = [date(2026, 9, 13), date(2026, 9, 14), date(2026, 9, 15)]
TODAY = DAYS[-1]
AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
VALUES = {"N.pressure": 0.20, "W1.flow": 100.0, "S1.a.available": 1.0, "T1.in.flow": 50.0, "P1.level": 2.0}
TOTALS = ("S1.kwh", "T1.kwh")


@pytest.fixture
def utility(tiny_utility):
    """Its points tell every quarter of an hour."""
    sampled = pl.when(pl.col("mode") == "sampled").then(900).otherwise("interval_s")
    return replace(tiny_utility, points=tiny_utility.points.with_columns(interval_s=sampled))


@pytest.fixture
def lake(tmp_path, utility):
    return Lake(tmp_path / "lake", utility)


@pytest.fixture
def engine(lake, utility):
    times = pl.datetime_range(utility.day_start(DAYS[0]), AS_OF, QUARTER, eager=True, time_unit="us", closed="left")
    rows = [(point, ts, value) for point, value in VALUES.items() for ts in times]
    rows += [(point, ts, 15.0 * n) for point in TOTALS for n, ts in enumerate(times)]
    write(lake, rows)
    build_marts(lake, utility, AS_OF)
    return Engine(utility, lake, load_catalogue(utility))


def write(lake, rows):
    full = [(point, ts, 0, value, "good") for point, ts, value in rows]
    schema = TABLES["reading"].columns
    return lake.write("reading", pl.DataFrame(full, schema=schema, orient="row"), source="scada")


def write_rows(lake, table, rows):
    schema = {name: dtype for name, dtype in TABLES[table].columns.items() if name in rows[0]}
    lake.write(table, pl.DataFrame(rows, schema=schema), source="test")


def kept(lake, indicator_id):
    """What table indicator says of an indicator: (period, site) → (value, state)."""
    rows = lake.scan("indicator").filter(pl.col("indicator_id") == indicator_id).collect()
    columns = rows.select("period", "site_id", "value", "state").rows()
    return {(period, site): rest for period, site, *rest in columns}


def test_a_running_window_and_a_closed_day(engine):
    found = engine.evaluate(AS_OF, ["pressure_compliance", "wastewater_energy"])
    pressure, energy = found["pressure_compliance"], found["wastewater_energy"]
    # from 17:00 yesterday on 23 whole hours have ended; the one that runs is 20 minutes long and not valid
    assert (pressure.period, pressure.value, pressure.valid, pressure.expected) == (TODAY, 100, 23, 23)
    assert (pressure.state, pressure.thresholds.warning) == ("normal", 98)
    # the 14th: 60 kW ÷ 50 m³/h = 1.2 kWh/m³; no 90 days to judge it by
    assert (energy.period, energy.value, energy.state, energy.reason) == (DAYS[1], 1.2, "unknown", "no_baseline")
    assert [site.site_id for site in energy.sites] == ["T1"]


def test_all_eighteen_have_a_verdict(engine):
    found = engine.evaluate(AS_OF)
    assert [engine.catalogue.indicators[id_].tile for id_ in found] == list(range(1, 19))
    assert found["hotline_answer_rate"].reason == "no_source"
    assert found["supply_vs_forecast"].reason == "no_forecast"
    assert found["supply_vs_forecast"].beside == pytest.approx(0.24)


def test_rows_of_chosen_periods_leave_out_those_that_have_not_closed(engine):
    rows = engine.rows("wastewater_energy", AS_OF, [*DAYS, date(2026, 9, 16)])
    assert rows.sort("period").select("period", "numerator", "denominator").rows() == [
        (DAYS[0], pytest.approx(1440), 1200),
        (DAYS[1], pytest.approx(1440), 1200),
    ]
    assert engine.rows("pressure_compliance", AS_OF)["period"].to_list() == [TODAY]
    with pytest.raises(KeyError):
        engine.rows("no_such_indicator", AS_OF)


def test_closed_periods_are_kept_once(engine, lake):
    assert engine.close_periods(AS_OF) > 0
    assert engine.close_periods(AS_OF) == 0
    assert kept(lake, "pressure_compliance") == {(day, site): [100, "normal"] for day in DAYS[:2] for site in ("", "N")}
    # another process finds them, too
    assert Engine(engine.utility, lake, engine.catalogue).close_periods(AS_OF) == 0


def test_a_period_is_kept_with_its_reason(engine, lake):
    engine.close_periods(AS_OF)
    rows = lake.scan("indicator").collect()
    energy = rows.filter(pl.col("indicator_id") == "wastewater_energy", pl.col("site_id") == "")
    assert set(energy.select("state", "reason").rows()) == {("unknown", "no_baseline")}
    pressure = rows.filter(pl.col("indicator_id") == "pressure_compliance")
    assert pressure["reason"].null_count() == pressure.height
    assert rows.filter(pl.col("state") == "unknown")["reason"].null_count() == 0


def test_progress_ends_with_all_that_was_to_do(engine):
    seen = []
    count = engine.close_periods(AS_OF, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (count, count)


def test_a_correction_computes_its_own_day_again(engine, lake, utility):
    engine.close_periods(AS_OF)
    low = [("N.pressure", local(utility, DAYS[0], f"08:{minute}"), 0.1) for minute in ("00", "15", "30", "45")]
    write(lake, low)
    build_marts(lake, utility, AS_OF)
    engine.close_periods(AS_OF)
    # one of 24 hours under 0.14: 95.83 %
    found = kept(lake, "pressure_compliance")
    assert found[(DAYS[0], "")] == [pytest.approx(95.83, abs=0.01), "alarm"]
    assert found[(DAYS[1], "")] == [100, "normal"]


def test_a_limit_computes_what_it_judges_again_and_nothing_else(engine, lake, utility):
    engine.close_periods(AS_OF)
    stricter = engine.limits.with_columns(
        pl.when(subject="pressure", kind="min").then(0.25).otherwise("value").alias("value")
    )
    again = Engine(utility, lake, engine.catalogue)
    again.limits = stricter.filter(pl.col("subject") != "leakage_rate")
    assert again.close_periods(AS_OF) > 0
    assert kept(lake, "pressure_compliance")[(DAYS[0], "")] == [0, "alarm"]
    energy = lake.scan("indicator").filter(pl.col("indicator_id") == "wastewater_energy").collect()
    assert energy["computed_at"].n_unique() == 1


def test_a_changed_file_computes_its_indicator_again_and_no_other(engine, lake):
    engine.close_periods(AS_OF)
    one = engine.catalogue.indicators["pressure_compliance"]
    sql = one.sql.replace("hourly.mean >= point_limit.min", "hourly.mean >= 2 * point_limit.min")
    changed = engine.catalogue.indicators | {one.id: one.model_copy(update={"sql": sql})}
    again = Engine(engine.utility, lake, Catalogue(changed, []))
    assert again.close_periods(AS_OF) == 2
    assert kept(lake, "pressure_compliance")[(DAYS[1], "")][0] == 0


def test_rows_of_a_table_that_come_later_leave_earlier_periods_alone(engine, lake, utility):
    def call(call_id, moment, wait_s):
        answered = moment + timedelta(seconds=wait_s)
        row = {"call_id": call_id, "channel": "hotline", "category": "leak", "started_at": moment}
        return {**row, "answered_at": answered, "ended_at": answered + timedelta(minutes=2)}

    write_rows(lake, "call", [call("A", local(utility, DAYS[0], "10:00"), 20)])
    engine.close_periods(AS_OF)
    assert kept(lake, "hotline_answer_rate")[(DAYS[0], "")] == [100, "normal"]
    assert kept(lake, "hotline_answer_rate")[(DAYS[1], "")] == [None, "normal"]
    write_rows(lake, "call", [call("B", local(utility, DAYS[1], "10:00"), 21)])
    assert engine.close_periods(AS_OF) == 1
    assert kept(lake, "hotline_answer_rate")[(DAYS[1], "")] == [0, "alarm"]


def test_history_is_what_had_closed_at_that_moment(engine):
    engine.close_periods(AS_OF)
    yesterday = AS_OF - timedelta(days=1)
    ids = ["pressure_compliance", "wastewater_energy"]
    assert engine.history(ids, AS_OF)["period"].unique().sort().to_list() == DAYS[:2]
    assert engine.history(ids, yesterday)["period"].unique().to_list() == DAYS[:1]
    assert engine.history(["intake_margin"], AS_OF)["indicator_id"].unique().to_list() == ["intake_margin"]


def test_the_median_of_ninety_days_judges_energy(engine, lake):
    """90 closed days at 1.0 kWh/m³: warning above 1.05, alarm above 1.10; yesterday's 1.2 is an alarm."""
    periods = [DAYS[1] - timedelta(days=n) for n in range(1, 91)]
    common = {"indicator_id": "wastewater_energy", "computed_at": AS_OF, "state": "normal"}
    numbers = {"numerator": 1.0, "denominator": 1.0, "value": 1.0, "valid": 1.0, "expected": 1.0}
    rows = [{**common, **numbers, "site_id": site, "period": day} for day in periods for site in ("", "T1")]
    write_rows(lake, "indicator", rows)
    energy = engine.evaluate(AS_OF, ["wastewater_energy"])["wastewater_energy"]
    assert (energy.state, energy.thresholds.warning, energy.thresholds.alarm) == ("alarm", 1.05, pytest.approx(1.1))
    assert energy.sites[0].state == "alarm"


def test_a_past_moment_gives_the_same_whenever_it_is_asked(engine, lake, utility):
    moments = [local(utility, DAYS[1], clock).astimezone(UTC) for clock in ("00:05", "12:10", "23:59")]
    for moment in moments:
        now = engine.evaluate(moment)
        fresh = Lake(lake.root.parent / f"then-{moment:%H%M}", utility)
        known = lake.scan("reading").filter(pl.col("ts") <= moment).select(list(TABLES["reading"].columns)).collect()
        fresh.write("reading", known, source="scada")
        build_marts(fresh, utility, moment)
        then = Engine(utility, fresh, engine.catalogue).evaluate(moment)
        assert now == then


def test_just_after_midnight_the_window_reaches_into_yesterday(engine, utility):
    moment = local(utility, TODAY, "00:10").astimezone(UTC)
    pressure = engine.evaluate(moment, ["pressure_compliance"])["pressure_compliance"]
    assert (pressure.period, pressure.valid, pressure.expected) == (TODAY, 23, 23)


def test_a_state_is_fresh_for_three_intervals(engine, lake):
    """The pump told last at 08:15 that it is available: known until 09:00, silent after; a forecast of 500 m³/h."""
    issued_at = AS_OF - timedelta(hours=1)
    valid = [issued_at + timedelta(hours=n) for n in range(1, 49)]
    row = {"series": "N/demand", "model": "shown", "issued_at": issued_at, "quantile": 0.5, "value": 500.0}
    write_rows(lake, "forecast", [{**row, "valid_at": at, "inputs_age_s": 0.0} for at in valid])
    known = engine.evaluate(AS_OF, ["intake_margin"])["intake_margin"]
    # 1200 m³/h × 24 = 28 800, under the permit of 30 000; (500 × 24) × 1.05 = 12 600
    assert (known.numerator, known.denominator, known.valid, known.state) == (28800, 12600, 1, "normal")
    late = AS_OF + timedelta(minutes=41)
    build_marts(lake, engine.utility, late)
    silent = engine.evaluate(late, ["intake_margin"])["intake_margin"]
    assert (silent.valid, silent.state, silent.reason) == (0, "unknown", "too_few_data")


def test_a_select_that_fails_spoils_its_own_tile_only(engine, lake, caplog):
    one = engine.catalogue.indicators["pressure_compliance"]
    broken = one.model_copy(update={"sql": "SELECT no_such_column FROM span"})
    again = Engine(engine.utility, lake, Catalogue(engine.catalogue.indicators | {one.id: broken}, []))
    with caplog.at_level(logging.ERROR):
        found = again.evaluate(AS_OF)
    assert (found[one.id].state, found[one.id].value) == ("unknown", None)
    assert found["net_night_flow"].period == TODAY
    assert "no_such_column" in caplog.text


def test_what_comes_between_two_looks_at_one_moment_is_seen(engine, lake, utility):
    """What is loaded is kept between looks; rows of a table and marts that change in between are not."""
    ids = ["hotline_answer_rate", "pressure_compliance"]
    before = engine.evaluate(AS_OF, ids)
    assert (before["hotline_answer_rate"].reason, before["pressure_compliance"].value) == ("no_source", 100)
    rang = AS_OF - timedelta(hours=1)
    call = {"call_id": "A", "channel": "hotline", "category": "leak", "started_at": rang, "answered_at": rang}
    write_rows(lake, "call", [{**call, "ended_at": rang + timedelta(minutes=1)}])
    write(lake, [("N.pressure", local(utility, TODAY, f"08:{minute}"), 0.1) for minute in ("00", "15", "30", "45")])
    build_marts(lake, utility, AS_OF)
    after = engine.evaluate(AS_OF, ids)
    assert (after["hotline_answer_rate"].value, after["hotline_answer_rate"].denominator) == (100, 1)
    assert (after["pressure_compliance"].numerator, after["pressure_compliance"].denominator) == (22, 23)


def sizes(engine):
    """How much an engine, and what it reads through, keeps: attribute → entries."""
    holders = (engine, engine.marts, engine.stored, engine._views, engine.lake)
    return {
        f"{type(holder).__name__}.{attribute}": len(held)
        for holder in holders
        for attribute, held in vars(holder).items()
        if isinstance(held, dict | list | set)
    }


def test_what_is_kept_does_not_grow_with_the_moments_asked_about(engine, lake, utility, monkeypatch):
    monkeypatch.setattr("metrics.views.MOVES", 6)
    seen, database = [], None
    for minute in range(8):
        as_of = AS_OF + timedelta(minutes=minute)
        write(lake, [("N.pressure", as_of, 0.2)])
        build_marts(lake, utility, as_of)
        engine.evaluate(as_of, ["pressure_compliance", "wastewater_energy"])
        engine.history(["wastewater_energy"], as_of)
        engine.evaluate(as_of - 20 * QUARTER, ["pressure_compliance"])  # of which no mart is on disk
        database = database or weakref.ref(engine.views(as_of)._base)
        seen.append(sizes(engine))
    assert {name: max(one[name] for one in seen) for name in seen[2]} == seen[2]
    assert database() is None  # an old database takes more than its tables
