"""What stands on the list: a reason that goes on keeps its advice, one that is gone withdraws it. Pure."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from brain.advising.reason import LEAST_CONFIDENCE, Reason
from brain.advising.words import sentence
from data_sources.contracts import TABLES
from data_sources.utility import Utility

TAKEN_UP = ("accept", "done")


def standing(
    reasons: Sequence[Reason], advice: pl.DataFrame, acts: pl.DataFrame, utility: Utility, now: datetime
) -> pl.DataFrame:
    """Rows of table advice as they should stand at `now`.

    `advice` and `acts` are the tables as at now. An open advice of the same kind and cause goes on: its words and gain
    stay as issued, its expiry, confidence and age are those of today. One whose reason is gone expires now, unless
    somebody has accepted it: then it runs its time. One that nobody can be sure enough of is not given.
    """
    there = {_cause(row): row for row in advice.filter(pl.col("expires_at") > now).sort("made_at").to_dicts()}
    taken_up = set(acts.filter(pl.col("verb").is_in(TAKEN_UP))["subject"])
    rows = []
    for reason in reasons:
        if reason.confidence < LEAST_CONFIDENCE:
            continue
        old = there.pop((reason.kind, reason.cause), None)
        rows.append(_new(reason, utility, now) if old is None else _gone_on(old, reason))
    rows += [row | {"expires_at": now} for row in there.values() if row["advice_id"] not in taken_up]
    columns = TABLES["advice"].columns
    return pl.DataFrame([{name: row[name] for name in columns} for row in rows], schema=columns)


def _cause(row: Mapping[str, Any]) -> tuple[str, str]:
    kind, cause, _ = row["advice_id"].split("/")
    return kind, cause


def _new(reason: Reason, utility: Utility, now: datetime) -> dict[str, Any]:
    return {
        "advice_id": f"{reason.kind}/{reason.cause}/{now:%Y-%m-%dT%H:%MZ}",
        "kind": reason.kind,
        "site_id": reason.site_id,
        "made_at": now,
        "act_by": reason.act_by,
        "expires_at": reason.ends_at,
        "action_zh": sentence(reason, utility, "zh"),
        "action_en": sentence(reason, utility, "en"),
        "gain": reason.gain,
        "gain_unit": reason.gain_unit,
        "harm_cny": reason.harm_cny,
        "confidence": reason.confidence,
        "inputs_age_s": reason.inputs_age_s,
        "evidence": json.dumps({**reason.evidence, "ends_at": reason.ends_at.isoformat()}, ensure_ascii=False),
    }


def _gone_on(old: Mapping[str, Any], reason: Reason) -> dict[str, Any]:
    return {
        **old,
        "expires_at": max(old["expires_at"], reason.ends_at),
        "confidence": reason.confidence,
        "inputs_age_s": reason.inputs_age_s,
    }
