"""The page of one indicator on the sample's rows: numbers as polars finds them, any moment, both languages."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_sources.problems import ROOT
from pages.components.chart import of_a_whole
from pages.components.lineage_picture import lineage_picture
from pages.components.trend_chart import trend_chart
from pages.components.words import words_in
from tests.conftest import AS_OF
from tests.linked_lake import linked_lake
from tests.pages import boards
from tests.pages.page_numbers import cells

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def fresh_caches():
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def page(sample_lake, monkeypatch):
    monkeypatch.setenv("WATER_UTILITY", str(ROOT / "sample_data" / "utility"))
    monkeypatch.setenv("WATER_LAKE", str(sample_lake.root))

    def open_page(**query: str) -> AppTest:
        test = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=60)
        test.switch_page("indicator.py")
        for name, value in {"at": AS_OF.isoformat(), **query}.items():
            test.query_params[name] = value
        return test.run()

    return open_page


def text(test: AppTest) -> str:
    assert not test.exception
    return "\n".join(element.proto.body for element in test.get("html"))


def test_the_value_is_that_of_the_calls(page, sample_lake):
    calls = sample_lake.scan("call").filter(
        pl.col("channel") == "hotline", pl.col("ended_at") >= AS_OF - timedelta(days=1), pl.col("ended_at") < AS_OF
    ).collect()  # fmt: skip
    # the window is the last 24 clock hours, the running one in part
    calls = calls.filter(pl.col("ended_at") >= AS_OF.replace(minute=0) - timedelta(hours=23))
    quick = calls.filter((pl.col("answered_at") - pl.col("started_at")) <= timedelta(seconds=20)).height
    test = page(id="hotline_answer_rate")
    assert f'data-value="{100 * quick / calls.height!r}"' in text(test)
    assert f"{quick} ÷ {calls.height} × 100" in text(test)
    assert f"此数背后有 {calls.height} 行，其中 {calls.height - quick} 行不合格" in text(test)
    against = cells(text(test), "hotline_answer_rate-rows")
    assert len(against) == calls.height - quick > 0  # what counts against it stands first
    assert all("是" in row for row in against)
    assert not set(calls["caller"].drop_nulls()) & {cell for row in against for cell in row}


def test_a_row_of_the_address_leads_down_to_its_source(page, sample_lake):
    asked = {"id": "pressure_compliance", "site": "ZN05", "rows": "all"}
    row = cells(text(page(**asked)), "pressure_compliance-rows")[-1]
    number = row[0].split()[0]
    shown = text(page(**asked, row=number))
    assert f"第 {number} 行的来源" in shown
    (hour,) = cells(shown, "pressure_compliance-hourly")
    assert set(hour) & set(row) >= {"ZN05"}
    point = next(cell for cell in hour if cell.endswith(".pressure"))
    starts = datetime.strptime(next(c for c in hour if re.fullmatch(r"\d{4}-..-.. \d\d:00", c)), "%Y-%m-%d %H:%M")
    at = starts.replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    readings = sample_lake.scan("reading").filter(
        pl.col("point_id") == point, pl.col("ts") >= at, pl.col("ts") < at + timedelta(hours=1)
    ).sort("ts").collect()  # fmt: skip
    drawn = cells(shown, f"{point}-readings")
    assert [float(line[2]) for line in drawn] == pytest.approx(readings["value"].to_list(), abs=5e-4)


def test_a_site_of_the_address_is_chosen(page):
    test = page(id="pressure_compliance", site="ZN05")
    assert test.selectbox[0].value == "ZN05"
    shown = cells(text(test), "pressure_compliance-rows")
    assert shown and all("ZN05" in row for row in shown)


def test_a_chosen_site_goes_into_the_address(page):
    test = page(id="pressure_compliance")
    assert "site" not in test.query_params
    test.selectbox[0].set_value("ZN07").run()
    assert test.query_params["site"] in ("ZN07", ["ZN07"])


def test_what_the_screen_showed_then_stands_beside_what_is_computed_now(
    page, sample_lake, demonstration, tmp_path, monkeypatch
):
    lake = linked_lake(sample_lake, tmp_path / "lake")
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    shown = boards.board(
        utility=demonstration.id, as_of=AS_OF - timedelta(minutes=5), made_at=AS_OF - timedelta(minutes=5)
    )  # every tile of it says 99.5
    row = pl.DataFrame({"as_of": [AS_OF - timedelta(minutes=5)], "version": ["1"], "json": [json.dumps(shown)]})
    lake.write("board", row.with_columns(pl.col("as_of").cast(pl.Datetime("us", "UTC"))), source="metrics")
    moment = {"id": "pressure_compliance", "at": (AS_OF - timedelta(minutes=3)).isoformat()}
    assert any("99.5 %（正常）" in told.value for told in page(**moment).info)
    assert not any("99.5" in told.value for told in page(**moment, **{"as": "computed"}).info)


def test_english_with_definition_and_clause(page):
    shown = text(page(id="pressure_compliance", lang="en", theme="light"))
    assert "Pressure compliance" in shown
    assert "published service commitments" in shown
    assert "Frozen 2026-09-15 16:20" in shown
    assert "day · one day · " in shown


@pytest.mark.parametrize("indicator_id", ["no_such", "<b>", ""])
def test_an_unknown_indicator_is_said_not_thrown(page, indicator_id):
    shown = text(page(id=indicator_id))
    assert "没有这个指标" in shown and "指标目录" in shown
    assert 'class="failure"' not in shown and "<b></b>" not in shown


def test_before_the_first_rows_everything_is_unknown(page):
    shown = text(page(id="pressure_compliance", at="2020-01-01T00:00:00Z"))
    assert 'data-state="unknown"' in shown
    assert 'data-value=""' in shown


def test_without_a_lake_it_says_how_to_bring_data_in(empty_page):
    test = empty_page("indicator", id="pressure_compliance")
    assert not test.exception
    assert "import" in test.info[0].value


def test_the_trend_has_states_target_and_the_year_before():
    points = [
        {"period": AS_OF.date() - timedelta(days=n), "value": float(n % 7), "state": "alarm" if n == 3 else "normal"}
        for n in range(400, 0, -1)
    ]
    first = AS_OF.date() - timedelta(days=30)
    figure = trend_chart(points, first, 5.0, (1.0, 4.0), "light", words_in("en"))
    lines = {trace.name: trace for trace in figure.data}
    assert len(lines["value"].x) == 30
    assert len(lines["alarm"].x) == 1
    assert lines["year before"].x[0] == first
    assert (
        list(lines["year before"].y[:3])
        == [point["value"] for point in points if point["period"] + timedelta(days=364) >= first][:3]
    )
    assert len(figure.layout.shapes) == 2  # band and target
    assert json.loads(figure.to_json())["layout"]["paper_bgcolor"] == "#f4f6f8"


def test_months_are_compared_with_the_same_month_a_year_before():
    months = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(23)]
    points = [{"period": month, "value": float(month.month), "state": "normal"} for month in months]
    figure = trend_chart(points, date(2026, 1, 1), None, None, "dark", words_in("en"), by_month=True)
    lines = {trace.name: trace for trace in figure.data}
    assert list(lines["year before"].x) == list(lines["value"].x)
    assert list(lines["year before"].y) == [float(n) for n in range(1, 12)]


def test_a_value_between_unknown_ones_is_a_dot():
    values = [1.0, 2.0, None, 3.0, None, 4.0]
    points = [
        {"period": date(2026, 3, 1) + timedelta(days=n), "value": value, "state": "normal"}
        for n, value in enumerate(values)
    ]
    figure = trend_chart(points, date(2026, 3, 1), None, None, "dark", words_in("en"))
    (line,) = (trace for trace in figure.data if trace.name == "value")
    dots = [value for value, size in zip(values, line.marker.size, strict=True) if size and value is not None]
    assert dots == [3.0, 4.0]


@pytest.mark.parametrize(
    ("values", "target", "ends"),
    [
        ([100.0, 100.0], 100.0, (-0.04, 100.04)),
        ([50.0, None, 100.0], 98.0, (-2.0, 102.0)),
        ([100.0, 100.0], 98.0, (-0.08, 100.08)),
        ([0.0, 105.0], None, (-4.2, None)),
        ([-5.0, 20.0], None, (None, 101.0)),
    ],
)
def test_a_line_at_an_end_of_per_cent_has_room_and_only_what_is_past_it_leads_the_axis_on(values, target, ends):
    first = date(2026, 3, 1)
    points = [
        {"period": first + timedelta(days=n), "value": value, "state": "normal"} for n, value in enumerate(values)
    ]
    figure = of_a_whole(trend_chart(points, first, target, None, "dark", words_in("en")))
    options = figure.layout.yaxis.autorangeoptions
    assert (options.clipmin, options.clipmax) == pytest.approx(ends)


def test_lineage_names_cannot_break_out_of_their_quotes():
    dot = lineage_picture([("reading", 'a"] evil [')], ["hourly"], boards.HOSTILE, "dark")
    assert '"a\\"] evil ["' in dot
    assert '"table reading" -> "view hourly"' in dot
    assert '"view hourly" -> "indicator"' in dot


def test_without_rows_behind_the_number_it_says_what_is_missing(empty_page):
    shown = text(empty_page("indicator", id="meters_within_verification", at=AS_OF.isoformat()))
    assert "data-missing" in shown and 'class="failure"' not in shown


def test_an_indicator_that_nothing_supplies_says_so_instead_of_an_empty_table(empty_page):
    shown = text(empty_page("indicator", id="meters_within_verification", at=AS_OF.isoformat(), lang="en"))
    assert "No source supplies the points and tables that it reads" in shown
    assert 'data-table="meters_within_verification-inputs"' not in shown


def test_points_without_a_reading_have_no_formula_of_zeros_and_no_empty_table(empty_page):
    shown = text(empty_page("indicator", id="raw_water_compliance", at=AS_OF.isoformat(), lang="en"))
    assert "0 ÷ 0" not in shown and "no numbers to put in now" in shown
    assert "No reading of it in this stretch of time" in shown
    assert 'data-table="S1.codmn-readings"' not in shown


def test_codes_behind_a_row_are_said_in_words(page):
    (meter, *_) = cells(text(page(id="meters_within_verification")), "meters_within_verification-meter")
    assert "在用" in meter or "超期" in meter


def test_numbers_of_one_point_have_its_unit_and_what_only_describes_them_stands_last(page):
    shown = text(page(id="pressure_compliance", lang="en"))
    table = re.search(r'data-table="pressure_compliance-hourly".*?</thead>', shown, re.S)[0]
    heads = [
        re.sub(r"<[^>]+>", "", one).replace("\N{NO-BREAK SPACE}", " ")
        for one in re.findall(r"<th.*?</th>", table, re.S)
    ]
    assert {"meanMPa", "minMPa", "maxMPa"} <= set(heads)
    assert heads.index("meanMPa") < heads.index("valid") < heads.index("site id") < heads.index("group kind")


def test_the_formula_is_told_in_the_readers_language(page):
    assert "不低于下限的小时 ÷ 有数据的小时" in text(page(id="pressure_compliance"))
    assert "hours at or above the minimum ÷ hours with data" in text(page(id="pressure_compliance", lang="en"))
