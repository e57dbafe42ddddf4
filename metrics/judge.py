"""What an indicator's rows mean: value, validity, state and reason of the headline and of each site. Pure.

The rules are those of docs/add-an-indicator.md: ratios are Σ over Σ, thresholds are passed only strictly, and what
would be normal is unknown where too little is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from metrics.catalogue import Indicator
from metrics.thresholds import Thresholds, thresholds_of

ENOUGH = 0.8
"""The share of what was expected from which on a normal value may be believed."""

SEVERITY = {"normal": 0, "unknown": 1, "warning": 2, "alarm": 3}
UNKNOWN_REASONS = ("no_source", "no_forecast", "no_baseline", "too_few_data")
FLOOR_REASONS = ("early_warning", "over_limit", "two_hours_over", "at_alarm_level", "high_risk")
REASONS = (*UNKNOWN_REASONS, "no_events", *FLOOR_REASONS)
"""Every reason there is, the first that holds counts."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """One period's verdict on the headline (site_id '') or on a site.

    `value`, thresholds, `gap` and `beside` are in their units (%, not shares), `validity` is 0–1; `valid` and
    `expected` are None of events. `distance` is how far past the warning threshold, in steps to the alarm threshold.
    """

    site_id: str
    period: date | None
    value: float | None
    numerator: float | None
    denominator: float | None
    valid: float | None
    expected: float | None
    validity: float
    state: str
    reason: str | None
    partial: bool
    thresholds: Thresholds
    gap: float | None
    distance: float | None
    beside: float | None
    sites: tuple["Judged", ...] = ()


def judge(
    indicator: Indicator,
    rows: pl.DataFrame,
    thresholds: pl.DataFrame,
    *,
    tables_present: bool = True,
    baseline: Mapping[str, float] | None = None,
) -> Judged:
    """The verdict on the newest period of `rows`, which are what the indicator's SELECT returned.

    `thresholds` are the rows (kind, site_id, value) valid on that day (`thresholds.thresholds_on`); `baseline` maps a
    site ('' the headline) to its own median (`thresholds.own_medians`); `tables_present` is False where a table that
    the SELECT can't do without never had a row.
    """
    told = rows.to_dicts()  # few rows: quicker than to ask the frame twice
    period: date | None = max((row["period"] for row in told), default=None)
    # SQL gives rows in any order; the same rows must give the same board
    newest: list[Row] = sorted((row for row in told if row["period"] == period), key=lambda row: str(row["site_id"]))
    own = next((row for row in newest if row["site_id"] == ""), None)
    limits: dict[str, dict[str, float]] = {}
    for kind, site, value in thresholds.iter_rows():
        limits.setdefault(site or "", {})[kind] = value
    rules = _Rules(indicator, limits, baseline or {}, tables_present)
    headline = rules.verdict("", _summed(newest) if own is None else own, newest, period, shared_reason(newest))
    sites = tuple(
        rules.verdict(row["site_id"], row, [row], period, row.get("reason"), headline.thresholds)
        for row in newest
        if row["site_id"] != ""
    )
    return Judged(**{**vars(headline), "sites": sites})


def shared_reason(rows: list[Row]) -> str | None:
    """The reason the SELECT itself gives for the headline: the '' row's, else one that all rows share."""
    own = next((row for row in rows if row["site_id"] == ""), None)
    if own is not None:
        return own.get("reason")
    given = {row.get("reason") for row in rows}
    return given.pop() if len(given) == 1 else None


def _summed(rows: list[Row]) -> Row:
    """Σ of the sites' rows; a row with no numerator leaves both sums, but not the count of what was expected."""
    counted = [row for row in rows if row["numerator"] is not None]
    return {
        "numerator": _total(counted, "numerator"),
        "denominator": _total(counted, "denominator"),
        "counts": all(row["denominator"] is None for row in rows),
        "valid": _total(rows, "valid"),
        "expected": _total(rows, "expected"),
    }


def _total(rows: list[Row], column: str) -> float | None:
    values = [float(row[column]) for row in rows if row[column] is not None]
    return sum(values) if values else None


def _ratio(row: Row, unit: str) -> float | None:
    """Numerator ÷ denominator, in % where the unit is; the numerator alone where there is nothing to divide by."""
    numerator, denominator = row["numerator"], row["denominator"]
    scale = 100.0 if unit == "%" else 1.0
    if numerator is None:
        return None
    if denominator is None:
        return float(numerator) * scale if row.get("counts", True) else None
    return scale * float(numerator) / float(denominator) if denominator else None


def _validity(row: Row) -> float:
    """Σvalid ÷ Σexpected, at most 1; of events 1."""
    if row["expected"] is None:
        return 1.0
    return min(1.0, float(row["valid"] or 0) / float(row["expected"])) if row["expected"] else 0.0


@dataclass(frozen=True)
class _Rules:
    indicator: Indicator
    limits: Mapping[str, Mapping[str, float]]
    baseline: Mapping[str, float]
    tables_present: bool

    def verdict(
        self,
        site_id: str,
        row: Row,
        rows: list[Row],
        period: date | None,
        given: str | None,
        headline: Thresholds | None = None,
    ) -> Judged:
        """Judge one row (a site's, the '' row, or the sums) with the floors of `rows`."""
        ranked = site_id != "" and self.indicator.sites == "ranked"
        limits, baseless = (
            (Thresholds(), False) if ranked else thresholds_of(row, self.limits, self.baseline, site_id, headline)
        )
        value, validity = _ratio(row, self.indicator.unit), _validity(row)
        no_events = bool(rows) and row["expected"] is None and row["denominator"] == 0
        doubts: dict[str | None, bool] = {
            "no_source": not rows or row["expected"] == 0 or not self.tables_present,
            str(given): given is not None,
            "too_few_data": validity < ENOUGH or (value is None and not no_events),
        }
        judged = "normal" if value is None else limits.state_of(value, self.indicator.direction)
        floor, floor_reason = _floor(rows)
        state = max(judged, floor, key=SEVERITY.__getitem__)
        doubtful = any(doubts.values())
        # without a table it reads, what looks like an alarm (no stock of anything) is only the want of a source
        if not self.tables_present or (state == "normal" and (doubtful or baseless)):
            state = "unknown"
        held = doubts | {"no_baseline": baseless, "no_events": no_events, floor_reason: state == floor != "normal"}
        value = None if state == "unknown" and doubtful else value
        return Judged(
            site_id=site_id,
            period=period,
            value=value,
            numerator=row["numerator"],
            denominator=row["denominator"],
            valid=row["valid"],
            expected=row["expected"],
            validity=validity,
            state=state,
            reason=next((reason for reason in REASONS if held.get(reason)), None),
            partial=doubtful and state in ("warning", "alarm"),
            thresholds=limits,
            gap=limits.gap(value),
            distance=limits.distance(value),
            beside=row.get("beside"),
        )


def _floor(rows: list[Row]) -> tuple[str, str | None]:
    """The worst floor_state of any row with its reason; among equals the reason that stands first in the list."""
    floors = [(row["floor_state"], row.get("floor_reason")) for row in rows if row.get("floor_state")]
    if not floors:
        return "normal", None
    worst = max((state for state, _ in floors), key=SEVERITY.__getitem__)
    reasons = {reason for state, reason in floors if state == worst}
    return worst, next((reason for reason in FLOOR_REASONS if reason in reasons), None)
