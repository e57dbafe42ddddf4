"""What the runner notes of a source: its clock, its columns, since when it fails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl

from data_sources.drain import Drained
from data_sources.source_log import SourceLog
from data_sources.write import WriteReport

NOW = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
REPORT = WriteReport("reading", "scada/1", 5, 3, 1, 1)


def made(*columns, unasked=()):
    return Drained(pl.DataFrame(), pl.DataFrame(), 1, 2, 4, frozenset(columns), frozenset(unasked))


def after(*newest, log=None, received_at=NOW, table="reading", behind=False):
    """The facts after batches whose newest rows, all of them new, are of these times."""
    log = log or SourceLog({})
    for one in newest:
        log.batch(made("tag", "ts"), replace(REPORT, table=table, newest=one), one, received_at, behind)
    return log.facts


def test_batches_and_rows_are_counted_on():
    log = SourceLog(dict(after(NOW, NOW)))
    facts = after(NOW, log=log)
    counts = [facts[name] for name in ("batches", "rows", "duplicates", "quarantined", "ignored", "without_data")]
    assert counts == [3, 9, 3, 3, 6, 12]


def test_a_clock_ahead_shows_at_once_and_for_a_while_beside_right_ones():
    log = SourceLog({})
    assert after(NOW + HOUR, log=log)["clock_s"] == 3600
    assert after(NOW, log=log)["clock_s"] == 3600  # of another station, maybe
    assert log.facts["last_data_time"] == NOW.isoformat()  # never that of the wrong clock
    later = NOW + timedelta(minutes=15)
    assert after(later, log=log, received_at=later)["clock_s"] is None


def test_a_late_batch_is_no_wrong_clock_but_three_in_a_row_are():
    log = SourceLog({})
    assert after(NOW, NOW - HOUR, NOW - HOUR, log=log)["clock_s"] is None
    assert after(NOW - HOUR, log=log)["clock_s"] == -3600
    assert after(NOW + timedelta(seconds=60), log=log)["clock_s"] is None


def test_new_rows_behind_a_watermark_that_stands_still_are_of_a_clock_that_went_back():
    log = SourceLog({})
    assert after(NOW, log=log)["clock_s"] is None
    assert after(NOW - HOUR, log=log, behind=True)["clock_s"] == -3600
    log.batch(made("tag", "ts"), REPORT, NOW, NOW)  # the row of the watermark, asked for again and there already
    assert log.facts["clock_s"] == -3600
    assert after(NOW + HOUR, log=log, received_at=NOW + HOUR)["clock_s"] is None


def test_what_is_there_already_and_rows_that_change_long_after_their_time_are_no_wrong_clock():
    log = SourceLog({})
    after(NOW, log=log)
    for _ in range(5):
        log.batch(made("tag", "ts"), REPORT, NOW - HOUR, NOW)
    assert log.facts["clock_s"] is None
    assert after(*[NOW - HOUR] * 5, log=log, table="work_order")["clock_s"] is None
    assert after(NOW + HOUR, log=log, table="work_order")["clock_s"] == 3600
    assert after(NOW, log=log, table="work_order", received_at=NOW + HOUR)["clock_s"] is None


def changed(log, table="reading"):
    return {which: log.facts["tables"][table][which] for which in ("come", "gone", "unasked")}


def test_columns_that_go_are_named_until_a_restart():
    log = SourceLog({})
    log.batch(made("ts", "A", "B"), REPORT, NOW, NOW)
    for ago in (59, 1):  # B is missing for 58 minutes: not every batch has every column
        log.batch(made("ts", "A"), REPORT, NOW, NOW - timedelta(minutes=ago))
    assert changed(log) == {"come": [], "gone": [], "unasked": []}
    log.batch(made("ts", "A"), REPORT, NOW, NOW + timedelta(minutes=1))
    assert changed(log) == {"come": [], "gone": ["B"], "unasked": []}
    again = SourceLog(log.facts)
    again.batch(made("ts", "A"), REPORT, NOW, NOW)
    assert changed(again) == {"come": [], "gone": [], "unasked": []}


def test_columns_that_come_are_named_until_somebody_asks_for_them():
    log = SourceLog({})
    log.batch(made("ts", "A", "X", unasked=["X"]), REPORT, NOW, NOW)  # X was there from the beginning
    log.batch(made("ts", "A", "C", "X", unasked=["C", "X"]), REPORT, NOW, NOW)
    assert changed(log) == {"come": ["C"], "gone": [], "unasked": ["C", "X"]}
    again = SourceLog(log.facts)
    again.batch(made("ts", "A", "C", "X", unasked=["C", "X"]), REPORT, NOW, NOW)
    assert changed(again)["come"] == ["C"]
    again.batch(made("ts", "A", "C", "X", unasked=["X"]), REPORT, NOW, NOW)
    assert changed(again)["come"] == []
    again.batch(made("ts", "A", "D", "X", unasked=["D", "X"]), REPORT, NOW, NOW)
    assert (changed(again)["come"], changed(again)["gone"]) == (["D"], ["C"])  # renamed, most likely


def test_each_table_of_a_source_has_columns_of_its_own():
    log, sale = SourceLog({}), replace(REPORT, table="sale")
    log.batch(made("ts", "A"), REPORT, NOW, NOW)
    log.batch(made("period", "B"), sale, NOW, NOW)
    log.batch(made("ts"), REPORT, NOW, NOW)
    log.batch(made("ts"), REPORT, NOW, NOW + HOUR)
    log.batch(made("period", "B"), sale, NOW, NOW)
    assert (changed(log)["gone"], changed(log, "sale")["gone"]) == (["A"], [])


def test_what_is_odd_in_words():
    log = SourceLog({})
    log.batch(made("ts", "A"), REPORT, NOW, NOW)
    assert log.odd() == {}
    log.batch(made("ts", "C", unasked=["C"]), REPORT, NOW + HOUR, NOW)
    assert log.odd() == {"clock": "ahead", "columns_come": "C", "columns_gone": "A"}


def test_since_when_it_fails():
    log = SourceLog({})
    log.error("down")
    since = log.facts["since"]
    log.error("still down")
    assert (log.facts["error"], log.facts["since"]) == ("still down", since)
    log.error(None)
    assert (log.facts["error"], log.facts["since"]) == (None, None)
