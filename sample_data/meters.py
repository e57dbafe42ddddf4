"""Meters and their whole life, by lots of twenty: planned, purchased, verified, installed, removed, retired.

A lot is due every seventh day, and changed two months before its verification ends; one lot in four is forgotten until
two days after. 300 lots are in use at any time: a sample of what a utility has, and called one.
"""

from datetime import date, datetime, timedelta

import polars as pl

from data_sources.utility import Utility
from sample_data.dice import at_clock, frame
from sample_data.events import CYCLE_DAYS, EVENTS
from sample_data.noise import key

LOT_SIZE = 20
LOT_EVERY_DAYS = 7
LIFE_DAYS = 2100
"""Between the end of a lot's verification and that of the lot that takes its place: 75 cycles of events."""
VERIFIED_DAYS = 2191
"""Six years: JJG 162-2019 for DN ≤ 25."""
CHANGED_BEFORE_DAYS = 61
KEPT_LOTS = 60
"""Lots that are out of use already and still on record."""
_EPOCH = date(1970, 1, 1)
_FORGOTTEN = next(event for event in EVENTS if event.kind == "expired_lot")
_MAKERS = ("宁波表厂（样例）", "杭州表厂（样例）")


def _due(lot: int) -> date:
    """The last day of a lot's verification."""
    return _EPOCH + timedelta(days=_FORGOTTEN.cycle_day - 1 + LOT_EVERY_DAYS * lot)


def _removed(lot: int) -> date:
    """The day on which a lot is changed."""
    if lot * LOT_EVERY_DAYS % CYCLE_DAYS == 0:
        return _due(lot) + timedelta(days=1 + round(_FORGOTTEN.hours / 24))
    return _due(lot) - timedelta(days=CHANGED_BEFORE_DAYS)


def _fails(lot: int, number: int) -> bool:
    """Whether a meter fails its first verification: one in 150; of every 23rd lot, a bad one, one in six."""
    return int(key("failed", lot, number)) % (6 if lot % 23 == 0 else 150) == 0


def _life(lot: int, number: int) -> list[tuple[str, date, float]]:
    """A meter's events: name, day, hour."""
    verified = _due(lot) - timedelta(days=VERIFIED_DAYS)
    installed = _removed(lot - LIFE_DAYS // LOT_EVERY_DAYS)
    before = (("planned", 120, 9), ("purchased", 90, 10), ("received", 60, 11), ("sent", 20, 9))
    begun = [(name, verified - timedelta(days=days), float(hour)) for name, days, hour in before]
    if _fails(lot, number):
        return [*begun, ("failed", verified, 15.0), ("retired", verified + timedelta(days=10), 16.0)]
    return [
        *begun,
        ("verified", verified, 15.0),
        ("installed", max(installed, verified + timedelta(days=1)), 0.0),
        ("removed", _removed(lot), 0.0),
        ("retired", _removed(lot) + timedelta(days=10), 16.0),
    ]


def _lots(now: datetime) -> range:
    """Lots on record at a moment: from some already out of use to those planned by then."""
    today = (now.date() - _EPOCH).days
    newest = (today + VERIFIED_DAYS + 121) // LOT_EVERY_DAYS
    oldest = (today - LOT_EVERY_DAYS * KEPT_LOTS) // LOT_EVERY_DAYS
    return range(oldest, newest + 1)


def meter_events(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table meter_event that happened in [start, end), of the lots on record at `end`."""
    rows = [
        {"meter_id": f"M{lot}-{n:02d}", "event": name, "happened_at": at_clock(utility, day, hour)}
        for lot in _lots(end)
        for n in range(LOT_SIZE)
        for name, day, hour in _life(lot, n)
    ]
    return frame("meter_event", rows, start, end)


STATE_AFTER = {
    "planned": "planned", "purchased": "purchased", "received": "received", "sent": "in_verification",
    "verified": "received", "failed": "retired", "installed": "in_use", "removed": "received", "retired": "retired",
}  # fmt: skip


def meters(utility: Utility, start: datetime, end: datetime) -> pl.DataFrame:
    """Rows of table meter as at `end`: the meters to which something happened in [start, end)."""
    zones = utility.sites.filter(pl.col("kind") == "zone")["site_id"].to_list()
    rows: list[dict[str, object]] = []
    for lot in _lots(end):
        for n in range(LOT_SIZE):
            life = [(name, at_clock(utility, day, hour)) for name, day, hour in _life(lot, n)]
            past = [name for name, moment in life if moment < end]
            if not past or not any(start <= moment < end for _, moment in life):
                continue
            state, verified = STATE_AFTER[past[-1]], "verified" in past
            chance = int(key("meter", lot, n))
            rows.append(
                {
                    "meter_id": f"M{lot}-{n:02d}",
                    "dn_mm": (15, 20, 25)[lot % 3],
                    "q3_m3h": (2.5, 4.0, 6.3)[lot % 3],
                    "kind": ("mechanical", "ultrasonic", "smart")[chance % 3],
                    "maker": _MAKERS[lot % 2],
                    "lot": f"L{lot}",
                    "state": "expired" if state == "in_use" and _due(lot) < utility.day_of(end) else state,
                    "first_verified_on": _due(lot) - timedelta(days=VERIFIED_DAYS) if verified else None,
                    "verified_until": _due(lot) if verified else None,
                    "site_id": zones[chance % len(zones)] if "installed" in past else None,
                    "account": f"A{chance % 10**8:08d}" if "installed" in past else None,
                }
            )
    return frame("meter", rows, start, end)
