"""What is forecast: the net inflow of each zone and what leaves the works, hour by hour."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from brain.demand.hours import Floats, Hours

FLOWS = {
    "quantity": ("flow", "volume"),
    "role": ("inlet", "outlet", "finished"),
    "site_kind": ("network", "zone", "works"),
}
"""Which points tell the demand."""


def demand(hourly: pl.DataFrame, sites: pl.DataFrame) -> pl.DataFrame:
    """(series, valid_at, value in m³/h), where every meter of the series has a valid hour.

    A zone: what its meters let in less what they let out; the network: what leaves the works. Flow meters, or volume
    meters where a place has no flow, as in indicators 3 and 7.
    """
    networks = sites.filter(pl.col("kind") == "network")["site_id"]
    zones = sites.filter(pl.col("kind") == "zone")["site_id"]
    is_output = (pl.col("site_kind") == "works") & (pl.col("role") == "finished")
    is_of_zone = pl.col("role").is_in(["inlet", "outlet"]) & pl.col("to_site_id").is_in(zones.to_list())
    of_works = hourly.filter(is_output).with_columns(of=pl.lit(networks[0] if networks.len() else None), sign=1)
    of_zones = hourly.filter(is_of_zone).with_columns(
        of="to_site_id", sign=pl.when(pl.col("role") == "inlet").then(1).otherwise(-1)
    )
    meters = pl.concat([of_works, of_zones]).filter(pl.col("of").is_not_null())
    best = pl.col("quantity").min().over("of", "site_id", "role", "to_site_id")  # 'flow' comes before 'volume'
    meters = meters.filter(pl.col("quantity") == best)
    count = meters.group_by("of").agg(due=pl.col("point_id").n_unique())
    summed = (
        meters.filter("is_valid").group_by("of", "hour").agg(pl.len(), value=(pl.col("mean") * pl.col("sign")).sum())
    )
    whole = summed.join(count, on="of").filter(pl.col("len") == pl.col("due"))
    return whole.select(series=pl.col("of") + "/demand", valid_at="hour", value="value").sort("series", "valid_at")


def matrix(rows: pl.DataFrame, hours: Hours) -> Mapping[str, Floats]:
    """Series → its value in each of these hours, NaN where there is none."""
    start = hours.start
    inside = rows.with_columns(at=(pl.col("valid_at") - start).dt.total_hours()).filter(
        pl.col("at").is_between(0, hours.count - 1)
    )
    found = {}
    for (name,), part in inside.partition_by("series", as_dict=True, maintain_order=True).items():
        found[str(name)] = np.full(hours.count, np.nan)
        found[str(name)][part["at"].to_numpy()] = part["value"].to_numpy()
    return found
