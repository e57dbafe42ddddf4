"""Meters and stock on a small lake: every count worked by hand; then on the sample, as polars counts it."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from data_sources.lake import Lake
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries import meters, stock
from tests.conftest import AS_OF
from tests.metrics.lake_rows import write

NOW = datetime(2026, 3, 15, 8, 20, tzinfo=UTC)
TODAY = date(2026, 3, 15)


@pytest.fixture
def engine(tiny_utility, tiny_lake):
    return Engine(tiny_utility, tiny_lake, load_catalogue(tiny_utility))


@pytest.fixture(scope="module")
def sample_engine(demonstration, sample_lake):
    return Engine(demonstration, Lake(sample_lake.root, demonstration), load_catalogue(demonstration))


def meter(meter_id, state, until=None, lot="L1", **more):
    own = {"meter_id": meter_id, "dn_mm": 20, "q3_m3h": 4.0, "kind": "smart", "maker": "A", "lot": lot, "state": state}
    return {**own, "verified_until": until, "account": "A0001", **more}


def event(meter_id, name, days_ago):
    return {"meter_id": meter_id, "event": name, "happened_at": NOW - timedelta(days=days_ago)}


def test_meters_by_state_and_what_moved(engine, tiny_lake):
    write(tiny_lake, "meter", meter("M1", "in_use"), meter("M2", "in_use"), meter("M3", "received"))
    write(
        tiny_lake,
        "meter_event",
        event("M1", "installed", 29),
        event("M2", "installed", 31),
        event("M3", "received", 1),
        event("M3", "planned", 40),
    )
    told = {(kind, name): past for kind, name, *past in meters.stages(engine, NOW).rows()}
    told = {key: tuple(past) for key, past in told.items()}
    # of the 30 days before those the lake knows only the last 10
    assert told == {
        ("state", "in_use"): (2, None, None),
        ("state", "received"): (1, None, None),
        ("event", "installed"): (1, None, None),
        ("event", "received"): (1, None, None),
    }
    # a week earlier M3 was only planned, and M1 was in use already
    told = {(kind, name): n for kind, name, n, *_ in meters.stages(engine, NOW - timedelta(days=7)).rows()}
    assert told[("state", "planned")] == 1
    assert told[("event", "installed")] == 2


def test_what_moved_is_compared_with_the_month_before_and_last_year(engine, tiny_lake):
    write(tiny_lake, "meter", *(meter(f"M{n}", "in_use") for n in range(5)))
    days_ago = (1, 35, 40, 370, 500)
    events = [event(f"M{n}", "installed", days) for n, days in enumerate(days_ago)]
    write(tiny_lake, "meter_event", *events, event("M0", "sent", 3))
    told = {name: past for kind, name, *past in meters.stages(engine, NOW).rows() if kind == "event"}
    assert told == {"installed": [1, 2, 1], "sent": [1, 0, 0]}


def test_when_an_installed_meter_is_due(engine, tiny_lake):
    write(
        tiny_lake,
        "meter",
        meter("yesterday", "expired", TODAY - timedelta(days=1)),
        meter("undated", "in_use"),
        meter("today", "in_use", TODAY),
        meter("d29", "in_use", TODAY + timedelta(days=29)),
        meter("d30", "in_use", TODAY + timedelta(days=30)),
        meter("d60", "in_use", TODAY + timedelta(days=60)),
        meter("d90", "in_use", TODAY + timedelta(days=90)),
        meter("stored", "received", TODAY + timedelta(days=3)),
    )
    due = dict(meters.every_meter(engine, NOW).select("meter_id", "due").rows())
    assert due == {
        "yesterday": "overdue",
        "undated": "overdue",
        "today": "within_30",
        "d29": "within_30",
        "d30": "within_60",
        "d60": "within_90",
        "d90": "later",
        "stored": None,
    }


def test_verifications_by_maker_and_lot_the_worst_first(engine, tiny_lake):
    write(tiny_lake, "meter", *(meter(f"M{n}", "in_use", lot=f"L{n % 2}") for n in range(5)))
    write(
        tiny_lake,
        "meter_event",
        event("M0", "verified", 10),
        event("M2", "verified", 10),
        event("M4", "failed", 12),
        event("M1", "verified", 20),
        event("M3", "verified", 366),
    )
    rows = meters.verifications(engine, NOW).select("lot", "passed", "failed", "last_on").rows()
    assert rows == [("L0", 2, 1, date(2026, 3, 5)), ("L1", 1, 0, date(2026, 2, 23))]
    assert meters.listed(engine, NOW, "failed", lot="L0")["meter_id"].to_list() == ["M4"]
    assert sorted(meters.listed(engine, NOW, "passed", maker="A")["meter_id"]) == ["M0", "M1", "M2"]
    assert (
        meters.listed(engine, NOW, "installed", lot="L1").height == meters.listed(engine, NOW, "every", lot="L1").height
    )
    makers = meters.makers(engine, NOW).select("maker", "lots", "passed", "failed", "passed_share").rows()
    assert makers == [(None, 2, 3, 1, 75.0), ("A", 2, 3, 1, 75.0)]


def test_what_meters_in_store_wait_for(engine, tiny_lake):
    write(tiny_lake, "meter", *(meter(f"M{n}", "received") for n in range(4)))
    write(
        tiny_lake,
        "meter_event",
        event("M0", "received", 29),
        event("M1", "received", 300),
        event("M1", "verified", 30),
        event("M2", "removed", 200),
    )
    listed = {
        age: meters.listed(engine, NOW, "to_install", age=age)["meter_id"].to_list() for age in (None, "under_30")
    }
    assert listed == {None: ["M1"], "under_30": []}
    assert meters.listed(engine, NOW, "unknown", age="unknown")["meter_id"].to_list() == ["M3"]
    assert sorted(meters.stock_age(engine, NOW).rows()) == [
        ("to_install", 1, 0, 1, 0, 0, 0, 30),
        ("to_retire", 1, 0, 0, 0, 1, 0, 200),
        ("to_verify", 1, 1, 0, 0, 0, 0, 29),
        ("unknown", 1, 0, 0, 0, 0, 1, None),
    ]


def test_due_by_dn_and_by_month(engine, tiny_lake):
    write(
        tiny_lake,
        "meter",
        meter("late", "expired", date(2026, 1, 1)),
        meter("march", "in_use", date(2026, 3, 31)),
        meter("april", "in_use", date(2026, 4, 1), dn_mm=40),
        meter("next year", "in_use", date(2027, 3, 1)),
    )
    every, dn20, dn40 = meters.due(engine, NOW).rows(named=True)
    assert (every["installed"], every["overdue"], every["within_30"], every["later"]) == (4, 1, 2, 1)
    assert (dn20["dn_mm"], dn20["installed"], dn40["dn_mm"], dn40["within_30"]) == (20, 3, 40, 1)
    months = meters.due_by_month(engine, NOW).rows()
    assert months[:2] == [(date(2026, 3, 1), 2), (date(2026, 4, 1), 1)]
    assert len(months) == 12
    assert sum(n for _, n in months) == 3  # next March lies beyond the year
    assert meters.listed(engine, NOW, "within_30", dn_mm=40)["meter_id"].to_list() == ["april"]


def item(item_id, **more):
    own = {"item_id": item_id, "name_zh": item_id, "category": "pipe", "unit": "m", "critical": False}
    return {**own, "safety_stock": 10.0, "lead_time_days": 5.0, "unit_cost_cny": 2.0, **more}


def move(item_id, kind, quantity, days_ago, warehouse="W"):
    at = NOW - timedelta(days=days_ago)
    return {
        "move_id": f"{item_id}{warehouse}{kind}{days_ago}",
        "item_id": item_id,
        "warehouse": warehouse,
        "moved_at": at,
        "kind": kind,
        "quantity": float(quantity),
    }


@pytest.fixture
def stocked(tiny_lake):
    """A: 90 issued, 18 returned in 90 days, in two stores. B: idle. C: below its safety stock. D: never moved."""
    write(tiny_lake, "stock_item", item("A"), item("B"), item("C", critical=True), item("D", safety_stock=0.0))
    write(
        tiny_lake,
        "stock_move",
        move("A", "count", 500, 120),
        move("A", "issue", -400, 100),
        move("A", "count", 60, 95),
        move("A", "issue", -40, 60),
        move("A", "receipt", 20, 20),
        move("A", "return", 18, 10),
        move("A", "issue", -50, 2, "V"),
        move("A", "count", 7, 1, "V"),
        move("B", "count", 30, 95),
        move("B", "count", 30, 5),
        move("C", "count", 12, 100),
        move("C", "issue", -9, 9),
    )


def test_stock_use_and_reach(engine, stocked):
    rows = {row["item_id"]: row for row in stock.levels(engine, NOW).iter_rows(named=True)}
    assert next(iter(rows)) == "C"  # below its safety stock comes first
    a = rows["A"]
    # W: counted 60, then −40 + 20 + 18 = 58; V: counted 7. Used 40 + 50 − 18 = 72 in 90 days
    assert (a["stock"], a["used_a_day"], a["days_left"]) == (65.0, pytest.approx(0.8), pytest.approx(81.25))
    # ordered at 10 + 5 × 0.8 = 14
    assert (a["reorder_at"], a["short_by"], a["is_to_order"], a["value_cny"]) == (pytest.approx(14), 0, False, 130)
    assert (rows["C"]["stock"], rows["C"]["is_below_safety"], rows["C"]["is_to_order"]) == (3, True, True)
    assert rows["C"]["short_by"] == 8  # 10 + 5 × 0.1 − 3, and half a unit is not to be had
    assert (rows["B"]["days_left"], rows["B"]["is_idle"], rows["B"]["idle_days"]) == (None, True, 95)
    # what never moved is not there, and isn't idle
    assert (rows["D"]["stock"], rows["D"]["is_to_order"], rows["D"]["is_idle"]) == (0, False, False)


def test_stock_as_at_a_moment(engine, stocked):
    then = {row["item_id"]: row for row in stock.levels(engine, NOW - timedelta(days=8)).iter_rows(named=True)}
    assert (then["A"]["stock"], then["B"]["is_idle"]) == (58, False)
    # known for 112 days: all 90 count. 40 − 18 of the issues lie in them
    assert then["A"]["used_a_day"] == pytest.approx(22 / 90)


def test_what_moves_at_the_moment_itself_has_not_moved_yet(engine, stocked):
    at = NOW - timedelta(days=9)
    assert dict(stock.levels(engine, at).select("item_id", "stock").rows())["C"] == 12
    assert stock.moves(engine, at, "C", 120)["kind"].to_list() == ["count"]


def test_the_value_in_stock_of_a_month_ago(engine, stocked):
    # A: 60 − 40, B: 30, C: 12, at 2 each
    assert stock.value_before(engine, NOW) == {"previous": 124.0, "last_year": None}


def test_use_is_taken_over_the_days_that_are_known(engine, tiny_lake):
    write(tiny_lake, "stock_item", item("A"))
    write(tiny_lake, "stock_move", move("A", "count", 100, 10), move("A", "issue", -20, 3))
    assert stock.levels(engine, NOW)["used_a_day"].to_list() == [pytest.approx(2.0)]


def test_flow_by_day_and_the_stock_after_each_move(engine, stocked):
    flow = stock.flow(engine, NOW).rows()
    assert flow == [
        (date(2026, 2, 23), "receipt", 1, 40.0),
        (date(2026, 3, 5), "return", 1, 36.0),
        (date(2026, 3, 6), "issue", 1, -18.0),
        (date(2026, 3, 13), "issue", 1, -100.0),
    ]
    # the month before begins with the 40 issued sixty days ago; a year before nothing is known
    assert stock.moved(engine, NOW).rows() == [
        ("issue", -118.0, -80.0, None),
        ("receipt", 40.0, 0.0, None),
        ("return", 36.0, 0.0, None),
    ]
    newest = stock.moves(engine, NOW).filter(item_id="A", warehouse="W").row(0, named=True)
    assert (newest["kind"], newest["stock"]) == ("return", 58)


@pytest.mark.slow
def test_the_sample_as_polars_counts_it(sample_engine, sample_lake):
    day = sample_engine.utility.day_of(AS_OF)
    own = sample_lake.scan("meter").collect()
    states = meters.stages(sample_engine, AS_OF).filter(kind="state")
    assert dict(states.select("name", "meters").rows()) == dict(own.group_by("state").len().rows())
    installed = own.filter(pl.col("state").is_in(["in_use", "expired"]))
    soon = installed.filter(pl.col("verified_until").is_between(day, day + timedelta(days=29))).height
    assert meters.every_meter(sample_engine, AS_OF).filter(due="within_30").height == soon > 0
    moves = sample_lake.scan("stock_move").filter(item_id="pac").sort("moved_at", "move_id").collect()
    counted = moves["kind"].to_list()
    last = len(counted) - 1 - counted[::-1].index("count")
    levels = stock.levels(sample_engine, AS_OF)
    assert levels.filter(item_id="pac")["stock"].item() == moves["quantity"][last:].sum()
    assert levels["is_idle"].sum() == 0  # the lake knows four weeks: none can have lain for ninety days
