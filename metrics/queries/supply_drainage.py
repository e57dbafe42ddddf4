"""What supply and drainage on one page ask: a day's water from intake to effluent, what each step costs, where the two
don't agree.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import polars as pl

from data_sources.utility import Utility
from metrics import compare
from metrics.engine import Engine
from metrics.moment_queries import ask, ask_one, whole_day
from metrics.tariff import prices

METERED, BILLED, DIFFERENCE = "metered", "billed", "difference"
"""How a stream of the balance is known: from meters, from bills shared over the days of their month, from the rest."""
STEPS = {
    "intake": ("source", "intake"),
    "treatment": ("works", "works_out"),
    "boosting": ("booster", "boosted"),
    "collection": ("sewage_station", "influent"),
    "sewage_treatment": ("wwtp", "influent"),
}
"""Step → the kind of sites that use its electricity, and the measure of the water it is counted for."""
ENDS = ("intake", "works_out", "sold", "influent", "effluent")
"""What the balance stands on."""
_STREAM = {"source": pl.String(), "target": pl.String(), "m3": pl.Float64(), "basis": pl.String()}


class Day(NamedTuple):
    """A business day's `water` (measure, site_id, m3; water_of_day.sql) and `sales` (zone_sales.sql)."""

    day: date
    water: pl.DataFrame
    sales: pl.DataFrame


class Days(NamedTuple):
    """The last day that is over, the day before it, and the same date a year before; `upstream` are the zones whose
    sewage passes each station and works (site_id, zone_id).
    """

    now: Day
    previous: Day
    last_year: Day
    upstream: pl.DataFrame


class Balance(NamedTuple):
    """A day's water: `streams` (source, target: ids of sites or names of nodes; m3; basis), and what is missing of it.

    `totals` are the day's sums by measure, NULL where a part is unknown; `unmetered` are the sites whose meters have no
    valid day, `unbilled` the zones of which no bill is known, `absent` those of ENDS of which nothing is registered.
    """

    day: date
    streams: pl.DataFrame
    totals: dict[str, float | None]
    unmetered: list[str]
    unbilled: list[str]
    absent: list[str]


def days(engine: Engine, as_of: datetime) -> Days:
    """What the page stands on: the water of three days."""
    found = {name: _day(engine, as_of, day) for name, day in _compared(engine, as_of).items()}
    return Days(**found, upstream=ask_one(engine, as_of, "catchments"))


def balance(utility: Utility, told: Days) -> Balance:
    """The water balance of the last day that is over. A stream whose parts are not all known is left out."""
    day, water, sales = told.now
    totals = _totals(water, sales)
    streams = pl.DataFrame(list(_streams(utility, water, totals)), schema=_STREAM, orient="row")
    known = streams.filter(pl.col("m3") > 0)
    unmetered = _in_order(utility, water.filter(pl.col("m3").is_null())["site_id"])
    unbilled = _in_order(utility, sales.filter(pl.col("sold_m3").is_null())["site_id"])
    registered = {*water["measure"], *(["sold"] if len(unbilled) < sales.height else [])}
    absent = [end for end in ENDS if end not in registered]
    return Balance(day, known, totals, unmetered, [] if "sold" in absent else unbilled, absent)


def totals_before(told: Days) -> dict[str, dict[str, float | None]]:
    """The totals of the day before the last one that is over (`previous`), and of the same date a year before
    (`last_year`).
    """
    return {name: _totals(day.water, day.sales) for name, day in _past(told)}


def zones(told: Days) -> pl.DataFrame:
    """Zones by what got lost on the last day that is over, the most first: site_id, in_m3, sold_m3, loss_m3,
    loss_share (%), loss_l_conn (L a connection and day); loss_m3 of the day before (previous_…) and of the same date a
    year before (last_year_…).
    """
    rows = _zones_on(told.now)
    for name, day in _past(told):
        rows = _beside(rows, _zones_on(day), name, "site_id", "loss_m3")
    return rows.sort("loss_m3", "in_m3", descending=True, nulls_last=True)


def disagreements(told: Days) -> pl.DataFrame:
    """Stations and sewage works where what came differs from what the zones upstream send back, the largest first.

    Columns site_id, zones, expected_m3, measured_m3, more_m3 (measured less expected), more_share (% of expected),
    more_m3 of the day before (previous_…) and of the same date a year before (last_year_…); only where both are known.
    """
    rows = _disagreements_on(told.now, told.upstream)
    for name, day in _past(told):
        rows = _beside(rows, _disagreements_on(day, told.upstream), name, "site_id", "more_m3")
    return rows.sort(pl.col("more_m3").abs(), descending=True)


