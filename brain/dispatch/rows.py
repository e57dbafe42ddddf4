"""Rows of table plan from what a way of pumping comes to: every station, and every works with what reaches it."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from brain.dispatch.follow import STEP_MIN
from brain.dispatch.outcome import Outcome
from brain.dispatch.solve import Schedule
from brain.sewer.network import Network

ADVISED, INSTALLED = "advised", "installed_rule"
LEAST_WORTH = 1e-4
"""A limit binds where an m³/h or m³ more of it would save so many m³ within one step."""


def plan_rows(
    network: Network, result: Outcome, variant: str, now: datetime, solved: Schedule | None = None
) -> pl.DataFrame:
    """One row a site and quarter of an hour from `now` on, columns of table plan but `issued_at`.

    A works' flow is its inflow, its overflow what arrives above its capacity; it has no level and no energy. `solved`
    adds what binds the plan: of a station its pumps or its main, else its well, of a works what it takes.
    """
    steps = result.flow.shape[1]
    stations = pl.DataFrame(
        {
            "flow_m3h": result.flow.ravel(),
            "level_m": result.level.ravel(),
            "overflow_m3": result.overflow.ravel(),
            "kwh": result.kwh.ravel(),
            "cost_cny": result.cost.ravel(),
            "starts": result.starts.ravel(),
            **_station_bindings(network, solved, result.flow.shape),
        }
    )
    none = np.zeros(result.influent.size)
    works = pl.DataFrame(
        {
            "flow_m3h": result.influent.ravel(),
            "overflow_m3": result.excess.ravel(),
            "kwh": none,
            "cost_cny": none,
            **_works_bindings(solved, result.influent.shape),
        }
    )
    sites = (*network.stations, *network.works)
    at = [now + timedelta(minutes=STEP_MIN * step) for step in range(steps)]
    keys = pl.DataFrame({"site_id": sites}).join(
        pl.DataFrame({"valid_at": at}), how="cross", maintain_order="left_right"
    )
    values = pl.concat([stations, works], how="diagonal")
    return keys.hstack(values).with_columns(pl.lit(variant).alias("variant"), pl.selectors.float().round(3))


def _station_bindings(network: Network, solved: Schedule | None, shape: tuple[int, ...]) -> dict[str, pl.Series]:
    if solved is None:
        return _bindings(np.full(shape, ""), np.zeros(shape))
    link, well = solved.worth["link"], solved.worth["store"]
    by_pumps = network.wells.pump_m3h.sum(axis=1) <= network.wells.main_m3h
    kind = np.where(by_pumps, "pumps", "main")[:, None]
    binding = np.where(link >= LEAST_WORTH, kind, np.where(well >= LEAST_WORTH, "well", ""))
    return _bindings(binding, np.where(link >= LEAST_WORTH, link, well))


def _works_bindings(solved: Schedule | None, shape: tuple[int, ...]) -> dict[str, pl.Series]:
    worth = np.zeros(shape) if solved is None else solved.worth["works"]
    return _bindings(np.where(worth >= LEAST_WORTH, "works", ""), worth)


def _bindings(names: np.ndarray, worth: np.ndarray) -> dict[str, pl.Series]:
    binding = pl.Series(names.ravel().tolist(), dtype=pl.String).replace("", None)
    amount = pl.Series(worth.ravel()).set(binding.is_null(), None)
    return {"binding": binding, "binding_m3": amount}
