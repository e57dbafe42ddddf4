"""The SQL connector against a real PostgreSQL."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from sqlalchemy import text

from data_sources import sql, watermark
from data_sources.connector import Source
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.map_checks import checked_map
from data_sources.probe import probe
from data_sources.runner import Runner
from tests.data_sources.collecting import collected
from tests.small_utility import write_small_utility

NOON = datetime(2026, 9, 14, 4, 0, tzinfo=UTC)
LONG = {
    "table": "reading",
    "query": "SELECT tag, ts, value FROM history WHERE ts > :since ORDER BY ts",
    "watermark": "ts",
    "start": datetime(2026, 9, 1),
    "columns": {"tag": "tag", "ts": "ts", "value": "value"},
}


def source(database, tmp_path, **changes):
    path = tmp_path / "sources.toml"
    path.touch()
    how = checked_map(sql.Map, LONG | changes | {"source": "scada"}, path, "scada.map", "reading")
    settings = sql.Settings(kind="sql", url=database.url.render_as_string(hide_password=False))
    return Source("scada", how.table, settings, how, "Asia/Shanghai")


@pytest.fixture
def history(database):
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE history (tag text, ts timestamptz, value float8)"))
    return database


def insert(database, *rows):
    values = [{"tag": tag, "ts": NOON + timedelta(minutes=minutes), "value": value} for tag, minutes, value in rows]
    with database.begin() as connection:
        connection.execute(text("INSERT INTO history VALUES (:tag, :ts, :value)"), values)


def fetched(one, since=None):
    """The rows of a fetch, and the cursor it leaves."""
    raws = list(sql.fetch(one, since))
    cursors = [raw.cursor for raw in raws if raw.cursor]
    rows = [row for raw in raws for row in sql.parse(raw.payload, one).rows()]
    return rows, cursors[-1] if cursors else since


def test_rows_come_typed_and_only_once_the_watermark_has_moved(history, tmp_path):
    one = source(history, tmp_path, overlap_s=0, late_days=0)
    insert(history, ("W1_FLOW", 0, 812.5), ("N_P", 5, None))
    rows, cursor = fetched(one)
    assert rows == [("W1_FLOW", NOON, 812.5), ("N_P", NOON + timedelta(minutes=5), None)]
    assert fetched(one, cursor) == ([], cursor)
    insert(history, ("W1_FLOW", 6, 813.0))
    assert fetched(one, cursor)[0] == [("W1_FLOW", NOON + timedelta(minutes=6), 813.0)]


def test_a_row_committed_late_is_found_within_the_overlap(history, tmp_path):
    one = source(history, tmp_path, late_days=0)
    insert(history, ("W1_FLOW", 10, 1.0))
    _, cursor = fetched(one)
    insert(history, ("W1_FLOW", 6, 0.5), ("W1_FLOW", 4, 0.1))  # 4 and 6 minutes before the newest; 300 s are asked
    assert [row[2] for row in fetched(one, cursor)[0]] == [0.5, 1.0]


def test_rows_that_come_days_late_are_asked_for_once_a_day(history, tmp_path, monkeypatch):
    monkeypatch.setattr(watermark, "STILL_S", float("inf"))
    one = source(history, tmp_path, late_days=7)
    insert(history, ("W1_FLOW", 0, 1.0))
    _, cursor = fetched(one)
    insert(history, ("W1_FLOW", -6 * 1440, 0.5))
    assert [row[2] for row in fetched(one, cursor)[0]] == [1.0]
    yesterday = cursor.replace(datetime.now(UTC).date().isoformat(), "2026-01-01")
    rows, after = fetched(one, yesterday)
    assert [row[2] for row in rows] == [0.5, 1.0]
    assert [row[2] for row in fetched(one, after)[0]] == [1.0]


def ago(history, minutes, value):
    """A row that was written so many minutes ago, by its clock."""
    insert(history, ("W1_FLOW", (datetime.now(UTC) - NOON).total_seconds() / 60 - minutes, value))


def test_a_watermark_that_stands_still_is_looked_behind_then_ever_more_seldom(history, tmp_path, monkeypatch):
    one = source(history, tmp_path)
    ago(history, 31, 1.0)
    _, cursor = fetched(one)
    ago(history, 91, 0.5)  # what a clock that went back by an hour writes now
    raws = list(sql.fetch(one, cursor))
    assert [(raw.label, sql.parse(raw.payload, one)["value"].to_list()) for raw in raws] == [
        ("", [1.0]),
        (sql.BEHIND, [0.5, 1.0]),
    ]
    assert [raw.label for raw in sql.fetch(one, raws[-1].cursor)] == [""]
    monkeypatch.setattr(watermark, "STILL_S", 0)
    assert [raw.label for raw in sql.fetch(one, raws[-1].cursor)] == [""]  # it has not stood twice as long
    ago(history, 20, 2.0)
    rows, moved = fetched(one, raws[-1].cursor)
    assert [row[2] for row in rows] == [1.0, 2.0]
    assert [raw.label for raw in sql.fetch(one, moved)] == ["", sql.BEHIND]  # it moved, so it counts anew


@pytest.mark.parametrize(("minutes", "changes"), [(29, {}), (31, {"late_days": 0}), (31, {"overlap_s": 90_000})])
def test_what_comes_often_or_is_asked_for_anyway_is_not_looked_behind(history, tmp_path, minutes, changes):
    one = source(history, tmp_path, **changes)
    ago(history, minutes, 1.0)
    _, cursor = fetched(one)
    assert [raw.label for raw in sql.fetch(one, cursor)] == [""]


@pytest.mark.parametrize("column", ["timestamptz", "timestamp", "date"])
def test_a_row_of_a_clock_that_runs_ahead_hides_no_later_one(database, tmp_path, column):
    with database.begin() as connection:
        connection.execute(text(f"CREATE TABLE history (tag text, ts {column}, value float8)"))
        connection.execute(text("SET LOCAL timezone = 'Asia/Shanghai'"))
        connection.execute(text("INSERT INTO history VALUES ('W1_FLOW', now() + interval '300 days', 1)"))
    one = source(database, tmp_path, overlap_s=86_400)
    rows, cursor = fetched(one)
    assert [row[2] for row in rows] == [1.0]
    with database.begin() as connection:
        connection.execute(text("SET LOCAL timezone = 'Asia/Shanghai'"))
        connection.execute(text("INSERT INTO history VALUES ('W1_FLOW', now(), 2)"))
    assert [row[2] for row in fetched(one, cursor)[0]] == [2.0, 1.0]
    kept = json.loads(cursor)
    stuck = json.dumps(kept | {"at": "2099-01-01" + kept["at"][10:]})  # as an earlier version may have left it
    assert [row[2] for row in fetched(one, stuck)[0]] == [2.0, 1.0]


def test_batches_in_order_move_the_cursor_one_by_one(history, tmp_path, monkeypatch):
    monkeypatch.setattr(sql, "ROWS_AT_ONCE", 2)
    insert(history, *[("W1_FLOW", n, float(n)) for n in range(5)])
    raws = list(sql.fetch(source(history, tmp_path, overlap_s=0), None))
    assert [sql.parse(raw.payload, None).height for raw in raws] == [2, 2, 1]
    # after the second batch it would go on with the fifth row
    assert fetched(source(history, tmp_path, overlap_s=0), raws[1].cursor)[0][0][2] == 4.0


def test_without_order_only_the_last_batch_moves_it(history, tmp_path, monkeypatch):
    monkeypatch.setattr(sql, "ROWS_AT_ONCE", 2)
    insert(history, *[("W1_FLOW", n, float(n)) for n in range(5)])
    backward = "SELECT tag, ts, value FROM history WHERE ts > :since ORDER BY ts DESC"
    raws = list(sql.fetch(source(history, tmp_path, query=backward), None))
    assert [raw.cursor is None for raw in raws] == [True, True, False]


@pytest.mark.parametrize(
    ("column", "start", "values"),
    [
        ("bigint", 0, [1, 2]),
        ("numeric(10, 0)", 0, [Decimal(1), Decimal(2)]),
        ("timestamp", datetime(2026, 9, 1), [datetime(2026, 9, 14, 12), datetime(2026, 9, 14, 13)]),
        ("date", date(2026, 9, 1), [date(2026, 9, 14), date(2026, 9, 15)]),
    ],
)
def test_a_watermark_of_any_type(database, tmp_path, column, start, values):
    query = "SELECT 'W1_FLOW' AS tag, n, ts, 1.0 AS value FROM things WHERE n > :since ORDER BY n"
    with database.begin() as connection:
        connection.execute(text(f"CREATE TABLE things (n {column}, ts timestamptz)"))
        connection.execute(text("INSERT INTO things VALUES (:n, now())"), [{"n": values[0]}])
    one = source(database, tmp_path, query=query, watermark="n", start=start, overlap_s=0, late_days=0)
    rows, cursor = fetched(one)
    assert len(rows) == 1
    assert fetched(one, cursor)[0] == []
    with database.begin() as connection:
        connection.execute(text("INSERT INTO things VALUES (:n, now())"), [{"n": values[1]}])
    assert len(fetched(one, cursor)[0]) == 1


def test_without_a_watermark_all_is_asked_each_time(history, tmp_path):
    one = source(history, tmp_path, query="SELECT tag, ts, value FROM history", watermark=None)
    insert(history, ("W1_FLOW", 0, 1.0))
    assert fetched(one) == fetched(one)
    assert fetched(one)[1] is None


def test_mixed_types_become_text():
    assert sql.as_frame(["a", "b"], [(1, "x"), ("two", None)]).rows() == [("1", "x"), ("two", None)]
    assert sql.as_frame(["a"], []).rows() == []


def test_values_that_no_column_can_hold_become_text():
    frame = sql.as_frame(["a", "b"], [(uuid.UUID(int=7), 2**200), (None, 1)])
    assert sql.parse(sql.packed(frame), None).rows() == [(str(uuid.UUID(int=7)), str(2**200)), (None, "1")]


def lake_of(tmp_path, database, sources):
    folder = write_small_utility(tmp_path / "tiny")
    url = database.url.render_as_string(hide_password=False)
    (folder / "sources.toml").write_text(sources.replace("URL", url))
    return Lake(tmp_path / "lake", load_utility(folder))


WIDE = """
[scada]
kind = "sql"
url = "URL"
[scada.map]
table = "reading"
shape = "wide"
query = "SELECT * FROM shift_log WHERE logged_at > :since ORDER BY logged_at"
watermark = "logged_at"
start = 2026-09-01
columns = { ts = "logged_at" }
[hotline]
kind = "import"
[lab]
kind = "import"
"""


def test_a_wide_table_in_local_time(tmp_path, database, idle):
    with database.begin() as connection:
        connection.execute(text('CREATE TABLE shift_log (logged_at timestamp, "W1_FLOW" real, "N_P" numeric, x text)'))
        connection.execute(text("INSERT INTO shift_log VALUES ('2026-09-14 12:00', 812.5, 0.310, 'night shift')"))
    lake = lake_of(tmp_path, database, WIDE)
    collected(lake)
    runner = Runner(lake)
    runner.step(NOON)
    rows = lake.scan("reading").sort("point_id").select("point_id", "ts", "value").collect().rows()
    assert rows == [("N.pressure", NOON, 0.31), ("W1.flow", NOON, 812.5)]
    assert runner.feeds[0].log.facts["tables"]["reading"]["unasked"] == ["x"]
    assert not lake.exists("quarantine")  # it was there from the first


def test_a_changed_schema_is_named_and_the_rest_goes_on(tmp_path, database, idle):
    with database.begin() as connection:
        connection.execute(text('CREATE TABLE shift_log (logged_at timestamp, "W1_FLOW" real, "N_P" real)'))
        connection.execute(text("INSERT INTO shift_log VALUES ('2026-09-14 12:00', 1, 2)"))
    lake = lake_of(tmp_path, database, WIDE)
    collected(lake)
    runner = Runner(lake)
    runner.step(NOON)
    with database.begin() as connection:
        connection.execute(text('ALTER TABLE shift_log RENAME "N_P" TO "N_PRESS"'))
        connection.execute(text("INSERT INTO shift_log VALUES ('2026-09-14 12:05', 3, 4)"))
    collected(lake)
    runner.step(NOON)
    facts = runner.feeds[0].log.facts["tables"]["reading"]
    assert (facts["come"], facts["gone"]) == (["N_PRESS"], ["N_P"])
    assert lake.scan("reading").filter(pl.col("point_id") == "W1.flow").collect().height == 2
    assert set(lake.scan("quarantine").collect()["reason"]) == {
        "column 'N_PRESS' is new, and no point of scada in points.csv has this tag"
    }
    points = lake.utility.folder / "points.csv"
    points.write_text(points.read_text().replace(",N_P,", ",N_PRESS,"))
    mended = Lake(lake.root, load_utility(lake.utility.folder))
    Runner(mended).step(NOON)
    pressure = mended.scan("reading").filter(pl.col("point_id") == "N.pressure").sort("ts").collect()
    assert pressure["value"].to_list() == [2, 4]
    assert mended.scan("quarantine").collect().is_empty()


def test_business_tables_by_ready_made_maps(tmp_path, database, idle):
    sources = """
