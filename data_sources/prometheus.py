"""What a Prometheus server reads of a lake: of each source and of the worker, from the files that the worker keeps."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from data_sources.heartbeat import age_s, said
from data_sources.source_log import read_facts

COUNTED = {
    "batches": "Batches taken in",
    "rows": "Rows that said something new",
    "duplicates": "Rows that were there already",
    "quarantined": "Rows that went to quarantine",
    "ignored": "Rows of tags that the settings leave out",
    "without_data": "Heartbeats and the like, which hold no reading",
}


def exposition(lake_root: Path, snapshot_age_s: float | None, now: datetime) -> bytes:
    """The text of /metrics. What is not known is left out."""
    registry = CollectorRegistry()
    registry.register(_Facts(lake_root, snapshot_age_s, now))
    return generate_latest(registry)


class _Facts(Collector):
    def __init__(self, lake_root: Path, snapshot_age_s: float | None, now: datetime) -> None:
        self._root, self._snapshot_age_s, self._now = lake_root, snapshot_age_s, now

    def collect(self) -> Iterator[Metric]:
        """Every metric, at the moment of the request."""
        yield from _single("water_snapshot_age_seconds", "Age of the snapshot that pages show", self._snapshot_age_s)
        yield from _single("water_worker_age_seconds", "Time since the worker's last sign of life", age_s(self._root))
        yield from _single("water_disk_free_bytes", "Room left on the lake's disk", _room(self._root))
        yield from self._of_sources(read_facts(self._root))
        yield from self._of_worker()

    def _of_sources(self, facts: Mapping[str, dict[str, Any]]) -> Iterator[Metric]:
        for name, meaning in COUNTED.items():
            counter = CounterMetricFamily(f"water_source_{name}", meaning, labels=["source"])
            for source, fact in facts.items():
                counter.add_metric([source], fact[name])
            yield counter
        gauges = {
            "water_source_failed": ("1 where the source fails now", lambda fact: float(fact["error"] is not None)),
            "water_source_lag_seconds": ("Age of the newest data", lambda fact: self._age(fact["last_data_time"])),
            "water_source_batch_age_seconds": (
                "Age of the newest batch",
                lambda fact: self._age(fact["last_batch_at"]),
            ),
            "water_source_clock_seconds": ("How far the clock is ahead, or back", lambda fact: fact["clock_s"]),
            "water_source_files_set_apart": (
                "Files that could not be taken in",
                lambda fact: (fact["set_apart"] or {}).get("files", 0),
            ),
            "water_source_waiting_bytes": ("Received, not yet taken in", lambda fact: fact["waiting_bytes"]),
        }
        for metric, (meaning, value_of) in gauges.items():
            gauge = GaugeMetricFamily(metric, meaning, labels=["source"])
            for source, fact in facts.items():
                if (value := value_of(fact)) is not None:
                    gauge.add_metric([source], value)
            yield gauge

    def _of_worker(self) -> Iterator[Metric]:
        facts = said(self._root)
        if not facts:
            return
        yield from _single("water_commit_seconds", "Time of the newest commit of readings", facts["commit_s"])
        took = GaugeMetricFamily("water_step_seconds", "Time of each step of the worker's last round", labels=["step"])
        failed = GaugeMetricFamily("water_step_failed", "1 where the step failed in the last round", labels=["step"])
        for step, fact in facts["steps"].items():
            took.add_metric([step], fact["seconds"])
            failed.add_metric([step], float(fact["failed"]))
        yield from (took, failed)

    def _age(self, moment: str | None) -> float | None:
        return None if moment is None else (self._now - datetime.fromisoformat(moment).astimezone(UTC)).total_seconds()


def _room(folder: Path) -> float | None:
    return disk_usage(folder).free if folder.exists() else None


def _single(name: str, meaning: str, value: float | None) -> Iterator[Metric]:
    if value is not None:
        yield GaugeMetricFamily(name, meaning, value=value)
