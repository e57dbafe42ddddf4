"""The page of data health: its numbers as polars finds them, what it trusts, a refused row down to its cure."""

import re
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.source_log import SourceLog, write_facts
from metrics.board import make_board, write_board
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from pages.components.snapshot import settings
from tests.conftest import AS_OF
from tests.pages.conftest import opened, shown_html
from tests.small_utility import write_small_utility

HOUR = timedelta(hours=1)


@pytest.fixture
def live(tmp_path, monkeypatch):
    """A small utility with an hour of pressure and a snapshot of now; its lake."""
    utility = load_utility(write_small_utility(tmp_path / "tiny"))
    lake = Lake(tmp_path / "lake", utility)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    times = [now - timedelta(minutes=5 * n) for n in range(1, 13)]
    rows = pl.DataFrame({"point_id": "N.pressure", "ts": times, "span_s": 0, "value": 0.3, "quality": "good"})
    lake.write("reading", rows, source="scada")
    build_marts(lake, utility, now)
    write_board(lake, make_board(Engine(utility, lake, load_catalogue(utility)), now, now))
    monkeypatch.setenv("WATER_UTILITY", str(utility.folder))
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    settings()
    return lake


def figure(html: str, name: str) -> float:
    found = re.search(rf'data-figure="{name}" data-value="([\d.]+)"', html)
    assert found, name
    return float(found[1])


@pytest.mark.slow
def test_groups_ages_and_validity_are_those_of_the_rows(sample_page, sample_lake):
    html = shown_html(sample_page("health"))
    utility = sample_lake.utility
    days = [AS_OF.date() - timedelta(days=n) for n in range(2)]
    rows = sample_lake.scan("reading", days).filter(pl.col("ts") <= AS_OF).collect()
    points = utility.points.select("point_id", "group_id", "interval_s", "quantity")
    told = rows.join(points, on="point_id")
    newest = told.group_by("group_id", "point_id", "interval_s").agg(pl.col("ts").max())
    fresh = newest.filter((AS_OF - pl.col("ts")).dt.total_seconds() <= 3 * pl.col("interval_s"))
    alive = set(fresh["group_id"]) | set(utility.groups.filter(pl.col("source").is_not_null())["group_id"])
    bad = told.sort("ts").group_by("group_id", "point_id").agg(pl.col("quality").last()).filter(quality="bad")
    faulty = set(bad["group_id"]) & alive
    assert figure(html, "在报") == len(alive - faulty)
    assert figure(html, "故障") == len(faulty)
    assert figure(html, "迟报") == utility.groups.height - len(alive)
    assert html.count('data-kind="') >= 17
    # a pressure point is told every five minutes: a whole hour of twelve good readings is a whole hour
    since, until = AS_OF.replace(minute=0) - 24 * HOUR, AS_OF.replace(minute=0)
    own = told.filter(pl.col("quantity") == "pressure", pl.col("ts") >= since, pl.col("ts") < until, quality="good")
    one = own.group_by("group_id").len().sort("len", "group_id").row(0)
    share = one[1] * 300 / (24 * 3600)
    line = next(row for row in html.split("<tr>") if f"group={one[0]}&" in row)
    assert f'data-v="{share!r}"' in line or abs(float(re.findall(r'data-v="(0\.\d+|1\.0)"', line)[-1]) - share) < 1e-6


@pytest.mark.slow
def test_it_says_how_far_to_trust_and_why(sample_page):
    html = shown_html(sample_page("health"))
    assert 'data-trust="partly"' in html
    assert "高风险泵站数（尚无预测）" in html
    assert "indicator?id=overflow_risk_stations" in html


@pytest.mark.slow
def test_a_kind_and_a_group_of_the_address(sample_page, sample_lake):
    html = shown_html(sample_page("health", kind="rain_gauge", group="PS01.S", lang="en"))
    table = html.split('data-table="groups"')[1].split("</table>")[0]
    assert table.count("<tr>") == 11  # ten gauges and the head
    points = html.split('data-table="points-PS01.S"')[1].split("</table>")[0]
    assert points.count('data-v="PS01.S.') == sample_lake.utility.points.filter(group_id="PS01.S").height
    level = sample_lake.scan("reading", [AS_OF.date()]).filter(
        pl.col("point_id") == "PS01.S.level", pl.col("ts") <= AS_OF
    ).sort("ts").collect()["value"][-1]  # fmt: skip
    assert f'data-v="{level!r}"' in points


