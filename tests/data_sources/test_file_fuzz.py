"""Whatever file is dropped: it is set apart with a reason, or every record in it becomes rows, a repeat, or quarantine.

FUZZ_INPUTS says how many inputs of each kind are tried (`make faults` takes 10,000).
"""

import csv
import io
import os
import random
import re
import time
import uuid
import zipfile
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_sources import files, sql
from data_sources.cells import one_line
from data_sources.connector import Source
from data_sources.contracts import TABLES
from data_sources.drain import ROWS_PER_NUMBER, drained
from data_sources.map_checks import checked_map
from data_sources.spool import Record
from data_sources.tabular import ROW
from data_sources.write import checked
from tests.data_sources.mutation import mutated

pytestmark = pytest.mark.slow
INPUTS = int(os.environ.get("FUZZ_INPUTS", "1000"))
LONGEST_S = 5
NOW = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
COLUMNS = {"tag": "tag", "ts": "time", "value": "value", "quality": "quality"}
HEADER = ("tag", "time", "value", "quality")
PLAIN = [("W1_FLOW", "2026-09-15 16:00", "812.5", "good"), ("N_P", "2026-09-15T08:00Z", "0.31", ""),
         ("T1_COD", "2026-09-15 16:05:00", "1,204", "bad"), ("水", "2026-09-15", "-", "good")]  # fmt: skip
CSV = "\n".join(map(",".join, [HEADER, *PLAIN[:2], ("T1_COD", "2026-09-15 16:05:00", '"1,204"', "bad"), PLAIN[3]]))
CSV_TOKENS = (b",", b'"', b"\n", b"\r\n", b"\xef\xbb\xbf", b"\x00", b"nan", b"1e999", b";", b"\xd2\xbb", b"9" * 400)
XML_TOKENS = (b"<v>", b"</v>", b"<c ", b'r="', b"&#0;", b"&lt;", b"inf", b"1e308", b"<row>", b"9" * 400, b"\xff")
PARQUET_TOKENS = (b"PAR1", b"\x00" * 8, b"\xff" * 4, b"\x7f", b"\x15", b"value")


@pytest.fixture
def source(tmp_path):
    """A folder whose files are readings, one a row."""
    (tmp_path / "drop").mkdir()
    settings = files.Settings(kind="files", folder=tmp_path / "drop", settle_s=0)
    return Source("scada", "reading", settings, _map(files.Map, tmp_path), "Asia/Shanghai")


@pytest.fixture
def rows_source(tmp_path):
    """A query whose rows are readings."""
    settings = sql.Settings(kind="sql", url="postgresql+psycopg2://nowhere/x")
    return Source("scada", "reading", settings, _map(sql.Map, tmp_path, query="SELECT 1"), "Asia/Shanghai")


def _map(kind, tmp_path, **more):
    path = tmp_path / "sources.toml"
    path.touch()
    content = {"table": "reading", "source": "scada", "columns": COLUMNS} | more
    return checked_map(kind, content, path, "scada.map", "reading")


def dropped(source, name, content):
    """A file through the connector: the batch that it became, or None where it was set apart with one reason."""
    path, failed = source.settings.folder / name, source.settings.folder / "failed" / name
    path.write_bytes(content)
    started = time.monotonic()
    raws = list(files.fetch(source, None))
    assert time.monotonic() - started < LONGEST_S, "this file takes for ever"
    assert not path.exists()
    if raws:
        (source.settings.folder / "done" / name).unlink()
        return raws[0].payload
    assert failed.read_bytes() == content
    reason = failed.with_name(f"{name}.txt")
    assert reason.read_text("utf-8").strip()
    reason.unlink()
    failed.unlink()
    return None


