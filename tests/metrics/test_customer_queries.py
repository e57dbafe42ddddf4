"""Calls, orders, tickets on a small lake: every count worked by hand; then on the sample, as polars counts it."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from data_sources.lake import Lake
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.queries import hall, hotline, orders
from tests.conftest import AS_OF
from tests.metrics.lake_rows import write

NOW = datetime(2026, 3, 15, 8, 20, tzinfo=UTC)
"""16:20 in Shanghai; the last 24 clock hours began at 17:00 the day before."""
WEEK = timedelta(days=7)


@pytest.fixture
def engine(tiny_utility, tiny_lake):
    return Engine(tiny_utility, tiny_lake, load_catalogue(tiny_utility))


@pytest.fixture(scope="module")
def sample_engine(demonstration, sample_lake):
    return Engine(demonstration, Lake(sample_lake.root, demonstration), load_catalogue(demonstration))


def call(call_id, started_at, category="bill", waited_s=5, talked_s=60, channel="hotline", **more):
    """Answered after `waited_s`; given up then where `talked_s` is None."""
    answered = started_at + timedelta(seconds=waited_s)
    ended = answered if talked_s is None else answered + timedelta(seconds=talked_s)
    own = {"call_id": call_id, "channel": channel, "started_at": started_at, "ended_at": ended, "category": category}
    return {**own, "answered_at": None if talked_s is None else answered, "caller": "13800000000", **more}


def test_calls_beside_the_same_hours_of_earlier_weeks(engine, tiny_lake):
    hour = NOW.replace(minute=0)  # 08:00, of which 20 minutes have passed
    rows = [call("now1", hour + timedelta(minutes=5)), call("now2", hour - timedelta(hours=3), "leak")]
    for week in range(1, 4):  # 1, 2, 3 calls in the first twenty minutes, and one after them, which doesn't count
        rows += [call(f"w{week}{n}", hour - week * WEEK + timedelta(minutes=n)) for n in range(week)]
        rows.append(call(f"w{week}late", hour - week * WEEK + timedelta(minutes=20)))
    rows.append(call("first", NOW - 4 * WEEK))  # the lake begins in the midst of the fourth week: it doesn't count
    write(tiny_lake, "call", *rows)
    told = hotline.against_usual(engine, NOW)
    cells = {(r["hour"], r["category"]): r for r in told.iter_rows(named=True)}
    of_hour = cells[(hour, None)]
    assert (of_hour["calls"], of_hour["usual"], of_hour["weeks"]) == (1, 2, 3)
    # linear quantiles of 1, 2, 3
    assert (of_hour["usual_low"], of_hour["usual_high"]) == (pytest.approx(1.2), pytest.approx(2.8))
    assert (cells[(None, None)]["calls"], cells[(None, None)]["usual"]) == (2, 2)
    assert (cells[(None, "leak")]["calls"], cells[(None, "leak")]["usual"]) == (1, 0)
    assert sum(1 for at, category in cells if category is None and at is not None) == 24


def test_unusually_many_calls_are_told_from_chance(engine, tiny_lake):
    hour = NOW.replace(minute=0)
    rows = [call(f"w{week}{n}", hour - week * WEEK + timedelta(minutes=n)) for week in (1, 2) for n in range(4)]
    rows.append(call("first", hour - 4 * WEEK))
    # usual 4, three standard deviations 6: ten are chance, eleven are not
    write(tiny_lake, "call", *rows, *(call(f"n{n}", hour + timedelta(minutes=n)) for n in range(10)))
    of_hour = pl.col("hour") == hour, pl.col("category").is_null()
    # of the third week nothing is known but that nobody called
    assert hotline.against_usual(engine, NOW).filter(of_hour).select("calls", "usual", "is_unusual").rows() == [
        (10, 4, False)
    ]
    write(tiny_lake, "call", call("n10", hour + timedelta(minutes=15)))
    assert hotline.against_usual(engine, NOW).filter(of_hour)["is_unusual"].to_list() == [True]


def test_calls_of_an_unknown_past_have_no_usual(engine, tiny_lake):
    write(tiny_lake, "call", call("a", NOW - timedelta(hours=1)), call("b", NOW - timedelta(days=3)))
    told = hotline.against_usual(engine, NOW).filter(pl.col("hour").is_null(), pl.col("category").is_null())
    assert told.select("calls", "usual", "weeks").rows() == [(1, None, 0)]


def test_calls_of_the_day_and_the_year_before(engine, tiny_lake):
    began, day = NOW.replace(minute=0) - timedelta(hours=23), timedelta(days=1)
    write(
        tiny_lake,
        "call",
        call("first", began - day),
        call("gone", NOW - day - timedelta(minutes=1), talked_s=None),
        call("after", NOW - day),  # its day's stretch ended as it began
        call("app", began - day, channel="app"),
        call("leak", began - day, "leak", channel="app"),
        call("now", NOW - timedelta(minutes=5)),
        call("earlier", began - day - timedelta(seconds=30), waited_s=40, talked_s=None),  # began before, gave up in it
    )
    told, unknown = {"calls": 2, "abandoned": 2, "reports": 1}, {"calls": None, "abandoned": None, "reports": None}
    assert hotline.before(engine, NOW) == {"previous": told, "last_year": unknown}
    write(tiny_lake, "call", call("long ago", began - timedelta(days=365)))
    assert hotline.before(engine, NOW)["last_year"] == {"calls": 0, "abandoned": 0, "reports": 0}


def test_answered_in_time_abandoned_and_open(engine, tiny_lake):
    start = NOW - timedelta(minutes=15)
    write(
        tiny_lake,
        "call",
        call("in time", start, waited_s=20),
        call("late", start, waited_s=21),
        call("gone", start, waited_s=8, talked_s=None),
        call("app", start, channel="app"),
        call("talking", NOW - timedelta(minutes=1), talked_s=300),
        call("rings", NOW - timedelta(seconds=40), waited_s=90),
        call("yesterday", NOW - timedelta(hours=24)),
    )
    whole = hotline.answered(engine, NOW).filter(pl.col("hour").is_null()).row(0, named=True)
    assert (whole["ended"], whole["in_time"], whole["late"], whole["abandoned"]) == (3, 1, 1, 1)
    assert (whole["wait_s"], whole["longest_wait_s"]) == (20.5, 21)
    assert hotline.open_now(engine, NOW) == {"ringing": 1, "talking": 1, "longest_wait_s": 40}


def test_repeats_reports_and_their_cluster(engine, tiny_lake):
    place = {"site_id": "Z1", "lon": 121.03, "lat": 30.7}
    leaks = [call(f"L{n}", NOW - timedelta(hours=n), "leak", **place) for n in range(1, 6)]
    usual = [call(f"U{n}", NOW - timedelta(days=n), "no_water", **place) for n in (2, 9, 28)]
    again = call("R", NOW - timedelta(minutes=30), "leak", channel="wechat", repeat_of="L5", **place)
    write(tiny_lake, "call", *leaks, *usual, again)
    repeated = hotline.repeated(engine, NOW)
    assert repeated.select("call_id", "repeat_of", "first_at").rows() == [("R", "L5", NOW - timedelta(hours=5))]
    assert hotline.repeats(engine, NOW) == {"calls": 9, "repeated": 1, "previous": None, "last_year": None}
    assert hotline.reports(engine, NOW)["call_id"].to_list() == ["R", "L1", "L2", "L3", "L4", "L5"]
    zone = hotline.report_zones(engine, NOW).row(0, named=True)
    # six are a cluster [house]; three came in the days since the first report, up to the 24 hours' beginning at 09:00
    assert (zone["site_id"], zone["reports"], zone["leak"], zone["is_cluster"]) == ("Z1", 6, 6, True)
    assert zone["usual_a_day"] == pytest.approx(3 / (27 + 40 / 60 / 24))
    earlier = hotline.report_zones(engine, NOW - timedelta(minutes=59)).row(0, named=True)
    assert (earlier["reports"], earlier["is_cluster"]) == (5, False)


def test_channels_against_the_past(engine, tiny_lake):
    at = NOW - timedelta(days=1)
    write(
        tiny_lake,
        "call",
        call("1", at),
        call("2", at),
        call("3", at, channel="wechat"),
        call("4", at - timedelta(days=30), channel="wechat"),
        call("5", NOW - timedelta(days=400)),
        call("6", at - timedelta(days=364)),
    )
    write(tiny_lake, "hall_ticket", ticket("T", at, "1"))
    rows = hotline.channels(engine, NOW).rows()
    assert rows == [("hotline", 2, 50, 0, 1), ("hall", 1, 25, None, None), ("wechat", 1, 25, None, None)]
    then = hotline.channels(engine, NOW - timedelta(hours=25)).rows()
    assert then == [("wechat", 1, 100, None, None), ("hotline", 0, 0, 0, 0)]


def order(order_id, opened_days, due_days, closed_days=None, kind="leak_repair"):
    def before(days):
        return None if days is None else NOW - timedelta(days=days)

    own = {"order_id": order_id, "kind": kind, "site_id": "Z1", "opened_at": before(opened_days)}
    return {
        **own,
        "due_at": before(due_days),
        "closed_at": before(closed_days),
        "satisfaction": 4 if closed_days else None,
    }


def test_orders_in_time_late_and_overdue(engine, tiny_lake):
    write(
        tiny_lake,
        "work_order",
        order("in time", 5, 3, 3),
        order("late", 5, 3, 2),
        order("overdue", 5, 1),
        order("open", 2, -1),
        order("long ago", 40, 35, 36),
        order("no water", 2, 1, 1.5, "no_water"),
    )
    rows = {row["kind"]: row for row in orders.by_kind(engine, NOW).iter_rows(named=True)}
    leak = rows["leak_repair"]
    assert list(rows) == ["leak_repair", "no_water"]  # where something is overdue comes first
    assert (leak["due"], leak["in_time"], leak["open"], leak["overdue"]) == (3, 1, 2, 1)
    assert leak["in_time_share"] == pytest.approx(100 / 3)
    assert [(row["previous"], row["last_year"]) for row in rows.values()] == [(100, None), (None, None)]
    assert (leak["hours_taken"], leak["satisfaction"]) == (60, 4)  # the median of 48 and 72
    listed = orders.open_or_late(engine, NOW).select("order_id", "step", "hours_late").rows()
    assert listed == [("overdue", "overdue", 24), ("open", "opened", -24), ("late", "closed_late", 24)]


def ticket(ticket_id, taken_at, window, called_min=None, finished_min=None, state="waiting", rating=None):
    def after(minutes):
        return None if minutes is None else taken_at + timedelta(minutes=minutes)

    return {
        "ticket_id": ticket_id,
        "hall": "H",
        "window": window,
        "service": "payment",
        "taken_at": taken_at,
        "called_at": after(called_min),
        "finished_at": after(finished_min),
        "state": state,
        "rating": rating,
    }


def test_the_hall_now_and_its_waits(engine, tiny_lake):
    morning = datetime(2026, 3, 15, 1, 10, tzinfo=UTC)  # 09:10 in Shanghai
    write(
        tiny_lake,
        "hall_ticket",
        ticket("A", morning, "1", 4, 9, "served", 5),
        ticket("B", morning, "1", 8, 20, "served", 4),
        ticket("C", morning + timedelta(hours=1), "2", 3, None, "missed"),
        ticket("D", NOW - timedelta(minutes=12), "2"),
        ticket("E", NOW - timedelta(minutes=6), "1", 4, 30, "served", 1),
        ticket("F", morning - timedelta(days=1), "2", 30, 40, "served", 3),
        ticket("went away", morning, None, state="cancelled"),
        ticket("month before", NOW - timedelta(days=31), "2", 12, 40, "served"),
        ticket("year before", NOW - timedelta(days=365), "2", 7, 40, "served"),
        ticket("G", NOW - timedelta(minutes=2), "2", 5, 9, "served"),
    )
    # E is at the window; G, called in three minutes, waits; its stars aren't given yet
    assert hall.now(engine, NOW).rows() == [("H", 2, 12.0, 1, 7, 2)]
    waits = {(r["window"], r["local_hour"]): r for r in hall.waits(engine, NOW).iter_rows(named=True)}
    assert waits[("1", 9)]["wait_min"] == pytest.approx(6)
    assert (waits[("1", None)]["tickets"], waits[("1", None)]["rating"], waits[("1", None)]["rated"]) == (3, 4.5, 2)
    assert [(waits[w, None]["previous"], waits[w, None]["last_year"]) for w in (None, "1", "2")] == [
        (12, 7), (None, None), (12, 7),
    ]  # fmt: skip
    assert (waits[("2", None)]["missed"], waits[("2", None)]["longest_min"]) == (1, 30)
    # one without a window counts in the hall alone
    assert waits[(None, None)]["tickets"] == 8
    assert [window for window, hour in waits if hour is None] == [None, "1", "2"]
    assert waits[(None, None)]["wait_min"] == pytest.approx((4 + 8 + 3 + 4 + 30) / 5)


def test_nothing_is_asked_of_an_empty_lake_in_vain(engine):
    assert hotline.against_usual(engine, NOW).height <= 1
    assert hotline.channels(engine, NOW).is_empty()
    assert orders.by_kind(engine, NOW).is_empty()
    assert hall.waits(engine, NOW).is_empty()
    assert hotline.open_now(engine, NOW)["ringing"] == 0


@pytest.mark.slow
def test_the_sample_as_polars_counts_it(sample_engine, sample_lake):
    calls = sample_lake.scan("call").filter(pl.col("started_at") <= AS_OF).collect()
    begun = AS_OF.replace(minute=0) - timedelta(hours=23)
    recent = calls.filter(pl.col("started_at") >= begun, channel="hotline")
    told = hotline.against_usual(sample_engine, AS_OF)
    whole = told.filter(pl.col("hour").is_null())
    assert dict(whole.drop_nulls("category").filter(pl.col("calls") > 0).select("category", "calls").rows()) == dict(
        recent.group_by("category").len().rows()
    )
    first = calls.filter(channel="hotline")["started_at"].min()
    weeks = [n for n in range(1, 9) if begun - n * WEEK >= first]
    counts = [
        calls.filter(
            pl.col("started_at") >= begun - n * WEEK, pl.col("started_at") < AS_OF - n * WEEK, channel="hotline"
        ).height
        for n in weeks
    ]
    assert whole.filter(pl.col("category").is_null())["usual"].item() == pl.Series(counts).median()
    due = (
        sample_lake.scan("work_order")
        .filter(pl.col("due_at") >= AS_OF - timedelta(days=30), pl.col("due_at") < AS_OF)
        .collect()
    )
    assert orders.by_kind(sample_engine, AS_OF)["due"].sum() == due.height
    tickets = sample_lake.scan("hall_ticket").filter(pl.col("taken_at") >= AS_OF - timedelta(days=30)).collect()
    told = hall.waits(sample_engine, AS_OF).filter(pl.col("window").is_null())
    assert told["tickets"].item() == tickets.height
    today = tickets.filter(pl.col("taken_at") >= datetime(2026, 9, 14, 16, tzinfo=UTC), state="waiting")
    assert hall.now(sample_engine, AS_OF)["waiting"].item() == today.filter(pl.col("called_at").is_null()).height
    assert date(2026, 9, 15) == sample_engine.utility.day_of(AS_OF)
