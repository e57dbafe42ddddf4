"""Rows of table plan, and what is said of them, by hand."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from brain.dispatch.outcome import as_installed, follow
from brain.dispatch.rows import ADVISED, INSTALLED, plan_rows
from brain.dispatch.sewers import plan
from brain.dispatch.summary import bindings, most_different, pumping_spans, totals, works_inflow
from data_sources.contracts import TABLES
from tests.brain.dispatch.test_outcome import network, now

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def row(site: str, variant: str, step: int, flow: float, **more: float | str | None) -> dict[str, object]:
    base = {"level_m": 2.0, "overflow_m3": 0.0, "kwh": 1.0, "cost_cny": 0.5, "starts": 0.0, "binding": None}
    key = {"site_id": site, "variant": variant, "valid_at": NOON + timedelta(minutes=15 * step), "flow_m3h": flow}
    return key | base | {"binding_m3": None} | more


SMALL = pl.DataFrame(
    [
        row("A", ADVISED, 0, 0), row("A", ADVISED, 1, 50), row("A", ADVISED, 2, 60), row("A", ADVISED, 3, 100),
        row("A", INSTALLED, 0, 0, overflow_m3=7.0, starts=2.0), row("A", INSTALLED, 1, 0),
        row("A", INSTALLED, 2, 0), row("A", INSTALLED, 3, 0),
        row("B", ADVISED, 0, 10, binding="pumps", binding_m3=0.25),
        row("B", ADVISED, 1, 10, binding="pumps", binding_m3=0.5), row("B", INSTALLED, 0, 10),
        row("W", ADVISED, 0, 300, level_m=None, overflow_m3=3.0, kwh=0.0, cost_cny=0.0, starts=None, binding="works",
            binding_m3=0.1),
        row("W", INSTALLED, 0, 400, level_m=None, overflow_m3=5.0, kwh=0.0, cost_cny=0.0, starts=None),
    ]
)  # fmt: skip


def test_totals_tell_stations_from_works() -> None:
    theirs = totals(SMALL, INSTALLED)
    assert (theirs.overflow_m3, theirs.excess_m3, theirs.starts) == (7.0, 5.0, 2.0)
    assert (theirs.kwh, theirs.cost) == (5.0, 2.5)
    assert totals(SMALL, ADVISED).excess_m3 == 3.0


def test_the_station_that_differs_most_comes_first() -> None:
    assert most_different(SMALL, 5) == ["A", "B"]
    assert most_different(SMALL, 1) == ["A"]


def test_spans_join_equal_steps_and_leave_out_rest() -> None:
    spans = pumping_spans(SMALL, {"A": 100.0}).filter(pl.col("variant") == ADVISED)
    assert spans["state"].to_list() == ["middle", "full"]
    assert spans["starts_at"].to_list() == [NOON + timedelta(minutes=15), NOON + timedelta(minutes=45)]
    assert spans["ends_at"].to_list() == [NOON + timedelta(minutes=45), NOON + timedelta(minutes=60)]
    assert pumping_spans(SMALL, {"A": 100.0}).filter(pl.col("variant") == INSTALLED).is_empty()


def test_limits_are_summed_over_the_day_worst_first() -> None:
    assert bindings(SMALL, 5).rows() == [("B", "pumps", 0.75), ("W", "works", 0.1)]


def test_works_inflow_is_of_works_alone() -> None:
    assert works_inflow(SMALL)["site_id"].to_list() == ["W", "W"]


def test_rows_keep_the_contract_and_the_outcome() -> None:
    net = network(2, capacity=100)
    inflow = np.full(96, 60.0)
    inflow[24:40] = 420
    at = now(net, inflow, level=2.0)
    solved = plan(net, at)
    ran = follow(net, at, solved)
    rows = plan_rows(net, ran, ADVISED, NOON, solved)
    issued = rows.with_columns(issued_at=pl.lit(NOON, pl.Datetime("us", "UTC"))).select(list(TABLES["plan"].columns))
    assert TABLES["plan"].schema.validate(issued, cast=True).height == 3 * 96
    first = rows.filter(pl.col("site_id") == "P1")
    assert first["overflow_m3"].sum() == pytest.approx(ran.overflow[0].sum(), abs=0.1)
    assert first["flow_m3h"].to_list() == pytest.approx(ran.flow[0], abs=1e-3)
    works = rows.filter(pl.col("site_id") == "T1")
    assert works["level_m"].null_count() == 96 and works["overflow_m3"].sum() == pytest.approx(
        ran.excess.sum(), abs=0.1
    )
    assert set(rows["binding"].drop_nulls()) <= {"pumps", "main", "well", "works"}
    assert "pumps" in rows.filter(pl.col("site_id") == "P1")["binding"].to_list()
    assert plan_rows(net, as_installed(net, at), INSTALLED, NOON)["binding"].null_count() == 3 * 96
