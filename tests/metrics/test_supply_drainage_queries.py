"""Supply and drainage on one page: balance, losses and disagreements of days written by hand."""

from datetime import date

import polars as pl
import pytest

from metrics.queries import supply_drainage as queries

TODAY = date(2026, 3, 14)
WATER = {"measure": pl.String(), "site_id": pl.String(), "m3": pl.Float64()}
SALES = {"site_id": pl.String(), "connections": pl.Int64(), "sold_m3": pl.Float64(), "returned_m3": pl.Float64()}


def day(water, sold=None, connections=50) -> queries.Day:
    """A day on which zone Z1 was sold so much, of which 85 % come back."""
    sales = [("Z1", connections, sold, None if sold is None else 0.85 * sold)]
    return queries.Day(
        TODAY, pl.DataFrame(water, schema=WATER, orient="row"), pl.DataFrame(sales, schema=SALES, orient="row")
    )


def days(*three: queries.Day) -> queries.Days:
    return queries.Days(*three, upstream=pl.DataFrame({"site_id": ["T1"], "zone_id": ["Z1"]}))


@pytest.fixture
def told() -> queries.Days:
    water = [("intake", "S1", 130.0), ("works_in", "W1", 128.0), ("works_out", "W1", 120.0), ("zone_in", "Z1", 100.0)]
    return days(
        day([*water, ("influent", "T1", 75.0), ("effluent", "T1", None)], sold=80.0),
        day([("zone_in", "Z1", 90.0), ("influent", "T1", 67.0)], sold=80.0),
        day([]),
    )


def test_the_balance_says_what_it_lacks(told, tiny_utility):
    balance = queries.balance(tiny_utility, told)
    amounts = {(source, target): m3 for source, target, m3, _ in balance.streams.rows()}
    assert amounts["network", "mains_difference"] == 20
    assert amounts["zones", "loss"] == 20
    assert amounts["infiltration", "sewage"] == pytest.approx(75 - 68)
    assert balance.totals["lost"] == 40
    assert (balance.unmetered, balance.unbilled, balance.absent) == (["T1"], [], [])


def test_what_nobody_measures_is_told_from_what_failed_today(tiny_utility):
    balance = queries.balance(
        tiny_utility, days(day([("zone_in", "Z1", 100.0), ("influent", "T1", None)]), *[day([])] * 2)
    )
    assert balance.streams.rows() == [("network", "zones", 100, "metered")]
    assert (balance.unmetered, balance.absent) == (["T1"], ["intake", "works_out", "sold", "effluent"])
    assert balance.unbilled == []  # no zone has a bill: that is the sale that is absent


def test_losses_and_disagreements_beside_those_of_other_days(told):
    zone = queries.zones(told).row(0, named=True)
    assert (zone["loss_m3"], zone["previous_loss_m3"], zone["last_year_loss_m3"]) == (20, 10, None)
    assert (zone["loss_share"], zone["loss_l_conn"]) == (20, 400)
    works = queries.disagreements(told).row(0, named=True)
    assert (works["site_id"], works["zones"], works["expected_m3"]) == ("T1", 1, 68)
    assert (works["more_m3"], works["previous_more_m3"], works["last_year_more_m3"]) == (7, -1, None)
    assert queries.totals_before(told)["previous"]["infiltration"] == pytest.approx(-1)
