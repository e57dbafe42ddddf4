"""The limits that ship with the product, against the standards' own numbers, and how a utility's replace them."""

from datetime import date

import pytest

from metrics.catalogue import load_catalogue
from metrics.limits import limit_problems, resolve_limits, shipped_limits

SHIPPED = shipped_limits()


@pytest.mark.parametrize(
    ("subject", "medium", "kind", "value", "standard"),
    [
        ("dissolved_oxygen", "raw_water", "min", 5, "GB 3838-2002"),
        ("codmn", "raw_water", "max", 6, "GB 3838-2002"),
        ("total_phosphorus", "raw_water", "max", 0.2, "GB 3838-2002"),
        ("turbidity", "finished_water", "max", 1, "GB 5749-2022"),
        ("free_chlorine", "finished_water", "min", 0.3, "GB 5749-2022"),
        ("free_chlorine", "network_water", "min", 0.05, "GB 5749-2022"),
        ("codmn", "finished_water", "max", 3, "GB 5749-2022"),
        ("cod", "effluent", "max", 50, "GB 18918-2002"),
        ("total_nitrogen", "effluent", "max", 15, "GB 18918-2002"),
        ("total_phosphorus", "effluent", "max", 0.5, "GB 18918-2002"),
        ("pressure", None, "min", 0.14, "published service commitments"),
    ],
)
def test_numbers_of_the_standards(subject, medium, kind, value, standard):
    rows = SHIPPED.filter(subject=subject, kind=kind).to_dicts()
    (row,) = [row for row in rows if row["medium"] == medium and row["when_quantity"] is None]
    assert (row["value"], row["standard"]) == (value, standard)


def test_ammonia_is_eight_in_cold_water_only():
    rows = SHIPPED.filter(subject="ammonia_nitrogen", medium="effluent", kind="max").sort("value").to_dicts()
    assert [(row["value"], row["when_quantity"], row["when_max"]) for row in rows] == [
        (5, None, None),
        (8, "temperature", 12),
    ]


def test_every_row_names_its_standard_and_every_indicator_its_thresholds():
    assert SHIPPED["standard"].null_count() == 0
    without = {"supply_vs_forecast"}  # its thresholds come from the forecast
    subjects = set(SHIPPED["subject"])
    assert {one for one in load_catalogue().indicators if one not in subjects} == without


def test_a_utilitys_rows_replace_those_of_their_triple(tiny_utility):
    limits = resolve_limits(tiny_utility)
    cod = limits.filter(subject="cod", medium="effluent", kind="max")
    assert cod.select("value", "origin", "site_id").rows() == [(40.0, "utility", "T1")]
    assert limits.filter(subject="cod", kind="warning_share").select("value", "origin").rows() == [(0.8, "shipped")]
    assert limits.filter(subject="ammonia_nitrogen", medium="effluent", kind="max")["value"].sort().to_list() == [2, 4]
    assert limits.filter(subject="ammonia_nitrogen", medium="raw_water")["origin"].to_list() == ["shipped"]


def test_a_subject_that_no_indicator_has(tiny_utility):
    with (tiny_utility.folder / "limits.csv").open("a", encoding="utf-8") as file:
        file.write("no_such_number,,,,warning,1,,,,house,,2026-01-01,,,\n")
    (problem,) = limit_problems(tiny_utility)
    assert (problem.line, problem.column) == (8, "subject")


def test_dates_are_dates():
    assert SHIPPED.filter(subject="turbidity", medium="finished_water", kind="max")["effective_from"].to_list() == [
        date(2023, 4, 1)
    ]
