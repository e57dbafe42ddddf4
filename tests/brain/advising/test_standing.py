"""What stands on the list: one cause one advice, withdrawn when its reason goes, words in both languages."""

import json
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from brain.advising.reason import Reason
from brain.advising.standing import standing
from brain.advising.words import LANGUAGES, sentence, sentences
from data_sources.contracts import TABLES
from tests.brain.advising.plan_rows import NOW

STORM = Reason(
    kind="storm",
    cause="T1",
    site_id="P1",
    sentence="storm_overflow",
    act_by=NOW + timedelta(hours=1),
    ends_at=NOW + timedelta(hours=6),
    gain=30.0,
    gain_unit="m³",
    harm_cny=3000.0,
    confidence=0.7,
    inputs_age_s=60.0,
    places={"station": "P1"},
    blanks={
        "n": 3, "flow": 300, "by": NOW + timedelta(hours=1), "peak": NOW + timedelta(hours=3), "left": 12, "saved": 30,
        "need": 2.4, "high": 2.64, "capacity": 2.5,
    },
    evidence={"stations": []},
)  # fmt: skip
NOTHING = pl.DataFrame(schema=TABLES["advice"].columns)
NO_ACTS = pl.DataFrame(schema=TABLES["act"].columns)


def act(verb, subject):
    row = {"act_id": "x", "done_at": NOW, "user": "甲", "verb": verb, "subject": subject, "note": None}
    return pl.DataFrame([row], schema=TABLES["act"].columns)


def test_a_new_reason_becomes_an_advice(tiny_utility):
    (one,) = standing([STORM], NOTHING, NO_ACTS, tiny_utility, NOW).to_dicts()
    assert one["advice_id"] == "storm/T1/2026-09-15T08:00Z"
    assert one["expires_at"] == STORM.ends_at
    assert one["action_zh"] == "一号泵站等3座提前抽排：17:00起按方案，一号泵站抽至300m³/h，19:00来水高峰不溢流"
    assert one["action_en"].startswith("Pump ahead, Station 1 +2: from 17:00 by the plan")
    assert json.loads(one["evidence"])["ends_at"] == STORM.ends_at.isoformat()


def test_the_same_cause_goes_on_under_its_name_and_words(tiny_utility):
    first = standing([STORM], NOTHING, NO_ACTS, tiny_utility, NOW)
    later = replace(STORM, gain=44.0, confidence=0.9, ends_at=NOW + timedelta(hours=8), site_id="P2")
    (one,) = standing([later], first, NO_ACTS, tiny_utility, NOW + timedelta(minutes=15)).to_dicts()
    assert one["advice_id"] == "storm/T1/2026-09-15T08:00Z"
    assert (one["gain"], one["site_id"], one["confidence"]) == (30.0, "P1", 0.9)
    assert one["expires_at"] == NOW + timedelta(hours=8)


def test_a_reason_that_is_gone_withdraws_its_advice(tiny_utility):
    first, then = standing([STORM], NOTHING, NO_ACTS, tiny_utility, NOW), NOW + timedelta(minutes=15)
    (one,) = standing([], first, NO_ACTS, tiny_utility, then).to_dicts()
    assert one["expires_at"] == then
    unsure = replace(STORM, confidence=0.1)
    assert standing([unsure], NOTHING, NO_ACTS, tiny_utility, NOW).is_empty()


def test_one_that_was_accepted_runs_its_time(tiny_utility):
    first = standing([STORM], NOTHING, NO_ACTS, tiny_utility, NOW)
    accepted = act("accept", first["advice_id"][0])
    assert standing([], first, accepted, tiny_utility, NOW + timedelta(minutes=15)).is_empty()


@pytest.mark.parametrize("name", sentences())
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_filled(name, lang, tiny_utility):
    text = sentence(replace(STORM, sentence=name), tiny_utility, lang)
    assert "{" not in text and "}" not in text
    assert sentence(replace(STORM, blanks={**STORM.blanks, "n": 1}), tiny_utility, lang).count("一号泵站等") == 0


def test_a_station_alone_is_not_one_of_many(tiny_utility):
    alone = replace(STORM, blanks={**STORM.blanks, "n": 1})
    assert sentence(alone, tiny_utility, "zh").startswith("一号泵站提前抽排：17:00起")
    assert sentence(alone, tiny_utility, "en").startswith("Pump ahead, Station 1: from")
