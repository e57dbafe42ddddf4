"""Rain → inflow on a public record: a Danish treatment works, hourly, leads of 1 … 12 h, knowing the rain and not.

The record (wwtp_inflow/train.csv) is for tests only and not shipped; a spring of it is kept back by those who publish
it. Where their window lies beside it as test.csv (the same columns) that is judged; without it, three windows of our
own, each forecast by what was fitted without it.
Unit hydrographs, drift and carried error are those of the product. Beside them in the same run: persistence, the moving
average of a day, the dry-weather curve, and untuned boosting on lags and rain; and one hour ahead, what a mean of ours
and boosting would make of it, which the product does not have.
"""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl

from bench.claim import Claim
from bench.datasets import dataset
from brain.public_scores import keep
from brain.sewer.wells import Bools, Floats, Index
from brain.storm.carried import carry, fit_carry, recent_errors, slot_drift
from brain.storm.dry_weather import is_dry
from brain.storm.hydrograph import RESERVOIRS, SLOTS, cold_share, dry_columns, responses, wet_columns
from brain.storm.sizes import fit_sizes

GOAL = "RMSE below boosting's in the same run at 1, 6 and 12 h, the rain known and not known"
FOLDER = dataset("wwtp_inflow")
PUBLISHED = {"knowing": (249, 348, 346), "not_knowing": (262, 722, 822)}
"""On the window kept back, at 1, 6 and 12 h: XGBoost that knows the rain; gradient boosting on the past alone."""
WINDOWS = (("2024-02-01T00", "2024-03-01T07"), ("2024-04-17T13", "2024-05-22T00"), ("2025-01-13T00", "2025-02-17T23"))
HOUR = timedelta(hours=1)
LEADS, JUDGED, WARM_UP_H = 12, (1, 6, 12), 160
RAIN_SUMS_H = (1, 3, 6, 12, 24)
BLENDED_H, BLOCKS = 1, 4
"""The lead at which ours and boosting are averaged, and parts of the record that tell their shares."""