[hotline]
kind = "sql"
url = "URL"
map = ["billing", "work_orders", "hall_queue", "meters", "meter_events"]
[scada]
kind = "import"
[lab]
kind = "import"
"""
    with database.begin() as connection:
        for statement in BUSINESS.split(";"):
            connection.execute(text(statement))
    lake = lake_of(tmp_path, database, sources)
    assert probe(lake.utility, "hotline") == []
    assert collected(lake, "hotline") == 5
    Runner(lake).step(NOON)
    assert lake.scan("quarantine").collect()["reason"].to_list() == []
    sale = lake.scan("sale").collect().row(0, named=True)
    assert (sale["site_id"], sale["month"], sale["use_class"], sale["volume_m3"]) == (
        "Z1", date(2026, 8, 1), "household", 1200.5,
    )  # fmt: skip
    order = lake.scan("work_order").collect().row(0, named=True)
    assert (order["opened_at"], order["closed_at"], order["satisfaction"]) == (NOON, None, 5)
    assert lake.scan("hall_ticket").collect()["state"].to_list() == ["served"]
    assert lake.scan("meter").collect()["verified_until"].to_list() == [date(2030, 1, 1)]
    assert lake.scan("meter_event").collect()["event"].to_list() == ["installed"]


def test_a_table_that_is_not_there_holds_up_no_other(tmp_path, database, idle):
    sources = """
