"""Files of all kinds through their maps into the lake: what is read, what is refused, what a second time changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_sources.importer import import_file
from data_sources.lake import Lake
from data_sources.problems import BadInput

WIDE = """\
source = "scada"
shape = "wide"
[columns]
ts = "time"
"""
LONG = """\
source = "scada"
[columns]
tag = "tag"
ts = "time"
value = "value"
"""
HEADER = "time,W1_FLOW,N_P\n"


@pytest.fixture
def bring(tmp_path, tiny_lake, tiny_utility):
    """Write a file and its map, import it, return the report."""

    def bring_in(content, how=WIDE, table="reading", name="file.csv", encoding="utf-8", progress=None):
        file, map_file = tmp_path / name, tmp_path / "map.toml"
        if isinstance(content, str):
            file.write_bytes(content.encode(encoding))
        map_file.write_text(how, encoding="utf-8")
        return import_file(tiny_lake, tiny_utility, file, table, map_file, progress)

    return bring_in


def counts(report):
    return report.rows_read, report.rows_written, report.rows_duplicate, report.rows_quarantined


def now(lake, table="reading", *columns):
    return lake.scan(table).sort("point_id", "ts").select(columns or ("point_id", "ts", "value")).collect().rows()


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def test_a_wide_file_by_its_tags(bring, tiny_lake):
    report = bring("time,W1_FLOW,N_P,operator\n2026-09-01 00:00,800,0.30,Li\n2026-09-01 00:05,,0.31,Li\n")
    assert counts(report) == (3, 3, 0, 0)
    assert report.ignored == ("operator",)
    assert report.quarantine_file is None
    assert now(tiny_lake) == [
        ("N.pressure", local("2026-09-01 00:00"), 0.30),
        ("N.pressure", local("2026-09-01 00:05"), 0.31),
        ("W1.flow", local("2026-09-01 00:00"), 800.0),
    ]


def test_twice_writes_nothing_and_a_correction_only_what_differs(bring, tiny_lake):
    first = HEADER + "2026-09-01 00:00,800,0.3\n2026-09-02 00:00,810,oops\n"
    assert counts(bring(first)) == (4, 3, 0, 1)
    versions = [tiny_lake.version(table) for table in ("reading", "quarantine")]
    words = tiny_lake.fingerprints("reading")
    assert counts(bring(first)) == (4, 0, 3, 1)
    assert [tiny_lake.version(table) for table in ("reading", "quarantine")] == versions
    assert counts(bring(first.replace("810", "811").replace("oops", "0.3"))) == (4, 2, 2, 0)
    after = tiny_lake.fingerprints("reading")
    assert after[date(2026, 9, 1)] == words[date(2026, 9, 1)]
    assert after[date(2026, 9, 2)] != words[date(2026, 9, 2)]


def test_a_date_in_three_columns_and_values_of_whole_days(bring, tiny_lake):
    text = "Year,Month,Day,W1_FLOW,R1_RAIN\n2026.0,9.0,1.0,600,24\n2026.0,13.0,3.0,650,1\n"
    how = (
        'source = "scada"\nshape = "wide"\n[columns]\nspan_s = { value = 86400 }\n'
        'ts = { column = ["Year", "Month", "Day"], format = "%Y %m %d" }\n'
    )
    report = bring(text, how)
    # two cells of one good day as 24 hours each; the row with a 13th month is refused as a whole
    assert counts(report) == (49, 48, 0, 1)
    rows = tiny_lake.scan("reading").sort("point_id", "ts").collect()
    assert set(rows["span_s"]) == {3600}
    flow, rain = (rows.filter(pl.col("point_id") == point) for point in ("W1.flow", "R1.rain"))
    assert flow["ts"].to_list() == [local("2026-09-01 00:00") + timedelta(hours=n) for n in range(24)]
    assert set(flow["value"]) == {600.0}  # a mean stays the mean
    assert set(rain["value"]) == {1.0}  # a sum of 24 mm is 1 mm in each hour


def test_a_missing_part_of_a_date_is_named(bring):
    how = 'source = "scada"\nshape = "wide"\n[columns]\nts = { column = ["Year", "Month"], format = "%Y %m" }\n'
    with pytest.raises(BadInput, match=r"has no column"):
        bring("Year,W1_FLOW\n2026,600\n", how)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_encodings_and_the_byte_order_mark(bring, encoding):
    how = WIDE.replace('"time"', '"时间"').replace(
        "[columns]", f'encoding = "{encoding.removesuffix("-sig")}"\n[columns]'
    )
    report = bring("时间,W1_FLOW\n2026-09-01 00:00,800\n", how, encoding=encoding)
    assert report.rows_written == 1


def test_a_wrong_encoding_says_so(bring):
    with pytest.raises(BadInput, match=r"is not utf-8: byte 3 .*gbk"):
        bring("时间,W1_FLOW\n2026-09-01 00:00,800\n", encoding="gbk")


def test_decimal_comma_missing_markers_and_corrupt_cells(bring, tiny_lake):
    how = WIDE.replace("[columns]", 'delimiter = ";"\ndecimal = ","\nmissing = ["?", "-999"]\n[columns]')
    rows = "2026-09-01 00:00;1200,5;?\n2026-09-01 00:05;-999;0,31\n2026-09-01 00:10;30.044.50;NaN\n"
    report = bring("time;W1_FLOW;N_P\n" + rows, how)
    assert counts(report) == (4, 2, 0, 2)
    assert [row[2] for row in now(tiny_lake)] == [0.31, 1200.5]
    bad = tiny_lake.scan("quarantine").collect()
    assert bad["row"].to_list() == [4]  # one row of the file, both of its cells
    assert bad["reason"].to_list() == [
        "W1_FLOW: expected a number, found '30.044.50'; N_P: expected a number, found 'NaN'"
    ]
    assert "30.044.50" in open(report.quarantine_file, encoding="utf-8-sig").read()  # noqa: PTH123, SIM115


def test_both_changes_of_clock(bring, tiny_lake):
    # Rome, 2026-10-25: 02:00 and 02:30 come twice, first at +02:00, then at +01:00; 2026-03-29 02:30 never was
    how = WIDE.replace("[columns]", 'timezone = "Europe/Rome"\n[columns]')
    clocks = ["10-25 01:30", "10-25 02:00", "10-25 02:30", "10-25 02:00", "10-25 02:30", "10-25 03:00", "03-29 02:30"]
    report = bring("time,W1_FLOW\n" + "".join(f"2026-{c},{i}\n" for i, c in enumerate(clocks)), how)
    assert counts(report) == (7, 6, 0, 1)
    start = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert now(tiny_lake) == [("W1.flow", start + timedelta(minutes=30 * i), float(i)) for i in range(6)]
    assert "exists in Europe/Rome" in tiny_lake.scan("quarantine").collect()["reason"][0]


def test_the_repeated_hour_in_a_file_that_runs_backward_and_for_each_point(bring, tiny_lake):
    how = LONG.replace("[columns]", 'timezone = "Europe/Rome"\n[columns]')
    hours = ["03:00", "02:00", "02:00", "01:00"]
    rows = [f"{tag},2026-10-25 {hour},{3 - i}" for i, hour in enumerate(hours) for tag in ("W1_FLOW", "N_P")]
    assert bring("tag,time,value\n" + "\n".join(rows), how).rows_written == 8
    start = datetime(2026, 10, 24, 23, tzinfo=UTC)
    flow = [row[1:] for row in now(tiny_lake) if row[0] == "W1.flow"]
    assert flow == [(start + timedelta(hours=i), float(i)) for i in range(4)]


def test_long_with_qualities_and_tags_nobody_knows(bring, tiny_lake):
    how = LONG + 'quality = { column = "q", map = { "192" = "good", "0" = "bad" } }\n'
    rows = "W1_FLOW,2026-09-01 00:00,1,192\nN_P,2026-09-01 00:00,0.3,0\n"
    rows += "X,2026-09-01 00:00,5,192\nN_P,2026-09-01 00:05,1,7\n"
    assert counts(bring("tag,time,value,q\n" + rows, how)) == (4, 2, 0, 2)
    assert now(tiny_lake, "reading", "point_id", "quality") == [("N.pressure", "bad"), ("W1.flow", "good")]
    reasons = tiny_lake.scan("quarantine").sort("row").collect()["reason"].to_list()
    assert reasons[0] == "tag: 'X' is no point of scada in points.csv"
    assert reasons[1] == "quality: not one of its values"


def test_units_of_the_map_become_canonical(bring, tiny_lake):
    bring("tag,time,value\nW1_FLOW,2026-09-01,250\n", LONG.replace('"value"', '{ column = "value", unit = "L/s" }'))
    assert now(tiny_lake)[0][2] == pytest.approx(900)  # 250 L/s × 3.6


def test_a_points_own_unit_and_its_range(bring, tiny_lake, tiny_utility):
    # the source measures in bar; 0 to 10 bar are plausible; 3 bar = 0.3 MPa
    in_bar = tiny_utility.points.with_columns(
        unit=pl.when(pl.col("tag") == "N_P").then(pl.lit("bar")).otherwise("unit"),
        high=pl.when(pl.col("tag") == "N_P").then(10.0).otherwise("high"),
    )
    object.__setattr__(tiny_utility, "points", in_bar)
    bring("time,N_P\n2026-09-01 00:00,3\n2026-09-01 00:05,10\n2026-09-01 00:10,10.5\n2026-09-01 00:15,-1\n")
    rows = now(tiny_lake, "reading", "value", "quality")
    assert [row[0] for row in rows] == pytest.approx([0.3, 1.0, 1.05, -0.1])
    assert [row[1] for row in rows] == ["good", "good", "suspect", "suspect"]


def test_a_workbook_with_real_dates_and_a_constant(bring, tmp_path, tiny_lake):
    book = xlsxwriter.Workbook(tmp_path / "lab.xlsx")
    sheet = book.add_worksheet("lab")
    when = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for column, header in enumerate(["site", "taken\nat", "BOD"]):
        sheet.write(0, column, header)
    for row, (site, value) in enumerate([("T1", 12.5), ("T1", "n.d."), ("nowhere", 3)], 1):
        sheet.write(row, 0, site)
        sheet.write_datetime(row, 1, datetime(2026, 9, row, 8, 30), when)
        sheet.write(row, 2, value)
    book.close()
    how = """\
