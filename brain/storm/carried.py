"""The recent error of a place, carried forward: what was missed just now will go on being missed for a while."""

import numpy as np

from brain.sewer.wells import Floats

WINDOWS_H = (1, 3, 24, 72)
"""The error is summed up as its mean over so many hours."""
RIDGE_SHARE = 0.02
"""Pull towards carrying nothing, as a share of what the errors sum to."""


def recent_errors(error: Floats) -> Floats:
    """The mean error of the hours up to each one, 0 if none is known: (hours, places) → (hours, places, windows)."""
    known = ~np.isnan(error)
    sums = np.cumsum(np.where(known, error, 0.0), axis=0)
    counts = np.cumsum(known, axis=0)
    found = []
    for window in WINDOWS_H:
        total, count = sums.copy(), counts.copy()
        total[window:] -= sums[:-window]
        count[window:] -= counts[:-window]
        found.append(np.divide(total, count, out=np.zeros_like(total), where=count > 0))
    return np.stack(found, axis=-1)


def fit_carry(error: Floats, leads: int) -> Floats:
    """How much of each mean is left after 1 … `leads` hours, by ridge: (hours, places) → (leads, places, windows)."""
    recent, eye = recent_errors(error), np.eye(len(WINDOWS_H))
    found = np.zeros((leads, error.shape[1], len(WINDOWS_H)))
    for place in range(error.shape[1]):
        seen = ~np.isnan(error[:, place])
        for lead in range(1, leads + 1):
            rows = np.flatnonzero(seen[:-lead] & seen[lead:])
            if len(rows) > 10 * len(WINDOWS_H):
                now, later = recent[rows, place], error[rows + lead, place]
                gram = now.T @ now
                found[lead - 1, place] = np.linalg.solve(gram + RIDGE_SHARE * np.trace(gram) * eye, now.T @ later)
    return found


def carry(recent: Floats, weights: Floats) -> Floats:
    """The error expected 1 … leads hours on: recent (…, places, windows) of a moment → (leads, …, places)."""
    return np.einsum("...pw,lpw->l...p", recent, weights)
