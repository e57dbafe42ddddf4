"""Bands by split conformal calibration: how far off the same method was on days that it had not learnt from."""

import numpy as np

from brain.demand.hours import DAY_H, Floats, Ints

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
BLOCK_H = 6
"""Hours of the day that share their errors: a night is quieter than a morning."""
BLOCKS = DAY_H // BLOCK_H
LEAST = 20
"""Errors from which on a band means something."""


def quantile_of_errors(errors: Floats, quantile: float) -> float:
    """The quantile with the correction for few errors, as in split conformal prediction (Vovk et al. 2005; Romano et
    al. 2019): rank ⌈(n + 1) q⌉ from below where q > ½, from above where q < ½; 0 at the median. NaN of too few.
    """
    found = np.sort(errors[~np.isnan(errors)])
    if len(found) < LEAST:
        return float("nan")
    if quantile == 0.5:
        return 0.0
    rank = int(np.ceil((len(found) + 1) * max(quantile, 1 - quantile))) - 1
    rank = min(rank, len(found) - 1)
    return float(max(found[rank], 0.0) if quantile > 0.5 else min(found[len(found) - 1 - rank], 0.0))


def hourly_bands(errors: Floats, hour: Ints) -> Floats:
    """Errors (origins, series, leads) with the local hour of each (origins, leads) → shifts of the median: shape
    (series, 2, BLOCKS, quantiles), for the first day and the later ones.
    """
    series, leads = errors.shape[1:]
    later = np.arange(leads) >= DAY_H
    bands = np.full((series, 2, BLOCKS, len(QUANTILES)), np.nan)
    for part in (0, 1):
        for block in range(BLOCKS):
            chosen = (later == bool(part))[None, :] & (hour // BLOCK_H == block)
            for one in range(series):
                of_group = errors[:, one, :][chosen]
                bands[one, part, block] = [quantile_of_errors(of_group, q) for q in QUANTILES]
    return bands


def spread(median: Floats, bands: Floats, hour: Ints) -> Floats:
    """Medians (series, leads) and their bands at these local hours → (series, leads, quantiles), ordered."""
    part = (np.arange(median.shape[1]) >= DAY_H).astype(np.int64)
    return np.maximum.accumulate(median[:, :, None] + bands[:, part, hour // BLOCK_H], axis=2)