def assert_accounted_for(record, module, source, utility):
    """Each record of a batch is a row, a repeat of one, in quarantine, or has no value."""
    started = time.monotonic()
    made = drained([record], module, source, utility)
    split = checked(TABLES["reading"], made.rows, "scada/1", made.unread)
    assert time.monotonic() - started < LONGEST_S, "this batch takes for ever"
    assert split.read == split.good.height + split.quarantined + split.repeated
    assert split.good["value"].is_finite().all()
    assert split.bad["reason"].str.len_chars().gt(0).all()
    ended = {number % ROWS_PER_NUMBER for number in [*made.rows[ROW], *made.unread[ROW]]}
    if 0 in ended:  # the batch as a whole, with one reason
        return
    records = module.parse(record.payload, source)
    if ROW not in records.columns:
        records = records.with_row_index(ROW, offset=1)
    assert {row[ROW] for row in records.iter_rows(named=True) if row["value"] not in (None, "")} <= ended


def batch_of(payload):
    name, _, _ = payload.partition(b"\n")
    return Record(1, NOW, f"reading/{name.decode()}", payload, 1)


def test_mutated_csv(source, tiny_utility):
    for seed in range(INPUTS - INPUTS // 10):
        content = mutated(CSV.encode(), random.Random(seed), CSV_TOKENS)
        payload = dropped(source, "flow.csv", content)
        if payload is not None:
            assert_accounted_for(batch_of(payload), files, source, tiny_utility)
            assert_every_cell_was_read(content, payload, source)


def assert_every_cell_was_read(content, payload, source):
    """What another reader finds in the text (quotes apart, which each reads in its way).

    A carriage return alone ends no record: it stands inside a cell, where it is a blank like any other.
    """
    text = re.sub(r"\r(?!\n)", " ", content.decode("utf-8-sig"))
    if '"' in text or "\x00" in text:
        return
    there = [cell.strip() for record in csv.reader(io.StringIO(text)) for cell in record]
    read = files.parse(payload, source)
    cells = [cell for row in read.drop(ROW).iter_rows() for cell in row if cell is not None]
    headers = [name for name in read.drop(ROW).columns if not re.fullmatch(r"column \d+", name)]
    assert sorted(map(one_line, filter(None, there))) == sorted(map(one_line, [*cells, *headers]))


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")) | st.sampled_from("\",;\n'")


@settings(max_examples=INPUTS // 10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(LETTERS, max_size=20), min_size=4, max_size=4), max_size=4))
def test_any_cells_in_csv(source, tiny_utility, records):
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *records])
    payload = dropped(source, "flow.csv", text.getvalue().encode())
    assert payload is not None
    read = files.parse(payload, source).drop(ROW).rows()
    assert read == [tuple(cell.strip() or None for cell in record) for record in records]
    assert_accounted_for(batch_of(payload), files, source, tiny_utility)


def test_workbooks(source, tiny_utility):
    for seed in range(INPUTS):
        dice = random.Random(seed)
        content = (broken_workbook, workbook_with_mutated_sheet, workbook_of_any_cells)[seed % 3](dice)
        payload = dropped(source, "flow.xlsx", content)
        if payload is not None:
            assert_accounted_for(batch_of(payload), files, source, tiny_utility)


def workbook(rows):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        moment, sheet = book.add_format({"num_format": "yyyy-mm-dd hh:mm"}), book.add_worksheet()
        for row, cells in enumerate([HEADER, *rows]):
            for column, cell in enumerate(cells):
                kept = moment if isinstance(cell, datetime) else None
                sheet.write(row, column, cell, *([kept] if kept else []))
    return content.getvalue()


WORKBOOK = workbook([("W1_FLOW", datetime(2026, 9, 15, 16), 812.5, "good"), *PLAIN])


def broken_workbook(dice):
    return mutated(WORKBOOK, dice, (b"PK\x03\x04", b"PK\x01\x02", b"\x00" * 8, b"\xff" * 4))


