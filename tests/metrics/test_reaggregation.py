"""Ratios are Σ over Σ: whichever sites the points belong to, the headline is the same."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalogue import Example, load_catalogue
from metrics.examples import Case
from metrics.judge import judge
from metrics.limits import shipped_limits
from metrics.result import as_result
from metrics.thresholds import thresholds_on

INDICATORS = load_catalogue().indicators
LIMITS = shipped_limits()
DAY = date(2026, 3, 15)
POINTS = {
    "raw_water_compliance": "source, dissolved_oxygen, raw, raw_water",
    "finished_water_compliance": "works, turbidity, finished, finished_water",
    "pressure_compliance": "network, pressure, network,",
    "pump_availability": "sewage_station, available, state,",
}
HOURS = 24


@pytest.mark.parametrize("id_", POINTS)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_headline_does_not_depend_on_where_points_belong(id_, data):
    means = data.draw(
        st.lists(
            st.lists(st.sampled_from([0.0, 0.5, 1.0, None]), min_size=HOURS, max_size=HOURS), min_size=2, max_size=4
        )
    )
    places = [data.draw(st.integers(0, 3)) for _ in means]
    one, other = headline(id_, means, [0] * len(means)), headline(id_, means, places)
    assert (other.numerator, other.denominator, other.valid) == (one.numerator, one.denominator, one.valid)
    assert (other.value, other.validity, other.expected) == (one.value, one.validity, one.expected)
    assert other.valid == sum(mean is not None for hours in means for mean in hours)


def headline(id_, means, places):
    """The verdict on a day of points with these hourly means (None: covered too little), each at its site."""
    points = [f"P{i}, S{place}, {POINTS[id_]}" for i, place in enumerate(places)]
    hourly = [
        f"P{i}, {DAY}T{hour:02}:00Z, {mean}, 3600, true"
        for i, hours in enumerate(means)
        for hour, mean in enumerate(hours)
        if mean is not None
    ]
    views = {
        "points": "\n".join(["point_id, site_id, site_kind, quantity, role, medium", *points]),
        "point_limit": "\n".join(["point_id, day, min", *(f"P{i}, {DAY}, 0.5" for i in range(len(places)))]),
        "hourly": "\n".join(["point_id, hour, mean, covered_s, is_valid", *hourly]),
    }
    example = Example.model_validate({"line": 1, "views": views, "expect": [{"period": DAY}]})
    indicator = INDICATORS[id_]
    with Case(indicator, example, LIMITS) as case:
        rows = as_result(case.connection.sql(indicator.sql).pl())
    return judge(indicator, rows, thresholds_on(LIMITS, id_, DAY))