@pytest.mark.slow
def test_a_box_follows_the_address_that_a_link_has_changed(sample_page):
    test = sample_page("health")
    assert test.selectbox(key="choice.kind").value is None
    test.query_params["kind"] = "rain_gauge"
    html = shown_html(test.run())
    assert test.selectbox(key="choice.kind").value == "rain_gauge"
    assert html.split('data-table="groups"')[1].split("</table>")[0].count("<tr>") == 11


def test_a_refused_row_is_seen_corrected_and_imported(live):
    # refused a moment ago, for its quality
    at = datetime.now(UTC).replace(second=0, microsecond=0) - 2 * HOUR
    rows = pl.DataFrame({"point_id": ["N.pressure"], "ts": [at], "span_s": 0, "value": [0.21], "quality": ["fine"]})
    live.write("reading", rows, source="scada", batch="march")
    html = shown_html(opened("health", batch="march"))
    assert figure(html, "30 天内被拒的行") == 1
    assert "隔离区中有 1 行，最新原因：quality：不在允许的取值之内" in html
    sheet = html.split('data-table="correct-reading"')[1].split("</table>")[0]
    assert "0.21" in sheet

    test = opened("health")
    fixed = f"point_id,ts,span_s,value,quality\nN.pressure,{at.isoformat()},0,0.21,good\n"
    test.file_uploader(key="import.file").set_value(("fixed.csv", fixed.encode(), "text/csv"))
    next(one for one in test.button if one.label == "导入").click().run()
    told = shown_html(test)
    assert (figure(told, "读到"), figure(told, "写入"), figure(told, "进隔离区")) == (1, 1, 0)
    stored = live.scan("reading").filter(pl.col("ts") == at).collect()
    assert stored["value"].to_list() == [0.21]


def test_what_an_import_refuses_stands_above_it_at_once(live):
    test = opened("health", lang="en")
    wrong = f"point_id,ts,span_s,value,quality\nNO.SUCH,{datetime.now(UTC) - HOUR:%Y-%m-%dT%H:%MZ},0,1,good\n"
    test.file_uploader(key="import.file").set_value(("wrong.csv", wrong.encode(), "text/csv"))
    next(one for one in test.button if one.label == "Import").click().run()
    html = shown_html(test)
    assert figure(html, "to quarantine") == 1
    assert "NO.SUCH" in html.split('data-table="quarantine"')[1].split("</table>")[0]


@pytest.mark.parametrize(
    ("lang", "button", "told"), [("en", "Import", "x.csv:1: reading needs"), ("zh", "导入", "x.csv:1：reading 缺少")]
)
def test_a_file_that_does_not_fit_is_told_with_its_place(live, lang, button, told):
    test = opened("health", lang=lang)
    test.file_uploader(key="import.file").set_value(("x.csv", b"a,b\n1,2\n", "text/csv"))
    next(one for one in test.button if one.label == button).click().run()
    html = shown_html(test)
    assert 'data-import="failed"' in html
    assert f"{told} point_id, quality, span_s, ts, value" in html


def test_a_frozen_page_imports_nothing(live):
    test = opened("health", at=(datetime.now(UTC) - HOUR).isoformat())
    assert not [one for one in test.button if one.label == "导入"]
    assert "不能导入" in shown_html(test)


def test_what_is_odd_about_a_source_is_said(live, monkeypatch):
    facts = SourceLog({}).facts | {
        "error": "OperationalError: connection refused",
        "since": "2026-09-15T08:00:00+00:00",
        "clock_s": 3600,
        "set_apart": {"files": 2, "newest": "a.csv: is empty"},
        "tables": {"reading": {"usual": ["ts", "x", "y"], "come": [], "gone": ["N_P"], "unasked": ["x", "y"]}},
    }
    write_facts(live.root, {"scada": facts})
    html = shown_html(opened("health", lang="en"))
    assert "OperationalError: connection refused" in html
    assert 'data-trouble="worker_stopped"' in html
    assert '<p data-sources="failed">Sources · failed: scada</p>' in html
    assert "2 files in failed/, the newest: a.csv: is empty" in html
    assert "since 09-15 16:00 · clock ahead by 1 h, readings from ahead are suspect" in html
    assert "columns that went: N_P · columns nobody asks for: x, y" in html