def workbook_with_mutated_sheet(dice):
    """The archive is whole, what stands in one of its parts is not."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as parts, zipfile.ZipFile(content, "w") as fresh:
        spoilt = dice.choice([name for name in parts.namelist() if "sheet" in name or "Strings" in name])
        for name in parts.namelist():
            part = parts.read(name)
            fresh.writestr(name, mutated(part, dice, XML_TOKENS) if name == spoilt else part)
    return content.getvalue()


def workbook_of_any_cells(dice):
    cells = (True, "=1/0", "=A1", 1e308, -7, "1.204,5", "2026-13-01", datetime(1900, 1, 1), "水" * 300, None, "#N/A")
    rows = [[dice.choice((*cells, dice.choice(PLAIN)[column])) for column in range(4)] for _ in range(4)]
    return workbook(rows)


def test_parquet(source, tiny_utility):
    for seed in range(INPUTS):
        dice = random.Random(seed)
        content = mutated(PARQUET, dice, PARQUET_TOKENS) if seed % 2 else parquet_of_any_columns(dice)
        payload = dropped(source, "flow.parquet", content)
        if payload is not None:
            assert_accounted_for(batch_of(payload), files, source, tiny_utility)


def parquet(frame):
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


PARQUET = parquet(pl.DataFrame(PLAIN, schema=HEADER, orient="row"))
ANY_COLUMNS = (
    pl.Series(["W1_FLOW", "N_P", None, ""]),
    pl.Series(["W1_FLOW", "N_P", None, "W1_FLOW"], dtype=pl.Categorical),
    pl.Series([1.5, float("nan"), float("inf"), None]),
    pl.Series([1, 2, 3, 2**62]),
    pl.Series([True, False, None, True]),
    pl.Series([NOW, NOW, None, NOW.replace(year=9999)]),
    pl.Series([NOW, None, NOW, NOW]).dt.cast_time_unit("ns"),
    pl.Series([NOW, None, NOW, NOW]).dt.replace_time_zone(None),
    pl.Series([date(2026, 9, 15), date(1, 1, 1), None, date(9999, 12, 31)]),
    pl.Series([clock_time(16, 20)] * 4),
    pl.Series([timedelta(days=1)] * 4),
    pl.Series([Decimal("1.50"), None, Decimal(7), Decimal(0)]),
    pl.Series([b"W1_FLOW", b"\xff", None, b""]),
    pl.Series([[1.0, None], [], None, [2.0]]),
    pl.Series([{"a": 1}, {"a": None}, None, {"a": 2}]),
    pl.Series([None] * 4),
    pl.Series(["good", "bad", None, "splendid"]),
)


def parquet_of_any_columns(dice):
    rows = dice.choice((0, 1, 4))
    return parquet(pl.DataFrame([dice.choice(ANY_COLUMNS).head(rows).alias(name) for name in HEADER]))


ANY_VALUES = (
    None, True, 0, -1, 2**70, 1.5, float("nan"), float("inf"), Decimal("1.50"), Decimal("NaN"), Decimal(10) ** 60,
    "W1_FLOW", "N_P", "", "1,204", "2026-09-15 16:00", "\ud800", b"\x00\xff", memoryview(b"W1_FLOW"), NOW,
    NOW.replace(tzinfo=None), date(2026, 9, 15), date(1, 1, 1), datetime(9999, 12, 31), clock_time(8), timedelta(1),
    [1, 2], {"a": 1}, uuid.UUID(int=7), "good",
)  # fmt: skip


def test_rows_of_a_driver(rows_source, tiny_utility):
    for seed in range(INPUTS):
        dice = random.Random(seed)
        mixed = dice.random() < 0.5
        columns = [dice.choices(ANY_VALUES, k=4) if mixed else [dice.choice(ANY_VALUES)] * 4 for _ in HEADER]
        rows = list(zip(*columns, strict=True))
        payload = sql.packed(sql.as_frame(HEADER, rows))
        assert sql.parse(payload, rows_source).height == len(rows)
        assert_accounted_for(Record(1, NOW, "reading/", payload, 1), sql, rows_source, tiny_utility)
