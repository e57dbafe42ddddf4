"""Saving: where the plan costs less than the installed rule over the next day and lets no more overflow. One reason."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import polars as pl

from brain.advising.plans import Plans
from brain.advising.reason import Reason, freshness
from brain.dispatch.rows import ADVISED, INSTALLED

_LEAST_M3 = 1.0


def saving_reason(
    plans: Plans, network_id: str, cny_per_m: Mapping[str, float], least_cny: float, now: datetime
) -> Reason | None:
    """The network's reason, where at least `least_cny` is saved and no more overflows; else None.

    What the plan leaves in the wells at its end beyond what the rule does is still to be pumped, and is no saving:
    `cny_per_m` is what a metre of each station's well costs to bring to the works.
    Confidence is the share of planned stations that have both variants, times how fresh the plan is.
    """
    both = _both_ways(plans.rows, cny_per_m)
    saved = float(both["saved"].sum())
    over, over_plan = (float(both[name].sum()) for name in ("overflow_m3", "overflow_m3_plan"))
    if saved < least_cny or over_plan > over + _LEAST_M3:
        return None
    stations = both.sort("saved", "site_id", descending=[True, False])
    first = stations.row(0, named=True)
    ends_at = now + timedelta(days=1)
    return Reason(
        kind="saving",
        cause=network_id,
        site_id=first["site_id"],
        sentence="saving",
        act_by=None,
        ends_at=ends_at,
        gain=saved,
        gain_unit="元",
        harm_cny=saved,
        confidence=both.height / plans.rows["site_id"].n_unique() * freshness(now - plans.issued_at),
        inputs_age_s=plans.inputs_age_s(now),
        places={"station": first["site_id"]},
        blanks={"n": stations.filter(pl.col("saved") > 0).height},
        evidence={
            "counterfactual": INSTALLED,
            "plan_issued_at": plans.issued_at.isoformat(),
            "cost_rule": float(both["cost_cny"].sum()),
            "cost_plan": float(both["cost_cny_plan"].sum()),
            "left_for_later": float((both["left_plan"] - both["left"]).sum()),
            "stations": stations.head(10)
            .select("site_id", "cost_cny", "cost_cny_plan", "kwh", "kwh_plan")
            .to_dicts(),
        },
    )  # fmt: skip


def _both_ways(rows: pl.DataFrame, cny_per_m: Mapping[str, float]) -> pl.DataFrame:
    """Cost, energy and overflow of each station either way, what stands in it at the end in 元, and what is saved."""
    of_station = (
        rows.sort("valid_at")
        .group_by("site_id", "variant")
        .agg(
            pl.col("cost_cny").sum(),
            pl.col("kwh").sum(),
            pl.col("overflow_m3").sum(),
            left=pl.col("level_m").last() * pl.col("site_id").first().replace_strict(dict(cny_per_m), default=0.0),
        )
    )
    rule, plan = of_station.filter(variant=INSTALLED), of_station.filter(variant=ADVISED)
    return rule.join(plan, on="site_id", suffix="_plan").with_columns(
        saved=pl.col("cost_cny") - pl.col("cost_cny_plan") + (pl.col("left") - pl.col("left_plan")).fill_null(0.0)
    )
