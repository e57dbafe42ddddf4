"""A plan in few numbers and in spans: what it gains against the rule installed, which pumps run, what binds it.

Frames have the columns of table plan (brain/dispatch/rows.py) for two variants; works are the sites without a level.
"""

from dataclasses import dataclass

import polars as pl

from brain.dispatch.follow import STEP_MIN
from brain.dispatch.rows import ADVISED, INSTALLED

LOW, MIDDLE, FULL = "low", "middle", "full"
FULL_SHARE, LOW_SHARE = 0.9, 0.4
"""From which share of a station's capacity on its quarter of an hour counts as full, and up to which as low."""
OFF_SHARE = 0.02


@dataclass(frozen=True)
class Totals:
    """A variant's 24 hours: m³ spilt at stations, m³ that reach works above their capacity, kWh, cost, pump starts."""

    overflow_m3: float
    excess_m3: float
    kwh: float
    cost: float
    starts: float


def totals(rows: pl.DataFrame, variant: str) -> Totals:
    """What a variant comes to."""
    own = rows.filter(pl.col("variant") == variant)
    is_works = pl.col("level_m").is_null()
    spilt, excess, kwh, cost, starts = own.select(
        pl.col("overflow_m3").filter(~is_works).sum(),
        pl.col("overflow_m3").filter(is_works).sum().alias("excess"),
        pl.col("kwh").sum(),
        pl.col("cost_cny").sum(),
        pl.col("starts").sum(),
    ).row(0)
    return Totals(float(spilt), float(excess), float(kwh), float(cost), float(starts))


def works_inflow(rows: pl.DataFrame) -> pl.DataFrame:
    """What reaches each works: site_id, variant, valid_at, flow_m3h, in that order."""
    works = rows.filter(pl.col("level_m").is_null())
    return works.select("site_id", "variant", "valid_at", "flow_m3h").sort("site_id", "variant", "valid_at")


def most_different(rows: pl.DataFrame, count: int, variant: str = ADVISED, other: str = INSTALLED) -> list[str]:
    """The stations whose flow differs most between two variants, most first."""
    stations = rows.filter(pl.col("level_m").is_not_null()).select("site_id", "variant", "valid_at", "flow_m3h")
    ours, theirs = (stations.filter(pl.col("variant") == one).drop("variant") for one in (variant, other))
    off = ours.join(theirs, on=["site_id", "valid_at"], suffix="_other")
    summed = off.group_by("site_id").agg(by=(pl.col("flow_m3h") - pl.col("flow_m3h_other")).abs().sum())
    return summed.sort("by", "site_id", descending=[True, False]).head(count)["site_id"].to_list()


def pumping_spans(rows: pl.DataFrame, most_m3h: dict[str, float]) -> pl.DataFrame:
    """When each station pumps how much: site_id, variant, state (low, middle, full), starts_at, ends_at.

    `most_m3h` is what each station moves with all pumps; one that is not in it is left out.
    """
    share = pl.col("flow_m3h") / pl.col("site_id").replace_strict(most_m3h, default=None, return_dtype=pl.Float64)
    state = (
        pl.when(share < OFF_SHARE).then(None)
        .when(share < LOW_SHARE).then(pl.lit(LOW))
        .when(share < FULL_SHARE).then(pl.lit(MIDDLE))
        .otherwise(pl.lit(FULL))
    )  # fmt: skip
    keyed = (
        rows.filter(pl.col("site_id").is_in(list(most_m3h)))
        .sort("site_id", "variant", "valid_at")
        .with_columns(state=state)
        .with_columns(run=pl.struct("site_id", "variant", "state").rle_id())
        .drop_nulls("state")
    )
    spans = keyed.group_by("run", maintain_order=True).agg(
        pl.col("site_id", "variant", "state").first(),
        starts_at=pl.col("valid_at").first(),
        ends_at=pl.col("valid_at").last() + pl.duration(minutes=STEP_MIN),
    )
    return spans.drop("run")


def most_m3h(machines: pl.DataFrame) -> dict[str, float]:
    """What each site's pumps move together by their ratings, m³/h."""
    pumps = machines.filter((pl.col("kind") == "pump") & (pl.col("rated_flow_m3h") > 0))
    return dict(pumps.group_by("site_id").agg(pl.col("rated_flow_m3h").sum()).iter_rows())


def bindings(rows: pl.DataFrame, count: int, variant: str = ADVISED) -> pl.DataFrame:
    """The limits that cost most: site_id, binding, binding_m3 (m³ that one m³/h, of a well one m³, more would save)."""
    bound = rows.filter((pl.col("variant") == variant) & pl.col("binding").is_not_null())
    summed = bound.group_by("site_id", "binding").agg(pl.col("binding_m3").sum())
    return summed.sort("binding_m3", "site_id", descending=[True, False]).head(count)