def steps(engine: Engine, as_of: datetime) -> pl.DataFrame:
    """Energy and cost of each step on the last day that is over: step, m3, kwh, kwh_per_km3, cost_cny, cny_per_m3.

    Beside them kwh_per_km3 and cny_per_m3 of the day before (previous_…) and of the same date a year before
    (last_year_…). NULL where a meter has no valid day.
    """
    found = {name: _steps_on(engine, as_of, day) for name, day in _compared(engine, as_of).items()}
    rows = found.pop("now")
    for name, past in found.items():
        rows = _beside(rows, past, name, "step", "kwh_per_km3", "cny_per_m3")
    return rows


def _compared(engine: Engine, as_of: datetime) -> dict[str, date]:
    """The last business day that is over, and those that it is compared with."""
    day = engine.utility.day_of(as_of) - timedelta(days=1)
    return {"now": day, "previous": day - timedelta(days=1), "last_year": compare.same_day_last_year(day)}


def _past(told: Days) -> tuple[tuple[str, Day], ...]:
    return ("previous", told.previous), ("last_year", told.last_year)


def _day(engine: Engine, as_of: datetime, day: date) -> Day:
    found = ask(engine, as_of, ["water_of_day", "zone_sales"], whole_day(engine, day))
    return Day(day, found["water_of_day"], found["zone_sales"])


def _beside(rows: pl.DataFrame, past: pl.DataFrame, name: str, key: str, *columns: str) -> pl.DataFrame:
    """With these columns of another day, as <name>_<column>."""
    told = past.select(key, *(pl.col(column).alias(f"{name}_{column}") for column in columns))
    return rows.join(told, on=key, how="left", maintain_order="left")


def _in_order(utility: Utility, sites: Iterable[str]) -> list[str]:
    """These sites as the utility's file orders them, each once."""
    wanted = set(sites)
    return [site for site in utility.sites["site_id"] if site in wanted]


def _zones_on(day: Day) -> pl.DataFrame:
    """The zones' loss of one day."""
    flows = day.water.filter(pl.col("measure") == "zone_in").select("site_id", in_m3="m3")
    loss = pl.col("in_m3") - pl.col("sold_m3")
    return day.sales.join(flows, on="site_id", how="left").select(
        "site_id", "in_m3", "sold_m3", loss_m3=loss,
        loss_share=pl.when(pl.col("in_m3") > 0).then(100 * loss / pl.col("in_m3")),
        loss_l_conn=pl.when(pl.col("connections") > 0).then(1000 * loss / pl.col("connections")),
    )  # fmt: skip


def _disagreements_on(day: Day, upstream: pl.DataFrame) -> pl.DataFrame:
    """What came and what was sent back on one day, where both are known."""
    returned = day.sales.select(zone_id="site_id", m3="returned_m3")
    expected = upstream.join(returned, on="zone_id", how="left").group_by("site_id").agg(
        zones=pl.len(), expected_m3=pl.when(pl.col("m3").null_count() == 0).then(pl.col("m3").sum())
    )  # fmt: skip
    came = day.water.filter(pl.col("measure").is_in(["pumped", "influent"]))
    rows = expected.join(came.select("site_id", measured_m3="m3"), on="site_id")
    more = pl.col("measured_m3") - pl.col("expected_m3")
    return rows.drop_nulls().with_columns(more_m3=more, more_share=100 * more / pl.col("expected_m3"))


def _totals(water: pl.DataFrame, sales: pl.DataFrame) -> dict[str, float | None]:
    """Sums by measure, with sold and returned; None where a part is unknown, or there is none."""
    found: dict[str, float | None] = dict(_sums(water).rows())
    for name, column in (("sold", "sold_m3"), ("returned", "returned_m3")):
        whole = sales.height > 0 and sales[column].null_count() == 0
        found[name] = float(sales[column].sum()) if whole else None
    found["lost"] = _less(found.get("works_out"), found["sold"])
    found["infiltration"] = _less(found.get("influent"), found["returned"])
    return found


