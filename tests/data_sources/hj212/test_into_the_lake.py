"""From a station's packets to the board: through spool and runner, and by a worker of its own."""

import time
from datetime import UTC, datetime

import pytest

from data_sources.collect import spool_folder
from data_sources.hj212_protocol.checksum import checksum
from data_sources.hj212_protocol.sm4 import encrypted
from data_sources.runner import Runner
from data_sources.spool import Raw, Spool
from tests.data_sources.hj212.packets import HOUR, sent
from tests.outlets import MN, Station, WorkerProcess, free_port, lake_of, packet, values, write_outlet_utility


def test_packets_of_a_spool_become_readings_in_canonical_units(tmp_path, idle):
    lake = lake_of(write_outlet_utility(tmp_path / "tiny", free_port()), tmp_path / "lake")
    spool = Spool(spool_folder(lake.root, "outlet"))
    spool.append([Raw(packet(1) + sent("", cn="9015", mn=MN) + packet(2)), Raw(b"noise"), Raw(HOUR + packet(2))])
    spool.close()
    runner = Runner(lake)
    runner.step(datetime.now(UTC))
    assert runner.feeds[0].log.facts["without_data"] == 1
    assert values(lake) == [0.01, 0.02]
    bad = lake.scan("quarantine").sort("row").collect()
    assert bad["reason"].to_list() == [
        "no packet: expected ## and four digits of length",
        "23040281003022 is none of the stations of this source",
    ]
    assert HOUR.decode().strip() in bad["payload"][1]


def test_what_was_encrypted_comes_in_once_its_key_is_there(tmp_path, idle, monkeypatch):
    lake = lake_of(write_outlet_utility(tmp_path / "tiny", free_port()), tmp_path / "lake")
    head, key = f"QN=20260915081500000;ST=32;CN=2011;PW=123456;MN={MN};Flag=9;CP=&&".encode(), bytes(range(16))
    text = b"DataTime=20260915081500;w01018-Rtd=7.5,w01018-Flag=N"
    segment = head + encrypted(text, key) + b"&&"
    spool = Spool(spool_folder(lake.root, "outlet"))
    spool.append([Raw(b"##%04d%b%04X\r\n" % (len(segment), segment, checksum(head + text + b"&&")))])
    spool.close()
    Runner(lake).step(datetime.now(UTC))
    assert lake.scan("quarantine").collect()["reason"].to_list() == ["encrypted"]
    monkeypatch.setenv(f"WATER_SM4_{MN}", key.hex())
    Runner(lake).step(datetime.now(UTC))
    assert values(lake) == [7.5]
    assert lake.scan("quarantine").collect().is_empty()
    assert key.hex() not in (lake.root / "sources.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_worker_receives_answers_and_shows(tmp_path):
    port = free_port()
    folder = write_outlet_utility(tmp_path / "tiny", port)
    lake = lake_of(folder, tmp_path / "lake")
    worker, station = WorkerProcess(folder, lake.root), Station(port)
    worker.start()
    try:
        until = time.monotonic() + 60
        number = 1
        while number <= 5 and time.monotonic() < until:
            number += station.send(number)
            time.sleep(0.1)
        while values(lake) != [0.01, 0.02, 0.03, 0.04, 0.05] and time.monotonic() < until:
            time.sleep(0.2)
        assert values(lake) == [0.01, 0.02, 0.03, 0.04, 0.05]
    finally:
        station.close()
        worker.kill()
    assert lake.scan("quarantine").collect().is_empty(), MN
