"""Storm: where the plan keeps wells from overflow or alarm that the installed rule doesn't. One reason a works."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from brain.advising.plans import STEP, Plans, step_hours
from brain.advising.reason import Reason, freshness
from brain.dispatch.rows import ADVISED, INSTALLED

LEAST_M3, LEAST_H = 1.0, 0.5
"""What a plan must save at a station to be worth a word: m³ of overflow, hours at or above the alarm level."""
UNKNOWN_RISK = 0.5
"""The chance of an alarm where nobody has computed one; the evidence says that it is not known."""
_EARLIER_M3H = 1.0
_TOLD = (pl.col("saved_m3").abs() >= LEAST_M3) | (pl.col("saved_h").abs() >= LEAST_H)


def storm_reasons(
    plans: Plans,
    alarm_level: Mapping[str, float],
    risk: Mapping[str, float],
    works_of: Mapping[str, str],
    harm: Mapping[str, float],
    now: datetime,
) -> list[Reason]:
    """One reason for each works where the plan helps more than it costs.

    `alarm_level` in m and `risk` (P(level ≥ alarm), 0–1) by station, `works_of` where a station's sewage ends, `harm`
    the weights `overflow_harm` (元/m³) and `alarm_harm` (元/h).
    """
    both_ways = _both_ways(plans.rows, alarm_level)
    places = pl.col("site_id").replace_strict(dict(works_of), default=pl.col("site_id")).alias("works")
    rows_of = plans.rows.with_columns(places)
    reasons = []
    for (works,), sites in both_ways.group_by(places, maintain_order=True):
        known = sites.with_columns(
            probability=pl.col("site_id").replace_strict(dict(risk), default=None, return_dtype=pl.Float64)
        ).sort("saved_m3", "saved_h", "site_id", descending=[True, True, False])
        own = rows_of.filter(pl.col("works") == works, pl.col("site_id") != works)
        if reason := _reason(str(works), known, own, plans, harm, now):
            reasons.append(reason)
    return reasons


def _both_ways(rows: pl.DataFrame, alarm_level: Mapping[str, float]) -> pl.DataFrame:
    """What becomes of each site either way, and what the plan saves there, below 0 where it costs something."""
    known = rows.with_columns(alarm=pl.col("site_id").replace_strict(dict(alarm_level), default=None))
    high = pl.col("level_m") >= pl.col("alarm")
    of_station = known.group_by("site_id", "variant", maintain_order=True).agg(
        pl.col("overflow_m3").sum().alias("overflow"),
        (high.sum() * step_hours()).alias("high_h"),
        pl.col("level_m").max().alias("top_m"),
        pl.col("alarm").first(),
        pl.col("valid_at").filter(high | (pl.col("overflow_m3") > 0)).min().alias("high_from"),
        pl.col("valid_at").filter(high | (pl.col("overflow_m3") > 0)).max().alias("high_until"),
    )
    rule, plan = of_station.filter(variant=INSTALLED), of_station.filter(variant=ADVISED)
    return rule.join(plan.drop("alarm", "variant"), on="site_id", suffix="_plan").with_columns(
        saved_m3=pl.col("overflow") - pl.col("overflow_plan"), saved_h=pl.col("high_h") - pl.col("high_h_plan")
    )


def _reason(
    works: str, sites: pl.DataFrame, flows: pl.DataFrame, plans: Plans, harm: Mapping[str, float], now: datetime
) -> Reason | None:
    """`sites` are this works and all that drain to it either way, `flows` the rows of those stations.

    What the plan saves at some and costs at others is taken together; None where that is not worth a word.
    """
    saved_m3, saved_h, left_m3 = (float(sites[name].sum()) for name in ("saved_m3", "saved_h", "overflow_plan"))
    harm_cny = saved_m3 * harm["overflow_harm"] + saved_h * harm["alarm_harm"]
    by_volume, by_time = saved_m3 >= LEAST_M3, saved_h >= LEAST_H and saved_m3 > -LEAST_M3
    helped = sites.filter((pl.col("saved_m3") >= LEAST_M3) | (pl.col("saved_h") >= LEAST_H))
    if helped.is_empty() or harm_cny <= 0 or not (by_volume or by_time):
        return None
    high_from = min(helped["high_from"].drop_nulls())
    ahead = _pumped_ahead(flows, high_from)
    place, act_by, flow = ahead.row(0) if ahead.height else (helped["site_id"][0], high_from, 0.0)
    ends_at = max(helped["high_until"]) + STEP
    risks = helped["probability"].drop_nulls().to_list()
    return Reason(
        kind="storm",
        cause=works,
        site_id=place,
        sentence=_sentence(left_m3, by_volume=by_volume, is_ahead=ahead.height > 0),
        act_by=act_by,
        ends_at=ends_at,
        gain=saved_m3 if by_volume else saved_h,
        gain_unit="m³" if by_volume else "h",
        harm_cny=harm_cny,
        confidence=(max(risks) if risks else UNKNOWN_RISK) * freshness(now - plans.issued_at),
        inputs_age_s=plans.inputs_age_s(now),
        places={"station": place},
        blanks={
            "n": max(ahead.height, 1),
            "flow": round(flow),
            "by": act_by,
            "peak": high_from,
            "left": round(left_m3),
            "saved": round(saved_m3),
        },
        evidence={
            "counterfactual": INSTALLED,
            "plan_issued_at": plans.issued_at.isoformat(),
            "risk_known": bool(risks),
            "stations": sites.filter(_TOLD).select(
                "site_id", "probability", "alarm", "top_m", "top_m_plan", "overflow", "overflow_plan", "high_h",
                "high_h_plan",
            ).to_dicts(),
        },
    )  # fmt: skip


def _sentence(left_m3: float, *, by_volume: bool, is_ahead: bool) -> str:
    """Which words fit: what is gained, whether by pumping ahead, and whether something is left."""
    if not by_volume:
        return "storm_level"
    if not is_ahead:
        return "storm_hold"
    return "storm_left" if left_m3 >= LEAST_M3 else "storm_overflow"


def _pumped_ahead(flows: pl.DataFrame, high_from: datetime) -> pl.DataFrame:
    """Stations that pump more than the rule does before it gets high: site_id, since when, at most how much, m³/h."""
    plan, rule = flows.filter(variant=ADVISED), flows.filter(variant=INSTALLED)
    more = (
        plan.join(rule, on=["site_id", "valid_at"], suffix="_rule")
        .filter(pl.col("valid_at") <= high_from, pl.col("flow_m3h") > pl.col("flow_m3h_rule") + _EARLIER_M3H)
        .with_columns(m3=(pl.col("flow_m3h") - pl.col("flow_m3h_rule")) * step_hours())
    )
    of_station = more.group_by("site_id").agg(
        pl.col("valid_at").min().alias("since"), pl.col("flow_m3h").max(), pl.col("m3").sum()
    )
    return of_station.sort("m3", "site_id", descending=[True, False]).drop("m3")
