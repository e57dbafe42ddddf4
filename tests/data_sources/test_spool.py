"""A spool: numbers that never go back, torn and damaged segments, two ends at once."""

import os
import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_sources import spool as module
from data_sources.locks import LockHeld
from data_sources.spool import Damage, Raw, Record, Spool, SpoolReader, segment_path, segments_of

MUCH = 1 << 30


def payloads(found):
    return [one.payload for one in found if isinstance(one, Record)]


def filled(folder, *texts):
    spool = Spool(folder)
    for text in texts:
        spool.append([Raw(text)])
    spool.close()
    return segment_path(folder, 1)


def test_batches_come_back_in_order_with_label_and_number(tmp_path):
    spool = Spool(tmp_path)
    assert spool.append([Raw(b"one", "a"), Raw(b"", "中文")]) == 2
    assert spool.append([Raw(b"three")]) == 3
    read = SpoolReader(tmp_path, 0).read(MUCH)
    assert [(one.number, one.label, one.payload) for one in read] == [
        (1, "a", b"one"),
        (2, "中文", b""),
        (3, "", b"three"),
    ]
    assert read[0].received_at < read[1].received_at < read[2].received_at


def test_a_reader_goes_on_where_it_was_and_reads_in_portions(tmp_path):
    spool = Spool(tmp_path)
    spool.append([Raw(bytes([n]) * 10) for n in range(5)])
    reader = SpoolReader(tmp_path, after=1)
    assert [one.number for one in reader.read(15)] == [2, 3]
    assert [one.number for one in reader.read(MUCH)] == [4, 5]
    assert reader.read(MUCH) == []
    spool.append([Raw(b"six")])
    assert payloads(reader.read(MUCH)) == [b"six"]


def test_numbers_go_on_after_a_restart(tmp_path):
    filled(tmp_path, b"one", b"two")
    again = Spool(tmp_path)
    assert again.last == 2
    assert again.append([Raw(b"three")]) == 3


def test_the_clock_going_back_keeps_the_order(tmp_path, monkeypatch):
    spool = Spool(tmp_path)
    spool.append([Raw(b"one")])
    first = SpoolReader(tmp_path, 0).read(MUCH)[0].received_at
    monkeypatch.setattr(module.time, "time_ns", lambda: 0)
    spool.append([Raw(b"two")])
    spool.close()
    again = Spool(tmp_path)
    again.append([Raw(b"three")])
    assert [one.received_at - first for one in SpoolReader(tmp_path, 1).read(MUCH)] == [
        timedelta(microseconds=1),
        timedelta(microseconds=2),
    ]


def test_a_second_writer_says_who_writes(tmp_path):
    held = Spool(tmp_path)
    with pytest.raises(LockHeld, match=str(os.getpid())):
        Spool(tmp_path)
    held.close()
    Spool(tmp_path).close()


@pytest.mark.parametrize("cut", range(1, 70))
def test_a_record_cut_anywhere_was_never_there(tmp_path, cut):
    path = filled(tmp_path, b"one", b"two")  # records of 35 bytes
    os.truncate(path, 70 - cut)
    whole = [b"one"] if cut <= 35 else []
    assert payloads(SpoolReader(tmp_path, 0).read(MUCH)) == whole
    again = Spool(tmp_path)
    assert again.append([Raw(b"new")]) == len(whole) + 1
    assert payloads(SpoolReader(tmp_path, 0).read(MUCH)) == [*whole, b"new"]
    torn = path.with_suffix(".torn")
    assert (torn.stat().st_size if torn.exists() else 0) == (70 - cut) % 35


def test_damage_in_the_middle_is_told_and_skipped(tmp_path):
    path = filled(tmp_path, b"one", b"two", b"three")
    content = bytearray(path.read_bytes())
    content[35 + 33] ^= 0xFF  # a byte of the second payload
    path.write_bytes(bytes(content))
    read = SpoolReader(tmp_path, 0).read(MUCH)
    assert payloads(read) == [b"one", b"three"]
    assert [one for one in read if isinstance(one, Damage)] == [Damage(1, 35, 35)]


def test_what_could_not_be_made_safe_is_not_there(tmp_path, monkeypatch):
    spool = Spool(tmp_path)
    spool.append([Raw(b"one")])

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fdatasync", full)
    with pytest.raises(OSError, match="No space"):
        spool.append([Raw(b"lost")])
    monkeypatch.undo()
    assert spool.append([Raw(b"two")]) == 2
    assert payloads(SpoolReader(tmp_path, 0).read(MUCH)) == [b"one", b"two"]


def test_full_segments_are_closed_and_read_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SEGMENT_BYTES", 100)
    spool = Spool(tmp_path)
    for n in range(10):
        spool.append([Raw(str(n).encode())])
    assert len(segments_of(tmp_path)) > 2
    assert [one.number for one in SpoolReader(tmp_path, 0).read(MUCH)] == list(range(1, 11))
    assert [one.number for one in SpoolReader(tmp_path, 7).read(MUCH)] == [8, 9, 10]
    for segment in segments_of(tmp_path)[:-1]:
        segment_path(tmp_path, segment).unlink()  # trimmed
    spool.close()
    assert Spool(tmp_path).last == 10


def test_a_reader_beside_a_writer_sees_every_batch_once(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SEGMENT_BYTES", 2000)
    spool, reader, seen = Spool(tmp_path), SpoolReader(tmp_path, 0), []

    def write():
        for n in range(300):
            spool.append([Raw(str(n).encode() * (n % 17))])

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        seen += reader.read(500)
    while more := reader.read(500):
        seen += more
    assert [one.number for one in seen] == list(range(1, 301))
    assert payloads(seen) == [str(n).encode() * (n % 17) for n in range(300)]


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.data())
def test_any_bytes_anywhere_never_break_a_reader(tmp_path_factory, texts, data):
    folder = tmp_path_factory.mktemp("spool")
    path = filled(folder, *texts)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    path.write_bytes(bytes(content))
    read = payloads(SpoolReader(folder, 0).read(MUCH))
    rest = iter(texts)
    assert all(text in rest for text in read)  # what is read was written, in that order
    Spool(folder).close()
