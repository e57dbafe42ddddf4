"""The week's usual shape, moved to where the last days lie."""

import numpy as np

from brain.demand.hours import Floats, Hours

WEEKS = 4
RECENT_H = 72


def weekly_profile(values: Floats, hours: Hours, first: int) -> Floats:
    """For each hour from index `first` on: the mean of the same local hour of the last four weeks that are known, times
    how the last three days compare with theirs. NaN where no week is known. Nothing from `first` on is looked at.
    """
    usual = _mean_of_weeks(values, hours, first)
    recent = slice(max(first - RECENT_H, 0), first)
    both = ~np.isnan(values[recent]) & ~np.isnan(usual[recent])
    total = usual[recent][both].sum()
    level = values[recent][both].sum() / total if total else 1.0
    return usual[first:] * level


def _mean_of_weeks(values: Floats, hours: Hours, first: int) -> Floats:
    known = np.where(np.arange(hours.count) < first, values, np.nan)
    sums, counts = np.zeros(hours.count), np.zeros(hours.count)
    for week in range(1, WEEKS + 2):  # the second week of the seven days ahead has no last week yet
        place = hours.before(7 * week)
        of_week = np.where(place >= 0, known[place], np.nan)
        taken = ~np.isnan(of_week) & (counts < WEEKS)
        sums[taken] += of_week[taken]
        counts += taken
    return np.divide(sums, counts, out=np.full(hours.count, np.nan), where=counts > 0)
