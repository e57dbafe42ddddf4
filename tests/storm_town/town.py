"""A town of three stations, one with a storage tank, whose rain, inflow and pumps are made by known rules.

Its record ends at `NOW`, five hours before a storm that is forecast; `go_on` then lets the storm come, with the pumps
under the rule installed or under another one.
"""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from brain.sewer.network import Network, Run, read_network, simulate
from brain.sewer.wells import Floats, PumpRule, installed_rule
from data_sources.lake import Lake
from data_sources.load import load_utility
from data_sources.problems import ROOT
from data_sources.seal import coverage
from data_sources.utility import Utility
from metrics.limits import resolve_limits

FOLDER = ROOT / "tests" / "storm_town" / "utility"
START = datetime(2026, 5, 10, 16, tzinfo=UTC)
"""Midnight in the town."""
DAYS = 42
NOW = START + timedelta(days=DAYS, hours=10)
STORM_AT, STORM_MM, STORM_H = NOW + timedelta(hours=5), 36.0, 6
HOURS_AFTER = 48
RAINS = ((3, 2, 14), (6, 15, 42), (10, 4, 8), (13, 20, 30), (17, 9, 5), (20, 1, 48), (24, 18, 12), (28, 6, 34),
         (32, 12, 20), (35, 22, 40), (38, 3, 10))  # fmt: skip
"""Earlier rains: day of the record, hour of it, mm; each lasts STORM_H hours."""
MEMBERS = tuple(0.75 + 0.05 * n for n in range(11))
"""The members of a forecast, each as a share of the rain that comes."""
DRY_M3H = {"P1": 90.0, "P2": 50.0, "P3": 55.0}
M3_PER_MM = {"P1": 52.0, "P2": 20.0, "P3": 10.0}
RECESSION_H = 2.0
_STEP_S, _STEP_MIN = 300, 5


def utility() -> Utility:
    """The town's files."""
    return load_utility(FOLDER)


def network(town: Utility) -> Network:
    """Its sewers."""
    return read_network(town, resolve_limits(town), NOW.date())


def rain_mm(hours: int) -> Floats:
    """Rain of each hour from START on, mm: up and down again in each rain."""
    fallen, shape = np.zeros(hours), np.sin(np.pi * (np.arange(STORM_H) + 0.5) / STORM_H) ** 2
    first = (STORM_AT - START) // timedelta(hours=1)
    for at, mm in [(24 * day + hour, mm) for day, hour, mm in RAINS] + [(first, STORM_MM)]:
        part = fallen[at : at + STORM_H]
        part += (mm * shape / shape.sum())[: len(part)]
    return fallen


def own_m3h(hours: int) -> Floats:
    """What flows into each station but from other stations, m³/h: (hours, stations, 1)."""
    of_day = 1 + 0.35 * np.sin(2 * np.pi * (np.arange(hours) % 24 - 9) / 24)
    recession = np.exp(-np.arange(24) / RECESSION_H)
    runoff = np.convolve(rain_mm(hours), recession / recession.sum())[:hours]
    each = [DRY_M3H[one] * of_day + M3_PER_MM[one] * runoff for one in DRY_M3H]
    return np.stack(each, axis=1)[:, :, None]


def write_record(lake: Lake) -> None:
    """Everything measured and forecast up to NOW, the pumps under the rule installed."""
    town, until = lake.utility, (NOW - START) // timedelta(hours=1)
    run = _run(network(town), None, 0, until)
    rows = _readings(run, START)
    today = town.day_start(town.day_of(NOW))
    lake.write_sealed(coverage(rows.filter(pl.col("ts") < today), town.points), source="telemetry")
    lake.write("reading", rows.filter(pl.col("ts") >= today, pl.col("ts") <= NOW), source="telemetry")
    lake.write("weather", _weather(until), source="weather_service")