[hotline]
kind = "sql"
url = "URL"
map = ["billing", "meter_events"]
[scada]
kind = "import"
[lab]
kind = "import"
"""
    with database.begin() as connection:
        for statement in BUSINESS.split(";"):
            if "board_meter_event" in statement:
                connection.execute(text(statement))
    lake = lake_of(tmp_path, database, sources)
    with pytest.raises(Exception, match="board_sale"):
        collected(lake, "hotline")
    Runner(lake).step(NOON)
    assert lake.scan("meter_event").collect()["event"].to_list() == ["installed"]


BUSINESS = """
CREATE TABLE board_sale (zone_id text, month date, use_class text, volume_m3 numeric, amount_cny numeric,
    changed_at timestamp);
INSERT INTO board_sale VALUES ('Z1', '2026-08-01', '居民', 1200.5, 3000, '2026-09-01 10:00');
CREATE TABLE board_work_order (order_id text, kind text, call_id text, zone_id text, lon float8, lat float8,
    opened_at timestamp, dispatched_at timestamp, on_site_at timestamp, closed_at timestamp, due_at timestamp,
    revisited_at timestamp, satisfaction int, changed_at timestamp);
INSERT INTO board_work_order VALUES ('o1', 'leak', null, 'Z1', 121.0, 30.7, '2026-09-14 12:00', null, null, null,
    '2026-09-14 18:00', null, 5, '2026-09-14 12:00');
