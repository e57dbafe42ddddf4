"""The track record of the storm question: what was said of alarms and of storms beside what then came."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from brain.sewer.wells import Floats
from brain.storm.dry_weather import share_of_days_at
from brain.storm.fitting import LEADS
from brain.storm.measures import brier, nash_sutcliffe, peak_errors, reliability
from brain.storm.record import Record

BASE_H = 30 * 24
"""The baseline of a chance of alarm: how often the 30 days before had one."""


def alarm_scores(risk: pl.DataFrame, record: Record) -> list[dict[str, float | int | str]]:
    """Brier score and reliability of rows of table risk (site_id, issued_at, probability) of kind overflow.

    A station's 24 hours count where all of them are on record, or where it reached its alarm level. The baseline is
    judged by the same cases.
    """
    cases = np.array(_cases(risk, record)).reshape(-1, 3)
    if not len(cases):
        return []
    said, base, came = cases.T
    return [
        {"metric": name, "value": measure(said, came), "baseline_value": measure(base, came), "n": len(said)}
        for name, measure in (("brier_24h", brier), ("reliability_24h", reliability))
    ]


def _cases(risk: pl.DataFrame, record: Record) -> list[tuple[float, float, float]]:
    """(probability, the baseline's, 1 or 0) of each that can be judged."""
    alarm = record.network.wells.alarm_level
    place = {site: at for at, site in enumerate(record.network.stations)}
    reached = np.where(np.isnan(record.highest), np.nan, record.highest >= alarm)
    bases: dict[int, Floats] = {}
    found = []
    for site, issued, probability in risk.select("site_id", "issued_at", "probability").iter_rows():
        first = record.hours.index(issued)
        if site not in place or first < BASE_H or first + LEADS > len(reached):
            continue
        hours = reached[first : first + LEADS, place[site]]
        if np.isnan(hours).any() and not (hours == 1).any():
            continue
        day = first // 24
        if day not in bases:
            bases[day] = share_of_days_at(record.highest[day * 24 - BASE_H : day * 24], alarm)
        found.append((probability, float(np.nan_to_num(bases[day][place[site]])), float((hours == 1).any())))
    return found


def storm_scores(
    medians: pl.DataFrame, models: tuple[str, str], record: Record, storms: list[tuple[int, int]]
) -> list[dict[str, float | int | str]]:
    """NSE, peak and timing error of the works' inflow in storms, of the method beside the baseline.

    `medians` are rows of table forecast (series, model, issued_at, valid_at, value). Of each storm and works the
    forecast is taken that was last issued up to its first wet hour, over the 24 hours ahead.
    """
    pairs = [pair for storm in storms for pair in _of_storm(medians, models, record, storm[0])]
    if not pairs:
        return []
    came, ours, other = (np.concatenate([pair[part] for pair in pairs]) for part in range(3))
    peaks = np.array([[peak_errors(pair[0], pair[part]) for part in (1, 2)] for pair in pairs])
    off = peaks.mean(axis=0)
    values = {
        "nse_storms": (nash_sutcliffe(came, ours), nash_sutcliffe(came, other), len(came)),
        "peak_error_pct": (100 * off[0, 0], 100 * off[1, 0], len(pairs)),
        "peak_time_error_h": (off[0, 1], off[1, 1], len(pairs)),
    }
    return [
        {"metric": name, "value": float(value), "baseline_value": float(base), "n": n}
        for name, (value, base, n) in values.items()
    ]


def _of_storm(
    medians: pl.DataFrame, models: tuple[str, str], record: Record, first: int
) -> list[tuple[Floats, Floats, Floats]]:
    """Per works (what came, method, baseline), each over the hours of the forecast; none where one is missing."""
    start = record.hours.moments(first, first + 1)[0]
    issued = medians.filter(pl.col("issued_at") <= start)["issued_at"].max()
    if not isinstance(issued, datetime) or start - issued >= timedelta(hours=LEADS):
        return []
    newest = medians.filter(pl.col("issued_at") == issued).sort("valid_at")
    found = []
    for place, works in enumerate(record.network.works):
        of_works = newest.filter(pl.col("series") == f"{works}/inflow")
        ours, other = (of_works.filter(pl.col("model") == model)["value"].to_numpy() for model in models)
        begins = record.hours.index(issued)
        came = record.influent[begins : begins + LEADS, place]
        if len(ours) == len(other) == len(came) == LEADS and not np.isnan(came).any():
            found.append((came, ours, other))
    return found
