"""The page of the catalogue: its numbers as polars finds them, examples that ran, broken files, drafts."""

import os
import re
import shutil
from datetime import timedelta

import polars as pl
import pytest

from data_sources.problems import ROOT
from metrics.catalogue import SHIPPED
from tests.conftest import AS_OF
from tests.pages.conftest import opened, shown_html
from tests.small_utility import write_small_utility

FILE = SHIPPED / "distribution" / "pressure_compliance.sql"
TEXT = FILE.read_text(encoding="utf-8")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A small utility without rows, and the place of an indicator of its own that stands for a shipped one."""
    (tmp_path / "lake").mkdir()
    folder = write_small_utility(tmp_path / "tiny")
    monkeypatch.setenv("WATER_UTILITY", str(folder))
    monkeypatch.setenv("WATER_LAKE", str(tmp_path / "lake"))
    path = folder / "catalog" / "distribution" / FILE.name
    path.parent.mkdir(parents=True)
    return path


def catalogue_page(**query: str):
    return opened("catalogue", at=AS_OF.isoformat(), **query)


def lines(html: str) -> dict[str, str]:
    """Indicator → its line of the list."""
    table = html.split('data-table="indicators"')[-1].split("</table>")[0]
    return {found[1]: row for row in table.split("<tr>") if (found := re.search(r"[?&](?:amp;)?id=(\w+)", row))}


@pytest.mark.slow
def test_what_stands_behind_each_is_as_polars_finds_it(sample_page, sample_lake):
    html = shown_html(sample_page("catalogue"))
    listed = lines(html)
    assert next(iter(listed)) == "raw_water_compliance"
    assert len(listed) == 18
    utility = sample_lake.utility
    points = utility.points.join(utility.groups.select("group_id", "site_id"), on="group_id").join(
        utility.sites.select("site_id", site_kind="kind"), on="site_id"
    )
    pressure = points.filter(quantity="pressure", role="network")
    assert f'data-v="{pressure.height}"' in listed["pressure_compliance"]
    available = points.filter(quantity="available", site_kind="sewage_station")
    assert f'data-v="{available.height}"' in listed["pump_availability"]
    rows = sample_lake.scan("reading", [AS_OF.date()]).filter(pl.col("ts") <= AS_OF).collect()
    newest = rows.filter(pl.col("point_id").is_in(pressure["point_id"].implode()))["ts"].max()
    assert f'data-v="{newest.isoformat()}"' in listed["pressure_compliance"]
    calls = sample_lake.scan("call").filter(pl.col("channel") == "hotline").collect()
    since = AS_OF.replace(minute=0) - timedelta(hours=23)
    ended = calls.filter(pl.col("ended_at") >= since, pl.col("ended_at") < AS_OF)
    quick = ended.filter((pl.col("answered_at") - pl.col("started_at")) <= timedelta(seconds=20)).height
    assert f'data-v="{100 * quick / ended.height!r}"' in listed["hotline_answer_rate"]


@pytest.mark.slow
def test_examples_ran_and_one_indicator_is_shown_in_full(sample_page):
    test = sample_page("catalogue", id="pressure_compliance", lang="en", theme="light")
    html = shown_html(test)
    assert 'data-checked="well"' in html
    limits = html.split('data-table="pressure_compliance-limits"')[1].split("</table>")[0]
    assert ">Pressure compliance<" in limits
    assert ">pressure_compliance<" not in limits
    count = TEXT.count("\n- points")
    assert f"○ {count} pass" in lines(html)["pressure_compliance"]
    assert html.count('data-passes="yes"') == count
    assert 'data-passes="no"' not in html
    assert any("FROM span" in code.value for code in test.code)


@pytest.mark.slow
def test_a_broken_file_is_told_with_its_line_while_the_shipped_one_goes_on(own):
    own.write_text(TEXT.replace("hourly.mean >= point_limit.min", "hourly.mean > point_limit.min"), encoding="utf-8")
    html = shown_html(catalogue_page())
    assert 'data-checked="broken"' in html
    assert f'data-problem="{own}:' in html
    assert "仍用随产品的那一个" in html
    assert str(FILE.relative_to(ROOT)) in lines(html)["pressure_compliance"]


@pytest.mark.slow
def test_the_last_good_version_goes_on(own):
    own.write_text(TEXT.replace("压力合格率", "测压点合格率"), encoding="utf-8")
    first = shown_html(catalogue_page())
    assert "测压点合格率" in lines(first)["pressure_compliance"]
    own.write_text("SELECT 1", encoding="utf-8")
    os.utime(own, ns=(0, 0))
    html = shown_html(catalogue_page())
    assert "仍用最后一个通过检查的版本" in html
    assert f'data-problem="{own}:1"' in html
    assert "测压点合格率" in lines(html)["pressure_compliance"]


def tried(text: str, id_: str = "mine"):
    test = catalogue_page()
    next(one for one in test.text_input if one.label.startswith("编号")).set_value(id_)
    test.text_area[0].set_value(text)
    next(one for one in test.button if one.label == "试算").click().run()
    return shown_html(test)


@pytest.mark.slow
def test_a_draft_is_tried_and_nothing_is_kept(own):
    shutil.rmtree(own.parent.parent)
    html = tried(TEXT, "pressure_compliance")
    assert 'data-draft="fine"' in html
    assert 'data-figure="此刻的值" data-value=""' in html  # there is no row yet
    assert not own.parent.parent.exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT 1", 'data-problem="distribution/mine.sql:1"'),
        (TEXT.replace("FROM span", "FROM read_csv('/etc/passwd') AS span"), "READ_CSV"),
        ("<script>alert(1)</script>", "文件头"),
    ],
)
def test_a_draft_that_does_not_pass_says_why(own, text, told):
    html = tried(text)
    assert 'data-draft="broken"' in html
    assert told in html
    assert "<script>alert" not in html.replace("&lt;script", "")
