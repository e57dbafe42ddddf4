"""Supply: where the next day may need more water than the works can make. One reason for the network."""

from datetime import datetime, timedelta

import polars as pl

from brain.advising.reason import Reason, freshness

DAY = timedelta(days=1)
HIGH, MIDDLE = 0.9, 0.5


def supply_reason(
    demand: pl.DataFrame, capacity_m3: float, network_id: str, harm_cny_m3: float, now: datetime
) -> Reason | None:
    """The reason, where the P90 of the next 24 hours' demand passes what the works can make in a day.

    `demand` are the network's hourly forecasts as shown (issued_at, valid_at, quantile, value in m³/h, inputs_age_s),
    `capacity_m3` of all works. None where it does not, or where the forecast doesn't cover the day. The sum of hourly
    P90 lies above the day's P90, so it warns early rather than late.
    """
    issued = demand["issued_at"].max()
    if not isinstance(issued, datetime) or not capacity_m3:
        return None
    newest = demand.filter(
        (pl.col("issued_at") == issued) & pl.col("valid_at").is_between(now, now + DAY, closed="left")
    )
    need = {q: newest.filter(pl.col("quantile") == q) for q in (MIDDLE, HIGH)}
    if any(rows.height < 24 for rows in need.values()):
        return None
    middle, high = (float(need[q]["value"].sum()) for q in (MIDDLE, HIGH))
    if high <= capacity_m3:
        return None
    age = timedelta(seconds=float(newest["inputs_age_s"].max() or 0.0)) + (now - issued)  # type: ignore[arg-type]
    peak = need[MIDDLE].sort("value", descending=True)["valid_at"][0]
    short = high - capacity_m3
    # the chance that the need passes what can be made, in a straight line between the two quantiles
    chance = 1 - MIDDLE - (HIGH - MIDDLE) * max(capacity_m3 - middle, 0.0) / (high - middle)
    return Reason(
        kind="supply",
        cause=network_id,
        site_id=network_id,
        sentence="supply",
        act_by=peak,
        ends_at=now + DAY,
        gain=short,
        gain_unit="m³",
        harm_cny=short * harm_cny_m3,
        confidence=chance * freshness(age),
        inputs_age_s=age.total_seconds(),
        places={},
        blanks={"need": middle / 1e4, "high": high / 1e4, "capacity": capacity_m3 / 1e4, "peak": peak},
        evidence={
            "counterfactual": "works_as_they_run",
            "forecast_issued_at": issued.isoformat(),
            "need_p50_m3": middle,
            "need_p90_m3": high,
            "capacity_m3": capacity_m3,
        },
    )