source = "lab"
sheet = "lab"
decimal = ","
missing = ["n.d."]
[columns]
site_id = "site"
sampled_at = { column = "taken at", format = "%d/%m/%Y %H:%M" }
value = { column = "BOD", unit = "g/L" }
quantity = { value = "bod5" }
medium = { value = "influent" }
"""
    report = bring(None, how, "lab_sample", "lab.xlsx")
    assert counts(report) == (3, 1, 0, 2)
    stored = tiny_lake.scan("lab_sample").collect()
    assert stored.select("site_id", "sampled_at", "quantity", "value").rows() == [
        ("T1", local("2026-09-01 08:30"), "bod5", 12500.0)
    ]
    reasons = tiny_lake.scan("quarantine").sort("row").collect()["reason"].to_list()
    assert reasons == ["value: must not be empty", "site_id: 'nowhere' is not in sites.csv"]


def test_a_months_table_and_a_unit_in_the_columns_name(bring, tiny_lake):
    how = """\
source = "lab"
[columns]
site_id = "zone"
month = { column = "month", format = "%Y-%m" }
use_class = { value = "household" }
volume_m3 = { column = "megalitres", unit = "ML" }
"""
    assert bring("zone,month,megalitres\nZ1,2026-08,1.5\n", how, "sale").rows_written == 1
    row = tiny_lake.scan("sale").collect()
    assert row.select("month", "volume_m3", "amount_cny").rows() == [(date(2026, 8, 1), pytest.approx(1500), None)]


def test_personal_cells_are_masked_in_what_is_handed_back(bring):
    how = """\
