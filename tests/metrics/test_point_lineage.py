"""Which points an indicator is told to read, counted by hand on a small utility."""

import pytest

from metrics.point_lineage import parameters_read, points_read

PRESSURE = """
SELECT span.period, points.site_id, sum(hourly.mean) AS numerator
FROM span
JOIN points ON points.quantity = 'pressure' AND points.role = 'network'
LEFT JOIN hourly ON hourly.point_id = points.point_id AND hourly.hour >= span.starts_at
GROUP BY ALL
"""
DIRECT = (
    "SELECT span.period, daily.mean FROM span JOIN daily ON daily.quantity = 'rainfall' AND daily.day = span.period"
)
BY_SITE_KIND = """
WITH meters AS (
    SELECT points.point_id, sites.site_id
    FROM points JOIN sites ON sites.site_id = points.site_id
    WHERE points.quantity = 'flow' AND (sites.kind = 'large_user' OR points.role = 'inlet')
)
SELECT span.period, hourly.mean
FROM span JOIN meters ON true
JOIN hourly ON hourly.point_id = meters.point_id
"""
CLOCK_ONLY = (
    "SELECT span.period, max(hourly.hour) AS newest FROM span JOIN hourly ON hourly.hour < span.ends_at GROUP BY ALL"
)


def wanted(utility, **conditions):
    rows = utility.points.join(utility.groups.select("group_id", "site_id"), on="group_id", how="left")
    return frozenset(
        row["point_id"] for row in rows.to_dicts() if all(row[column] == value for column, value in conditions.items())
    )


@pytest.mark.parametrize("sql", [PRESSURE, PRESSURE.replace("LEFT JOIN", "JOIN")])
def test_points_by_quantity_and_role(tiny_utility, sql):
    expected = wanted(tiny_utility, quantity="pressure", role="network")
    assert expected
    assert points_read(sql, tiny_utility) == expected


def test_a_mart_read_directly(tiny_utility):
    expected = wanted(tiny_utility, quantity="rainfall")
    assert expected
    assert points_read(DIRECT, tiny_utility) == expected


def test_conditions_on_the_points_site(tiny_utility):
    large = set(tiny_utility.sites.filter(kind="large_user")["site_id"])
    rows = tiny_utility.points.join(tiny_utility.groups.select("group_id", "site_id"), on="group_id", how="left")
    expected = {
        row["point_id"]
        for row in rows.to_dicts()
        if row["quantity"] == "flow" and (row["site_id"] in large or row["role"] == "inlet")
    }
    assert expected
    assert points_read(BY_SITE_KIND, tiny_utility) == expected


def test_asking_for_the_time_reads_no_point(tiny_utility):
    assert points_read(CLOCK_ONLY, tiny_utility) == frozenset()


def test_parameters_by_name():
    sql = "SELECT span.period FROM span JOIN parameter ON parameter.subject = 'own_use' AND parameter.site_id = 'A'"
    assert parameters_read(sql) == {"own_use"}
