"""What the page of data health asks: groups and their hours, points, sources, quarantine, how far to trust a board."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from data_sources import heartbeat
from data_sources.status import source_status
from metrics.engine import Engine
from metrics.groups import LastBatches, group_states
from metrics.moment_queries import ask, ask_with
from metrics.spans import HOUR, Span

HOURS = 24
GRACE = timedelta(minutes=10)
"""An hour counts as ended so long after its end: its last readings need time to come in."""
QUARANTINE_DAYS = 30
"""How far back the quarantine is listed."""
NEWLY = timedelta(days=1)
"""A source of which a row was refused within this time wants to be looked at."""
SNAPSHOT_OLD = timedelta(minutes=1)
"""With an older snapshot, or none, the product is not ready (`/api/ready`)."""
DIED_LATELY_S = 3600.0
"""So long it is told that the worker's process died and was started again."""
DISK_LOW_BYTES = 1_000_000_000
FEW = 0.5
"""From this share of unknown indicators on, a board is not to be trusted at all."""


@dataclass(frozen=True)
class Trust:
    """How far a board may be trusted: `level` is full, partly or none; the rest says why.

    `unknown` and `partial` are ids of its indicators, with the reason where there is one; `silent` its silent sources.
    """

    level: str
    indicators: int
    unknown: tuple[tuple[str, str | None], ...]
    partial: tuple[str, ...]
    groups: int
    reporting: int
    late: int
    faulty: int
    silent: tuple[str, ...]


def trust(board: Mapping[str, Any]) -> Trust:
    """Full where every indicator is known from enough data; none where half of them or more are unknown."""
    tiles, groups = board["indicators"], board["groups"]
    unknown = tuple((one["id"], one["reason"]) for one in tiles if one["state"] == "unknown")
    partial = tuple(one["id"] for one in tiles if one["partial"])
    few = not tiles or len(unknown) >= FEW * len(tiles)
    return Trust(
        level="none" if few else "partly" if unknown or partial else "full",
        indicators=len(tiles),
        unknown=unknown,
        partial=partial,
        groups=groups["expected"],
        reporting=groups["reporting"],
        late=groups["late"],
        faulty=groups["faulty"],
        silent=tuple(one["subject"] for one in board["exceptions"] if one["code"] == "source_silent"),
    )


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong with the product itself: a word for it, and what belongs into the sentence."""

    code: str
    args: dict[str, Any]


def troubles(lake_root: Path, made_at: datetime | None, now: datetime) -> list[Trouble]:
    """What is wrong with the worker, its steps, the snapshot (made at `made_at`) and the disk; [] where nothing is.

    Codes and arguments: worker_stopped; worker_died (how, seconds since then); step_failed (step, error);
    snapshot_old (seconds); disk_low (free_mb).
    """
    found = []
    age = heartbeat.age_s(lake_root)
    if age is None or age > heartbeat.STOPPED_AFTER_S:
        found.append(Trouble("worker_stopped", {}))
    else:
        steps = heartbeat.said(lake_root).get("steps", {})
        found += [
            Trouble("step_failed", {"step": step, "error": fact["error"]})
            for step, fact in steps.items()
            if fact["failed"]
        ]
        if made_at is not None and now - made_at > SNAPSHOT_OLD:
            found.append(Trouble("snapshot_old", {"seconds": (now - made_at).total_seconds()}))
    died = heartbeat.death(lake_root)
    if died is not None and died[0] < DIED_LATELY_S:
        found.append(Trouble("worker_died", {"how": died[1], "seconds": died[0]}))
    free = shutil.disk_usage(lake_root).free if lake_root.exists() else DISK_LOW_BYTES
    if free < DISK_LOW_BYTES:
        found.append(Trouble("disk_low", {"free_mb": free // 1_000_000}))
    return found


def groups_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Every monitoring group, in the order of groups.csv, with what it tells at `as_of`.

    Columns group_id, site_id, kind, source, sources, state (reporting, late, faulty, as the board counts them), points,
    told (points with a value now), heard_at, age_s, bad, suspect, point_id, quantity and value (of its first point),
    hours (24 shares 0–1, oldest first; null of a group without points), validity (their mean).
    """
    utility = engine.utility
    places = utility.points.select("point_id").with_row_index("place")
    told = ask_with(engine, as_of, "groups_now", places=places)
    batches = LastBatches(engine.lake).now()
    states = group_states(utility, ask(engine, as_of, ["groups"])["groups"], batches, as_of)
    handed = pl.DataFrame(
        {"source": list(batches), "batch_at": list(batches.values())},
        schema={"source": pl.String, "batch_at": pl.Datetime("us", "UTC")},
    )
    named = utility.groups.select("group_id", "site_id", "kind", own_source="source")
    rows = named.join(told, on="group_id", how="left", maintain_order="left").join(states, on="group_id")
    rows = rows.join(handed, left_on="own_source", right_on="source", how="left", maintain_order="left")
    rows = rows.join(_hours(engine, as_of), on="group_id", how="left", maintain_order="left")
    batch_age = (pl.lit(as_of) - pl.col("batch_at")).dt.total_seconds().cast(pl.Float64)
    return rows.with_columns(
        source=pl.coalesce("own_source", "source"),
        points=pl.col("points").fill_null(0),
        heard_at=pl.coalesce("heard_at", "batch_at"),
        age_s=pl.coalesce("age_s", batch_age).clip(0),
        validity=pl.col("hours").list.mean(),
    ).drop("own_source", "batch_at")


