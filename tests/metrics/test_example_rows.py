"""An example's text becomes typed rows with every column of their view."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from metrics.catalogue import Example
from metrics.example_rows import BadExample, ExampleDays, example_frames, frame_of
from metrics.view_columns import POLARS_TYPES, VIEW_COLUMNS

EXPECT = [{"period": date(2026, 3, 15), "value": 1}]


def frames(timezone="UTC", **views):
    example = Example.model_validate({"line": 1, "views": views, "expect": EXPECT, "timezone": timezone})
    return example_frames(example, ExampleDays(timezone))


def test_cells_are_typed_and_empty_ones_null():
    rows = frames(daily="point_id, day, amount, is_valid, valid_hours\nA, 2026-03-15, 1.5, true, 20\nB, , , false,")
    frame = rows["daily"]
    assert list(frame.columns) == list(VIEW_COLUMNS["daily"])
    assert frame.select("point_id", "day", "amount", "is_valid", "valid_hours").rows() == [
        ("A", date(2026, 3, 15), 1.5, True, 20),
        ("B", None, None, False, None),
    ]
    assert frame["mean"].to_list() == [None, None]


def test_a_range_is_a_row_an_hour_a_day_or_a_month():
    rows = frames(
        hourly="point_id, hour, mean\nA, 2026-03-15T22:00Z..2026-03-16T01:00Z, 1",
        daily="point_id, day\nA, 2026-02-27..2026-03-01",
        sale="site_id, month, volume_m3\nZ, 2025-11-01..2026-02-01, 5",
    )
    assert rows["hourly"]["hour"].to_list() == [
        datetime(2026, 3, d, h, tzinfo=UTC) for d, h in ((15, 22), (15, 23), (16, 0), (16, 1))
    ]
    assert rows["daily"]["day"].to_list() == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
    assert rows["sale"]["month"].to_list() == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


def test_ranges_of_one_row_run_together():
    text = "order_id, opened_at, due_at\nA, 2026-03-01T00:00Z..2026-03-01T01:00Z, 2026-03-02T00:00Z..2026-03-02T01:00Z"
    assert frames(work_order=text)["work_order"].select("opened_at", "due_at").rows() == [
        (datetime(2026, 3, 1, h, tzinfo=UTC), datetime(2026, 3, 2, h, tzinfo=UTC)) for h in (0, 1)
    ]


def test_a_mart_repeats_what_its_point_is():
    rows = frames(
        sites="site_id, kind\nW, works",
        points="point_id, site_id, quantity, role\nA, W, flow, finished",
        hourly="point_id, hour, role\nA, 2026-03-15T00:00Z,\nA, 2026-03-15T01:00Z, raw\nB, 2026-03-15T00:00Z,",
    )
    assert rows["points"]["site_kind"].to_list() == ["works"]
    columns = rows["hourly"].select("site_id", "site_kind", "quantity", "role", "due_s").rows()
    assert columns == [
        ("W", "works", "flow", "finished", 3600),
        ("W", "works", "flow", "raw", 3600),
        (None, None, None, None, 3600),
    ]


def test_day_and_local_hour_are_those_of_the_examples_zone():
    shanghai = frames("Asia/Shanghai", hourly="point_id, hour\nA, 2026-03-14T16:00Z")["hourly"]
    assert shanghai.select("day", "local_hour").row(0) == (date(2026, 3, 15), 0)
    utc = frames(hourly="point_id, hour\nA, 2026-03-14T16:00Z")["hourly"]
    assert utc.select("day", "local_hour").row(0) == (date(2026, 3, 14), 16)


def test_a_tables_row_belongs_to_the_day_of_its_own_time():
    sample = "site_id, medium, sampled_at, quantity, value\nW, influent, 2026-03-14T16:00Z, bod5, 100"
    assert frames("Asia/Shanghai", lab_sample=sample)["lab_sample"]["day"].to_list() == [date(2026, 3, 15)]


def test_offsets_become_utc():
    rows = frames(hourly="point_id, hour\nA, 2026-03-15T08:00+08:00")["hourly"]
    assert rows["hour"].to_list() == [datetime(2026, 3, 15, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("views", "says"),
    [
        ({"hours": "a\n1"}, "hours: no such view"),
        ({"span": "period\n2026-03-15"}, "span: no such view, or one that as_of and expect make"),
        ({"daily": "point_id, tag\nA, x"}, "daily has no column tag"),
        ({"daily": "point_id, day\nA"}, "daily, row 1: 1 values for 2 columns"),
        ({"daily": "point_id, day\nA, yesterday"}, "daily, row 1: day 'yesterday' is not a DATE"),
        ({"daily": "point_id, is_valid\nA, yes"}, "daily, row 1: is_valid 'yes' is not a BOOLEAN"),
        ({"hourly": "point_id, hour\nA, 2026-03-15T00:00"}, "hour '2026-03-15T00:00' is not a TIMESTAMPTZ"),
        (
            {"hourly": "hour, day\n2026-03-15T00:00Z..2026-03-15T02:00Z, 2026-03-15..2026-03-16"},
            "hourly, row 1: its ranges have different lengths",
        ),
    ],
)
def test_rows_that_cannot_be_read_are_named(views, says):
    with pytest.raises(BadExample) as error:
        frames(**views)
    assert says in str(error.value)


@pytest.mark.parametrize("view", VIEW_COLUMNS)
def test_every_view_can_be_empty(view):
    frame = frame_of(view, [])
    assert frame.height == 0
    assert frame.schema == pl.Schema({name: POLARS_TYPES[kind] for name, kind in VIEW_COLUMNS[view].items()})
