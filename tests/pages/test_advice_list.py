"""Advice as the board shows it; without any it says what will stand there."""

import re
from datetime import timedelta

from pages.components.advice_list import advice_list
from pages.components.links import View
from pages.components.words import words_in
from tests.pages import boards


def advice(n: int):
    return {
        "advice_id": f"A{n}",
        "kind": "drawdown",
        "site_id": "P1",
        "made_at": boards.AS_OF,
        "act_by": boards.AS_OF + timedelta(hours=1),
        "expires_at": boards.AS_OF + timedelta(hours=3),
        "action_zh": "预降一号泵站：17:20 前降至 1.2 m",
        "action_en": "Draw station 1 down: to 1.2 m before 17:20",
        "gain": 1240.0,
        "gain_unit": "m^3",
        "harm_cny": 1000.0,
        "confidence": 0.8,
        "inputs_age_s": 60.0,
        "evidence": "{}",
        "status": "open",
    }


def test_what_to_do_by_when_and_what_it_gains():
    text = advice_list(boards.board(advice=[advice(1)]), View("zh", "dark"), words_in("zh"))
    for word in (">预降一号泵站</a>", "17:20 前 · 收益 1240 m³ · 置信 80 % · 19:20 失效"):
        assert word in text
    assert 'data-advice="A1"' in text


def test_a_time_that_has_passed_is_said_to_have_passed():
    late = {**advice(1), "act_by": boards.AS_OF - timedelta(minutes=5)}
    text = advice_list(boards.board(advice=[late]), View("en", "dark"), words_in("en"))
    assert "was due by 16:15" in text


def test_three_at_most():
    text = advice_list(boards.board(advice=[advice(n) for n in range(5)]), View("en", "dark"), words_in("en"))
    assert text.count("data-advice") == 3


def test_nothing_is_invented():
    text = advice_list(boards.board(), View("en", "dark"), words_in("en"))
    assert "data-advice" not in text
    assert "No advice: there is no drainage plan" in text
    planned = boards.board()
    planned["sewage"] = {**planned["sewage"], "plan": [{"site_id": "P1", "hour": boards.AS_OF, "flow_m3h": 0.0}]}
    assert "nothing to do now that is better" in advice_list(planned, View("en", "dark"), words_in("en"))


def test_what_may_be_done_depends_on_what_was_done():
    def buttons(status, view=View("en", "dark")):
        text = advice_list(boards.board(advice=[{**advice(1), "status": status}]), view, words_in("en"))
        return re.findall('data-verb="([a-z]+)" data-subject="A1"', text)

    assert buttons("open") == ["accept", "decline"]
    assert buttons("accept") == ["done", "decline"]
    assert buttons("open", View("en", "dark", boards.AS_OF)) == []


def test_old_inputs_are_said():
    def told(age_s):
        return advice_list(
            boards.board(advice=[{**advice(1), "inputs_age_s": age_s}]), View("en", "dark"), words_in("en")
        )

    assert "data 130 min old" in told(7800.0)
    assert "min old" not in told(7199.0)
