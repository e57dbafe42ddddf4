"""The business tables: the same window twice, halves that make a whole, contracts kept, events to be seen."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data_sources.contracts import TABLES
from sample_data.business import BUSINESS, MONTHLY, WHOLE_LIFE
from sample_data.meters import LOT_SIZE, meter_events, meters

END = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
START = END - timedelta(days=40)
EVERY = (*BUSINESS, *WHOLE_LIFE, *MONTHLY)
NAMES = [f"{made.table}-{made.source}-{n}" for n, made in enumerate(EVERY)]


@pytest.mark.parametrize("made", EVERY, ids=NAMES)
def test_rows_keep_their_contract(demonstration, made):
    rows = made.rows(demonstration, START, END)
    assert rows.height > 0
    contract = TABLES[made.table]
    _, failure = contract.schema.filter(rows)
    assert failure.counts() == {}
    assert not rows.select(contract.key).is_duplicated().any()


@pytest.mark.parametrize("made", EVERY, ids=NAMES)
def test_the_same_window_gives_the_same_rows(demonstration, made):
    assert made.rows(demonstration, START, END).equals(made.rows(demonstration, START, END))


@pytest.mark.parametrize(
    "made", [one for one in EVERY if TABLES[one.table].own_time and one.table not in ("stock_move", "action_item")],
    ids=lambda one: f"{one.table}-{one.source}",
)  # fmt: skip
def test_two_halves_make_the_whole(demonstration, made):
    middle = START + timedelta(days=17, hours=3)
    key = TABLES[made.table].key
    whole = made.rows(demonstration, START, END).select(key).sort(key)
    halves = pl.concat([made.rows(demonstration, START, middle), made.rows(demonstration, middle, END)])
    assert halves.select(key).unique().sort(key).equals(whole)


def rows_of(demonstration, table: str, start: datetime, end: datetime) -> pl.DataFrame:
    return pl.concat([made.rows(demonstration, start, end) for made in EVERY if made.table == table])


def test_nine_of_ten_calls_are_answered_in_time_but_for_the_peak(demonstration):
    calls = rows_of(demonstration, "call", START, END).filter(channel="hotline")
    quick = (pl.col("answered_at") - pl.col("started_at") <= timedelta(seconds=20)).fill_null(value=False)
    by_day = calls.group_by(pl.col("started_at").dt.date()).agg(quick.mean().alias("share"), pl.len())
    assert by_day["share"].median() > 0.93
    busiest = by_day.sort("len").tail(1)
    assert busiest["len"][0] > 1.8 * by_day["len"].median()
    assert busiest["share"][0] < 0.8


def test_stock_follows_from_its_moves(demonstration):
    moves = rows_of(demonstration, "stock_move", START, END).sort("moved_at")
    for (item,), rows in moves.group_by("item_id", maintain_order=True):
        stock = None
        for kind, quantity in rows.select("kind", "quantity").iter_rows():
            if kind == "count" and stock is not None:
                assert quantity == stock, item
            if kind != "count" and stock is None:
                continue  # before the first count nobody knows
            stock = quantity if kind == "count" else stock + quantity
            assert stock >= 0, item
        assert stock is not None


def test_a_meter_lives_in_order(demonstration):
    life = ["planned", "purchased", "received", "sent", "verified", "installed", "removed", "retired"]
    events = meter_events(demonstration, END - timedelta(days=8 * 365), END).sort("meter_id", "happened_at")
    failed = events.filter(pl.col("event") == "failed")["meter_id"]
    assert 0 < failed.len() < 0.02 * events["meter_id"].n_unique()
    ends = events.filter(pl.col("meter_id").is_in(failed.implode())).group_by("meter_id").agg(pl.col("event"))["event"]
    assert {tuple(one) for one in ends} <= {(*life[:4], "failed"), (*life[:4], "failed", "retired")}
    events = events.filter(~pl.col("meter_id").is_in(failed.implode()))
    place = pl.col("event").replace_strict({name: n for n, name in enumerate(life)})
    steps = events.with_columns(step=place.cast(pl.Int64).diff().over("meter_id"))["step"].drop_nulls()
    assert steps.min() == 1
    assert steps.max() == 1


def test_six_thousand_meters_are_in_use(demonstration):
    rows = meters(demonstration, END - timedelta(days=8 * 365), END)
    counts = dict(rows.group_by("state").len().rows())
    assert counts["in_use"] == pytest.approx(300 * LOT_SIZE, rel=0.02)
    assert {"planned", "purchased", "in_verification", "retired"} <= counts.keys()
    assert "expired" not in counts  # 15 September is an ordinary day
    forgotten = meters(demonstration, END - timedelta(days=8 * 365), END + timedelta(days=13))
    expired = forgotten.filter(pl.col("state") == "expired")
    assert expired["lot"].n_unique() == 1
    assert 0.8 * LOT_SIZE < expired.height <= LOT_SIZE


def test_who_calls_again_calls_about_the_same(demonstration):
    calls = rows_of(demonstration, "call", START, END)
    again = calls.filter(pl.col("repeat_of").is_not_null(), pl.col("started_at") >= START + timedelta(days=1))
    pairs = again.join(calls, left_on="repeat_of", right_on="call_id", suffix="_first")
    assert pairs.height == again.height > 100
    assert (pairs["started_at"] > pairs["started_at_first"]).all()
    assert (pairs["category"] == pairs["category_first"]).all()
    assert (pairs["site_id"] == pairs["site_id_first"]).all()


def test_a_burst_is_reported(demonstration):
    calls = rows_of(demonstration, "call", START, END).filter(pl.col("category").is_in(["leak", "no_water"]))
    assert calls["lon"].null_count() == 0
    calls = calls.filter(~pl.col("call_id").str.contains("-p"))  # the hotline's peak is the whole town's
    days = calls.group_by("site_id", pl.col("started_at").dt.convert_time_zone("Asia/Shanghai").dt.date()).len()
    assert set(days.filter(pl.col("len") >= 12)["site_id"]) == {"ZN05", "ZN17", "ZN29"}


def test_some_actions_are_late_and_each_is_reported_monthly(demonstration):
    rows = rows_of(demonstration, "action_item", START - timedelta(days=300), END)
    newest = rows.sort("updated_at").group_by("item_id").last()
    assert newest["theme"].n_unique() == 4
    assert newest.filter(pl.col("due_on") < END.date(), pl.col("progress") < 1).height > 0
    assert rows.group_by("item_id").len()["len"].unique().to_list() == [11]
