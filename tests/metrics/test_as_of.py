"""The lake's tables as at a moment: what was not yet there, what was still open, what state a meter was in.

Moments are of 2026-03-15 in UTC; the business day of Shanghai is the 15th until 16:00 UTC.
"""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from data_sources.contracts import TABLES
from metrics.limits import resolve_limits
from metrics.spans import Span, span_frame
from metrics.view_columns import VIEW_COLUMNS
from metrics.view_sql import as_of_sql
from metrics.views import Views

DAY = date(2026, 3, 15)


def at(clock, day=DAY):
    return datetime.fromisoformat(f"{day}T{clock}Z")


@pytest.fixture
def shown(tiny_utility, tiny_lake):
    """A function: the rows of a table as at a moment, sorted by key."""

    def show(table, moment):
        start, end = tiny_utility.day_start(DAY), moment
        span = span_frame([Span(DAY, DAY, DAY, start, end, 0)])
        views = Views(tiny_utility, tiny_lake, moment, resolve_limits(tiny_utility))
        with views.connection(span, [table]) as cursor:
            rows = pl.DataFrame(cursor.sql(f'FROM "{table}"').to_arrow_table())
        views.close()
        return rows.sort(TABLES[table].key).to_dicts()

    return show


def write(lake, table, *rows):
    schema = {name: dtype for name, dtype in TABLES[table].columns.items() if name in rows[0]}
    report = lake.write(table, pl.DataFrame(list(rows), schema=schema), source="test")
    assert report.rows_quarantined == 0


def test_every_table_has_its_select_and_the_columns_of_its_view(shown):
    assert as_of_sql().keys() == TABLES.keys()
    assert all(shown(table, at("08:00")) == [] for table in TABLES)


def test_views_have_exactly_the_columns_on_the_list(tiny_utility, tiny_lake):
    span = span_frame([Span(DAY, DAY, DAY, tiny_utility.day_start(DAY), at("08:00"), 0)])
    views = Views(tiny_utility, tiny_lake, at("08:00"), resolve_limits(tiny_utility))
    with views.connection(span, VIEW_COLUMNS) as cursor:
        for view, columns in VIEW_COLUMNS.items():
            described = cursor.execute(f'DESCRIBE "{view}"').fetchall()
            found = {name: "TIMESTAMPTZ" if "TIME ZONE" in kind else kind for name, kind, *_ in described}
            assert found == columns, view
    views.close()


def test_a_call_is_there_once_it_rang_and_answered_once_it_was(tiny_lake, shown):
    write(
        tiny_lake,
        "call",
        {
            "call_id": "A",
            "channel": "hotline",
            "started_at": at("08:00"),
            "answered_at": at("08:01"),
            "ended_at": at("08:05"),
            "category": "leak",
        },
    )
    assert shown("call", at("07:59")) == []
    (ringing,) = shown("call", at("08:00"))
    assert (ringing["answered_at"], ringing["ended_at"], ringing["day"]) == (None, None, DAY)
    (talking,) = shown("call", at("08:04"))
    assert (talking["answered_at"], talking["ended_at"]) == (at("08:01"), None)
    (over,) = shown("call", at("08:05"))
    assert over["ended_at"] == at("08:05")


def test_an_order_keeps_the_moment_it_is_due(tiny_lake, shown):
    write(
        tiny_lake,
        "work_order",
        {
            "order_id": "A",
            "kind": "repair",
            "opened_at": at("08:00"),
            "closed_at": at("10:00"),
            "due_at": at("12:00"),
            "revisited_at": at("11:00"),
            "satisfaction": 5,
        },
    )
    (open_order,) = shown("work_order", at("09:00"))
    assert (open_order["closed_at"], open_order["due_at"], open_order["satisfaction"]) == (None, at("12:00"), None)
    (closed,) = shown("work_order", at("10:30"))
    assert (closed["closed_at"], closed["satisfaction"]) == (at("10:00"), None)
    assert shown("work_order", at("11:00"))[0]["satisfaction"] == 5


def test_who_was_not_served_yet_was_waiting(tiny_lake, shown):
    common = {"hall": "H", "service": "x", "taken_at": at("08:00")}
    write(
        tiny_lake,
        "hall_ticket",
        {
            "ticket_id": "A",
            **common,
            "called_at": at("08:10"),
            "finished_at": at("08:20"),
            "state": "served",
            "rating": 4,
        },
        {"ticket_id": "B", **common, "called_at": at("08:12"), "finished_at": None, "state": "missed", "rating": None},
    )
    served, missed = shown("hall_ticket", at("08:11"))
    assert (served["state"], served["called_at"], served["rating"]) == ("waiting", at("08:10"), None)
    assert (missed["state"], missed["called_at"]) == ("waiting", None)
    served, missed = shown("hall_ticket", at("08:30"))
    assert (served["state"], served["rating"], missed["state"]) == ("served", 4, "missed")


def test_a_month_is_there_once_it_is_over(tiny_lake, shown):
    write(
        tiny_lake, "sale", {"site_id": "Z1", "month": date(2026, 2, 1), "use_class": "household", "volume_m3": 2800.0}
    )
    last_of_february = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
    assert shown("sale", last_of_february) == []
    # midnight in Shanghai is 16:00 UTC
    (row,) = shown("sale", datetime(2026, 2, 28, 16, 0, tzinfo=UTC))
    assert (row["volume_m3"], row["day"]) == (2800, date(2026, 3, 1))