CREATE TABLE board_hall_ticket (ticket_id text, hall text, window_no text, service text, taken_at timestamp,
    called_at timestamp, finished_at timestamp, state text, rating int, changed_at timestamp);
INSERT INTO board_hall_ticket VALUES ('t1', 'A', '3', 'bill', '2026-09-14 9:00', null, null, '已办', 5,
    '2026-09-14 9:10');
CREATE TABLE board_meter (meter_id text, dn_mm int, q3_m3h float8, kind text, maker text, lot text, state text,
    first_verified_on date, verified_until date, zone_id text, account text, changed_at timestamp);
INSERT INTO board_meter VALUES ('m1', 15, 2.5, '机械', 'X', 'L1', '在用', '2024-01-01', '2030-01-01', 'Z1', '42',
    '2026-09-14 9:10');
CREATE TABLE board_meter_event (meter_id text, event text, happened_at timestamp, reason text, changed_at timestamp);
INSERT INTO board_meter_event VALUES ('m1', '安装', '2024-02-01', null, '2026-09-14 9:10')
"""


def test_the_probe_says_which_columns_are_missing(tmp_path, database):
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE shift_log (at timestamp)"))
    lake = lake_of(tmp_path, database, WIDE.replace("SELECT *", "SELECT at AS logged"))
    with pytest.raises(Exception, match="logged_at"):
        collected(lake)
    said = [str(problem) for problem in probe(lake.utility, "scada")]
    assert said == [
        f"{lake.utility.folder}/sources.toml:8: scada.map.query: shift_log has no column logged_at; it has at"
    ]


def test_the_probe_names_what_the_map_asks_and_the_query_does_not_give(tmp_path, database):
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE shift_log (logged_at timestamp)"))
    lake = lake_of(tmp_path, database, WIDE.replace("SELECT *", "SELECT logged_at AS at"))
    assert [(one.line, one.column) for one in probe(lake.utility, "scada")] == [
        (11, "scada.map.columns.ts"),
        (9, "scada.map.watermark"),
    ]


def test_a_password_of_the_options_is_filled_in_too(database, tmp_path, monkeypatch):
    monkeypatch.setenv("SCADA_NAME", "a board")
    url = database.url.render_as_string(hide_password=False)
    settings = sql.Settings(kind="sql", url=f"{url}&fallback_application_name=${{SCADA_NAME}}")
    by_url = sql._engine(settings)
    by_option = sql._engine(sql.Settings(kind="sql", url=url, options={"application_name": "${SCADA_NAME}"}))
    for engine in (by_url, by_option):
        with engine.connect() as connection:
            assert connection.execute(text("SELECT current_setting('application_name')")).scalar() == "a board"


def test_a_secret_never_shows(tmp_path, database, monkeypatch):
    monkeypatch.setenv("SCADA_PASSWORD", "pa@ss/w0rd")
    lake = lake_of(tmp_path, database, WIDE.replace("URL", "postgresql+psycopg2://u:${SCADA_PASSWORD}@127.0.0.1:1/x"))
    said = str(probe(lake.utility, "scada")[0])
    assert "127.0.0.1" in said
    assert "pa@ss" not in said
    assert "pa%40ss" not in said
    monkeypatch.delenv("SCADA_PASSWORD")
    assert "SCADA_PASSWORD: is not set" in str(probe(lake.utility, "scada")[0])
