"""The recent error of a place, carried forward: what was missed just now will go on being missed for a while, and what
is missed at the same hour day after day will be missed tomorrow.
"""

import numpy as np

from brain.sewer.wells import Bools, Floats, Index

WINDOWS_H = (1, 3, 24, 72)
"""The error is summed up as its mean over so many hours."""
RIDGE_SHARE = 0.02
"""Pull towards carrying nothing, as a share of what each of them sums to."""
DRIFT_STEP = 0.2
"""How much the newest dry hour counts in the drift of its slot: a memory of about five such days."""


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


def slot_drift(error: Floats, slot: Index, usable: Bools, first: Floats) -> tuple[Floats, Floats]:
    """How far the dry-weather pattern has moved at each hour's slot: a running mean of the slot's errors.

    Error (hours, places), slot (hours,), which hours may teach it (dry ones), and what it was before the first hour,
    (slots, places). Returns what was known before each hour, (hours, places), and after the last, (slots, places).
    """
    known, now = np.empty_like(error), first.copy()
    for hour, (at, value) in enumerate(zip(slot, error, strict=True)):
        known[hour] = now[at]
        if usable[hour]:
            now[at] += DRIFT_STEP * np.where(np.isnan(value), 0.0, value - now[at])
    return known, now


def fit_carry(error: Floats, drift: Floats, leads: int) -> Floats:
    """How much of each mean, and of the drift of the hour ahead, counts after 1 … `leads` hours, by ridge.

    Error and drift known before each hour (hours, places) → (leads, places, windows + 1).
    """
    recent, parts = recent_errors(error), len(WINDOWS_H) + 1
    found = np.zeros((leads, error.shape[1], parts))
    for place in range(error.shape[1]):
        seen = ~np.isnan(error[:, place])
        for lead in range(1, leads + 1):
            rows = np.flatnonzero(seen[:-lead] & seen[lead:])
            if len(rows) > 10 * parts:
                now = np.concatenate([recent[rows, place], drift[rows + lead, place, None]], axis=1)
                gram = now.T @ now
                gram += np.diag(RIDGE_SHARE * np.diag(gram) + 1e-9)
                found[lead - 1, place] = np.linalg.solve(gram, now.T @ error[rows + lead, place])
    return found


def carry(recent: Floats, drift: Floats, weights: Floats) -> Floats:
    """The error expected in the hours ahead: recent (…, places, windows) of a moment, drift of the slots ahead

    (…, leads, places) → (…, leads, places).
    """
    shares = np.einsum("...pw,lpw->...lp", recent, weights[:, :, :-1])
    out: Floats = shares + drift * weights[:, :, -1]
    return out
