"""What a module page asks: its sites as at a moment."""

from datetime import timedelta

import polars as pl

from data_sources.lake import Lake
from metrics.build import build_marts
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.groups import LastBatches
from metrics.queries import module, site
from tests.conftest import AS_OF
from tests.metrics.lake_rows import write

HOUR = timedelta(hours=1)


def test_a_batch_that_came_later_is_not_told_of_a_past_moment(sample_lake, demonstration, monkeypatch):
    engine = Engine(demonstration, Lake(sample_lake.root, demonstration), load_catalogue(demonstration))
    sources = demonstration.groups["source"].unique()
    told = {}
    for received in (AS_OF - HOUR, AS_OF + HOUR):
        monkeypatch.setattr(LastBatches, "now", lambda _, at=received: dict.fromkeys(sources, at))
        told[received] = dict(module.sites(engine, AS_OF, "customer").select("site_id", "newest").rows())["CH1"]
    assert told == {AS_OF - HOUR: AS_OF - HOUR, AS_OF + HOUR: None}


def test_a_well_at_its_alarm_level_is_past_a_limit(tiny_lake):
    def put(hours, level):
        times = [AS_OF - hours * HOUR + n * timedelta(minutes=5) for n in range(12)]
        rows = pl.DataFrame({"point_id": "P1.level", "ts": times, "span_s": 0, "value": level, "quality": "good"})
        tiny_lake.write("reading", rows, source="scada")

    start = AS_OF.replace(minute=0)
    for hours, level in ((3, 3.9), (2, 4.0), (1, 4.6)):  # its alarm level is 4 m: two hours of three
        put(hours + (AS_OF - start) / HOUR, level)
    build_marts(tiny_lake, tiny_lake.utility, AS_OF)
    engine = Engine(tiny_lake.utility, tiny_lake, load_catalogue(tiny_lake.utility))
    (row,) = module.past_limit(engine, AS_OF, "sewage", 1).to_dicts()
    assert (row["point_id"], row["state"], row["hours_over"], row["hours_past"]) == ("P1.level", "alarm", 2, 2)
    assert (row["low"], row["high"], row["worst"]) == (None, 4.0, 4.6)
    assert module.points_with_limit(engine, AS_OF, "sewage") == 1
    (well,) = [one for one in site.points(engine, start, "P1").to_dicts() if one["point_id"] == "P1.level"]
    assert (well["state"], well["high"]) == ("alarm", 4.0)


def test_periods_past_a_limit_are_those_kept_as_such(tiny_lake):
    engine = Engine(tiny_lake.utility, tiny_lake, load_catalogue(tiny_lake.utility))
    today = tiny_lake.utility.day_of(AS_OF)
    days = [today - timedelta(days=n) for n in (1, 2, 3, 9)]
    rows = [
        {"indicator_id": "hotline_answer_rate", "site_id": site, "period": day, "computed_at": AS_OF, "state": state}
        | {"numerator": 1.0, "denominator": 2.0, "value": 50.0, "valid": 2.0, "expected": 2.0}
        for day, state in zip(days, ("alarm", "normal", "warning", "alarm"), strict=True)
        for site in ("", "C1")
    ]
    write(tiny_lake, "indicator", *rows)
    told = module.periods_past(engine, AS_OF, ("hotline_answer_rate", "work_order_on_time"), days[2])
    assert told.rows() == [
        ("hotline_answer_rate", days[0], 50.0, "alarm"),
        ("hotline_answer_rate", days[2], 50.0, "warning"),
    ]
