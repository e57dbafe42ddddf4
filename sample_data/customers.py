"""The hotline, the service hall and the work orders: who called, how long they waited, when it was done."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from data_sources.utility import Utility
from sample_data.dice import at_clock, days, frame, numbers
from sample_data.events import CYCLE_DAYS, events
from sample_data.noise import Floats
from sample_data.times import Moments

CALLS_A_DAY, TICKETS_A_DAY, ORDERS_A_DAY = 190, 90, 24
CHANNELS = (("hotline", 0.7), ("wechat", 0.12), ("app", 0.08), ("self_service", 0.05), ("city_hotline", 0.05))
SOURCE_OF_CHANNEL = {
    "hotline": "hotline", "city_hotline": "hotline", "hall": "hall", "wechat": "wechat", "app": "app",
    "self_service": "self_service",
}  # fmt: skip
CATEGORIES = (
    ("consult", 0.3), ("bill", 0.24), ("meter", 0.1), ("leak", 0.1), ("no_water", 0.07), ("low_pressure", 0.06),
    ("quality", 0.04), ("sewage", 0.04), ("network", 0.02), ("construction", 0.02), ("complaint", 0.01),
)  # fmt: skip
SERVICES = ("open_account", "transfer", "payment", "invoice", "repair")
ABOUT_A_PLACE = ("leak", "no_water", "low_pressure", "quality", "sewage", "network")
"""Categories of calls that tell where; they are also those that people call again about."""
REPEATS = 0.2
"""Of these, so many are about what somebody else reported earlier that day, if somebody did."""
BURST_CALLS, BURST_HOURS = 14, 6.0
"""How many call about a burst, and for how long they go on."""
ORDER_KINDS = (("leak_repair", 24.0), ("meter_change", 72.0), ("no_water", 8.0), ("drain_blocked", 12.0))
"""Kind of order and the hours until it is due."""
_HOURS = np.array([1, 1, 1, 1, 1, 2, 5, 9, 14, 16, 15, 12, 9, 10, 13, 13, 12, 10, 9, 9, 8, 6, 3, 2], dtype=np.float64)


def calls(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table call that started in [start, end)."""
    zones = _zones(utility)
    rows: list[dict[str, object]] = []
    for day in days(utility, start, end):
        dice = numbers("call", day, CALLS_A_DAY * 6).reshape(6, -1)
        clock = _clock(dice[0])
        of_day = [_call(utility, day, f"{n:03d}", hour, dice[1:, n], zones) for n, hour in enumerate(np.sort(clock))]
        rows += [*_repeated(day, of_day), *_peak(utility, day, zones), *_bursts(utility, day, zones)]
    return frame("call", rows, start, end)


def _zones(utility: Utility) -> list[tuple[str, float, float]]:
    """The zones with their places."""
    return utility.sites.filter(pl.col("kind") == "zone").select("site_id", "lon", "lat").rows()


