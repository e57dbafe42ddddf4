"""Thresholds as data: which rows of limits.csv hold on a day, the own median, and what it means to pass one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

KINDS = ("target", "warning", "alarm", "warning_low", "warning_high", "alarm_low", "alarm_high")
BASELINE_DAYS = 365
BASELINE_LEAST = 90
BASELINE_VALIDITY = 0.8


@dataclass(frozen=True)
class Thresholds:
    """Target and thresholds in the indicator's unit; low and high are those of a band. None: there is no such one."""

    target: float | None = None
    warning: float | None = None
    alarm: float | None = None
    warning_low: float | None = None
    warning_high: float | None = None
    alarm_low: float | None = None
    alarm_high: float | None = None

    def state_of(self, value: float, direction: str) -> str:
        """normal, warning or alarm; a value equal to a threshold has not passed it."""
        for state in ("alarm", "warning"):
            if direction == "band":
                low, high = getattr(self, f"{state}_low"), getattr(self, f"{state}_high")
            else:
                limit = getattr(self, state)
                low, high = (limit, None) if direction == "up" else (None, limit)
            if (low is not None and value < low) or (high is not None and value > high):
                return state
        return "normal"

    def gap(self, value: float | None) -> float | None:
        """Value − target, or − the warning threshold where no target is set."""
        aim = self.warning if self.target is None else self.target
        return None if value is None or aim is None else value - aim

    def distance(self, value: float | None) -> float | None:
        """(value − warning) ÷ (alarm − warning): 0 at the warning threshold, 1 at the alarm; None inside a band."""
        if value is None:
            return None
        warning, alarm = self.warning, self.alarm
        if self.warning_high is not None and value > self.warning_high:
            warning, alarm = self.warning_high, self.alarm_high
        elif self.warning_low is not None and value < self.warning_low:
            warning, alarm = self.warning_low, self.alarm_low
        if warning is None or alarm is None or warning == alarm:
            return None
        return (value - warning) / (alarm - warning)


def thresholds_of(
    row: Mapping[str, Any],
    limits: Mapping[str, Mapping[str, float]],
    baseline: Mapping[str, float],
    site_id: str,
    headline: Thresholds | None,
) -> tuple[Thresholds, bool]:
    """The thresholds of one row, and whether they wait for a baseline that isn't there yet.

    `limits` maps a site ('' all) to the values by kind that hold on the day.
    What the SELECT gives (it depends on data) goes before the rows of limits.csv, a site's own row before the
    general one, and a site without either is judged by the headline's.
    """
    rows = {**limits.get("", {}), **limits.get(site_id, {})}
    own: dict[str, float] = {kind: float(row[kind]) for kind in KINDS if row.get(kind) is not None}
    missing = False
    for kind in ("warning", "alarm"):
        if f"{kind}_ratio" not in rows or kind in own or kind in rows:
            continue
        if site_id in baseline:
            own[kind] = float(rows[f"{kind}_ratio"]) * baseline[site_id]
        else:
            missing = True
    found = {kind: rows[kind] for kind in KINDS if rows.get(kind) is not None} | own
    if headline is None or missing:
        return Thresholds(**found), missing
    general = replace(headline, warning=None, alarm=None) if "warning_ratio" in rows else headline
    return replace(general, **found), missing


def thresholds_on(limits: pl.DataFrame, subject: str, day: date) -> pl.DataFrame:
    """The rows (kind, site_id, value) of `limits` (columns of limits.csv) that hold for a subject on a day."""
    return limits.filter(pl.col("subject") == subject, holds_on(day)).select("kind", "site_id", "value")


def holds_on(day: date) -> pl.Expr:
    """Whether a row of `limits` (columns of limits.csv) holds on a day by its dates and its season."""
    in_year = pl.lit(f"{day:%m-%d}")
    first, last = pl.col("season_from"), pl.col("season_to")
    inside = (in_year >= first) & (in_year <= last)
    over_new_year = (first > last) & ((in_year >= first) | (in_year <= last))
    begun = pl.col("effective_from").is_null() | (pl.col("effective_from") <= day)
    not_ended = pl.col("effective_to").is_null() | (pl.col("effective_to") >= day)
    return begun & not_ended & (first.is_null() | inside | over_new_year)


def own_medians(history: pl.DataFrame, period: date) -> dict[str, float]:
    """Each site's median ('' the headline's) of its closed values in the 365 days before `period`.

    `history` holds rows of table `indicator` of one indicator (site_id, period, value, valid, expected). Values with
    validity under 0.8 don't count, and a site with fewer than 90 others has no median.
    """
    known = history.filter(
        pl.col("period") < period,
        pl.col("period") >= period - timedelta(days=BASELINE_DAYS),
        pl.col("value").is_not_null(),
        pl.col("valid") >= BASELINE_VALIDITY * pl.col("expected"),
    )
    medians = known.group_by("site_id").agg(pl.col("value").median(), pl.len()).filter(pl.col("len") >= BASELINE_LEAST)
    return dict(medians.select("site_id", "value").rows())
