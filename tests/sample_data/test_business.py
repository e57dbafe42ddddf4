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
    assert dict(forgotten.group_by("state").len().rows()).get("expired") == LOT_SIZE
