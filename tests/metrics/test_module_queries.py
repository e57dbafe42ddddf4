"""What a module page asks: its sites as at a moment."""

from datetime import timedelta

from data_sources.lake import Lake
from metrics.catalogue import load_catalogue
from metrics.engine import Engine
from metrics.groups import LastBatches
from metrics.queries import module
from tests.conftest import AS_OF

HOUR = timedelta(hours=1)


def test_a_batch_that_came_later_is_not_told_of_a_past_moment(sample_lake, demonstration, monkeypatch):
    engine = Engine(demonstration, Lake(sample_lake.root, demonstration), load_catalogue(demonstration))
    sources = demonstration.groups["source"].unique()
    told = {}
    for received in (AS_OF - HOUR, AS_OF + HOUR):
        monkeypatch.setattr(LastBatches, "now", lambda _, at=received: dict.fromkeys(sources, at))
        told[received] = dict(module.sites(engine, AS_OF, "customer").select("site_id", "newest").rows())["CH1"]
    assert told == {AS_OF - HOUR: AS_OF - HOUR, AS_OF + HOUR: None}
