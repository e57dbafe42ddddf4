"""How large each place's dry-weather pattern and reservoirs are: non-negative least squares, one fit a place."""

import numpy as np

from brain.sewer.wells import Floats

RIDGE = 30.0
"""Pull towards nothing, in hours of a column of unit spread: a reservoir that explains nothing stays small."""
SWEEPS = 400


def fit_sizes(columns: Floats, inflow: Floats) -> Floats:
    """Sizes ≥ 0 with least Σ (inflow − columns · sizes)²: (hours, columns), (hours, places) → (columns, places).

    Hours without an inflow (NaN) are left out, for each place its own. A place with fewer hours than columns gets NaN.
    """
    spread = columns.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    scaled = columns / scale
    known = ~np.isnan(inflow)
    enough = known.sum(axis=0) >= columns.shape[1]
    moment = scaled.T @ np.where(known, inflow, 0.0)
    whole = scaled.T @ scaled + RIDGE * np.eye(columns.shape[1])
    gram = np.stack([whole - scaled[~of_place].T @ scaled[~of_place] for of_place in known.T])
    sizes = _descend(gram, moment.T).T / scale[:, None]
    return np.where(enough[None, :], sizes, np.nan)


def _descend(gram: Floats, moment: Floats) -> Floats:
    """Coordinate descent on ½ x'Gx − m'x, x ≥ 0, for many at once: (places, p, p), (places, p) → (places, p).

    Franc, Hlaváč and Navara (2005), Sequential coordinate-wise algorithm for the non-negative least squares problem.
    """
    found = np.zeros_like(moment)
    diagonal = np.einsum("spp->sp", gram)
    for _ in range(SWEEPS):
        for one in range(moment.shape[1]):
            slope = moment[:, one] - np.einsum("sp,sp->s", gram[:, one], found)
            found[:, one] = np.maximum(found[:, one] + slope / diagonal[:, one], 0.0)
    return found