def _repeated(day: date, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """A day's calls in their order, some made to repeat an earlier one of their category."""
    first: dict[object, dict[str, object]] = {}
    told = []
    for dice, row in zip(numbers("repeat", day, len(rows)), rows, strict=True):
        earlier = first.get(row["category"])
        if earlier is not None and dice < REPEATS:
            told.append({**row, **{name: earlier[name] for name in _SAME}, "repeat_of": earlier["call_id"]})
            continue
        told.append(row)
        if row["category"] in ABOUT_A_PLACE:
            first[row["category"]] = row
    return told


_SAME = ("site_id", "lon", "lat", "caller")
"""What a repeated call has in common with the first."""


def _clock(dice: Floats) -> Floats:
    """Hours of the day such that calls come as `_HOURS` has them."""
    shares = np.concatenate([[0.0], np.cumsum(_HOURS) / _HOURS.sum()])
    return np.interp(dice, shares, np.arange(25.0))


def _cycle_day(utility: Utility, day: date) -> int:
    noon = Moments(np.array([int(at_clock(utility, day, 12).timestamp())]), 8 * 3600)
    return int(noon.day[0]) % CYCLE_DAYS


def _bursts(utility: Utility, day: date, zones: list[tuple[str, float, float]]) -> list[dict[str, object]]:
    """Calls about the bursts that begin on this day, from their zones."""
    rows: list[dict[str, object]] = []
    for burst in events("burst"):
        zone = [one for one in zones if one[0] == burst.site_id]
        if burst.cycle_day != _cycle_day(utility, day):
            continue
        dice = numbers(f"burst {burst.site_id}", day, BURST_CALLS * 6).reshape(6, -1)
        for n in range(BURST_CALLS):
            hour = burst.hour + 0.3 + BURST_HOURS * dice[0, n] ** 2
            row = _call(utility, day, f"b{burst.site_id}{n:02d}", hour, dice[1:, n], zone)
            category = "leak" if dice[5, n] < 0.4 else "no_water"
            rows.append({**row, "category": category} | _place(zone[0], dice[1, n], dice[2, n]))
    return rows


def _place(zone: tuple[str, float, float], east: float, north: float) -> dict[str, object]:
    """A place within a kilometre of a zone's middle."""
    site_id, lon, lat = zone
    return {
        "site_id": site_id,
        "lon": round(lon + 0.02 * (east - 0.5), 5),
        "lat": round(lat + 0.016 * (north - 0.5), 5),
    }


def _peak(utility: Utility, day: date, zones: list[tuple[str, float, float]]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for peak in events("hotline_peak"):
        if peak.cycle_day != _cycle_day(utility, day):
            continue
        count = int(peak.detail["calls"])
        dice = numbers("peak", day, count * 6).reshape(6, -1)
        for n in range(count):
            row = _call(utility, day, f"p{n:03d}", peak.hour + peak.hours * dice[0, n], dice[1:, n], zones, wait_s=70)
            place = _place(zones[int(dice[2, n] * len(zones))], dice[4, n], dice[5, n])
            rows.append({**row, "channel": "hotline", "category": "no_water"} | place)
    return rows


def _call(
    utility: Utility,
    day: date,
    number: str,
    hour: float,
    dice: Floats,
    zones: list[tuple[str, float, float]],
    wait_s: float = 5.5,
) -> dict[str, object]:
    """One call: it waits `wait_s` on average; two in a hundred hang up before."""
    started = at_clock(utility, day, hour)
    wait = timedelta(seconds=round(-wait_s * float(np.log1p(-dice[0] * 0.999)) + 1))
    talk = timedelta(seconds=round(40 - 140 * float(np.log1p(-dice[1] * 0.99))))
    gone = dice[2] < 0.015
    category = _pick(CATEGORIES, dice[4])
    place = _place(zones[int(dice[1] * len(zones))], dice[0], dice[3])
    return {
        "call_id": f"C{day:%Y%m%d}-{number}",
        "channel": _pick(CHANNELS, dice[3]),
        "started_at": started,
        "answered_at": None if gone else started + wait,
        "ended_at": started + (wait if gone else wait + talk),
        "category": category,
        **(place if category in ABOUT_A_PLACE else {"site_id": place["site_id"], "lon": None, "lat": None}),
        "repeat_of": None,
        "caller": f"1{int(dice[0] * 1e10):010d}",
    }


def _pick(shares: tuple[tuple[str, float], ...], at: float) -> str:
    total = 0.0
    for name, share in shares:
        total += share
        if at < total:
            return name
    return shares[0][0]


def tickets(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table hall_ticket taken in [start, end): open on working days from 8:30 to 16:30; as at `end`."""
    rows: list[dict[str, object]] = []
    for day in days(utility, start, end):
        if day.weekday() >= 5:
            continue
        dice = numbers("ticket", day, TICKETS_A_DAY * 5).reshape(5, -1)
        for n, hour in enumerate(np.sort(8.5 + 7.7 * dice[0])):
            taken = at_clock(utility, day, hour)
            called = taken + timedelta(seconds=round(-300 * float(np.log1p(-dice[1, n] * 0.98))))
            finished = called + timedelta(seconds=round(150 + 500 * dice[2, n]))
            missed = dice[3, n] < 0.03
            rows.append(
                {
                    "ticket_id": f"T{day:%Y%m%d}-{n:03d}",
                    "hall": "当湖营业厅（样例）",
                    "window": f"{1 + n % 6}",
                    "service": SERVICES[int(dice[4, n] * len(SERVICES))],
                    "taken_at": taken,
                    "called_at": called if called < end else None,
                    "finished_at": None if missed or finished >= end else finished,
                    "state": "waiting" if called >= end else "missed" if missed else "served",
                    "rating": 3 + int(dice[3, n] * 3) if finished < end and not missed else None,
                }
            )
    return frame("hall_ticket", rows, start, end)


def orders(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table work_order opened in [start, end), as at `end`."""
    zones = _zones(utility)
    rows: list[dict[str, object]] = []
    for day in days(utility, start, end):
        dice = numbers("order", day, ORDERS_A_DAY * 5).reshape(5, -1)
        for n, hour in enumerate(np.sort(7 + 13 * dice[0])):
            kind, due_h = ORDER_KINDS[int(dice[1, n] * len(ORDER_KINDS))]
            site, lon, lat = zones[int(dice[2, n] * len(zones))]
            opened = at_clock(utility, day, hour)
            took = 1.08 if dice[3, n] > 0.994 else 0.2 + 0.65 * dice[4, n]
            steps = {
                "dispatched_at": opened + timedelta(minutes=8),
                "on_site_at": opened + timedelta(minutes=35 + round(20 * dice[4, n])),
                "closed_at": opened + timedelta(hours=due_h * took),
                "revisited_at": opened + timedelta(hours=due_h * took + 20),
            }
            rows.append(
                {
                    "order_id": f"W{day:%Y%m%d}-{n:03d}",
                    "kind": kind,
                    "site_id": site,
                    "lon": lon,
                    "lat": lat,
                    "opened_at": opened,
                    "due_at": opened + timedelta(hours=due_h),
                    **{name: moment if moment < end else None for name, moment in steps.items()},
                    "satisfaction": 4 + int(dice[3, n] * 2) if steps["revisited_at"] < end else None,
                }
            )
    return frame("work_order", rows, start, end)