def test_the_newest_word_on_an_action_counts(tiny_lake, shown):
    common = {
        "item_id": "A",
        "programme": "优水入户",
        "theme": "pipes",
        "title_zh": "管网改造",
        "owner": "x",
        "starts_on": DAY,
        "due_on": date(2026, 12, 31),
    }
    write(
        tiny_lake,
        "action_item",
        {**common, "progress": 0.2, "updated_at": at("08:00")},
        {**common, "progress": 0.5, "updated_at": at("09:00")},
    )
    assert shown("action_item", at("07:00")) == []
    assert [row["progress"] for row in shown("action_item", at("08:30"))] == [0.2]
    assert [row["progress"] for row in shown("action_item", at("09:00"))] == [0.5]


def test_a_fault_had_not_ended_yet(tiny_lake, shown):
    common = {"site_id": "W1", "kind": "stuck", "confidence": 0.9, "evidence": "{}"}
    write(tiny_lake, "fault", {"fault_id": "A", **common, "since": at("08:00"), "until": at("10:00")})
    assert shown("fault", at("07:00")) == []
    assert shown("fault", at("09:00"))[0]["until"] is None
    assert shown("fault", at("10:00"))[0]["until"] == at("10:00")


def test_a_forecast_is_there_once_issued_for_times_to_come(tiny_lake, shown):
    row = {"series": "N/demand", "model": "shown", "quantile": 0.5, "value": 1.0, "inputs_age_s": 0.0}
    write(tiny_lake, "forecast", {**row, "issued_at": at("08:00"), "valid_at": at("20:00")})
    assert shown("forecast", at("07:59")) == []
    assert shown("forecast", at("08:00"))[0]["valid_at"] == at("20:00")
    # what method and baseline each said is for the brain's scores
    write(tiny_lake, "forecast", {**row, "model": "mstl", "issued_at": at("09:00"), "valid_at": at("20:00")})
    assert [one["model"] for one in shown("forecast", at("10:00"))] == ["shown"]


METER = {
    "meter_id": "M",
    "dn_mm": 20,
    "q3_m3h": 2.5,
    "kind": "smart",
    "maker": "x",
    "lot": "1",
    "state": "in_use",
    "first_verified_on": date(2020, 3, 1),
    "verified_until": date(2032, 2, 28),
    "site_id": "Z1",
}


def test_a_meter_without_events_is_as_its_row_says(tiny_lake, shown):
    write(tiny_lake, "meter", METER)
    (meter,) = shown("meter", at("08:00"))
    assert {name: meter[name] for name in METER} == METER


def test_a_meter_is_what_its_events_had_made_of_it(tiny_lake, shown):
    """Verified on 1 March 2020 (DN 20: six years), expired in use, taken out, verified anew in 2026."""

    def event(kind, moment):
        return {"meter_id": "M", "event": kind, "happened_at": datetime.fromisoformat(moment)}

    write(tiny_lake, "meter", METER)
    write(
        tiny_lake,
        "meter_event",
        event("received", "2020-02-01T01:00Z"),
        event("verified", "2020-03-01T01:00Z"),
        event("installed", "2020-04-01T01:00Z"),
        event("sent", "2026-03-10T01:00Z"),
        event("verified", "2026-03-14T01:00Z"),
        event("installed", "2026-03-16T01:00Z"),
    )

    def then(moment):
        rows = shown("meter", datetime.fromisoformat(moment))
        return [(row["state"], row["first_verified_on"], row["verified_until"]) for row in rows]

    old, new = date(2026, 3, 1), date(2032, 2, 28)
    assert then("2020-01-31T00:00Z") == []
    assert then("2020-02-02T00:00Z") == [("received", None, None)]
    assert then("2020-05-01T00:00Z") == [("in_use", date(2020, 3, 1), old)]
    assert then("2026-03-01T08:00Z") == [("in_use", date(2020, 3, 1), old)]
    assert then("2026-03-02T08:00Z") == [("expired", date(2020, 3, 1), old)]
    assert then("2026-03-12T00:00Z") == [("in_verification", date(2020, 3, 1), old)]
    # back from verification, in stock; from here on its row is right
    assert then("2026-03-15T00:00Z") == [("received", date(2020, 3, 1), new)]
    assert then("2026-03-17T00:00Z") == [("in_use", date(2020, 3, 1), new)]


@pytest.mark.parametrize(("dn", "q3", "until"), [(25, 6.3, 2032), (50, 16.0, 2030), (65, 16.0, 2028), (20, 25.0, 2028)])
def test_a_verification_lasts_as_long_as_jjg_162_says(tiny_lake, shown, dn, q3, until):
    write(tiny_lake, "meter", {**METER, "dn_mm": dn, "q3_m3h": q3, "verified_until": date(2040, 1, 1)})
    events = [("verified", "2026-03-01T01:00Z"), ("installed", "2026-03-02T01:00Z"), ("verified", "2034-03-01T01:00Z")]
    write(
        tiny_lake,
        "meter_event",
        *({"meter_id": "M", "event": kind, "happened_at": datetime.fromisoformat(moment)} for kind, moment in events),
    )
    (meter,) = shown("meter", at("08:00"))
    # verified again since, in 2034; at this moment the verification of 2026 counts
    assert meter["verified_until"] == date(until, 3, 1)