def group_totals(groups: pl.DataFrame) -> dict[str, int | float | None]:
    """Of `groups_now`: how many are reporting, late and faulty, and `valid`, the mean of their validities (0–1)."""
    by_state: dict[str, int | float | None] = {
        state: groups.filter(pl.col("state") == state).height for state in ("reporting", "late", "faulty")
    }
    return by_state | {"valid": groups.select(pl.col("validity").mean()).item()}


def points_of(engine: Engine, as_of: datetime, group_id: str) -> pl.DataFrame:
    """The points of a group now: point_id, quantity, role, unit, source, tag, interval_s, value, quality, ts, age_s."""
    latest = ask(engine, as_of, ["points_now"])["points_now"]
    points = engine.utility.points.filter(group_id=group_id)
    columns = ["point_id", "quantity", "role", "unit", "source", "tag", "interval_s"]
    return points.select(columns).join(latest, on="point_id", how="left", maintain_order="left")


def sources_now(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Every source as `data_sources status` says it, worst first, with `lag_s` (age of its newest data) and `groups`.

    Of one that is no failure and yet wants to be looked at, the state is `look`: rows refused within a day, a wrong
    clock, other columns than before, files set apart. `refused` is how many rows are in quarantine, where one came
    within a day. What a source did is known as of now only: of a past moment, too, this is how it stands now.
    """
    rows = source_status(engine.lake, engine.utility, as_of)
    texts = dict.fromkeys(("last_batch_at", "last_data_time", "refused_at", "refused_reason", "error"), pl.String)
    status = pl.DataFrame(rows, infer_schema_length=None, schema_overrides=texts)
    if status.is_empty():
        return status
    points = engine.utility.points.join(engine.utility.groups.select("group_id", own="source"), on="group_id")
    served = pl.concat(
        [
            points.select("source", "group_id"),
            engine.utility.groups.select("source", "group_id").filter(pl.col("source").is_not_null()),
        ]
    ).unique()
    counted = served.group_by("source").agg(groups=pl.len().cast(pl.Int64))
    worst = pl.col("state").replace_strict({"failed": 0, "late": 1, "look": 2, "never": 3, "ok": 4}, default=0)
    newly = pl.lit(as_of) - pl.col("refused_at").str.to_datetime(time_zone="UTC") < NEWLY
    status = status.with_columns(refused=pl.when(newly).then("quarantined"))
    odd = pl.any_horizontal(pl.col("refused", "clock_s", "columns_come", "columns_gone", "set_apart").is_not_null())
    look = pl.col("state").is_in(["ok", "never"]) & odd
    status = status.with_columns(state=pl.when(look).then(pl.lit("look")).otherwise("state"))
    lag = (pl.lit(as_of) - pl.col("last_data_time").str.to_datetime(time_zone="UTC")).dt.total_seconds().clip(0)
    listed = status.join(counted, on="source", how="left", maintain_order="left").with_columns(
        pl.col("groups").fill_null(0), lag_s=lag
    )
    return listed.sort(worst, maintain_order=True)


def quarantine(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """The batches of the last 30 days of which rows were refused, newest first.

    Columns batch, source, table, received_at, rows, reasons (how many different ones), reason (the commonest).
    """
    rows = _refused(engine, as_of).group_by("batch", "source", "table").agg(
        received_at=pl.col("received_at").max(),
        rows=pl.len().cast(pl.Int64),
        reasons=pl.col("reason").n_unique().cast(pl.Int64),
        reason=pl.col("reason").mode().sort().first(),
    )  # fmt: skip
    return rows.collect().sort("received_at", "batch", descending=[True, False])


def quarantined_rows(engine: Engine, as_of: datetime, batch: str) -> pl.DataFrame:
    """The refused rows of one batch, in the order of its file: row, table, reason, payload (JSON, personal masked)."""
    rows = _refused(engine, as_of).filter(pl.col("batch") == batch)
    return rows.select("row", "table", "reason", "payload").sort("row").collect()


def _refused(engine: Engine, as_of: datetime) -> pl.LazyFrame:
    since = as_of - timedelta(days=QUARANTINE_DAYS)
    return engine.lake.scan("quarantine").filter(pl.col("received_at") <= as_of, pl.col("received_at") > since)


def _hours(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """group_id, hours: the shares of the last 24 clock hours that have ended, 0 where nothing came."""
    ends_at = (as_of - GRACE).replace(minute=0, second=0, microsecond=0)
    starts_at, day = ends_at - HOURS * HOUR, engine.utility.day_of
    span = Span(day(as_of), day(starts_at), day(as_of), starts_at, ends_at, HOURS)
    found = ask(engine, as_of, ["group_hours"], span)["group_hours"]
    grid = pl.DataFrame(
        {"hour": [starts_at + n * HOUR for n in range(HOURS)]}, schema={"hour": pl.Datetime("us", "UTC")}
    )
    groups = engine.utility.points.select("group_id").unique()
    whole = groups.join(grid, how="cross").join(found, on=["group_id", "hour"], how="left").sort("group_id", "hour")
    return whole.group_by("group_id", maintain_order=True).agg(hours=pl.col("share").fill_null(0.0))
