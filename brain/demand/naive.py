"""Last week repeated, with the band that its own errors of the weeks before give."""

import numpy as np

from brain.demand.bands import QUANTILES, quantile_of_errors
from brain.demand.hours import Floats, Hours, Ints

WEEK = 7
HOURS_OF_ERRORS = 8 * WEEK * 24


def last_week(values: Floats, hours: Hours, first: int) -> Floats:
    """The value of a week before for each hour from index `first` on, in local time; of an hour that is missing then,
    that of two or three weeks before. NaN where there is none of them. Nothing from `first` on is looked at.
    """
    known = np.where(np.arange(hours.count) < first, values, np.nan)
    answer = np.full(hours.count, np.nan)
    for weeks in (1, 2, 3):
        place = hours.before(weeks * WEEK)
        answer = np.where(np.isnan(answer) & (place >= 0), known[place], answer)
    return answer[first:]


def bands_of_last_week(values: Floats, hours: Hours, first: int, days: Ints) -> tuple[Floats, Floats]:
    """Quantiles of how far last week repeated was off in the eight weeks before `first`: of its hours, and of the sums
    of its `days`; NaN of too few.
    """
    begin = max(first - HOURS_OF_ERRORS, 0)
    place = hours.before(WEEK)[begin:first]
    off = np.where(place >= 0, values[begin:first] - values[place], np.nan)
    counted, of_hour = np.unique(days[begin:first], return_inverse=True)
    # the first and the last day may lie in it in part
    sums = np.bincount(of_hour, off, len(counted)).astype(np.float64)[1:-1]
    return _quantiles(off), _quantiles(sums)


def _quantiles(errors: Floats) -> Floats:
    return np.array([quantile_of_errors(errors, q) for q in QUANTILES])