@dataclass(frozen=True, eq=False)
class Series:
    """The record hour by hour; flow (m³/h) is NaN where it is not known, rain (mm) 0 where nothing is recorded."""

    table: pl.DataFrame

    def __getitem__(self, column: str) -> Floats:
        return self.table[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()

    @cached_property
    def flow(self) -> Floats:
        """Inflow, m³/h."""
        return self["flow"]

    @cached_property
    def recorded(self) -> Bools:
        """Which hours are in the record at all."""
        return ~np.isnan(self["acc_precip"])

    @cached_property
    def rain(self) -> Floats:
        """Rain of the hour, mm."""
        return np.nan_to_num(self["acc_precip"])

    @cached_property
    def cold(self) -> Floats:
        """How far it is the cold season."""
        return cold_share(self["mean_temp"])

    @cached_property
    def slot(self) -> Index:
        """Hour of the day, 24 more on a day off."""
        time = self.table["time"]
        return (time.dt.hour().cast(pl.Int64) + 24 * (time.dt.weekday() >= 6).cast(pl.Int64)).to_numpy()

    @cached_property
    def columns(self) -> Floats:
        """What sizes are fitted for."""
        return np.concatenate([dry_columns(self.slot, self.cold), wet_columns(self.rain, self.cold)], axis=1)

    @cached_property
    def past(self) -> Floats:
        """What is known of each hour beyond the flow: rain sums, and what pressure and humidity did, (hours, …)."""
        total = np.concatenate([[0.0], np.cumsum(self.rain)])
        hours = np.arange(1, len(total))
        sums = [total[hours] - total[np.maximum(hours - window, 0)] for window in RAIN_SUMS_H]
        air = [
            self.table[name].forward_fill().backward_fill().to_numpy()
            for name in ("mean_pressure", "mean_relative_hum")
        ]
        moved = [one - np.concatenate([np.full(back, one[0]), one[:-back]]) for one in air for back in (3, 12)]
        return np.stack([*sums, *moved, air[0] - 1000, air[1] - 80, np.ones(len(hours))], axis=1)

    def origins(self, flow: Floats, lead: int) -> Index:
        """Hours from which a forecast can be judged: flow known there and `lead` hours on."""
        hours = np.arange(WARM_UP_H, len(flow) - lead)
        known = ~np.isnan(flow[hours]) & ~np.isnan(flow[hours + lead])
        return hours[known & self.recorded[hours] & self.recorded[hours + lead]]


def read(path: Path) -> pl.DataFrame:
    """The CSV with times as times."""
    return pl.read_csv(path, try_parse_dates=True, infer_schema_length=None)


class Ours:
    """Unit hydrographs and the error carried forward, fitted without the flow of the window."""

    def __init__(self, series: Series, flow: Floats) -> None:
        self.series, self.sizes = series, fit_sizes(series.columns, flow[:, None])[:, 0]
        self.computed = series.columns @ self.sizes
        self.error = (series.flow - self.computed)[:, None]
        self.drift, _ = slot_drift(self.error, series.slot, is_dry(series.rain), np.zeros((SLOTS, 1)))
        self.recent = recent_errors(self.error)
        seen = (flow - self.computed)[:, None]
        self.weights = fit_carry(seen, self.drift, LEADS)
        self.flow = flow

    def knowing(self, at: Index, lead: int) -> Floats:
        """Flow `lead` hours after each of the hours `at`, with the rain of those hours."""
        weights = self.weights[lead - 1 : lead]
        return self.computed[at + lead] + carry(self.recent[at], self.drift[at + lead][:, None], weights)[:, 0, 0]

    def not_knowing(self, at: Index, lead: int) -> Floats:
        """The same as if no rain were known after `at`; what rain and air of the past say of it is fitted by ridge."""
        taught = self.series.origins(self.flow, lead)
        known, gone = self._past(taught, lead), self.flow[taught + lead] - self._without(taught, lead)
        gram = known.T @ known
        shares = np.linalg.solve(gram + np.diag(0.02 * np.diag(gram) + 1e-9), known.T @ gone)
        return self._without(at, lead) + self._past(at, lead) @ shares

    def _past(self, at: Index, lead: int) -> Floats:
        past, cold = self.series.past[at], self.series.cold[at][:, None]
        in_the_cold = past[:, : len(RAIN_SUMS_H)] * cold
        return np.concatenate([self.recent[at, 0], self.drift[at + lead], past, in_the_cold], axis=1)

    def _without(self, at: Index, lead: int) -> Floats:
        """What is computed for `lead` hours later but for the rain that fell after `at`."""
        once = np.zeros(LEADS)
        once[0] = 1.0
        answer, wet, count = responses(once), self.sizes[SLOTS + 1 :], len(RESERVOIRS)
        found = self.computed[at + lead].copy()
        for back in range(lead):
            season = self.series.cold[at + lead]
            found -= self.series.rain[at + lead - back] * (
                answer[back] @ wet[:count] + answer[back] @ wet[count:] * season
            )
        return found


class Peers:
    """What anybody would try first."""

    def __init__(self, series: Series, flow: Floats) -> None:
        self.series, self.flow = series, flow
        dry = np.where(is_dry(series.rain), flow, np.nan)
        self.curve = np.array([np.nanmedian(dry[series.slot == slot]) for slot in range(SLOTS)])
        self.day = pl.Series(series.flow).fill_nan(None).rolling_mean(24, min_samples=1).to_numpy()

    def simple(self, at: Index, lead: int) -> dict[str, Floats]:
        """Forecasts that need no fit."""
        curve = self.curve[self.series.slot[at + lead]]
        return {"persistence": self.series.flow[at], "moving_average": self.day[at], "dry_weather": curve}

    def boosting(self, at: Index, lead: int, *, knowing: bool) -> Floats:
        """LightGBM as it comes, on 24 lags, the past, the hour, and the rain ahead where it is known."""
        taught = self.series.origins(self.flow, lead)
        model = lightgbm.LGBMRegressor(random_state=0, n_jobs=1, verbose=-1)
        model.fit(self._features(taught, lead, knowing), self.flow[taught + lead])
        return np.asarray(model.predict(self._features(at, lead, knowing)))

    def _features(self, at: Index, lead: int, knowing: bool) -> Floats:
        lags = [self.series.flow[at - back] for back in range(24)]
        ahead = [self.series.rain[at + hour] for hour in range(1, lead + 1)] if knowing else []
        return np.stack([*lags, *self.series.past[at].T, self.series.slot[at + lead], *ahead], axis=1)


def blended(series: Series, flow: Floats, at: Index, *, knowing: bool) -> Floats:
    """Flow an hour after each of the hours `at`: ours and boosting, in the shares that served best on parts of the
    record that both were fitted without.
    """

    def both(given: Floats, hours: Index) -> tuple[Floats, Floats]:
        ours = Ours(series, given)
        mine = ours.knowing(hours, BLENDED_H) if knowing else ours.not_knowing(hours, BLENDED_H)
        return mine, Peers(series, given).boosting(hours, BLENDED_H, knowing=knowing)

    taught, held_back = series.origins(flow, BLENDED_H), []
    for block in np.array_split(taught, BLOCKS):
        without = flow.copy()
        without[block[0] : block[-1] + BLENDED_H + 1] = np.nan
        held_back.append(both(without, block))
    mine, other = (np.concatenate(parts) for parts in zip(*held_back, strict=True))
    apart = other - mine
    share = np.clip(apart @ (flow[taught + BLENDED_H] - mine) / (apart @ apart), 0, 1)
    mine, other = both(flow, at)
    return np.asarray(mine + share * (other - mine))


def judge(series: Series, first: int, last: int) -> tuple[dict[str, Floats], int]:
    """Mean squared error of each method by lead, (LEADS,), NaN where not run; and how many forecasts were judged."""
    kept_back = series.flow.copy()
    kept_back[first:last] = np.nan
    ours, peers = Ours(series, kept_back), Peers(series, kept_back)
    found: dict[str, Floats] = {}
    count = 0
    for lead in range(1, LEADS + 1):
        at = series.origins(series.flow, lead)
        at = at[(at >= first) & (at + lead < last)]
        count += len(at)
        said = {"knowing": ours.knowing(at, lead), "not_knowing": ours.not_knowing(at, lead), **peers.simple(at, lead)}
        if lead in JUDGED:
            for knowing, name in ((True, "boosting_knowing"), (False, "boosting_not_knowing")):
                said[name] = peers.boosting(at, lead, knowing=knowing)
        if lead == BLENDED_H:
            for knowing, name in ((True, "blended_knowing"), (False, "blended_not_knowing")):
                said[name] = blended(series, kept_back, at, knowing=knowing)
        for name, forecast in said.items():
            found.setdefault(name, np.full(LEADS, np.nan))[lead - 1] = np.mean((forecast - series.flow[at + lead]) ** 2)
    return found, count


def windows() -> tuple[Series, list[tuple[int, int]], str]:
    """The record, the windows judged in it as hours, and their name."""
    table, published = read(FOLDER / "train.csv"), FOLDER / "test.csv"
    spans = [(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in WINDOWS]
    name = "wwtp_inflow, own windows"
    if published.exists():
        test = read(published)
        table, spans = (
            pl.concat([table, test], how="diagonal_relaxed"),
            [(test["time"].sort()[0], test["time"].sort()[-1] + HOUR)],
        )
        name = "wwtp_inflow, test.csv"
    start = table["time"].sort()[0]
    hours = pl.DataFrame({"time": pl.datetime_range(start, table["time"].sort()[-1], "1h", eager=True)})
    whole = hours.join(table.unique("time", keep="last"), on="time", how="left", maintain_order="left")
    places = [((first - start) // HOUR, (last - start) // HOUR) for first, last in spans]
    return Series(whole), places, name


def main() -> None:
    """Print the claim, and keep it for `python -m brain score`."""
    if not (FOLDER / "train.csv").exists():
        sys.exit(f"{FOLDER} is absent: the record is not shipped; set WATER_DATASETS to where it lies")
    series, spans, name = windows()
    judged = [judge(series, first, last) for first, last in spans]
    rmse = {one: np.sqrt(np.mean([errors[one] for errors, _ in judged], axis=0)) for one in judged[0][0]}
    count = sum(n for _, n in judged) // LEADS
    leads = {one: [lead for lead in JUDGED if np.isfinite(values[lead - 1])] for one, values in rmse.items()}
    measured = {f"{one}_{lead}h": round(float(rmse[one][lead - 1]), 1) for one in rmse for lead in leads[one]}
    measured |= {f"{one}_mean": round(float(rmse[one].mean()), 1) for one in ("knowing", "not_knowing")}
    published = {
        f"published_{one}_{lead}h": float(v)
        for one, three in PUBLISHED.items()
        for lead, v in zip(JUDGED, three, strict=True)
    }
    met = all(
        measured[f"{mode}_{lead}h"] < measured[f"boosting_{mode}_{lead}h"] for mode in PUBLISHED for lead in JUDGED
    )
    keep("storm_risk", _scores(measured, name, count))
    size = {"hours": len(series.flow), "windows": len(spans), "origins": count}
    print(Claim("brain_inflow", GOAL, measured | published, met, size).line())


def _scores(measured: dict[str, float], name: str, count: int) -> list[dict[str, object]]:
    models = (("unit_hydrograph", "", JUDGED), ("unit_hydrograph_boosting", "blended_", (BLENDED_H,)))
    return [
        {
            "question": "storm_risk", "model": model, "baseline": f"boosting_{mode}", "metric": f"rmse_{mode}_{lead}h",
            "value": measured[f"{prefix}{mode}_{lead}h"], "baseline_value": measured[f"boosting_{mode}_{lead}h"],
            "window": name, "n": count,
        }
        for mode in PUBLISHED
        for model, prefix, leads in models
        for lead in leads
    ]  # fmt: skip


if __name__ == "__main__":
    main()
