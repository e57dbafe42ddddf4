"""How wide bands of the works' inflow must be to hold, from P10 to P90, 80 % of what comes: told by what was issued.

Errors are counted in widths of the band they fell beside, all works together: normalised conformal prediction
(Papadopoulos et al. 2008).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from brain.demand.hours import DAY_H
from brain.sewer.wells import Bools, Floats, Index
from brain.storm.dry_weather import DRY_MM
from brain.storm.fitting import LEADS
from brain.storm.hindcast import GROUP_H, QUANTILES, WET
from brain.storm.record import Record

HELD = 0.8
DRY_H, LEAST_H = 7 * DAY_H, 2 * DAY_H
"""Hours up to now by whose dry ones bands of dry hours are stretched, and how many hours of a kind it takes."""
WET_H, WET_BACK_H = 5 * DAY_H, 30 * DAY_H
"""Bands of wet hours are drawn by the newest wet hours, so many, of the last month: a storm may be weeks ago."""
LOW, MEDIAN, HIGH = QUANTILES[0], 0.5, QUANTILES[-1]


@dataclass(frozen=True, eq=False)
class Issued:
    """Forecasts of the works' inflow whose hour is on record, one entry each: hour of issue and hour forecast (indices
    of the record), which works, P2.5, median and P97.5 as issued, what came (m³/h, NaN: not known), whether the hour
    was wet (a mm had fallen from the day before the issue on), and the local hour.
    """

    first: Index
    at: Index
    works: Index
    low: Floats
    median: Floats
    high: Floats
    came: Floats
    is_wet: Bools
    hour: Index


def issued_beside(rows: pl.DataFrame, record: Record) -> Issued:
    """Rows of table forecast (series, issued_at, valid_at, quantile, value) beside a record up to now."""
    names = [f"{works}/inflow" for works in record.network.works]
    place = pl.DataFrame({"series": names, "works": range(len(names))}, {"series": pl.String, "works": pl.Int64})
    hour_of = [(pl.col(name) - record.hours.start).dt.total_hours().alias(name) for name in ("issued_at", "valid_at")]
    said = [pl.col("value").filter(pl.col("quantile") == q).first().alias(str(q)) for q in (LOW, MEDIAN, HIGH)]
    known = rows.join(place, on="series").with_columns(hour_of)
    known = known.filter((pl.col("issued_at") >= LEADS) & (pl.col("valid_at") < record.hours.count))
    wide = known.group_by("works", "issued_at", "valid_at", maintain_order=True).agg(said)
    works, first, at = (wide[name].to_numpy() for name in ("works", "issued_at", "valid_at"))
    low, median, high = (wide[str(q)].cast(pl.Float64).to_numpy() for q in (LOW, MEDIAN, HIGH))
    fallen = np.concatenate([[0.0], np.cumsum(record.rain)])
    is_wet = fallen[at + 1] - fallen[first - LEADS] >= DRY_MM
    return Issued(first, at, works, low, median, high, record.influent[at, works], is_wet, record.hours.hour[at])


def dry_stretch(issued: Issued, record: Record, spread: Floats) -> float:
    """By how much `spread` of dry hours must be wider or narrower to have held 80 % of what reached the works in the
    dry hours of the week up to the record's end; 1 where there were too few.
    """
    place = len(record.network.stations) + issued.works
    band = spread[issued.hour // GROUP_H, (issued.at - issued.first) // GROUP_H, :, place]
    widths = _widths(issued, band[:, QUANTILES.index(0.1)], band[:, QUANTILES.index(0.9)])
    known = ~issued.is_wet & np.isfinite(widths) & (issued.at >= record.hours.count - DRY_H)
    return float(np.quantile(widths[known], HELD)) if len(np.unique(issued.at[known])) >= LEAST_H else 1.0


def wet_share(issued: Issued, record: Record) -> float | None:
    """Which share of the way from the median to P2.5 and P97.5 would have held 80 % of what reached the works in the
    newest wet hours, at most all of it; None where there were too few.
    """
    widths = _widths(issued, issued.low - issued.median, issued.high - issued.median)
    known = issued.is_wet & np.isfinite(widths) & (issued.at >= record.hours.count - WET_BACK_H)
    hours = np.unique(issued.at[known])
    if len(hours) < LEAST_H:
        return None
    newest = known & (issued.at >= hours[-WET_H:][0])
    return min(float(np.quantile(widths[newest], HELD)), 1.0)


def drawn(quantiles: Floats, state: Index, share: float | None) -> Floats:
    """Quantiles (QUANTILES, hours, works) whose P10 and P90 lie, in wet hours, `share` of the way from the median to
    the outer ones; as they are where there is no share.
    """
    if share is None:
        return quantiles
    low, _, median, _, high = quantiles
    ends = low, median + share * (low - median), median, median + share * (high - median), high
    return np.where((state == WET)[None, :, None], np.stack(ends), quantiles)


def _widths(issued: Issued, low: Floats, high: Floats) -> Floats:
    """Each error in widths of its band, of which these are the ends as seen from the median; NaN: not known."""
    error = issued.came - issued.median
    width = np.where(error > 0, high, low)
    return np.divide(error, width, out=np.full(len(error), np.nan), where=np.isfinite(error) & (width != 0))
