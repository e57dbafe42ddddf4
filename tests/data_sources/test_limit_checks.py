"""Rows of limits.csv of equal rank may not overlap; what they name must exist."""

from datetime import date

import pytest

from data_sources.limit_checks import limit_row_problems

BASE = {
    "subject": "cod", "medium": "effluent", "site_id": None, "point_id": None, "kind": "max", "value": 40.0,
    "unit": None, "when_quantity": None, "when_max": None, "standard": "s", "clause": None, "effective_from": None,
    "effective_to": None, "season_from": None, "season_to": None, "line": 2,
}  # fmt: skip


def problems(*changes, **known):
    rows = [{**BASE, "line": number, **change} for number, change in enumerate(changes, 2)]
    return [(one.line, one.column) for one in limit_row_problems(rows, "limits.csv", **known)]


@pytest.mark.parametrize(
    "pair",
    [
        ({}, {"value": 30.0}),
        ({"effective_to": date(2025, 12, 31)}, {"effective_from": date(2025, 12, 31)}),
        ({"season_from": "11-01", "season_to": "03-31"}, {"season_from": "03-31", "season_to": "10-31"}),
        ({"season_from": "11-01", "season_to": "03-31"}, {"season_from": "01-10", "season_to": "01-20"}),
        ({}, {"season_from": "11-01", "season_to": "03-31"}),
    ],
)
def test_equal_rank_may_not_overlap(pair):
    assert problems(*pair) == [(3, "effective_from")]


@pytest.mark.parametrize(
    "pair",
    [
        ({"effective_to": date(2025, 12, 31)}, {"effective_from": date(2026, 1, 1)}),
        ({"season_from": "11-01", "season_to": "03-31"}, {"season_from": "04-01", "season_to": "10-31"}),
        ({}, {"site_id": "T1"}),
        ({}, {"kind": "warning_max"}),
        ({}, {"medium": "influent"}),
        ({}, {"when_quantity": "temperature", "when_max": 12.0}),
    ],
)
def test_rows_that_may_stand_together(pair):
    assert problems(*pair) == []


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"subject": "gold dust"}, "subject"),
        ({"kind": "maximum"}, "kind"),
        ({"kind": "target"}, "kind"),
        ({"medium": "wine"}, "medium"),
        ({"unit": "m"}, "unit"),
        ({"effective_from": date(2026, 1, 2), "effective_to": date(2026, 1, 1)}, "effective_to"),
        ({"season_from": "11-01"}, "season_to"),
        ({"when_quantity": "temperature"}, "when_max"),
        ({"when_quantity": "mood", "when_max": 1.0}, "when_quantity"),
        ({"kind": "warning_share", "value": 1.2}, "value"),
        ({"subject": "own_use", "kind": "value"}, "medium"),
    ],
)
def test_each_mistake_has_its_column(change, column):
    assert (2, column) in problems(change)


def test_indicators_and_references_where_they_are_known():
    threshold = {"subject": "leakage_rate", "medium": None, "kind": "warning"}
    assert problems(threshold) == []
    assert problems(threshold, indicators={"leakage_rate"}) == []
    assert problems(threshold, indicators={"other"}) == [(2, "subject")]
    assert problems({"site_id": "X"}, sites={"T1"}) == [(2, "site_id")]
    assert problems({"point_id": "X"}, points={"T1.cod"}) == [(2, "point_id")]
