"""What kind of day it is for those who use water: weekday, weekend, public holiday, make-up workday."""

from datetime import date, timedelta

import holidays
import numpy as np

from brain.demand.hours import Ints

_EPOCH = date(1970, 1, 1)
FRIDAY, SATURDAY, SUNDAY, HOLIDAY = 4, 5, 6, 7
MOST_BACK = 147
"""Days within which a day's likes are looked for."""


def holiday_calendar(code: str, years: range) -> holidays.HolidayBase | None:
    """The public holidays of a country by its ISO code, with a subdivision after a dash ("IT-TS"); None where empty.

    Raises NotImplementedError where the package knows no such country or subdivision.
    """
    if not code:
        return None
    country, _, subdivision = code.partition("-")
    return holidays.country_holidays(country, subdiv=subdivision or None, years=years)


def like_weekdays(days: Ints, calendar: holidays.HolidayBase | None) -> Ints:
    """What each day, counted from 1970-01-01, is like: its weekday (0 Monday), 7 where it is a public holiday; a
    weekend day that is worked to make up for one is like the workday beside it.
    """
    weekday = (days + 3) % 7
    if calendar is None:
        return weekday
    dates = [_EPOCH + timedelta(days=int(day)) for day in days]
    worked = np.array([day in calendar.weekend_workdays for day in dates])
    off = np.array([day in calendar for day in dates]) & ~worked
    made_up = np.where(weekday == SATURDAY, FRIDAY, np.where(weekday == SUNDAY, 0, weekday))
    return np.where(off, HOLIDAY, np.where(worked, made_up, weekday)).astype(np.int64)


def likes(days: Ints, like: Ints, count: int) -> Ints:
    """For each of consecutive days the indices of the `count` newest days at least a week before it that are like it;
    −1 where there are fewer. Shape (count, days). A weekday looks at its own weekdays, make-up workdays left out; a
    holiday at holidays and Sundays.
    """
    found = np.full((count, len(days)), -1, dtype=np.int64)
    weekday = (days + 3) % 7
    for at in range(len(days)):
        before = np.arange(at - 7, max(at - MOST_BACK, -1), -1)
        same = (like[before] == like[at]) & (weekday[before] == like[at])
        is_like = np.isin(like[before], (SUNDAY, HOLIDAY)) if like[at] == HOLIDAY else same
        chosen = before[is_like][:count]
        found[: len(chosen), at] = chosen
    return found
