"""Exceptions: one cause, one line, worst first."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from metrics.breaches import SCHEMA
from metrics.catalogue import load_catalogue
from metrics.exceptions import Situation, exceptions, silent_sources
from metrics.judge import Judged
from metrics.thresholds import Thresholds

AS_OF = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)
SINCE = datetime(2026, 9, 15, 7, 0, tzinfo=UTC)


def verdict(state="normal", site_id="", sites=(), **changes):
    base = {
        "site_id": site_id, "period": AS_OF.date(), "value": 97.0, "numerator": 97.0, "denominator": 100.0,
        "valid": 100.0, "expected": 100.0, "validity": 1.0, "state": state, "reason": None, "partial": False,
        "thresholds": Thresholds(), "gap": -1.0, "distance": 0.5, "beside": None, "sites": tuple(sites),
    }  # fmt: skip
    return Judged(**base | changes)


def breach(point="N.pressure", site="N", over=True, distance=0.2, since=SINCE, **changes):
    row = dict.fromkeys(SCHEMA) | {
        "point_id": point, "site_id": site, "quantity": "pressure", "is_over": over, "value": 0.1, "min": 0.14,
        "distance": distance, "since": since,
    }  # fmt: skip
    return row | changes


def heard(point, site, source, minutes_ago, late):
    at = None if minutes_ago is None else AS_OF - timedelta(minutes=minutes_ago)
    return {"point_id": point, "site_id": site, "source": source, "heard_at": at, "is_late": late}


FRESH = [heard("N.pressure", "N", "scada", 5, False), heard("W1.flow", "W1", "works", 5, False)]


def found(utility, verdicts=None, breaches=(), freshness=FRESH, acknowledged=()):
    times = {"heard_at": pl.Datetime("us", "UTC")}
    return exceptions(
        Situation(
            utility=utility,
            catalogue=load_catalogue(utility),
            verdicts=verdicts or {},
            freshness=pl.DataFrame(freshness, schema_overrides=times),
            breaches=pl.DataFrame(list(breaches), schema=SCHEMA),
            as_of=AS_OF,
            since=lambda indicator, judged: SINCE,
            acknowledged=acknowledged,
        )
    )


def test_nothing_wrong_is_nothing(tiny_utility):
    assert found(tiny_utility, {"pressure_compliance": verdict()}) == ()


def test_an_indicator_names_its_worst_site_and_how_many(tiny_utility):
    sites = [
        verdict("warning", "Z1", distance=0.4),
        verdict("alarm", "W1", distance=1.2),
        verdict("alarm", "N", distance=1.5),
        verdict("normal", "S1"),
    ]
    (one,) = found(tiny_utility, {"pressure_compliance": verdict("alarm", sites=sites, distance=1.1)})
    assert (one.code, one.subject, one.site_id, one.count) == ("indicator_state", "pressure_compliance", "N", 3)
    assert one.id == "indicator_state/pressure_compliance/2026-09-15T07:00:00Z"
    assert (one.state, one.since, one.owner, one.distance) == ("alarm", SINCE, "管网部", 1.1)
    assert one.args == {"value": 97.0, "unit": "%", "gap": -1.0, "reason": None}


@pytest.mark.parametrize("state", ["normal", "unknown"])
def test_only_warnings_and_alarms_are_exceptions(tiny_utility, state):
    assert found(tiny_utility, {"pressure_compliance": verdict(state)}) == ()


def test_breaches_of_a_site_are_one_line_with_a_count(tiny_utility):
    early = SINCE - timedelta(minutes=10)
    rows = [breach(distance=0.1), breach("N.second", distance=0.3, since=early), breach("W1.x", "W1", over=False)]
    alarm, warning = found(tiny_utility, breaches=rows)
    assert (alarm.code, alarm.state, alarm.site_id, alarm.count) == ("point_limit", "alarm", "N", 2)
    assert (alarm.args["point_id"], alarm.args["low"], alarm.since, alarm.distance) == ("N.second", 0.14, early, 0.3)
    assert (warning.code, warning.state, warning.subject) == ("early_warning", "warning", "W1")


def test_a_silent_source_is_one_line_and_hides_its_sites(tiny_utility):
    freshness = [
        heard("N.pressure", "N", "scada", 50, True),
        heard("Z1.flow", "Z1", "scada", 40, True),
        heard("W1.flow", "W1", "works", 5, False),
    ]
    few = verdict(site_id="Z1", state="unknown", reason="too_few_data", validity=0.5)
    (one,) = found(tiny_utility, {"net_night_flow": verdict("unknown", sites=[few])}, freshness=freshness)
    assert (one.code, one.subject, one.state, one.count) == ("source_silent", "scada", "unknown", 2)
    assert one.since == AS_OF - timedelta(minutes=40)
    assert one.args == {"points": 2, "sites": 2}


def test_a_source_never_heard_is_not_silent(tiny_utility):
    freshness = pl.DataFrame([heard("a", "N", "never", None, True), heard("b", "N", "was", 90, True)])
    assert silent_sources(freshness) == ["was"]


def test_a_site_with_few_data_counts_once(tiny_utility):
    freshness = [heard("Z1.flow", "Z1", "scada", 700, True), heard("N.pressure", "N", "scada", 5, False)]
    few = verdict(site_id="Z1", state="unknown", reason="too_few_data", validity=0.5)
    verdicts = {"net_night_flow": verdict(sites=[few]), "pressure_compliance": verdict(sites=[few])}
    (one,) = found(tiny_utility, verdicts, freshness=freshness)
    assert (one.code, one.site_id, one.count, one.args) == ("few_data", "Z1", 2, {"validity": 0.5})
    assert one.since == AS_OF - timedelta(minutes=700)


def test_worst_first_then_farthest_then_oldest(tiny_utility):
    old = SINCE - timedelta(hours=2)
    rows = [
        breach("a", "Z1", over=False, distance=9.0),
        breach("b", "N", distance=0.1),
        breach("c", "P1", distance=0.5),
        breach("d", "W1", distance=0.1, since=old),
    ]
    freshness = [heard("x", "N", "scada", 90, True)]
    order = [one.site_id or one.subject for one in found(tiny_utility, breaches=rows, freshness=freshness)]
    assert order == ["P1", "W1", "N", "Z1", "scada"]


def test_what_was_acknowledged_says_so(tiny_utility):
    seen = "point_limit/N/2026-09-15T07:00:00Z"
    one, other = found(tiny_utility, breaches=[breach(), breach("w", "W1")], acknowledged={seen})
    assert {one.id: one.acknowledged, other.id: other.acknowledged} == {
        seen: True,
        "point_limit/W1/2026-09-15T07:00:00Z": False,
    }