def _sums(water: pl.DataFrame) -> pl.DataFrame:
    """measure, m3: the sum over its sites, NULL where one is unknown."""
    return water.group_by("measure").agg(m3=pl.when(pl.col("m3").null_count() == 0).then(pl.col("m3").sum()))


def _streams(
    utility: Utility, water: pl.DataFrame, totals: dict[str, float | None]
) -> Iterator[tuple[str, str, float | None, str]]:
    """Every stream of the balance: source, target, m³, how it is known. What is negative or unknown is no stream."""
    of = {(measure, site): m3 for measure, site, m3 in water.select("measure", "site_id", "m3").rows()}
    parents = dict(utility.sites.select("site_id", "parent_id").rows())
    total = totals.get
    for source in [site for measure, site in of if measure == "intake"]:
        fed = [works for measure, works in of if measure == "works_in" and parents[works] == source]
        used = [of["works_in", works] for works in fed]
        for works in fed:
            yield source, works, of["works_in", works], METERED
        taken = None if None in used else sum(m3 for m3 in used if m3 is not None)
        yield source, "raw_difference", _less(of["intake", source], taken), DIFFERENCE
    for works in [site for measure, site in of if measure == "works_out"]:
        yield works, "network", of["works_out", works], METERED
        yield works, "own_use", _less(of.get(("works_in", works)), of["works_out", works]), DIFFERENCE
    yield "network", "zones", total("zone_in"), METERED
    yield "network", "mains_difference", _less(total("works_out"), total("zone_in")), DIFFERENCE
    yield "zones", "large_users", total("large_user"), METERED
    yield "zones", "other_users", _less(total("sold"), total("large_user")), BILLED
    yield "zones", "loss", _less(total("zone_in"), total("sold")), DIFFERENCE
    yield "large_users", "sold", total("large_user"), METERED
    yield "other_users", "sold", _less(total("sold"), total("large_user")), BILLED
    yield "sold", "sewage", _smaller(total("returned"), total("influent")), BILLED
    yield "sold", "not_arrived", _less(total("returned"), total("influent")), DIFFERENCE
    yield "sold", "not_returned", _less(total("sold"), total("returned")), BILLED
    yield "infiltration", "sewage", total("infiltration"), DIFFERENCE
    for works in [site for measure, site in of if measure == "influent"]:
        yield "sewage", works, of["influent", works], METERED
        yield works, "effluent", of.get(("effluent", works)), METERED
        yield works, "works_difference", _less(of["influent", works], of.get(("effluent", works))), DIFFERENCE


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _smaller(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else min(one, other)


def _steps_on(engine: Engine, as_of: datetime, day: date) -> pl.DataFrame:
    """The steps of one day, without those of other days."""
    found = ask(engine, as_of, ["water_of_day", "energy_of_day"], whole_day(engine, day))
    totals, energy = dict(_sums(found["water_of_day"]).rows()), found["energy_of_day"]
    hours = energy["hour"].drop_nulls().unique().sort()
    price = pl.DataFrame(
        {"hour": hours, "price": prices(engine.utility, hours.to_list())}, schema_overrides={"price": pl.Float64()}
    )
    mean_price = (pl.col("kw") * pl.col("price")).sum() / pl.col("kw").sum()
    by_site = energy.join(price, on="hour", how="left").group_by("site_id", "kind").agg(
        pl.col("kwh").first(), price=pl.when(pl.col("price").null_count() == 0).then(mean_price)
    )  # fmt: skip
    idle = pl.col("kwh") == 0
    by_site = by_site.with_columns(cost=pl.when(idle).then(0.0).otherwise(pl.col("kwh") * pl.col("price")))
    rows = []
    for step, (kind, measure) in STEPS.items():
        own = by_site.filter(pl.col("kind") == kind)
        rows.append((step, totals.get(measure), _whole(own["kwh"]), _whole(own["cost"])))
    schema = {"step": pl.String(), **dict.fromkeys(("m3", "kwh", "cost_cny"), pl.Float64())}
    known = pl.col("m3") > 0
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        kwh_per_km3=pl.when(known).then(1000 * pl.col("kwh") / pl.col("m3")),
        cny_per_m3=pl.when(known).then(pl.col("cost_cny") / pl.col("m3")),
    )


def _whole(values: pl.Series) -> float | None:
    """Their sum where all are known, and there are any."""
    return None if values.is_empty() or values.null_count() else float(values.sum())
