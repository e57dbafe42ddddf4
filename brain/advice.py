"""What should be done now? One list: storm, supply and saving, each with its gain against doing nothing."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import polars as pl

from brain.advising.plans import newest_plans
from brain.advising.reason import STALE, Reason
from brain.advising.saving import saving_reason
from brain.advising.standing import standing
from brain.advising.storm import storm_reasons
from brain.advising.supply import supply_reason
from brain.advising.verify import Price, verifications
from brain.dispatch.energy import onward_kwh_per_m3, prices, station_kwh_per_m3
from brain.question import Answer, Inputs, Need, Question, TooLittle
from brain.storm.situation import network_of
from metrics.queries.advice import track_record

DAYS = timedelta(days=7)
"""How long an advice is looked after: until it is verified."""
RECORD = timedelta(days=30)
BACK = STALE
STATION = ("sewage_station",)

INPUTS = {
    "plan": Need("plan", back=BACK, ahead=timedelta(hours=25)),
    "risk": Need("risk", back=BACK, where={"kind": ("overflow",)}),
    "forecast": Need("forecast", back=timedelta(days=1), ahead=timedelta(hours=25), where={"model": ("shown",)}),
    "parameter": Need("parameter"),
    "sites": Need("sites"),
    "drains": Need("drains"),
    "wells": Need("hourly", back=DAYS, where={"quantity": ("level",), "role": ("well",), "site_kind": STATION}),
    "power": Need("hourly", back=DAYS, where={"quantity": ("energy", "power"), "site_kind": STATION}),
    "advice": Need("advice", back=DAYS),
    "act": Need("act", back=DAYS),
}
SCORE_INPUTS = {"advice": Need("advice", back=RECORD), "act": Need("act", back=RECORD)}


def answer(inputs: Inputs, now: datetime) -> Answer:
    """The list as it should stand.

    Raises TooLittle where there is neither a plan nor a demand forecast to advise from.
    """
    reasons = _reasons(inputs, now)
    return {"advice": standing(reasons, inputs["advice"], inputs["act"], inputs.utility, now)}


def baseline(inputs: Inputs, now: datetime) -> Answer:
    """Nobody says anything new; what was said before is verified, whichever of the two is shown."""
    checked = verifications(
        inputs["advice"], inputs["act"], inputs["wells"], _one_meter(inputs["power"]), _price_of(inputs), now
    )
    return {"advice": inputs["advice"].clear(), "act": checked}


def _reasons(inputs: Inputs, now: datetime) -> list[Reason]:
    plans, today = newest_plans(inputs["plan"], now), inputs.utility.day_of(now)
    network = inputs["sites"].filter(kind="network")["site_id"][0]
    demand = inputs["forecast"].filter(pl.col("series") == f"{network}/demand")
    if plans is None and demand.is_empty():
        raise TooLittle("neither a plan of the last 6 hours nor a forecast of demand to advise from")

    def of_all(subject: str) -> float:
        return _parameter(inputs, subject, today)[""]

    found: list[Reason | None] = []
    if plans is not None:
        harm = {name: of_all(name) for name in ("overflow_harm", "alarm_harm")}
        alarm, works_of = _parameter(inputs, "alarm_level", today), _works_of(inputs)
        found += storm_reasons(plans, alarm, _newest_risk(inputs["risk"]), works_of, harm, now)
        if not found:
            found.append(saving_reason(plans, network, _cny_per_m(inputs, now), of_all("advice_saving"), now))
    capacity = float(inputs["sites"].filter(kind="works")["capacity_m3d"].sum())
    found.append(supply_reason(demand, capacity, network, of_all("shortage_harm"), now))
    return [one for one in found if one is not None]


def _cny_per_m(inputs: Inputs, now: datetime) -> dict[str, float]:
    """What it costs to bring a metre of each station's well to the works, at the mean price of the next day."""
    network = network_of(inputs, now)
    lift = station_kwh_per_m3(inputs.utility.machines, network.stations)
    price = prices(inputs.utility, [now + timedelta(hours=hour) for hour in range(24)]).mean()
    worth = network.wells.area_m2 * onward_kwh_per_m3(lift, network.downstream) * price
    return dict(zip(network.stations, worth.tolist(), strict=True))


def _works_of(inputs: Inputs) -> dict[str, str]:
    """Where the sewage of a station ends; a works' own at itself."""
    works = inputs["sites"].filter(kind="wwtp")["site_id"]
    return dict(inputs["drains"].rows()) | dict(zip(works, works, strict=True))


def _parameter(inputs: Inputs, subject: str, day: date) -> dict[str, float]:
    """A named parameter's values by site, '' for all others, on a day."""
    holds = pl.lit(day).is_between(pl.col("from_day").fill_null(date.min), pl.col("to_day").fill_null(date.max))
    return dict(inputs["parameter"].filter((pl.col("subject") == subject) & holds).select("site_id", "value").rows())


def _newest_risk(risk: pl.DataFrame) -> Mapping[str, float]:
    newest = risk.filter(pl.col("issued_at") == pl.col("issued_at").max())
    return dict(newest.select("site_id", "probability").rows())


def _one_meter(power: pl.DataFrame) -> pl.DataFrame:
    """What each station draws by the hour: of its energy meters, else of its power readings, their sum."""
    metered = power.filter(pl.col("quantity") == "energy")
    others = power.join(metered.select("site_id"), on="site_id", how="anti")
    return (
        pl.concat([metered, others])
        .group_by("site_id", "hour")
        .agg(pl.col("mean").sum(), pl.col("is_valid").all())
        .sort("site_id", "hour")
    )


def _price_of(inputs: Inputs) -> Price:
    return lambda hour: float(prices(inputs.utility, [hour])[0])


def score(inputs: Inputs, now: datetime) -> pl.DataFrame:
    """How much of what was advised did not come true, of what could be told."""
    record = track_record(inputs["advice"], inputs["act"])
    told = record["kept"] + record["not_kept"]
    return pl.DataFrame(
        [{"metric": "did_not_come_true", "value": record["not_kept"] / told, "baseline_value": None, "n": told}]
        if told
        else [],
        schema={"metric": pl.String(), "value": pl.Float64(), "baseline_value": pl.Float64(), "n": pl.Int64()},
    )


QUESTION = Question(
    id="advice",
    inputs=INPUTS,
    answer=answer,
    baseline=baseline,
    model="plan_and_risk",
    baseline_model="silence",
    clock=timedelta(minutes=15),
    decides="did_not_come_true",
    score=score,
    score_inputs=SCORE_INPUTS,
)
