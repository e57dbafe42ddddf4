"""Bands by split conformal calibration: how far off the same method was on days that it had not learnt from."""

import numpy as np

from brain.demand.hours import DAY_H, Floats, Ints

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
BLOCK_H = 6
"""Hours of the day that share their errors: a night is quieter than a morning."""
BLOCKS = DAY_H // BLOCK_H
LEAST = 20
"""Errors from which on a band means something."""


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
