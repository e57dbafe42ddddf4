"""The examples notice wrong SQL in every shipped file: a dropped filter, > for >=, no denominator, a mean of rates."""

import duckdb
import pytest

from metrics.catalogue import load_catalogue
from metrics.examples import Case
from metrics.limits import shipped_limits
from tests.metrics.mutations import mutants

CATALOGUE = load_catalogue()
pytestmark = pytest.mark.slow

AT_THE_END = "an hour that begins when the window ends is of the next day, or not covered yet"
NARROWS = "only narrows what is read: the join that follows asks for the same sites"
NO_FUTURE = "the views hold nothing after the moment"
GUARDED = "a window of whole hours never asks which hour is running"
SAME = "both branches give the same number there"
UNCHANGED = {
    ("*", "bound moved in hourly.hour < span.ends_at"): AT_THE_END,
    ("*", "bound moved in hourly.hour < days.ends_at"): AT_THE_END,
    ("intake_margin", "bound moved in state_at.value < 0.5"): "a pump is available or not: 1 or 0",
    ("intake_margin", "bound moved in SUM(m3d) > capacity_m3d"): SAME,
    ("intake_margin", "bound moved in COUNT(hourly.hour) >= 0.8 * ANY_VALUE(span.hours)"): (
        "0.8 × 23 and 0.8 × 24 are no whole hours"
    ),
    ("leakage_rate", "without NOT mains_km IS NULL"): "DuckDB's max_by leaves NULL out itself; Spark's does not",
    ("leakage_rate", "bound moved in mains.points > 3"): SAME,
    ("leakage_rate", "bound moved in mains.points < -3"): SAME,
    ("net_night_flow", "without hourly.day = days.day (1)"): "only for speed: a maximum of rows that come twice",
    ("net_night_flow", "without hourly.hour < days.ends_at (1)"): NO_FUTURE,
    ("net_night_flow", "bound moved in hourly.hour < days.ends_at (1)"): NO_FUTURE,
    ("net_night_flow", "bound moved in hourly.hour < days.ends_at (2)"): AT_THE_END,
    ("net_night_flow", "without days.hours < 24"): GUARDED,
    ("net_night_flow", "bound moved in days.hours < 24"): GUARDED,
    ("net_night_flow", "without running.period = span.period"): GUARDED,
    ("net_night_flow", "bound moved in hourly.hour > days.ends_at - INTERVAL '2' HOUR"): GUARDED,
    ("net_night_flow", "bound moved in hourly.hour > days.ends_at - INTERVAL '1' HOUR"): GUARDED,
    ("effluent_compliance", "without site_kind = 'wwtp'"): NARROWS,
    ("wastewater_energy", "without site_kind = 'wwtp' (1)"): NARROWS,
    ("wastewater_energy", "without site_kind = 'wwtp' (2)"): NARROWS,
}
"""(indicator or *, mutation) that give no other number, and why."""


@pytest.mark.parametrize("id_", CATALOGUE.indicators)
def test_examples_notice_wrong_sql(id_):
    indicator, limits = CATALOGUE.indicators[id_], shipped_limits()
    cases = [Case(indicator, example, limits) for example in indicator.examples]
    unnoticed = {name for name, sql in mutants(indicator.sql) if not any(_fails(case, sql) for case in cases)}
    excused = {name for owner, name in UNCHANGED if owner in (id_, "*")}
    assert unnoticed <= excused
    assert {name for owner, name in UNCHANGED if owner == id_} <= unnoticed, "an excuse that isn't needed"


def test_right_sql_is_not_taken_for_wrong():
    indicator = CATALOGUE.indicators["pressure_compliance"]
    cases = [Case(indicator, example, shipped_limits()) for example in indicator.examples]
    assert not any(_fails(case, indicator.sql) for case in cases)
    mutations = dict(mutants(indicator.sql))
    assert len(mutations) == 18
    assert {"without denominator", "mean of rates", "without hourly.is_valid (1)"} <= mutations.keys()


def _fails(case, sql):
    try:
        return any(True for _ in case.failures(sql))
    except (duckdb.Error, ValueError):
        return True
