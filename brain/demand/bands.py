"""Bands by split conformal calibration: how far off the same method was on days that it had not learnt from."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from brain.demand.features import Demand
from brain.demand.hours import DAY_H, HOUR_S, Floats, Ints

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
BLOCK_H = 6
"""Hours of the day that share their errors: a night is quieter than a morning."""
BLOCKS = DAY_H // BLOCK_H
LEAST = 20
"""Errors from which on a band means something."""
LATELY_H, LEAST_H = 7 * DAY_H, 2 * DAY_H
"""Hours up to now by which bands are stretched, and how many of them it takes."""


def independent(errors: Floats, day: Ints, overlap_d: int) -> float:
    """How many independent errors would tell as much as these, of which those of one day are alike, and those of days
    up to `overlap_d` apart, too, where forecasts overlap: between 1 and their number; NaN errors do not count.

    Days × variance of the errors ÷ long-run variance of the days' means: with no overlap Kish's design effect (Kish
    1965, Survey sampling), else with the weights of Newey and West (1987, Econometrica 55).
    """
    there = ~np.isnan(errors)
    if not there.any():
        return 1.0
    _, of_error = np.unique(day[there], return_inverse=True)
    off = errors[there] - errors[there].mean()
    means = np.bincount(of_error, off) / np.bincount(of_error)
    count = len(means)
    long_run = (means**2).sum()
    for lag in range(1, min(overlap_d, count - 1) + 1):
        long_run += 2 * (1 - lag / (overlap_d + 1)) * (means[lag:] * means[:-lag]).sum()
    if long_run <= 0:
        return float(len(off))
    return float(np.clip(count * (off**2).mean() / (long_run / count), 1, len(off)))


def quantile_of_errors(errors: Floats, quantile: float, count: float | None = None) -> float:
    """The quantile with the correction for few errors, as in split conformal prediction (Vovk et al. 2005; Romano et
    al. 2019): rank ⌈(n + 1) q⌉ of n from below where q > ½, from above where q < ½; 0 at the median. NaN of too few.

    Where `count` of them are independent the level is (count + 1) q ÷ count, at most the largest error.
    """
    found = np.sort(errors[~np.isnan(errors)])
    if len(found) < LEAST:
        return float("nan")
    if quantile == 0.5:
        return 0.0
    known = len(found) if count is None else count
    rank = int(np.ceil((known + 1) * max(quantile, 1 - quantile) * (len(found) / known))) - 1
    rank = min(rank, len(found) - 1)
    return float(max(found[rank], 0.0) if quantile > 0.5 else min(found[len(found) - 1 - rank], 0.0))


def quantiles_of_errors(errors: Floats, day: Ints, overlap_d: int) -> list[float]:
    """All QUANTILES of errors of these days, corrected for how many of them are independent."""
    count = independent(errors, day, overlap_d)
    return [quantile_of_errors(errors, q, count) for q in QUANTILES]


def hourly_bands(errors: Floats, hour: Ints, day: Ints) -> Floats:
    """Errors (origins a day apart, series, leads) with local hour and day of each (origins, leads) → shifts of the
    median: shape (series, 2, BLOCKS, quantiles), for the first day and the later ones.
    """
    series, leads = errors.shape[1:]
    later = np.arange(leads) >= DAY_H
    bands = np.full((series, 2, BLOCKS, len(QUANTILES)), np.nan)
    for part, overlap_d in enumerate((0, (leads - 1) // DAY_H)):
        for block in range(BLOCKS):
            chosen = (later == bool(part))[None, :] & (hour // BLOCK_H == block)
            for one in range(series):
                bands[one, part, block] = quantiles_of_errors(errors[:, one, :][chosen], day[chosen], overlap_d)
    return bands


def spread(median: Floats, bands: Floats, hour: Ints) -> Floats:
    """Medians (series, leads) and their bands at these local hours → (series, leads, quantiles), ordered."""
    part = (np.arange(median.shape[1]) >= DAY_H).astype(np.int64)
    return np.maximum.accumulate(median[:, :, None] + bands[:, part, hour // BLOCK_H], axis=2)


def stretch(issued: pl.DataFrame, names: Sequence[str], demand: Demand, first: int, bands: Floats) -> Floats:
    """By how much bands must be wider or narrower to have held 80 % of the week before hour `first` within P10–P90:
    for the first day and the later ones, shape (2,); 1 where too few hours were forecast.

    `issued` has medians as issued (series, issued_at, valid_at, value), `bands` are those of `hourly_bands`. All series
    count together, each error in widths of its own band: normalised conformal prediction (Papadopoulos et al. 2008).
    """
    place = pl.DataFrame({"series": list(names), "place": range(len(names))}, {"series": pl.String, "place": pl.Int64})
    lead_s = (pl.col("valid_at") - pl.col("issued_at")).dt.total_seconds()
    at_s = (pl.col("valid_at") - demand.hours.start).dt.total_seconds()
    rows = issued.join(place, on="series").with_columns(
        at=at_s // HOUR_S, part=(lead_s >= DAY_H * HOUR_S).cast(pl.Int64)
    )
    rows = rows.filter(pl.col("at").is_between(max(first - LATELY_H, 0), first - 1))
    of, at, part = (rows[name].to_numpy() for name in ("place", "at", "part"))
    error = (demand.values[of, at] - rows["value"].to_numpy()) / demand.scale[of]
    low, high = (bands[of, part, demand.hours.hour[at] // BLOCK_H, QUANTILES.index(q)] for q in (0.1, 0.9))
    width = np.where(error > 0, high, low)
    widths = np.divide(error, width, out=np.full(len(error), np.nan), where=np.isfinite(error) & (width != 0))
    factors = np.ones(2)
    for one in (0, 1):
        known = np.isfinite(widths) & (part == one)
        if len(np.unique(at[known])) >= LEAST_H:
            factors[one] = np.quantile(widths[known], 0.8)
    return factors
