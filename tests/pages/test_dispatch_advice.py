"""Advice on the page of sewage dispatch: taken up, declined with a reason, its evidence, its record, who did what."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from data_sources.lake import Lake
from data_sources.load import load_utility
from metrics.board import board_file
from tests.metrics.lake_rows import write
from tests.pages import boards
from tests.pages.conftest import opened, shown_html
from tests.small_utility import write_small_utility

NOW = datetime.now(UTC).replace(microsecond=0)
OPEN, OLD = "storm/T1/now", "storm/T1/before"


def advice(id_, made_at, expires_at):
    evidence = {
        "counterfactual": "installed_rule",
        "plan_issued_at": made_at.isoformat(),
        "risk_known": True,
        "ends_at": expires_at.isoformat(),
        "stations": [{"site_id": "P1", "probability": 0.6, "alarm": 4.0, "top_m": 4.1, "top_m_plan": 3.5}],
    }
    return {
        "advice_id": id_, "kind": "storm", "site_id": "P1", "made_at": made_at, "act_by": None,
        "expires_at": expires_at,
        "action_zh": "一号泵站提前抽排：按方案 <b>", "action_en": "Pump ahead at Station 1: by the plan", "gain": 12.0,
        "gain_unit": "m³", "harm_cny": 1200.0, "confidence": 0.6, "inputs_age_s": 60.0,
        "evidence": json.dumps(evidence),
    }  # fmt: skip


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """A small utility with an advice that stands, one that came true, and a live board with a breach at P1."""
    utility = load_utility(write_small_utility(tmp_path / "tiny"))
    lake = Lake(tmp_path / "lake", utility)
    day = timedelta(days=1)
    write(lake, "advice", advice(OPEN, NOW - timedelta(minutes=5), NOW + timedelta(hours=3)))
    write(lake, "advice", advice(OLD, NOW - 2 * day, NOW - day))
    kept = {"act_id": "v", "done_at": NOW - day, "user": "brain", "verb": "verify", "subject": OLD, "note": "kept"}
    write(lake, "act", kept)
    breach = boards.exception(subject="P1", site_id="P1", code="point_limit", id="point_limit/P1/x")
    board = boards.board(as_of=NOW, made_at=NOW, exceptions=[breach])
    board_file(lake.root).write_text(json.dumps(board), encoding="utf-8")
    monkeypatch.setenv("WATER_UTILITY", str(utility.folder))
    monkeypatch.setenv("WATER_LAKE", str(lake.root))
    monkeypatch.setenv("WATER_USER", "李工")
    return lake


def acts(lake):
    return [
        (row["user"], row["verb"], row["subject"], row["note"])
        for row in lake.scan("act").sort("done_at").collect().to_dicts()
        if row["user"] != "brain"
    ]


def test_what_stands_with_its_evidence_and_its_record(lake):
    html = shown_html(opened("dispatch"))
    assert f'data-advice="{OPEN}"' in html
    assert "一号泵站提前抽排" in html
    assert "<b></p>" not in html and "按方案 &lt;b&gt;" in html
    assert "与现行启停规则相比" in html
    # issued, kept, not kept, unknown, waiting
    for name, count in (("已发出", 2), ("应验", 1), ("未应验", 0), ("无法判断", 0), ("待核验", 1)):
        assert f'data-figure="{name}" data-value="{float(count)}"' in html
    # the evidence's row leads to the station; its chance is in %
    assert "/site?site=P1" in html.replace("&amp;", "&")
    assert 'data-v="60.0"' in html


def test_what_to_do_and_to_expect_stands_before_the_stations(lake):
    html = shown_html(opened("dispatch"))
    said = re.findall(r'<a href="([^"]*)"[^>]*data-next="(\w+)">(.*?)</a>', html)
    assert [(name, address.partition("#")[2]) for address, name, _ in said] == [
        ("advice", "advice"), ("waiting", "waiting"), ("outlook", "outlook"),
    ]  # fmt: skip
    assert all(f'class="heading" id="{name}"' in html for _, name, _ in said)
    advised, waits, risk = (text for _, _, text in said)
    assert "一号泵站提前抽排" in advised and "收益 12" in advised
    assert "▲" in waits and "共 1 条" in waits
    assert "▨" in risk and "概率未知" in risk, "no risk was computed: that is not a chance of 0"
    assert html.index("data-next") < html.index("data-station=")


def test_a_frozen_moment_without_a_plan_does_not_say_that_nothing_is_better(lake):
    html = shown_html(opened("dispatch", at=(NOW - timedelta(days=3)).isoformat()))
    assert "没有可依据的排水方案" in html
    assert "现在没有比照常运行更好的做法" not in html
    assert "30 天内没有发出过建议" in html


def test_it_is_taken_up_and_an_exception_acknowledged(lake):
    test = opened("dispatch")
    test.button(key=f"accept.{OPEN}").click().run()
    assert acts(lake) == [("李工", "accept", OPEN, None)]
    html = shown_html(test)
    assert "已采纳" in html and "李工" in html
    test.button(key="acknowledge.point_limit/P1/x").click().run()
    assert acts(lake)[-1] == ("李工", "acknowledge", "point_limit/P1/x", None)
    assert not [one for one in test.button if one.key == "acknowledge.point_limit/P1/x"]


def test_it_is_declined_only_with_a_reason(lake):
    test = opened("dispatch")
    send = next(one for one in test.button if one.label == "提交")
    send.click().run()
    assert acts(lake) == []
    test.text_area[0].set_value("泵车已在现场")
    next(one for one in test.button if one.label == "提交").click().run()
    assert acts(lake) == [("李工", "decline", OPEN, "泵车已在现场")]


def test_the_past_is_not_acted_on(lake):
    test = opened("dispatch", at=(NOW - timedelta(minutes=1)).isoformat(), lang="en")
    html = shown_html(test)
    assert "Pump ahead at Station 1" in html
    assert not [one for one in test.button if one.key and one.key.startswith(("accept", "acknowledge"))]


def test_without_anything_to_advise_from_it_says_so(lake):
    write(lake, "advice", advice(OPEN, NOW - timedelta(minutes=5), NOW - timedelta(minutes=1)))
    status = [{"question": "advice", "at": NOW.isoformat(), "state": "baseline", "shown": None, "seconds": 0.1,
               "reason": "neither a plan of the last 6 hours nor a forecast of demand to advise from"}]  # fmt: skip
    (lake.root / "brain").mkdir()
    (lake.root / "brain" / "status.json").write_text(json.dumps(status), encoding="utf-8")
    assert "暂不给建议：最近 6 小时没有排水方案，也没有需水预测" in shown_html(opened("dispatch"))
