"""Last week repeated, with the band that its own errors of the weeks before give."""

import numpy as np

from brain.demand.hours import Floats, Hours

WEEK = 7
WEEKS_OF_ERRORS = 8


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


def errors_of_last_week(values: Floats, hours: Hours, first: int) -> Floats:
    """How far last week repeated was off in each hour of the eight weeks before `first`, without the missing ones."""
    begin = max(first - WEEKS_OF_ERRORS * WEEK * 24, 0)
    place = hours.before(WEEK)[begin:first]
    off = np.where(place >= 0, values[begin:first] - values[place], np.nan)
    return off[~np.isnan(off)]
