"""Files for the other side of a gate: whole once they have their last name, whatever happened; the command itself."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from data_sources.hj212_protocol.capture_files import CaptureFiles, capture_files
from data_sources.hj212_protocol.decode import decode
from data_sources.locks import LockHeld
from data_sources.problems import ROOT
from tests.data_sources.hj212.packets import ANSWER_TO_MINUTES, HOUR, MINUTES, OLD


def done(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.hj212")))


def test_a_file_is_done_when_it_is_old_or_the_receiver_ends(tmp_path):
    files = CaptureFiles(tmp_path, every_s=0)
    files.append([MINUTES, OLD])
    assert done(tmp_path) == b""
    files.finish_old()
    assert done(tmp_path) == MINUTES + OLD
    files.append([HOUR])
    files.close()
    assert done(tmp_path) == MINUTES + OLD + HOUR
    assert list(tmp_path.glob("*.writing")) == []


def test_what_a_killed_receiver_left_is_done_at_the_next_start(tmp_path):
    (tmp_path / "20260915T081500.000000Z.writing").write_bytes(MINUTES + OLD[:50])
    CaptureFiles(tmp_path, every_s=10)
    assert [packet.error for packet in decode(done(tmp_path))] == [None, "half a packet: 50 bytes of 188"]


def test_a_second_receiver_of_a_folder_refuses(tmp_path):
    with capture_files(tmp_path, 10), pytest.raises(LockHeld), capture_files(tmp_path, 10):
        pass


@pytest.mark.slow
def test_the_command_answers_and_leaves_files(tmp_path):
    command = [sys.executable, "-m", "data_sources", "listen", "hj212", "--port", "0", "--spool", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        port = int(process.stdout.readline().rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as station:
            station.sendall(MINUTES)
            assert station.recv(1000) == ANSWER_TO_MINUTES
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert done(tmp_path) == MINUTES
    finally:
        process.kill()
        process.wait()
