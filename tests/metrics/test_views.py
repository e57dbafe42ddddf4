"""Views made of others, by hand: limits by rank, season and condition, energy, what was sold, where it drains."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from metrics.day_ledger import mart_file, write_parquet
from metrics.spans import Span, span_frame
from metrics.view_columns import POLARS_TYPES, VIEW_COLUMNS
from metrics.views import Views

DAY = date(2026, 3, 15)
AS_OF = datetime(2026, 3, 15, 12, tzinfo=UTC)


def frame(view, rows):
    """Rows of a view, other columns null."""
    schema = {column: POLARS_TYPES[kind] for column, kind in VIEW_COLUMNS[view].items()}
    return pl.DataFrame([{column: row.get(column) for column in schema} for row in rows], schema=schema)


@pytest.fixture
def ask(tiny_utility, tiny_lake):
    """A function: the rows of a view over days, given limits, sites, marts or a table of the lake."""

    def answer(view, *, days=(DAY,), limits=(), sites=None, points=None, daily=(), as_of=AS_OF, spans=None):
        changes = {name: rows for name, rows in (("sites", sites), ("points", points)) if rows is not None}
        utility = replace(tiny_utility, **changes)
        for day in {row["day"] for row in daily}:
            rows = frame("daily", [row for row in daily if row["day"] == day])
            write_parquet(rows, mart_file(tiny_lake.marts, "daily", day))
        spans = spans or [Span(days[0], days[0], days[-1], utility.day_start(days[0]), as_of, 0)]
        views = Views(utility, tiny_lake, as_of, frame("limits", limits))
        with views.connection(span_frame(spans), [view]) as cursor:
            rows = pl.DataFrame(cursor.sql(f"FROM {view}").to_arrow_table())
        views.close()
        return rows

    return answer


def limits_of(rows, point_id, *columns):
    """(day, the asked columns) of a point."""
    return rows.filter(pl.col("point_id") == point_id).sort("day").select("day", *columns).rows()


def test_the_most_specific_limit_wins(ask):
    common = {"subject": "cod", "medium": "effluent", "kind": "max"}
    limits = [{**common, "value": 50}, {**common, "value": 40, "site_id": "T1"}]
    assert limits_of(ask("point_limit", limits=limits), "T1.out.cod", "max") == [(DAY, 40)]
    limits += [{**common, "value": 30, "point_id": "T1.out.cod"}, {**common, "value": 10, "site_id": "T2"}]
    assert limits_of(ask("point_limit", limits=limits), "T1.out.cod", "max", "min") == [(DAY, 30, None)]


def test_a_limit_judges_its_medium_only_and_without_one_the_points_without(ask):
    limits = [
        {"subject": "turbidity", "medium": "network_water", "kind": "max", "value": 1},
        {"subject": "pressure", "kind": "min", "value": 0.14},
        {"subject": "free_chlorine", "kind": "min", "value": 9},
    ]
    assert ask("point_limit", limits=limits).select("point_id", "min", "max").rows() == [("N.pressure", 0.14, None)]


def test_a_day_is_judged_by_the_limit_of_that_day(ask):
    common = {"subject": "cod", "medium": "effluent", "kind": "max"}
    limits = [
        {**common, "value": 50, "effective_from": date(2020, 1, 1), "effective_to": date(2026, 3, 15)},
        {**common, "value": 40, "effective_from": date(2026, 3, 16)},
    ]
    days = [DAY, DAY + timedelta(days=1)]
    found = ask("point_limit", limits=limits, days=days)
    assert limits_of(found, "T1.out.cod", "max") == [(days[0], 50), (days[1], 40)]


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (date(2026, 10, 31), 2),
        (date(2026, 11, 1), 4),
        (date(2026, 12, 31), 4),
        (date(2027, 1, 1), 4),
        (date(2027, 3, 31), 4),
        (date(2027, 4, 1), 2),
    ],
)
def test_a_season_may_run_over_new_year(ask, day, limit):
    common = {"subject": "ammonia_nitrogen", "medium": "effluent", "kind": "max"}
    limits = [
        {**common, "value": 2, "season_from": "04-01", "season_to": "10-31"},
        {**common, "value": 4, "season_from": "11-01", "season_to": "03-31"},
    ]
    assert limits_of(ask("point_limit", limits=limits, days=[day]), "T1.out.ammonia", "max") == [(day, limit)]


def test_a_condition_beats_the_row_without_it_while_it_holds(ask, tiny_utility):
    """GB 18918: ammonia 5, but 8 at a water temperature of 12 °C or less; unknown: the row without."""
    thermometer = {"point_id": "T1.t", "group_id": "T1.out", "quantity": "temperature", "mode": "sampled"}
    points = pl.concat([tiny_utility.points, pl.DataFrame([thermometer])], how="diagonal")
    common = {"subject": "ammonia_nitrogen", "medium": "effluent", "kind": "max"}
    limits = [{**common, "value": 5}, {**common, "value": 8, "when_quantity": "temperature", "when_max": 12}]
    days = [DAY + timedelta(days=n) for n in range(3)]
    daily = [{"point_id": "T1.t", "day": days[0], "mean": 12.0}, {"point_id": "T1.t", "day": days[1], "mean": 12.1}]
    found = ask("point_limit", limits=limits, days=days, points=points, daily=daily)
    assert limits_of(found, "T1.out.ammonia", "max") == [(days[0], 8), (days[1], 5), (days[2], 5)]


def test_an_early_warning_is_a_share_of_the_max_where_it_has_no_row_of_its_own(ask):
    cod = {"subject": "cod", "medium": "effluent"}
    turbidity = {"subject": "turbidity", "medium": "finished_water"}
    limits = [
        {**cod, "kind": "max", "value": 40},
        {**cod, "kind": "warning_share", "value": 0.8},
        {**turbidity, "kind": "max", "value": 1},
        {**turbidity, "kind": "warning_max", "value": 0.3},
        {**turbidity, "kind": "warning_share", "value": 0.9},
    ]
    found = ask("point_limit", limits=limits)
    assert limits_of(found, "T1.out.cod", "max", "warning_max") == [(DAY, 40, 32)]
    assert limits_of(found, "W1.turbidity", "max", "warning_max", "warning_min") == [(DAY, 1, 0.3, None)]


def test_parameters_have_a_row_a_site_and_one_for_all(ask):
    limits = [
        {"subject": "own_use", "kind": "value", "value": 0.05, "effective_from": date(2020, 1, 1)},
        {"subject": "alarm_level", "kind": "value", "value": 4, "site_id": "P1", "effective_to": date(2030, 1, 1)},
        {"subject": "leakage_rate", "kind": "target", "value": 9},
    ]
    assert ask("parameter", limits=limits).sort("subject").rows() == [
        ("alarm_level", "P1", 4, None, date(2030, 1, 1)),
        ("own_use", "", 0.05, date(2020, 1, 1), None),
    ]


def test_a_well_s_own_alarm_level_goes_before_that_of_all_on_the_days_it_holds(ask):
    limits = [
        {"subject": "alarm_level", "kind": "value", "value": 4},
        {"subject": "alarm_level", "kind": "value", "value": 3, "site_id": "P1", "effective_to": DAY},
    ]
    found = ask("well_alarm", limits=limits, days=(DAY, DAY + timedelta(days=1)))
    assert found.sort("day").rows() == [("P1.level", "P1", DAY, 3.0), ("P1.level", "P1", DAY + timedelta(days=1), 4.0)]


def test_energy_points_go_before_power_and_all_must_be_valid(ask, tiny_utility):
    second = {"point_id": "S1.kwh2", "group_id": "S1.pump", "quantity": "energy", "mode": "sampled"}
    power = {"point_id": "S1.kw", "group_id": "S1.pump", "quantity": "power", "mode": "sampled"}
    points = pl.concat([tiny_utility.points, pl.DataFrame([second, power])], how="diagonal")
    tomorrow = DAY + timedelta(days=1)
    daily = [
        {"point_id": "S1.kwh", "day": DAY, "amount": 100.0, "is_valid": True},
        {"point_id": "S1.kwh2", "day": DAY, "amount": 20.0, "is_valid": True},
        {"point_id": "S1.kw", "day": DAY, "amount": 7777.0, "is_valid": True},
        {"point_id": "W1.kw", "day": DAY, "amount": 50.0, "is_valid": True},
        {"point_id": "S1.kwh", "day": tomorrow, "amount": 90.0, "is_valid": True},
    ]
    found = ask("site_energy", points=points, daily=daily, days=[DAY, tomorrow]).sort("site_id", "day")
    assert found.rows() == [("S1", DAY, 120, True), ("S1", tomorrow, 90, False), ("W1", DAY, 50, True)]


def test_a_zone_is_sold_its_newest_month_s_volume_over_its_days(ask, tiny_lake):
    sale = [("household", 1, 3100.0), ("household", 2, 2800.0), ("commercial", 2, 280.0)]
    rows = [
        {"site_id": "Z1", "month": date(2026, month, 1), "use_class": use, "volume_m3": m3} for use, month, m3 in sale
    ]
    tiny_lake.write("sale", pl.DataFrame(rows), source="billing")
    # February's (2800 + 280) ÷ 28 = 110 from 1 March on, until 62 days after its end: 1 May is the last
    last_of_february, first, last = date(2026, 2, 28), date(2026, 3, 1), date(2026, 5, 1)
    as_of = datetime(2026, 6, 1, tzinfo=UTC)
    sold = dict(ask("sold", days=[last_of_february, date(2026, 5, 3)], as_of=as_of).select("day", "m3").rows())
    assert (sold[last_of_february], sold[first], sold[last]) == (100, 110, 110)
    assert max(sold) == last
    # on 28 February, as it was known then, only January had ended
    early = ask("sold", days=[last_of_february], as_of=datetime(2026, 2, 28, 12, tzinfo=UTC))
    assert early.select("site_id", "m3").rows() == [("Z1", 100)]


def test_sewage_drains_through_stations(ask):
    sites = pl.DataFrame(
        [
            ("Z1", "zone", "P1"),
            ("Z2", "zone", "T2"),
            ("P1", "sewage_station", "P2"),
            ("P2", "sewage_station", "T1"),
            ("T1", "wwtp", None),
            ("T2", "wwtp", None),
            ("W1", "works", None),
        ],
        schema=["site_id", "kind", "drains_to"],
        orient="row",
    )
    blank = [name for name in VIEW_COLUMNS["sites"] if name not in sites.columns]
    found = ask("drains", sites=sites.with_columns(pl.lit(None).alias(name) for name in blank))
    assert found.sort("site_id").rows() == [("P1", "T1"), ("P2", "T1"), ("Z1", "T1"), ("Z2", "T2")]


def test_the_newest_risk_counts_while_its_horizon_lasts(ask, tiny_lake):
    def risk(hours_ago, probability):
        issued_at = AS_OF - timedelta(hours=hours_ago)
        row = {"site_id": "P1", "kind": "overflow", "issued_at": issued_at, "horizon_h": 24.0}
        return {**row, "probability": probability}

    tiny_lake.write("risk", pl.DataFrame([risk(25, 0.9), risk(24, 0.7)]), source="brain")
    spans = [
        Span(DAY - timedelta(days=1), DAY, DAY, AS_OF, AS_OF - timedelta(hours=24), 0),
        Span(DAY, DAY, DAY, AS_OF, AS_OF, 0),
        Span(DAY + timedelta(days=1), DAY, DAY, AS_OF, AS_OF + timedelta(hours=1), 0),
    ]
    assert ask("risk_at", spans=spans).sort("period").rows() == [
        (DAY - timedelta(days=1), "P1", "overflow", 0.7),
        (DAY, "P1", "overflow", 0.7),
    ]