def go_on(lake: Lake, rule: PumpRule | None = None) -> None:
    """What comes in the HOURS_AFTER after NOW, the pumps under a rule (None: the one installed)."""
    first = (NOW - START) // timedelta(hours=1)
    run = _run(network(lake.utility), rule, first, first + HOURS_AFTER)
    lake.write("reading", _readings(run, NOW).filter(pl.col("ts") > NOW), source="telemetry")
    lake.write("weather", _weather(first + HOURS_AFTER).filter(pl.col("issued_at") > NOW), source="weather_service")


def _run(net: Network, rule: PumpRule | None, first: int, last: int) -> Run:
    """The hours from `first` to `last` of the record. Those before are run, too, to know how the wells stand."""
    own, installed = own_m3h(last), installed_rule(net.wells)
    level, sent = net.wells.start_level, np.zeros((1, len(net.stations)))
    if first:
        before = simulate(net, installed, own[:first], 60, level, sent[0], 1)
        level, sent = before.level[-1, :, 0], before.pumped[-60:, :, 0]
    return simulate(net, rule or installed, own[first:], 60, level, sent, _STEP_MIN)


def _readings(run: Run, begin: datetime) -> pl.DataFrame:
    """Rows of table reading, every five minutes: levels at the end of each five, flows and pumps as they are in it."""
    net = network(utility())
    count = len(run.level)
    starts = begin + np.arange(count) * timedelta(seconds=_STEP_S)
    pumps = np.arange(run.starts.shape[3])
    values: dict[str, Floats] = {"W.flow": run.influent[:, 0, 0]}
    for place, station in enumerate(net.stations):
        values[f"{station}.flow"] = run.pumped[:, place, 0]
        for pump in pumps:
            name = net.pumps[place][pump]
            values[f"{name}.running"] = (run.running[:, place, 0] > pump + 0.5).astype(np.float64)
            values[f"{name}.available"] = np.ones(count)
    first = (begin - START) // timedelta(hours=1)
    hourly = rain_mm(first + count * _STEP_MIN // 60)[first:]
    values["G.rain"] = np.repeat(hourly, 60 // _STEP_MIN) * _STEP_MIN / 60
    levels = {f"{station}.level": run.level[:, place, 0] for place, station in enumerate(net.stations)}
    frames = [_frame(values, starts), _frame(levels, starts + timedelta(seconds=_STEP_S))]
    return pl.concat(frames).sort("point_id", "ts")


def _frame(values: dict[str, Floats], at: np.ndarray) -> pl.DataFrame:
    columns = {name: np.round(column, 3) for name, column in values.items()}
    wide = pl.DataFrame({"ts": pl.Series(at.tolist(), dtype=pl.Datetime("us", "UTC")), **columns})
    return wide.unpivot(index="ts", variable_name="point_id").select(
        "point_id", "ts", pl.lit(0, pl.Int64).alias("span_s"), "value", pl.lit("good").alias("quality")
    )


def _weather(hours: int) -> pl.DataFrame:
    """Rain as it fell in the hours from START on, and as each member had it every six hours, two days ahead."""
    rain, hour = rain_mm(hours + 48), timedelta(hours=1)
    fell = [("observed", START + (n + 1) * hour, START + n * hour, rain[n], 0) for n in range(hours)]
    said = [
        ("forecast", START + issue * hour, START + n * hour, share * rain[n], member)
        for issue in range(0, hours + 1, 6)
        for n in range(issue, issue + 48)
        for member, share in enumerate(MEMBERS)
    ]
    columns = ["kind", "issued_at", "valid_at", "rain_mm", "member"]
    named = pl.DataFrame(fell + said, orient="row", schema=columns)
    return named.select(
        pl.lit("N").alias("place_id"),
        "kind",
        pl.col("issued_at", "valid_at").cast(pl.Datetime("us", "UTC")),
        pl.col("member").cast(pl.Int64),
        pl.col("rain_mm").round(2),
        pl.lit(20.0).alias("temperature_c"),
    )
