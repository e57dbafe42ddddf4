"""The rows behind a number: what each adds, and which count against it."""

import duckdb
import polars as pl
import pytest

from data_sources.lake import Lake
from metrics.catalogue import load_catalogue
from metrics.connection import fetch
from metrics.engine import Engine
from metrics.evidence import evidence_sql
from metrics.queries import indicator as queries
from tests.conftest import AS_OF

ROWS = pl.DataFrame(
    {"site_id": ["A", "A", "B"], "good": [True, False, True], "weight": [2.0, 3.0, 5.0], "is_over": [False, True, None]}
)


def evidence(select: str, unit: str = "%", direction: str = "up") -> pl.DataFrame:
    with duckdb.connect(":memory:") as connection:
        connection.register("hourly", ROWS)
        sql = f"SELECT DATE '2026-09-15' AS period, site_id, {select} FROM hourly GROUP BY site_id"
        return fetch(connection, evidence_sql(sql, unit, direction)).sort("weight")


def test_a_counted_share_says_which_rows_miss():
    rows = evidence("count(*) FILTER (WHERE good) AS numerator, count(*) AS denominator")
    assert rows["adds_numerator"].to_list() == [1, 0, 1]
    assert rows["adds_denominator"].to_list() == [1, 1, 1]
    assert rows["counts_against"].to_list() == [False, True, False]


def test_a_sum_is_taken_apart_with_its_filter_and_scale():
    rows = evidence("coalesce(sum(weight) FILTER (WHERE good), 0) / 2 AS numerator, sum(weight) AS denominator")
    assert rows["adds_numerator"].to_list() == [1.0, 0.0, 2.5]
    assert rows["adds_denominator"].to_list() == [2.0, 3.0, 5.0]


def test_a_flag_asked_of_any_row_counts_against():
    rows = evidence(
        "CASE WHEN bool_or(is_over) THEN 0 ELSE 1 END AS numerator, CASE WHEN sum(weight) = 0 THEN 0 ELSE 1 END "
        "AS denominator"
    )
    assert rows["counts_against"].to_list() == [False, True, False]
    # what an aggregate chooses has no parts
    assert rows["adds_numerator"].null_count() == rows["adds_denominator"].null_count() == 3


def test_a_mean_has_no_good_or_bad_rows():
    rows = evidence("sum(weight) AS numerator, count(*) AS denominator", unit="mg/L")
    assert rows["counts_against"].null_count() == 3


def test_a_count_of_bad_things_counts_what_it_counts():
    with duckdb.connect(":memory:") as connection:
        connection.register("hourly", ROWS)
        sql = (
            "SELECT DATE '2026-09-15' AS period, site_id, CASE WHEN is_over THEN 1 ELSE 0 END AS numerator, "
            "NULL AS denominator FROM hourly"
        )
        rows = fetch(connection, evidence_sql(sql, "1", "down")).sort("weight")
    assert rows["counts_against"].to_list() == [False, True, False]


def test_a_count_of_a_column_leaves_its_nulls():
    rows = evidence("count(is_over) AS numerator, count(*) AS denominator")
    assert rows["adds_numerator"].to_list() == [1, 1, 0]


@pytest.fixture(scope="module")
def engine(demonstration, sample_lake):
    return Engine(demonstration, Lake(sample_lake.root, demonstration), load_catalogue(demonstration))


@pytest.mark.slow
@pytest.mark.parametrize("indicator_id", [one.id for one in load_catalogue().tiles])
def test_the_rows_of_every_indicator_add_up_to_its_number(engine, indicator_id):
    judged = engine.evaluate(AS_OF, [indicator_id])[indicator_id]
    rows = queries.evidence(engine, indicator_id, AS_OF)
    assert rows.height > 0
    if indicator_id == "leakage_rate":  # its headline is a row of its own, beside those of the zones
        rows = rows.filter(pl.col("kind") == "network")
    for part in ("numerator", "denominator"):
        added = rows[f"adds_{part}"]
        if getattr(judged, part) is not None and added.null_count() < rows.height:
            assert added.sum() == pytest.approx(getattr(judged, part))


@pytest.mark.slow
@pytest.mark.parametrize("indicator_id", [one.id for one in load_catalogue().tiles])
def test_every_indicator_can_be_followed_to_rows(engine, indicator_id):
    rows = queries.evidence(engine, indicator_id, AS_OF)
    found = queries.rows_behind(engine, indicator_id, AS_OF, rows.row(0, named=True))
    assert sum(view.height for view in found.values()) > 0
    assert queries.inputs(engine, indicator_id, AS_OF).height > 0


@pytest.mark.slow
def test_an_hour_below_its_limit_leads_to_its_readings(engine, sample_lake):
    at = AS_OF
    while not (bad := queries.evidence(engine, "pressure_compliance", at).filter("counts_against")).height:
        at = at.replace(day=at.day - 1)
    row = bad.row(0, named=True)
    found = queries.rows_behind(engine, "pressure_compliance", at, row)
    assert found["hourly"]["mean"].to_list() == [row["mean"]]
    assert row["mean"] < row["min"]
    first, last = queries.stretch_of(engine, "pressure_compliance", at, row)
    read = queries.readings(engine, row["point_id"], first, last, at)
    assert read["ts"].min() >= row["hour"]
    assert read["value"].mean() == pytest.approx(row["mean"], rel=0.02)
    of_point = pl.col("point_id") == row["point_id"]
    own = sample_lake.scan("reading").filter(of_point, pl.col("ts") >= first, pl.col("ts") < last).collect()
    assert sorted(own["value"]) == sorted(read["value"])


@pytest.mark.slow
def test_limits_say_which_of_them_hold_that_day(engine):
    rows = queries.limits(engine, "pressure_compliance", AS_OF.date())
    assert rows.filter("in_force").height > 0
    assert {"subject", "value", "standard", "clause", "effective_from"} <= set(rows.columns)
    # the permits have a stricter ammonia limit from April to October (AS_OF lies in September)
    seasonal = queries.limits(engine, "effluent_compliance", AS_OF.date()).filter(pl.col("season_from").is_not_null())
    assert seasonal.height > 0
    assert set(seasonal.filter("in_force")["season_from"]) == {"04-01"}
    assert set(seasonal.filter(~pl.col("in_force"))["season_from"]) >= {"11-01"}
