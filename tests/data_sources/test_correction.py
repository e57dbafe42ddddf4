"""Refused rows as a sheet, corrected, and back through the import; what doesn't fit is one clear error."""

from datetime import UTC, datetime

import polars as pl
import pytest

from data_sources.correction import FILE_ROW, FROM_OUTSIDE, correction_sheet, import_correction
from data_sources.problems import BadInput
from pages.components.tables import as_csv, as_xlsx

TS = datetime(2026, 9, 15, 6, 20, tzinfo=UTC)


def refused(lake, table):
    return lake.scan("quarantine").filter(pl.col("table") == table).sort("row").collect()


@pytest.fixture
def bad_reading(tiny_lake):
    """One good reading and one of a quality that there is not; the flow of the works is below zero for once."""
    rows = pl.DataFrame(
        {"point_id": ["W1.flow", "W1.flow"], "ts": [TS, TS.replace(minute=25)], "span_s": 0, "value": [800.0, -12.5]}
    ).with_columns(quality=pl.Series(["good", "fine"]))
    tiny_lake.write("reading", rows, source="scada")
    return correction_sheet(refused(tiny_lake, "reading"), "reading", tiny_lake.utility)


def test_a_sheet_says_where_and_why(bad_reading):
    (line,) = bad_reading.to_dicts()
    assert bad_reading.columns == [FILE_ROW, "reason", "point_id", "ts", "span_s", "value", "quality"]
    assert (line[FILE_ROW], line["reason"]) == (1, "quality: not one of its values")
    assert (line["point_id"], line["value"], line["quality"]) == ("W1.flow", -12.5, "fine")


@pytest.mark.parametrize(("name", "made"), [("fixed.csv", as_csv), ("fixed.xlsx", as_xlsx)])
def test_the_corrected_sheet_goes_in(tiny_lake, bad_reading, name, made):
    fixed = bad_reading.with_columns(quality=pl.lit("good"))
    report = import_correction(tiny_lake, name, made(fixed), "reading", "scada")
    assert (report.rows_read, report.rows_written, report.rows_quarantined) == (1, 1, 0)
    stored = tiny_lake.scan("reading").sort("ts").collect()
    assert stored["value"].to_list() == [800.0, -12.5]
    again = import_correction(tiny_lake, name, made(fixed), "reading", "scada")
    assert (again.rows_written, again.rows_duplicate) == (0, 1)


def test_values_are_in_the_unit_of_their_point(tiny_lake):
    points = tiny_lake.utility.points
    object.__setattr__(
        tiny_lake.utility,
        "points",
        points.with_columns(unit=pl.when(point_id="W1.flow").then(pl.lit("L/s")).otherwise("unit")),
    )
    rows = pl.DataFrame({"point_id": ["W1.flow"], "ts": [TS], "span_s": 0, "value": [360.0], "quality": ["?"]})
    tiny_lake.write("reading", rows, source="scada")
    sheet = correction_sheet(refused(tiny_lake, "reading"), "reading", tiny_lake.utility)
    assert sheet["value"].to_list() == [pytest.approx(100.0)]  # 360 m³/h are 100 L/s
    report = import_correction(
        tiny_lake, "x.csv", as_csv(sheet.with_columns(quality=pl.lit("good"))), "reading", "scada"
    )
    assert report.rows_written == 1
    assert tiny_lake.scan("reading").collect()["value"].to_list() == [pytest.approx(360.0)]


def test_a_masked_field_comes_back_empty(tiny_lake):
    call = {"call_id": "1", "channel": "pigeon", "started_at": TS, "category": "leak", "caller": "13800000000"}
    tiny_lake.write("call", pl.DataFrame([call]), source="hotline")
    sheet = correction_sheet(refused(tiny_lake, "call"), "call", tiny_lake.utility)
    assert sheet["caller"].to_list() == ["***"]
    fixed = sheet.with_columns(channel=pl.lit("hotline"))
    assert import_correction(tiny_lake, "c.csv", as_csv(fixed), "call", "hotline").rows_written == 1
    (stored,) = tiny_lake.scan("call").collect().to_dicts()
    assert (stored["channel"], stored["caller"]) == ("hotline", None)


def test_a_row_that_never_became_one_shows_its_cells(tiny_utility):
    rows = pl.DataFrame({"row": [3], "reason": ["ts: expected a time"], "payload": ['{"Zeit": "gestern", "FT1": "3"}']})
    (line,) = correction_sheet(rows, "reading", tiny_utility).to_dicts()
    assert line == {FILE_ROW: 3, "reason": "ts: expected a time", "Zeit": "gestern", "FT1": "3"}


def test_a_file_with_its_own_map(tiny_lake):
    how = b'source = "scada"\nshape = "wide"\n[columns]\nts = "Zeit"\n'
    report = import_correction(tiny_lake, "w.csv", b"Zeit,W1_FLOW\n2026-09-15T14:20,801\n", "reading", "scada", how)
    assert report.rows_written == 1
    assert tiny_lake.scan("reading").collect()["ts"].to_list() == [TS]


@pytest.mark.parametrize(
    ("content", "table", "word"),
    [
        (b"point_id,ts\nW1.flow,2026-09-15T06:20Z\n", "reading", "needs"),
        (b"", "reading", "empty"),
        (b"a,b\n1,2\n", "act", "takes no files"),
        (b"\xff\xfe\x00", "reading", "utf-8"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(tiny_lake, content, table, word):
    with pytest.raises(BadInput, match=word):
        import_correction(tiny_lake, "../../etc/x.csv", content, table, "scada")
    assert not tiny_lake.exists("reading")


def test_an_error_names_the_file_as_its_owner_does(tiny_lake):
    with pytest.raises(BadInput, match=r"^map\.toml"):
        import_correction(tiny_lake, "w.csv", b"a\n1\n", "reading", "scada", b"source = ")
    how = b'source = "no_such"\nshape = "wide"\n[columns]\nts = "Zeit"\n'
    with pytest.raises(BadInput, match=r"^map\.toml.*no_such"):
        import_correction(tiny_lake, "w.csv", b"Zeit,W1_FLOW\n1,2\n", "reading", "scada", how)


def test_what_the_product_writes_itself_takes_no_files():
    assert not {"act", "board", "indicator", "advice", "quarantine", "score"} & set(FROM_OUTSIDE)
