"""What a Prometheus server reads, and the log files."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from data_sources import heartbeat, logs
from data_sources.prometheus import exposition
from data_sources.source_log import SourceLog, write_facts

NOW = datetime(2026, 9, 15, 8, 20, tzinfo=UTC)


def samples(text):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_an_empty_lake_says_nothing_but_is_readable(tmp_path):
    assert samples(exposition(tmp_path / "none", None, NOW)) == {}
    assert list(samples(exposition(tmp_path, None, NOW))) == [("water_disk_free_bytes",)]


def test_sources_and_worker(tmp_path):
    facts = SourceLog({}).facts | {
        "rows": 12,
        "quarantined": 2,
        "without_data": 7,
        "error": "down",
        "waiting_bytes": 99,
        "set_apart": {"files": 2, "newest": "a.csv: is empty"},
        "last_data_time": (NOW - timedelta(minutes=5)).isoformat(),
    }
    write_facts(tmp_path, {'sca"da': facts})
    heartbeat.say(tmp_path, {"commit_s": 0.03, "steps": {"board": {"seconds": 0.4, "failed": False}}})
    found = samples(exposition(tmp_path, 1.5, NOW))
    assert found["water_snapshot_age_seconds",] == 1.5
    assert found["water_source_rows_total", 'sca"da'] == 12
    assert found["water_source_quarantined_total", 'sca"da'] == 2
    assert found["water_source_without_data_total", 'sca"da'] == 7
    assert found["water_source_failed", 'sca"da'] == 1
    assert found["water_source_lag_seconds", 'sca"da'] == 300
    assert found["water_source_waiting_bytes", 'sca"da'] == 99
    assert found["water_source_files_set_apart", 'sca"da'] == 2
    assert found["water_disk_free_bytes",] > 0
    assert found["water_commit_seconds",] == 0.03
    assert found["water_step_seconds", "board"] == 0.4
    assert ("water_source_clock_seconds", 'sca"da') not in found


@pytest.fixture
def usual():
    yield
    structlog.reset_defaults()


def test_the_log_is_json_and_its_files_stay_small(tmp_path, usual, monkeypatch, capsys):
    monkeypatch.setattr(logs, "FILE_BYTES", 400)
    monkeypatch.setattr(logs, "FILES", 2)
    logs.log_to(tmp_path / "logs", "worker")
    log = structlog.get_logger()
    try:
        raise OSError("disk gone")
    except OSError:
        log.exception("step failed", step="seal")
    lines = (tmp_path / "logs" / "worker.log").read_text().splitlines()
    first = json.loads(lines[0])
    assert (first["event"], first["step"], first["level"]) == ("step failed", "seal", "error")
    assert "OSError: disk gone" in first["exception"]
    assert "step=seal" in capsys.readouterr().err
    for number in range(50):
        log.info("again", number=number)
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert files == ["worker.log", "worker.log.1", "worker.log.2"]
    assert max(path.stat().st_size for path in (tmp_path / "logs").iterdir()) < 1000


def test_a_full_disk_stops_no_process(tmp_path, usual, monkeypatch):
    def full(self, record):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(logging.StreamHandler, "flush", full)
    logs.log_to(tmp_path, "worker")
    structlog.get_logger().info("goes on")
