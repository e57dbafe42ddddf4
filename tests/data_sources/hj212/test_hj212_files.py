"""Captures of a field-side receiver, taken in as a folder."""

import os
import time

from data_sources import hj212_files
from data_sources.connector import Source
from data_sources.hj212_protocol.capture_files import CaptureFiles
from tests.data_sources.hj212.packets import MINUTES, OLD


def source(folder):
    settings = {"kind": "hj212_files", "folder": folder, "stations": ["0873HHMZWSLH02", "010000A8900016F000169DC0"]}
    return Source("outlets", "reading", hj212_files.Settings.model_validate(settings), None, "Asia/Shanghai")


def test_what_the_receiver_left_is_taken_in_once(tmp_path):
    files = CaptureFiles(tmp_path, every_s=10)
    files.append([OLD])
    assert list(hj212_files.fetch(source(tmp_path), None)) == []
    files.append([MINUTES])
    files.close()
    assert list(hj212_files.fetch(source(tmp_path), None)) == []  # it has just been written
    (capture,) = tmp_path.glob("*.hj212")
    os.utime(capture, (time.time() - 10,) * 2)
    (raw,) = hj212_files.fetch(source(tmp_path), None)
    assert hj212_files.parse(raw.payload, source(tmp_path)).height == 4 + 3
    assert list(hj212_files.fetch(source(tmp_path), None)) == []
    assert (tmp_path / "done" / capture.name).read_bytes() == OLD + MINUTES


def test_check(tmp_path, monkeypatch):
    assert hj212_files.check(source(tmp_path)) == []
    assert "no such folder" in hj212_files.check(source(tmp_path / "away"))[0].message
    monkeypatch.setenv("WATER_SM4_0873HHMZWSLH02", "x")
    assert "no SM4 key" in hj212_files.check(source(tmp_path))[0].message
