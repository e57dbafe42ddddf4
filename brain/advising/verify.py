"""After its time, what an advice said against what wells, meters and works then did: kept, not_kept or unknown. Pure.

Taken up, its promise is judged (the wells stayed below their alarm level, pumping cost less); not taken up, its
warning is (they did reach it, there was that much to save). Less than 80 % of the hours known: unknown.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from brain.advising.standing import TAKEN_UP
from data_sources.contracts import TABLES

ENOUGH = 0.8
SETTLED = timedelta(hours=2)
"""After its end so long is waited for late rows."""
BY = "brain"
HOUR = timedelta(hours=1)

Price = Callable[[datetime], float]


def verifications(
    advice: pl.DataFrame, acts: pl.DataFrame, wells: pl.DataFrame, power: pl.DataFrame, price: Price, now: datetime
) -> pl.DataFrame:
    """A row of table act for each advice whose time is over and that was not verified yet.

    `wells` are hourly rows of wells' levels (site_id, hour, max, is_valid), `power` of what stations draw (site_id,
    hour, mean in kW, is_valid), `price` gives 元/kWh.
    """
    verified = set(acts.filter(pl.col("verb") == "verify")["subject"])
    taken_up = set(acts.filter(pl.col("verb").is_in(TAKEN_UP))["subject"])
    rows = []
    for one in advice.to_dicts():
        evidence = json.loads(one["evidence"])
        ends_at = datetime.fromisoformat(evidence["ends_at"])
        if one["advice_id"] in verified or now < ends_at + SETTLED:
            continue
        acted = one["advice_id"] in taken_up
        if one["kind"] == "storm":
            came = wells_said(evidence["stations"], _during(wells, one["made_at"], ends_at), acted)
        elif one["kind"] == "saving":
            came = meters_said(evidence, _during(power, one["made_at"], ends_at), price, acted)
        else:
            came = None
        note = {True: "kept", False: "not_kept", None: "unknown"}[came]
        rows.append(
            {"act_id": f"verify/{one['advice_id']}", "done_at": now, "user": BY, "verb": "verify"}
            | {"subject": one["advice_id"], "note": note}
        )
    return pl.DataFrame(rows, schema=TABLES["act"].columns)


def wells_said(stations: list[Mapping[str, Any]], levels: pl.DataFrame, acted: bool) -> bool | None:
    """Acted on: no well that the plan promised to keep below its alarm level reached it. Else: one did reach it."""
    wells = [one for one in stations if one["alarm"] is not None]
    meant = [one for one in wells if not acted or one["top_m_plan"] < one["alarm"]]
    alarm = {one["site_id"]: one["alarm"] for one in meant}
    own = levels.filter(pl.col("site_id").is_in(list(alarm)))
    hours = levels["hour"].n_unique()
    if not alarm or not hours or own.filter("is_valid").height < ENOUGH * hours * len(alarm):
        return None
    reached = bool((own["max"] >= own["site_id"].replace_strict(alarm, return_dtype=pl.Float64)).any())
    return reached is not acted


def meters_said(evidence: Mapping[str, Any], power: pl.DataFrame, price: Price, acted: bool) -> bool | None:
    """What pumping cost lies nearer to the plan's cost (acted on), or to the rule's."""
    sites = [one["site_id"] for one in evidence["stations"]]
    own = power.filter(pl.col("site_id").is_in(sites) & pl.col("is_valid"))
    hours = power["hour"].n_unique()
    if not hours or own.height < ENOUGH * hours * len(sites):
        return None
    known = own.group_by("hour").agg(pl.col("mean").sum()).rows()
    scale = hours * len(sites) / own.height
    cost = scale * sum(kw * price(hour) for hour, kw in known)
    nearer_to_plan: bool = cost < (evidence["cost_rule"] + evidence["cost_plan"]) / 2
    return nearer_to_plan is acted


def _during(rows: pl.DataFrame, first: datetime, end: datetime) -> pl.DataFrame:
    return rows.filter((pl.col("hour") >= first) & (pl.col("hour") < end))