source = "hotline"
[columns]
call_id = "id"
channel = { value = "hotline" }
category = { value = "leak" }
started_at = "at"
caller = "phone"
"""
    report = bring("id,at,phone\nc1,whenever,13800000000\n", how, "call")
    assert counts(report) == (1, 0, 0, 1)
    text = open(report.quarantine_file, encoding="utf-8-sig").read()  # noqa: PTH123, SIM115
    assert "whenever" in text
    assert "***" in text
    assert "13800000000" not in text


def test_a_key_twice_in_a_file_is_one_row(bring, tiny_lake):
    assert counts(bring("time,W1_FLOW\n2026-09-01 00:00,1\n2026-09-01 00:00,2\n")) == (2, 1, 1, 0)
    assert now(tiny_lake)[0][2] == 2.0


def test_a_long_file_goes_in_by_parts_and_tells_how_far_it_is(bring, monkeypatch, tiny_lake):
    monkeypatch.setattr("data_sources.importer.ROWS_AT_ONCE", 2)
    told = []
    content = "time,W1_FLOW\n" + "".join(f"2026-09-01 00:{m:02},{m}\n" for m in range(5))
    report = bring(content, progress=lambda done, total: told.append((done, total)))
    assert counts(report) == (5, 5, 0, 0)
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert tiny_lake.version("reading") == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"time,time\n1,2\n", "two columns have this name"),
        (b"time,OTHER\n1,2\n", "no header of .* is a tag of this source"),
        (b"when,W1_FLOW\n1,2\n", r"map.toml:4: columns.ts: .* has no column 'time'; it has when, W1_FLOW"),
    ],
)
def test_files_that_do_not_fit(bring, content, said):
    with pytest.raises(BadInput, match=said):
        bring(content.decode())


def test_a_file_or_table_that_is_not_there(bring):
    with pytest.raises(BadInput, match="no such file"):
        bring(None)
    with pytest.raises(BadInput, match="no such table; expected one of reading, lab_sample"):
        bring(HEADER, table="nothing")


cell = st.one_of(st.floats(-1e6, 1e6).map(repr), st.sampled_from(["", "?", "1.2.3", "1,5", "abc", "-", "1e400"]))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(cell, min_size=1, max_size=6))
def test_any_column_is_accounted_for_and_twice_is_once(tmp_path_factory, tiny_utility, cells):
    folder = tmp_path_factory.mktemp("any")
    lake = Lake(folder / "lake", tiny_utility)
    rows = [f'2026-09-01 00:{minute:02},"{value}"\n' for minute, value in enumerate(cells)]
    (folder / "a.csv").write_text("time,W1_FLOW\n" + "".join(rows))
    (folder / "a.toml").write_text(WIDE)
    first, second = (import_file(lake, tiny_utility, folder / "a.csv", "reading", folder / "a.toml") for _ in range(2))
    filled = [value for value in cells if value]
    assert first.rows_read == first.rows_written + first.rows_quarantined == len(filled)
    assert (second.rows_written, second.rows_duplicate) == (0, first.rows_written)
    stored = lake.scan("reading").sort("ts").collect()["value"].to_list()
    readable = [value for value in filled if value not in ("?", "1.2.3", "1,5", "abc", "-", "1e400")]
    assert stored == [float(value) for value in readable]
